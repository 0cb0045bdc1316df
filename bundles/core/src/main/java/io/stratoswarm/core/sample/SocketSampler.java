package io.stratoswarm.core.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sockets by state, of all agents at once: each table is read once for its network name space. */
final class SocketSampler {
    /** A process that had none, and whose number of descriptors stayed the same, is looked at every so many times. */
    private static final int SELDOM = 4;

    private final Host host;
    /** Inodes of each process, kept while it does not run. */
    private final Map<ProcessReading, long[]> inodes = new HashMap<>();

    private int looks;
    /** States that an agent had: they are told as 0 once more when it has none. */
    private final Map<AgentSampler, Set<String>> told = new HashMap<>();

    SocketSampler(Host host) {
        this.host = host;
    }

    void read(Reader reader, Collection<AgentSampler> agents, Batch batch) {
        Map<String, SocketTable> tables = new HashMap<>();
        Set<ProcessReading> there = new HashSet<>();
        looks++;
        for (AgentSampler agent : agents) {
            Map<String, Integer> counts = count(agent, tables, there, reader);
            if (counts == null) {
                continue;
            }
            Set<String> before = told.computeIfAbsent(agent, key -> new HashSet<>());
            before.forEach(kind -> counts.putIfAbsent(kind, 0));
            counts.forEach((kind, count) -> batch.add(agent.series().sockets(kind), count));
            before.addAll(counts.keySet());
        }
        inodes.keySet().retainAll(there);
        told.keySet().retainAll(new HashSet<>(agents));
    }

    /** Null where its descriptors may not be read. */
    private @Nullable Map<String, Integer> count(
            AgentSampler agent, Map<String, SocketTable> tables, Set<ProcessReading> there, Reader reader) {
        Map<String, Integer> counts = new TreeMap<>();
        // A socket that parent and child share is one socket.
        Set<Long> seen = new HashSet<>();
        // What ran may have other sockets.
        boolean changed = agent.ranSinceAsked();
        for (ProcessReading process : agent.processes()) {
            there.add(process);
            long[] own = inodes.get(process);
            boolean none = own != null && own.length == 0 && !process.descriptorsChanged();
            if (own == null || changed && (!none || Math.floorMod(looks + process.pid, SELDOM) == 0)) {
                own = process.socketInodes(reader);
                if (own == null) {
                    return null;
                }
                inodes.put(process, own);
            }
            if (own.length == 0) {
                continue;
            }
            SocketTable table = table(process, tables, reader);
            if (!table.wasRead()) {
                return null;
            }
            for (long inode : own) {
                if (seen.add(inode)) {
                    counts.merge(table.kind(inode), 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    private SocketTable table(ProcessReading process, Map<String, SocketTable> tables, Reader reader) {
        String space;
        try {
            space = Files.readSymbolicLink(host.proc().resolve(process.pid + "/ns/net"))
                    .toString();
        } catch (IOException | UnsupportedOperationException gone) {
            space = "of " + process.pid;
        }
        return tables.computeIfAbsent(space, key -> SocketTable.of(host, process.pid, reader));
    }
}
