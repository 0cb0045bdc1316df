package io.stratoswarm.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.agent.SpecCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The difference between the declared nodes of a graph and a manifest. */
public final class GraphPlan {
    public static final String CREATE = "create";
    public static final String REPLACE = "replace";
    public static final String UPDATE = "update";
    public static final String REMOVE = "remove";
    public static final String KEEP = "keep";

    /** What the supervisor reads anew each time it needs it, so that a change takes effect without a restart. */
    private static final Set<String> LIVE = Set.of("labels", "restart", "stop", "hooks", "log", "schedule");

    private GraphPlan() {}

    /** Steps for every node, those of the manifest in its order, then those that go. */
    public static List<Step> diff(Map<String, NodeSpec> declared, List<NodeSpec> nodes) {
        List<Step> steps = new ArrayList<>();
        Map<String, NodeSpec> gone = new TreeMap<>(declared);
        for (NodeSpec node : nodes) {
            NodeSpec old = gone.remove(node.id());
            steps.add(old == null ? new Step(CREATE, node.id(), "new") : change(old, node));
        }
        gone.keySet().forEach(id -> steps.add(new Step(REMOVE, id, "no longer declared")));
        return steps;
    }

    private static Step change(NodeSpec old, NodeSpec node) {
        Set<String> changed = changedFields(SpecCodec.write(old.agent()), SpecCodec.write(node.agent()));
        Set<String> hard = new TreeSet<>(changed);
        hard.removeAll(LIVE);
        List<String> what = new ArrayList<>(changed);
        if (!old.dependsOn().equals(node.dependsOn())) {
            what.add("dependsOn");
        }
        if (!old.channels().equals(node.channels())) {
            what.add("channels");
        }
        if (!old.request().equals(node.request())) {
            what.add("requests");
        }
        if (!old.policies().equals(node.policies())) {
            what.add("policies");
        }
        String id = node.id();
        if (old.replicas() != node.replicas()) {
            what.add("replicas " + old.replicas() + " -> " + node.replicas());
        }
        if (!hard.isEmpty()) {
            return new Step(REPLACE, id, "changed: " + String.join(", ", what));
        }
        if (what.isEmpty()) {
            return new Step(KEEP, id, "unchanged");
        }
        String reason = "changed without a restart: " + String.join(", ", what);
        if (changed.contains("log")) {
            reason += " (log limits hold from the next start)";
        }
        if (old.replicas() != node.replicas() && Math.min(old.replicas(), node.replicas()) == 1) {
            reason += " (the first replica gets another name, so it is started anew)";
        }
        return new Step(UPDATE, id, reason);
    }

    private static Set<String> changedFields(ObjectNode old, ObjectNode now) {
        Set<String> names = new TreeSet<>();
        old.fieldNames().forEachRemaining(names::add);
        now.fieldNames().forEachRemaining(names::add);
        names.removeIf(name -> {
            JsonNode before = old.get(name);
            return before != null && before.equals(now.get(name));
        });
        return names;
    }
}
