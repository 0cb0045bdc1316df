package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.process.Footprints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the processes of agents that are in no cgroup: the main process, all in the session of its keeper, what descends from
 * these, and what carries the agent's mark. One walk over the host's processes serves all agents.
 */
final class ProcessSearch {
    private static final String MARK = "\0STRATOSWARM_MARK=";

    private final Host host;
    private final ProcFs proc;
    /** Start of each process whose environment was read, so that it is read once. */
    private final Map<Integer, Long> looked = new HashMap<>();

    private final Map<Integer, String> marked = new HashMap<>();

    ProcessSearch(Host host) {
        this.host = host;
        this.proc = new ProcFs(host.proc());
    }

    /** Pids of each agent, the main one first. */
    Map<AgentSampler, List<Integer>> find(Map<AgentSampler, Footprints.Place> agents) {
        Map<Integer, ProcFs.Stat> all = new HashMap<>();
        for (int pid : proc.pids()) {
            Optional<ProcFs.Stat> stat = proc.stat(pid);
            stat.filter(ProcFs.Stat::alive).ifPresent(it -> all.put(pid, it));
        }
        Map<Integer, AgentSampler> bySession = new HashMap<>();
        Map<Integer, AgentSampler> owner = new HashMap<>();
        Map<String, AgentSampler> byMark = new HashMap<>();
        agents.forEach((agent, place) -> {
            place.sessions().forEach(session -> bySession.put(session, agent));
            owner.put(agent.what().pid(), agent);
            byMark.put(place.mark(), agent);
        });
        Map<AgentSampler, List<Integer>> found = new HashMap<>();
        agents.keySet()
                .forEach(agent ->
                        found.put(agent, new ArrayList<>(List.of(agent.what().pid()))));
        Set<Integer> keepers = new HashSet<>();
        agents.keySet().forEach(agent -> keepers.add(agent.what().keeper()));
        for (ProcFs.Stat stat : all.values()) {
            AgentSampler agent = ownerOf(stat, all, bySession, owner, byMark, 0);
            if (agent != null && stat.pid() != agent.what().pid() && !keepers.contains(stat.pid())) {
                found.getOrDefault(agent, new ArrayList<>()).add(stat.pid());
            }
        }
        looked.keySet().retainAll(all.keySet());
        marked.keySet().retainAll(all.keySet());
        return found;
    }

    private @Nullable AgentSampler ownerOf(
            ProcFs.Stat stat,
            Map<Integer, ProcFs.Stat> all,
            Map<Integer, AgentSampler> bySession,
            Map<Integer, AgentSampler> owner,
            Map<String, AgentSampler> byMark,
            int depth) {
        AgentSampler known = owner.get(stat.pid());
        if (known == null) {
            known = bySession.get(stat.session());
        }
        ProcFs.Stat parent = all.get(stat.parent());
        if (known == null && parent != null && stat.parent() > 1 && depth < 64) {
            known = ownerOf(parent, all, bySession, owner, byMark, depth + 1);
        }
        return known == null ? byMark(stat, byMark) : known;
    }

    private @Nullable AgentSampler byMark(ProcFs.Stat stat, Map<String, AgentSampler> byMark) {
        Long before = looked.put(stat.pid(), stat.startTicks());
        if (before == null || before != stat.startTicks()) {
            marked.remove(stat.pid());
            mark(stat.pid()).ifPresent(mark -> marked.put(stat.pid(), mark));
        }
        String mark = marked.get(stat.pid());
        return mark == null ? null : byMark.get(mark);
    }

    /** The agent's part of its mark; behind it stands the number of the incarnation. */
    private Optional<String> mark(int pid) {
        try {
            String all = "\0" + Files.readString(host.proc().resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            int at = all.indexOf(MARK);
            if (at < 0) {
                return Optional.empty();
            }
            int end = all.indexOf('\0', at + MARK.length());
            String value = all.substring(at + MARK.length(), end < 0 ? all.length() : end);
            return Optional.of(value.substring(0, value.lastIndexOf(':') + 1));
        } catch (IOException goneOrForbidden) {
            return Optional.empty();
        }
    }
}
