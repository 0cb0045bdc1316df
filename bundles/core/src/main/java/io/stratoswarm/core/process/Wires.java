package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The FIFOs of one agent's channels, as this process holds them, whatever runs as the agent. Each method that changes what is open
 * says what the holder is to do, which takes its time and is asked without a lock.
 */
final class Wires {
    private static final Pattern CHANNEL = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final Channels channels;
    private final AgentFolder folder;
    private final String agent;
    private final Map<Path, Integer> open = new HashMap<>();

    Wires(Channels channels, AgentFolder folder, String agent) {
        this.channels = channels;
        this.folder = folder;
        this.agent = agent;
    }

    static void check(String agent, AgentSpec spec) {
        Set<String> seen = new HashSet<>();
        for (Wire wire : spec.wires()) {
            if (!CHANNEL.matcher(wire.channel()).matches() || !seen.add(wire.channel())) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "channel '" + wire.channel() + "' of agent " + agent
                                + " cannot be connected: a name has at most 64 letters, digits, '_' and '-', and occurs once");
            }
        }
    }

    private Path fifo(Wire wire, long incarnation) {
        OptionalLong number = wire.fresh() ? OptionalLong.of(incarnation) : OptionalLong.empty();
        return folder.runtime().resolve(LinuxPipes.fileName(wire.channel(), number));
    }

    /** Makes and opens what this incarnation needs, before anything is started that opens it: what is to be held. */
    synchronized List<Path> make(long incarnation, AgentSpec spec) {
        check(agent, spec);
        List<Path> made = new ArrayList<>();
        for (Wire wire : spec.wires()) {
            Path fifo = fifo(wire, incarnation);
            Linux.mkfifo(fifo);
            take(fifo);
            made.add(fifo);
        }
        return made;
    }

    /** Opens what an earlier daemon left: what is to be held. */
    synchronized List<Path> takeUp() throws IOException {
        List<Path> found = files();
        found.forEach(this::take);
        return found;
    }

    /** Open already, it is opened anew all the same: an end of it for reading alone becomes one for both. */
    private void take(Path fifo) {
        Integer old = open.put(fifo, LinuxPipes.descriptor(fifo));
        if (old != null) {
            Linux.close(old);
        }
        channels.ended(fifo, false);
    }

    /** Those of the incarnation before are kept, since what it wrote may not have been taken yet. */
    private Set<Path> needed(long incarnation, AgentSpec spec) {
        Set<Path> needed = new HashSet<>();
        for (Wire wire : spec.wires()) {
            needed.add(fifo(wire, incarnation));
            needed.add(fifo(wire, incarnation - 1));
        }
        return needed;
    }

    /** Closes and deletes what neither this incarnation nor the one before needs: what is to be held no more. */
    synchronized List<Path> dropOld(long incarnation, AgentSpec spec) throws IOException {
        Set<Path> needed = needed(incarnation, spec);
        return drop(files().stream().filter(fifo -> !needed.contains(fifo)).toList());
    }

    /** Closes and deletes all. */
    synchronized List<Path> dropAll() throws IOException {
        return drop(files());
    }

    private List<Path> drop(List<Path> fifos) throws IOException {
        for (Path fifo : fifos) {
            Integer fd = open.remove(fifo);
            if (fd != null) {
                Linux.close(fd);
            }
            channels.ended(fifo, false);
            Files.deleteIfExists(fifo);
        }
        return fifos;
    }

    /**
     * Closes the writing end of an input, and keeps a reading one, so that what is left in the pipe outlives its reader: what the
     * holder is to do as well.
     */
    synchronized Path end(String channel, long incarnation, AgentSpec spec) {
        Wire wire = spec.wires().stream()
                .filter(one -> one.channel().equals(channel) && !one.out())
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        StratoswarmException.Kind.NOT_FOUND,
                        "agent " + agent + " has no input '" + channel + "' that a flow is connected to"));
        Path fifo = fifo(wire, incarnation);
        // While ours is open for writing too, this does not wait for a writer.
        Integer old = open.put(fifo, Linux.open(fifo, Linux.O_RDONLY | Linux.O_NONBLOCK, 0));
        if (old != null) {
            Linux.close(old);
        }
        channels.ended(fifo, true);
        return fifo;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder.runtime(), LinuxPipes.CHANNEL_FILE + "*")) {
            entries.forEach(files::add);
        } catch (NoSuchFileException | NotDirectoryException none) {
            return files;
        }
        return files;
    }

    /** Closes what this process has open and leaves the rest as it is. */
    synchronized void letGo() {
        open.forEach((fifo, fd) -> {
            Linux.close(fd);
            channels.ended(fifo, false);
        });
        open.clear();
    }
}
