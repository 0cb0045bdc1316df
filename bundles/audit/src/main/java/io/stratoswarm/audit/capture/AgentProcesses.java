package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which processes belong to which agents. */
final class AgentProcesses {
    private final Proc proc;

    AgentProcesses(Proc proc) {
        this.proc = proc;
    }

    /** Agents that selectors name, by id; all that run where there is none. */
    static Map<String, AgentStatus> select(Collection<AgentStatus> all, List<String> selectors) {
        Map<String, AgentStatus> chosen = new LinkedHashMap<>();
        if (selectors.isEmpty()) {
            all.stream().filter(it -> it.pid().isPresent()).forEach(it -> chosen.put(it.id(), it));
            return chosen;
        }
        for (String selector : selectors) {
            List<AgentStatus> found = all.stream()
                    .filter(it -> it.id().equals(selector)
                            || it.graph().equals(selector)
                            || (it.graph() + "/" + it.node()).equals(selector))
                    .toList();
            if (found.isEmpty()) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there is no agent, node or graph '" + selector + "'; 'stratoswarm ps' lists agents");
            }
            List<AgentStatus> running =
                    found.stream().filter(it -> it.pid().isPresent()).toList();
            if (running.isEmpty()) {
                throw new StratoswarmException(
                        Kind.CONFLICT,
                        "nothing of '" + selector + "' has a process now ("
                                + found.getFirst().id() + " is "
                                + found.getFirst().phase() + "), so there is nothing to capture");
            }
            running.forEach(it -> chosen.put(it.id(), it));
        }
        return chosen;
    }

    /**
     * The main process, then those that descend from it or share its cgroup. Its keeper, which is its parent and in the same cgroup, is not
     * among them, and nothing is where the cgroup is the daemon's own.
     */
    List<Integer> of(int main) {
        Map<Integer, Integer> parents = parents();
        Map<Integer, List<Integer>> children = children(parents);
        Set<Integer> found = descendants(main, children);
        String cgroup = proc.text(main + "/cgroup");
        if (!cgroup.isEmpty() && !cgroup.equals(proc.text("self/cgroup"))) {
            Set<Integer> above = new HashSet<>();
            for (Integer at = parents.get(main); at != null && above.add(at); at = parents.get(at)) {
                // Goes up to the first process.
            }
            Set<Integer> beside = new HashSet<>();
            above.forEach(it -> beside.addAll(children.getOrDefault(it, List.of())));
            for (int pid : parents.keySet()) {
                // What the keeper holds ready for the next start is a child of it, as the agent is, and is not the
                // agent.
                if (!above.contains(pid)
                        && !beside.contains(pid)
                        && proc.text(pid + "/cgroup").equals(cgroup)) {
                    found.add(pid);
                }
            }
        }
        found.removeIf(pid -> pid != main && "Z?X".indexOf(proc.state(String.valueOf(pid))) >= 0);
        return List.copyOf(found);
    }

    /** Those of them that do not descend from the main process. */
    List<Integer> apart(int main) {
        List<Integer> found = new ArrayList<>(of(main));
        found.removeAll(descendants(main, children(parents())));
        return found;
    }

    private Map<Integer, Integer> parents() {
        Map<Integer, Integer> parents = new TreeMap<>();
        for (int pid : proc.numbers("")) {
            String[] stat = proc.stat(String.valueOf(pid));
            if (stat.length > 1) {
                parents.put(pid, Integer.parseInt(stat[1]));
            }
        }
        return parents;
    }

    private static Map<Integer, List<Integer>> children(Map<Integer, Integer> parents) {
        Map<Integer, List<Integer>> children = new HashMap<>();
        parents.forEach((pid, parent) ->
                children.computeIfAbsent(parent, it -> new ArrayList<>()).add(pid));
        return children;
    }

    /** The process itself first. */
    private static Set<Integer> descendants(int pid, Map<Integer, List<Integer>> children) {
        Set<Integer> found = new LinkedHashSet<>(List.of(pid));
        descend(pid, children, found);
        return found;
    }

    private static void descend(int pid, Map<Integer, List<Integer>> children, Set<Integer> found) {
        for (int child : children.getOrDefault(pid, List.of())) {
            if (found.add(child)) {
                descend(child, children, found);
            }
        }
    }
}
