package io.stratoswarm.core.graph;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.Graphs.Effect;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import io.stratoswarm.core.graph.Items.Declared;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The steps from what a graph is to what it shall be, and what each of them does to agents and records. Pure. */
public final class GraphPlan {
    public static final String CREATE = "create";
    public static final String REPLACE = "replace";
    public static final String UPDATE = "update";
    public static final String REMOVE = "remove";
    public static final String KEEP = "keep";

    public static final String NODE = "node";
    public static final String FLOW = "flow";
    public static final String GRAPH = "graph";

    /** What the supervisor reads anew each time it needs it, so that a change takes effect without a restart. */
    private static final Set<String> LIVE = Set.of(
            "labels",
            "restart",
            "stop",
            "hooks",
            "log",
            "schedule",
            "replicas",
            "dependsOn",
            "channels",
            "request",
            "policies");
    /** What a flow can change while it runs. */
    private static final Set<String> LIVE_OF_FLOW = Set.of("rate", "bufferBytes", "maxRecordBytes", "labels");

    private static final int SHOWN = 60;

    /** An agent that is there now. */
    public record Agent(String id, AgentPhase phase) {}

    /** What is known of the agents of nodes. */
    public interface Agents {
        /** Those that are there. */
        List<Agent> there(String node);

        /** Ids of those that the node shall have then. */
        List<String> wanted(String node);

        /** Whether it goes on with what it runs with, though its node is declared anew. */
        boolean stays(String agent);

        /** What changes of a node's members beside their count, in words; empty for nothing. */
        String members(String node);
    }

    private final String graph;
    private final Declared running;
    private final Declared wanted;
    private final Agents agents;
    private final List<Step> steps = new ArrayList<>();

    private GraphPlan(String graph, Declared running, Declared wanted, Agents agents) {
        this.graph = graph;
        this.running = running;
        this.wanted = wanted;
        this.agents = agents;
    }

    /**
     * Steps for every node, those that stay by name, then those that go; the same for flows; then for the graph as a whole.
     *
     * @param running what is declared now, wired; the same as items in {@code now}
     * @param wanted what shall be, wired; the same as items in {@code then}
     * @param kept what stays as it runs against the manifest, as {@link Merge.Outcome#kept} has it
     * @param manifest what the manifest says, for the words about that
     * @param agents of the nodes
     */
    public static List<Step> steps(
            String graph,
            Declared running,
            Merge.State now,
            Declared wanted,
            Merge.State then,
            Map<String, List<String>> kept,
            Merge.State manifest,
            Agents agents) {
        GraphPlan plan = new GraphPlan(graph, running, wanted, agents);
        Map<String, String> differs = new TreeMap<>();
        kept.forEach((item, properties) -> differs.put(item, words(properties, now.get(item), manifest.get(item))));
        plan.nodes(now, then, differs);
        plan.flows(now, then, differs);
        plan.whole(now, then);
        kept.forEach((item, properties) -> {
            if (properties.contains(Merge.ALL) && now.get(item) == null) {
                plan.steps.add(new Step(
                        KEEP,
                        item.startsWith(Items.NODE) ? NODE : FLOW,
                        item.substring(Items.NODE.length()),
                        "not created: it was removed while the graph ran",
                        Effect.NONE));
            }
        });
        return List.copyOf(plan.steps);
    }

    private static String words(
            List<String> properties,
            @org.jspecify.annotations.Nullable SortedMap<String, String> now,
            @org.jspecify.annotations.Nullable SortedMap<String, String> manifest) {
        if (properties.contains(Merge.ALL)) {
            return "the manifest has it no more, but it was made or changed while the graph ran";
        }
        List<String> each = new ArrayList<>();
        for (String property : properties) {
            each.add(Items.word(property) + " " + shown(now, property) + " (the manifest says "
                    + shown(manifest, property) + ")");
        }
        return "set while the graph ran, and kept: " + String.join(", ", each);
    }

    private static String shown(@org.jspecify.annotations.Nullable SortedMap<String, String> item, String property) {
        String text = item == null ? "nothing" : item.getOrDefault(property, "nothing");
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    private static Map<String, NodeSpec> nodes(Declared declared) {
        Map<String, NodeSpec> nodes = new TreeMap<>();
        declared.nodes().forEach(node -> nodes.put(node.id(), node));
        return nodes;
    }

    private void nodes(Merge.State now, Merge.State then, Map<String, String> differs) {
        Map<String, NodeSpec> gone = nodes(running);
        for (NodeSpec node : nodes(wanted).values()) {
            NodeSpec old = gone.remove(node.id());
            String item = Items.NODE + node.id();
            if (old == null) {
                steps.add(new Step(CREATE, NODE, node.id(), "new", created(node)));
            } else {
                SortedMap<String, String> before = now.get(item);
                SortedMap<String, String> after = then.get(item);
                steps.add(change(
                        old,
                        node,
                        before == null || after == null ? List.of() : Items.changed(before, after),
                        differs.getOrDefault(item, "")));
            }
        }
        for (NodeSpec node : gone.values()) {
            List<String> stops = agents.there(node.id()).stream().map(Agent::id).toList();
            steps.add(new Step(
                    REMOVE, NODE, node.id(), "no longer declared", new Effect(List.of(), List.of(), stops, List.of())));
        }
    }

    private Effect created(NodeSpec node) {
        List<String> notes =
                waits(node) ? List.of("it runs when " + caller(node) + " says so") : dependent(node, "starts when ");
        return new Effect(waits(node) ? List.of() : List.copyOf(ids(node)), List.of(), List.of(), notes);
    }

    private static List<String> dependent(NodeSpec node, String what) {
        return node.dependsOn().isEmpty()
                ? List.of()
                : List.of(what
                        + String.join(
                                " and ",
                                node.dependsOn().stream()
                                        .map(on -> on.node() + " is "
                                                + on.condition().name().toLowerCase(java.util.Locale.ROOT))
                                        .toList()));
    }

    private static boolean waits(NodeSpec node) {
        return node.agent().lifecycle().waits();
    }

    private static String caller(NodeSpec node) {
        return node.agent().lifecycle() == Lifecycle.CRON ? "its schedule" : "somebody";
    }

    private Set<String> ids(NodeSpec node) {
        return new java.util.LinkedHashSet<>(agents.wanted(node.id()));
    }

    private Step change(NodeSpec old, NodeSpec node, List<String> changed, String differs) {
        List<String> what = new ArrayList<>();
        Set<String> hard = new HashSet<>(changed);
        hard.removeAll(LIVE);
        for (String property : changed) {
            what.add(
                    property.equals("replicas")
                            ? "replicas " + old.replicas() + " -> " + node.replicas()
                            : Items.word(property));
        }
        boolean rewired = !old.agent().wires().equals(node.agent().wires());
        if (rewired) {
            what.add("the flows that are connected to it");
        }
        String members = agents.members(node.id());
        if (!members.isEmpty()) {
            what.add(members);
        }
        String kept = differs.isEmpty() ? "" : "; " + differs;
        String id = node.id();
        if (what.isEmpty()) {
            return new Step(KEEP, NODE, id, "unchanged" + kept, Effect.NONE);
        }
        if (!hard.isEmpty() || rewired) {
            return new Step(REPLACE, NODE, id, "changed: " + String.join(", ", what) + kept, effect(node, true));
        }
        String reason = "changed without a restart: " + String.join(", ", what);
        if (changed.contains("log")) {
            reason += " (log limits hold from the next start)";
        }
        return new Step(UPDATE, NODE, id, reason + kept, effect(node, false));
    }

    private Effect effect(NodeSpec node, boolean replace) {
        Set<String> starts = new TreeSet<>();
        List<String> restarts = new ArrayList<>();
        List<String> stops = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Set<String> wantedIds = ids(node);
        Set<String> missing = new java.util.LinkedHashSet<>(wantedIds);
        for (Agent agent : agents.there(node.id())) {
            missing.remove(agent.id());
            if (!wantedIds.contains(agent.id())) {
                stops.add(agent.id());
            } else if (replace && !agents.stays(agent.id())) {
                switch (agent.phase()) {
                    case STARTING, RUNNING, READY, UNHEALTHY -> restarts.add(agent.id());
                    case BACKOFF, FAILED, QUARANTINED, COMPLETED -> starts.add(agent.id());
                    case WAITING, STOPPING, STOPPED -> notes.add(agent.id() + " gets it with its next start");
                }
            }
        }
        starts.addAll(missing);
        if (waits(node)) {
            if (!restarts.isEmpty()) {
                notes.add("a run that goes on is ended; the next one comes when " + caller(node) + " says so");
            }
            return new Effect(List.of(), List.of(), stops, notes);
        }
        if (!restarts.isEmpty()) {
            notes.addAll(inFlight(node));
            if (StateContract.of(node) instanceof StateContract.ByKey) {
                notes.add(
                        "what its agents keep by key is lost with them; 'stratoswarm transform replace' hands it over");
            }
        }
        return new Effect(List.copyOf(starts), restarts, stops, notes);
    }

    /** What becomes of records while the agents of a node are restarted. */
    private List<String> inFlight(NodeSpec node) {
        List<String> notes = new ArrayList<>();
        Set<String> there = new HashSet<>();
        running.flows().forEach(flow -> there.add(flow.id()));
        for (FlowSpec flow : wanted.flows()) {
            if (!there.contains(flow.id())) {
                continue;
            }
            boolean receives = flow.to().stream().anyMatch(end -> end.node().equals(node.id()));
            if (receives && flow.delivery() instanceof Delivery.AtLeastOnce) {
                notes.add("flow " + flow.id() + " pauses meanwhile; what was not acknowledged is delivered again");
            } else if (receives || flow.from().node().equals(node.id())) {
                notes.add(
                        "flow " + flow.id() + " pauses meanwhile; what is in its pipes stays there, what the agent had "
                                + "read and not yet written is its own to keep");
            }
        }
        return notes;
    }

    private void flows(Merge.State now, Merge.State then, Map<String, String> differs) {
        Map<String, FlowSpec> gone = new TreeMap<>();
        running.flows().forEach(flow -> gone.put(flow.id(), flow));
        for (FlowSpec flow : wanted.flows()) {
            FlowSpec old = gone.remove(flow.id());
            String item = Items.FLOW + flow.id();
            SortedMap<String, String> before = now.get(item);
            SortedMap<String, String> after = then.get(item);
            if (old == null || before == null || after == null) {
                steps.add(new Step(CREATE, FLOW, flow.id(), "new", note("records go from " + ends(flow))));
                continue;
            }
            List<String> changed = Items.changed(before, after);
            String kept = differs.containsKey(item) ? "; " + differs.get(item) : "";
            if (changed.isEmpty()) {
                steps.add(new Step(KEEP, FLOW, flow.id(), "unchanged" + kept, Effect.NONE));
            } else if (LIVE_OF_FLOW.containsAll(changed)) {
                steps.add(new Step(
                        UPDATE, FLOW, flow.id(), "changed while it runs: " + words(changed) + kept, Effect.NONE));
            } else {
                steps.add(new Step(
                        REPLACE,
                        FLOW,
                        flow.id(),
                        "changed: " + words(changed) + kept,
                        note("the flow pauses and goes on as declared; " + most(old))));
            }
        }
        gone.values()
                .forEach(flow -> steps.add(new Step(
                        REMOVE,
                        FLOW,
                        flow.id(),
                        "no longer declared",
                        note("nothing goes from " + ends(flow) + " any more; " + most(flow)))));
    }

    private static Effect note(String text) {
        return new Effect(List.of(), List.of(), List.of(), List.of(text));
    }

    private static String words(List<String> properties) {
        return String.join(", ", properties.stream().map(Items::word).toList());
    }

    private static String most(FlowSpec flow) {
        return flow.delivery() instanceof Delivery.AtLeastOnce
                ? "what is in its queue then may go undelivered"
                : "what is in flight then, at most " + flow.bufferBytes() + " bytes, may go undelivered";
    }

    private static String ends(FlowSpec flow) {
        return flow.from() + " to "
                + String.join(
                        ", ", flow.to().stream().map(FlowSpec.End::toString).toList());
    }

    /** Only of a graph that is there: where it is new, its nodes say so. */
    private void whole(Merge.State now, Merge.State then) {
        SortedMap<String, String> before = now.get(Items.GRAPH);
        SortedMap<String, String> after = then.get(Items.GRAPH);
        if (running.nodes().isEmpty() || before == null || after == null) {
            return;
        }
        List<String> changed = Items.changed(before, after);
        if (!changed.isEmpty()) {
            steps.add(new Step(UPDATE, GRAPH, graph, "changed: " + words(changed), Effect.NONE));
        }
    }
}
