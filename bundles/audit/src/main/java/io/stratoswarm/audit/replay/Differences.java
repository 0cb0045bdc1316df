package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.replay.Replays.Difference;
import io.stratoswarm.api.replay.Replays.StateChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** In what two states of graphs and agents differ, by what is declared and what runs. */
final class Differences {
    private static final Set<String> UP = Set.of("STARTING", "RUNNING", "READY", "UNHEALTHY", "STOPPING");
    /** Where the fold stands, which says nothing of the agent. */
    private static final Set<String> INNER = Set.of("sequence");

    private final List<Difference> found = new ArrayList<>();
    private final Optional<String> only;

    private Differences(Optional<String> only) {
        this.only = only;
    }

    static List<Difference> of(JsonNode before, JsonNode after, Optional<String> graph) {
        Differences differences = new Differences(graph);
        differences.graphs(named(before.path("graphs")), named(after.path("graphs")));
        differences.agents(named(before.path("agents")), named(after.path("agents")));
        return differences.found;
    }

    private static Map<String, JsonNode> named(JsonNode array) {
        Map<String, JsonNode> keyed = JsonChanges.keyed(array);
        return keyed == null ? Map.of() : keyed;
    }

    private static Set<String> keys(Map<String, JsonNode> a, Map<String, JsonNode> b) {
        Set<String> keys = new TreeSet<>(a.keySet());
        keys.addAll(b.keySet());
        return keys;
    }

    private void graphs(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        for (String name : keys(before, after)) {
            if (only.map(name::equals).orElse(true)) {
                JsonNode a = before.get(name);
                JsonNode b = after.get(name);
                add("graph", name, a == null ? null : itself(a), b == null ? null : itself(b));
                parts("node", name, nodes(a), nodes(b));
                parts("flow", name, flows(a), flows(b));
            }
        }
    }

    private void parts(String kind, String graph, Map<String, JsonNode> before, Map<String, JsonNode> after) {
        for (String id : keys(before, after)) {
            add(kind, graph + "/" + id, before.get(id), after.get(id));
        }
    }

    /** A graph without its parts and what follows from them. */
    private static JsonNode itself(JsonNode graph) {
        ObjectNode itself = graph.deepCopy();
        return itself.remove(List.of("nodes", "flows", "source"));
    }

    /** Nodes that are declared, each with the one spec that its agents get. */
    private static Map<String, JsonNode> nodes(@Nullable JsonNode graph) {
        Map<String, JsonNode> nodes = new LinkedHashMap<>();
        if (graph != null) {
            for (JsonNode node : graph.path("nodes")) {
                if (!node.path("removed").booleanValue()) {
                    ObjectNode declared = node.path("declared").deepCopy();
                    declared.set(
                            "spec", node.path("specs").path(node.path("version").asText()));
                    declared.set("members", node.path("members"));
                    nodes.put(node.path("id").asText(), declared);
                }
            }
        }
        return nodes;
    }

    private static Map<String, JsonNode> flows(@Nullable JsonNode graph) {
        return graph == null ? Map.of() : named(graph.path("flows"));
    }

    private void add(String kind, String id, @Nullable JsonNode before, @Nullable JsonNode after) {
        if (before == null && after != null) {
            found.add(new Difference(kind, id, "added", List.of()));
        } else if (after == null && before != null) {
            found.add(new Difference(kind, id, "removed", List.of()));
        } else if (before != null && after != null && !before.equals(after)) {
            found.add(new Difference(kind, id, "changed", JsonChanges.between(before, after)));
        }
    }

    private void agents(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        for (String id : keys(before, after)) {
            JsonNode a = before.get(id);
            JsonNode b = after.get(id);
            String graph = (a == null ? after : before)
                    .getOrDefault(id, StateTree.JSON.nullNode())
                    .path("graph")
                    .asText();
            if (only.map(graph::equals).orElse(true)) {
                if (a == null || b == null) {
                    add("agent", id, a, b);
                } else {
                    agent(id, a, b);
                }
            }
        }
    }

    private void agent(String id, JsonNode before, JsonNode after) {
        List<StateChange> changes = JsonChanges.between(before, after).stream()
                .filter(change -> !INNER.contains(change.path()))
                .toList();
        if (changes.isEmpty()) {
            return;
        }
        boolean wasUp = UP.contains(before.path("phase").asText());
        boolean isUp = UP.contains(after.path("phase").asText());
        boolean another = !before.path("incarnation").equals(after.path("incarnation"));
        String what = wasUp && !isUp ? "stopped" : !wasUp && isUp ? "started" : another ? "restarted" : "changed";
        found.add(new Difference("agent", id, what, changes));
    }
}
