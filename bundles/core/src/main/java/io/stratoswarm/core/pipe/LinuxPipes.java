package io.stratoswarm.core.pipe;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.LinuxException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipes of one data folder. Besides what it gives away, it has a descriptor of its own for each kept pipe, so that a pipe that
 * is closed and opened again has its bytes still, and so has one whose holder was killed.
 */
public final class LinuxPipes implements Pipes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxPipes.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final int LONGEST_NAME = 200;
    /** How the names of channels' FIFOs begin. */
    public static final String CHANNEL_FILE = "ch.";

    /** Stands for a slash in a file name: all kept pipes are in one folder. */
    private static final char SLASH = '+';

    private final Path folder;
    private final ChannelPaths channels;
    private final PipeHolder holder;
    private final int nowhere;
    private final Map<String, Integer> kept = new HashMap<>();
    /** Done when the holder was told to let go of all that was removed. */
    private CompletableFuture<Void> lettingGo = CompletableFuture.completedFuture(null);

    /** Pipes that end with this process, in a folder of their own: for tests and tools that have no daemon. */
    public LinuxPipes(Path folder) {
        this(folder, (agent, channel, incarnation) -> alone(folder, agent, channel, incarnation), PipeHolder.NONE);
    }

    /**
     * Opens the pipes that were kept by an earlier daemon.
     *
     * @param folder of kept pipes; made where it is not there
     */
    public LinuxPipes(Path folder, ChannelPaths channels, PipeHolder holder) {
        this.folder = folder;
        this.channels = channels;
        this.holder = holder;
        this.nowhere = Linux.open(Path.of("/dev/null"), Linux.O_RDWR, 0);
        try {
            Files.createDirectories(folder);
            takeUp(names());
        } catch (IOException e) {
            Linux.close(nowhere);
            throw unusable(e);
        }
    }

    private static Path alone(Path folder, String agent, String channel, OptionalLong incarnation) {
        return folder.resolve(
                "of " + URLEncoder.encode(agent, StandardCharsets.UTF_8) + " " + fileName(channel, incarnation));
    }

    /** Name of a channel's FIFO in the folder of its agent. */
    public static String fileName(String channel, OptionalLong incarnation) {
        return CHANNEL_FILE + channel + (incarnation.isPresent() ? "." + incarnation.getAsLong() : "");
    }

    /** Opens a FIFO for reading and writing, never waiting, and makes it as large as is allowed; the caller closes the descriptor. */
    public static int descriptor(Path fifo) {
        return LinuxPipe.open(fifo);
    }

    /** Makes an agent's channel where no daemon does, so that {@link #open} finds it. Its file, for the agent to open. */
    public Path makeChannel(String agent, String channel, OptionalLong incarnation) {
        Path fifo = channels.path(agent, channel, incarnation);
        Linux.mkfifo(fifo);
        synchronized (kept) {
            // Held like a kept pipe under a name that none can have.
            kept.computeIfAbsent(" " + fifo, any -> LinuxPipe.open(fifo));
        }
        return fifo;
    }

    @Override
    public Pipe open(String agent, String channel, OptionalLong incarnation) {
        Path fifo = channels.path(agent, channel, incarnation);
        try {
            return new LinuxPipe(agent + " " + fileName(channel, incarnation), LinuxPipe.open(fifo), nowhere);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            throw new StratoswarmException(
                    StratoswarmException.Kind.NOT_FOUND,
                    "agent " + agent + " has no pipe for its channel '" + channel + "'"
                            + (incarnation.isPresent() ? " in start " + incarnation.getAsLong() : "")
                            + "; one is made right before it starts, where a flow is connected to the channel",
                    e);
        }
    }

    @Override
    public Pipe kept(String name) {
        check(name);
        synchronized (kept) {
            prepare(List.of(name));
            return new LinuxPipe(name, LinuxPipe.open(fifo(name)), nowhere);
        }
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "the name '" + name + "' of a kept pipe must have at most " + LONGEST_NAME
                            + " letters, digits, '.', '_', '-' and slashes, and no part may be empty or begin with a dot");
        }
    }

    @Override
    public void prepare(Collection<String> names) {
        names.forEach(LinuxPipes::check);
        synchronized (kept) {
            Map<String, Integer> made = new LinkedHashMap<>();
            try {
                for (String name : names) {
                    if (!kept.containsKey(name) && !made.containsKey(name)) {
                        Linux.mkfifo(fifo(name));
                        made.put(name, LinuxPipe.open(fifo(name)));
                    }
                }
                if (!made.isEmpty()) {
                    // One of these may have the name of one that the holder is about to let go.
                    lettingGo.join();
                    holder.hold(made.keySet().stream().map(this::fifo).toList());
                }
            } catch (RuntimeException notHeld) {
                made.forEach((name, ours) -> {
                    Linux.close(ours);
                    discard(fifo(name));
                });
                throw notHeld;
            }
            kept.putAll(made);
        }
    }

    /** Ours first: from then on the bytes do not depend on the holder. That there is none now must not keep a daemon from its start. */
    private void takeUp(List<String> names) {
        names.forEach(name -> kept.put(name, LinuxPipe.open(fifo(name))));
        if (!names.isEmpty()) {
            try {
                holder.hold(names.stream().map(this::fifo).toList());
            } catch (StratoswarmException e) {
                LOG.error("pipes that were kept would not outlive this daemon if it ended now: {}", e.getMessage());
            }
        }
    }

    @Override
    public void removeKept(String prefix) {
        synchronized (kept) {
            try {
                List<Path> fifos = new ArrayList<>();
                for (String name : kept.keySet().stream()
                        .filter(it -> it.startsWith(prefix))
                        .toList()) {
                    Integer fd = kept.remove(name);
                    if (fd != null) {
                        Linux.close(fd);
                    }
                    fifos.add(fifo(name));
                    // Before the holder lets go, so that a crash in between does not leave a pipe that looks kept and
                    // is empty.
                    Files.deleteIfExists(fifo(name));
                }
                if (!fifos.isEmpty()) {
                    // Others may wait for the holder at this moment, and nobody has to wait for this.
                    lettingGo = lettingGo.thenRunAsync(() -> letGo(fifos), Thread::startVirtualThread);
                }
            } catch (IOException e) {
                throw unusable(e);
            }
        }
    }

    private static void discard(Path fifo) {
        try {
            Files.deleteIfExists(fifo);
        } catch (IOException e) {
            LOG.warn("{} was made in vain and cannot be deleted", fifo, e);
        }
    }

    private void letGo(List<Path> fifos) {
        try {
            holder.letGo(fifos);
        } catch (RuntimeException e) {
            LOG.warn("the process that holds pipes goes on to hold some that are gone", e);
        }
    }

    private Path fifo(String name) {
        return folder.resolve("kept." + name.replace('/', SLASH));
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder, "kept.*")) {
            for (Path entry : entries) {
                names.add(entry.getFileName()
                        .toString()
                        .substring("kept.".length())
                        .replace(SLASH, '/'));
            }
        }
        return names;
    }

    private StratoswarmException unusable(IOException e) {
        return new StratoswarmException(
                StratoswarmException.Kind.SYSTEM,
                "the folder of pipes " + folder + " cannot be used: " + e.getMessage(),
                e);
    }

    /** One descriptor instead of two, so that it is like every other pipe: a pipe without a name can be opened again by number. */
    @Override
    public Pipe scratch() {
        int[] ends = Linux.pipe();
        try {
            return new LinuxPipe("scratch", LinuxPipe.open(Path.of("/proc/self/fd/" + ends[0])), nowhere);
        } finally {
            Linux.close(ends[0]);
            Linux.close(ends[1]);
        }
    }

    @Override
    public Poller poller() {
        return new LinuxPoller();
    }

    /** Lets go of all kept pipes; what is in them stays as long as another process holds them. */
    @Override
    public void close() {
        synchronized (kept) {
            lettingGo.join();
            kept.values().forEach(Linux::close);
            kept.clear();
            Linux.close(nowhere);
        }
    }
}
