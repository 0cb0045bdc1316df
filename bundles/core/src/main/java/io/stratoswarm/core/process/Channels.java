package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.pipe.ChannelPaths;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the channels of all agents share. */
final class Channels implements ChannelPaths {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private final DataFolder data;
    private final Holder holder;
    private final Map<String, Wires> all = new ConcurrentHashMap<>();
    /** Inputs that were ended and whose pipes are still there. */
    private final Set<Path> ended = ConcurrentHashMap.newKeySet();

    Channels(DataFolder data, Holder holder) {
        this.data = data;
        this.holder = holder;
    }

    Holder holder() {
        return holder;
    }

    Wires of(AgentFolder folder, String agent) {
        return all.computeIfAbsent(folder.name(), name -> new Wires(this, folder, agent));
    }

    /** Opens and holds all channels that an earlier daemon left, also of agents that do not run at the moment. */
    void takeUp() {
        List<Path> found = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(data.agents(), Files::isDirectory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                String agent = URLDecoder.decode(name, StandardCharsets.UTF_8);
                found.addAll(of(new AgentFolder(data, name), agent).takeUp());
            }
            if (!found.isEmpty()) {
                holder.hold(found);
            }
        } catch (StratoswarmException | IOException e) {
            LOG.error("what is in the channels of agents would not outlive this daemon: {}", e.getMessage());
        }
    }

    /** Deletes the channels of an agent, with what is in them. */
    void drop(AgentFolder folder) {
        Wires wires = all.remove(folder.name());
        try {
            if (wires != null) {
                holder.letGo(wires.dropAll());
            }
        } catch (StratoswarmException | IOException e) {
            LOG.warn("channels of {} may be held until the daemon is shut down: {}", folder.name(), e.getMessage());
        }
    }

    /** Closes what this process has open and leaves the rest as it is. */
    void letGo() {
        all.values().forEach(Wires::letGo);
        all.clear();
    }

    void ended(Path fifo, boolean now) {
        if (now) {
            ended.add(fifo);
        } else {
            ended.remove(fifo);
        }
    }

    /** Whoever opened an ended input for writing would take the end back that its reader is to see. */
    @Override
    public Path path(String agent, String channel, OptionalLong incarnation) {
        Path fifo = AgentFolder.of(data, agent).runtime().resolve(LinuxPipes.fileName(channel, incarnation));
        if (ended.contains(fifo)) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "the input '" + channel + "' of agent " + agent + " was ended; it can be opened once the agent is "
                            + "started again");
        }
        return fifo;
    }
}
