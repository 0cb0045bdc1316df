package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.core.graph.GraphPlan;
import io.stratoswarm.core.graph.ManifestRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Commands on graphs. Runs on the owner's thread. */
final class GraphCommands {
    /** An event holds at most 65,535 bytes with everything around the payload. */
    private static final int MAX_SPEC_BYTES = 60_000;

    private final Context context;
    private final Life life;
    private final Starts starts;
    private final Stops stops;
    private final UnaryOperator<String> keepSource;

    /** @param keepSource stores the text of a manifest and returns its hash */
    GraphCommands(Context context, Life life, Starts starts, Stops stops, UnaryOperator<String> keepSource) {
        this.context = context;
        this.life = life;
        this.starts = starts;
        this.stops = stops;
        this.keepSource = keepSource;
    }

    static List<Step> plan(AgentsState state, GraphManifest manifest) {
        return GraphPlan.diff(declared(state.graphs.get(manifest.name())), manifest);
    }

    private static Map<String, NodeSpec> declared(@org.jspecify.annotations.Nullable GraphState graph) {
        Map<String, NodeSpec> declared = new TreeMap<>();
        if (graph != null) {
            graph.nodes().values().stream()
                    .filter(node -> !node.removed())
                    .forEach(node -> declared.put(node.id(), node.asSpec()));
        }
        return declared;
    }

    void apply(GraphManifest manifest, String actor, CompletableFuture<Applied> done) {
        ManifestRules.check(manifest);
        AgentsState state = context.decided();
        GraphState graph = state.graphs.get(manifest.name());
        if (graph != null && graph.deleting()) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "graph " + graph.name() + " is being deleted; apply it again once it is gone");
        }
        List<Step> steps = plan(state, manifest);
        boolean keep = graph != null
                && graph.description().equals(manifest.description())
                && steps.stream().allMatch(step -> step.action().equals(GraphPlan.KEEP));
        long generation = graph == null ? 1 : keep ? graph.generation() : graph.generation() + 1;
        Ledger.Decision d = context.ledger.decide(actor);
        if (!keep) {
            declare(d, manifest, graph, steps, generation);
        }
        d.commit(done::completeExceptionally);
        // The first steps follow in an append of their own, so that a large graph is no larger for them.
        Ledger.Decision first = context.ledger.decide(Events.SYSTEM);
        starts.reconcile(first, List.of(manifest.name()));
        first.then(() -> done.complete(new Applied(manifest.name(), generation, steps)));
        first.commit(done::completeExceptionally);
    }

    private void declare(
            Ledger.Decision d,
            GraphManifest manifest,
            @org.jspecify.annotations.Nullable GraphState graph,
            List<Step> steps,
            long generation) {
        String name = manifest.name();
        Map<String, NodeSpec> nodes = new TreeMap<>();
        Map<String, ObjectNode> specs = new TreeMap<>();
        for (NodeSpec node : manifest.nodes()) {
            nodes.put(node.id(), node);
            specs.put(node.id(), checkedSize(name, node));
        }
        int applied = d.add(
                Events.GRAPH_APPLIED,
                Events.GRAPH + name,
                d.at().put("generation", generation)
                        .put("description", manifest.description())
                        .put("source", keepSource.apply(manifest.source())),
                List.of());
        Cause cause = new Cause.InSameAppend(applied);
        for (Step step : steps) {
            NodeState old = graph == null ? null : graph.node(step.node());
            NodeSpec node = nodes.get(step.node());
            if (step.action().equals(GraphPlan.REMOVE)) {
                d.add(Events.NODE_REMOVED, Events.GRAPH + name, d.at().put("node", step.node()), List.of(cause));
                for (String id : context.decided().membersOf(name, step.node())) {
                    remove(d, id, "its node is no longer declared");
                }
            } else if (node != null && !step.action().equals(GraphPlan.KEEP)) {
                boolean newSpec = old != null && (old.removed() || step.action().equals(GraphPlan.REPLACE));
                int version = old == null ? 1 : newSpec ? old.version() + 1 : old.version();
                declareNode(d, name, node, specs, version, cause);
                change(d, name, node, step);
            }
        }
    }

    private void declareNode(
            Ledger.Decision d, String graph, NodeSpec node, Map<String, ObjectNode> specs, int version, Cause cause) {
        ObjectNode fields =
                d.at().put("node", node.id()).put("version", version).put("replicas", node.replicas());
        var dependsOn = fields.putArray("dependsOn");
        for (NodeSpec.Dependency dependency : node.dependsOn()) {
            dependsOn
                    .addObject()
                    .put("node", dependency.node())
                    .put("condition", dependency.condition().name());
        }
        fields.set("spec", specs.get(node.id()));
        d.add(Events.NODE_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
    }

    /** Brings the agents of a declared node to what is declared now. */
    private void change(Ledger.Decision d, String graph, NodeSpec node, Step step) {
        Set<String> wanted = new HashSet<>();
        for (int replica = 0; replica < node.replicas(); replica++) {
            wanted.add(AgentsState.idOf(graph, node.id(), replica, node.replicas()));
        }
        for (String id : context.decided().membersOf(graph, node.id())) {
            AgentState agent = context.decided().agent(id);
            if (agent == null) {
                continue;
            }
            if (!wanted.contains(id)) {
                remove(d, id, "its node has " + Texts.count(node.replicas(), "replica") + " now");
            } else if (step.action().equals(GraphPlan.REPLACE)) {
                replace(d, agent, step.reason());
            }
            d.then(() -> starts.schedule(id));
        }
    }

    private void replace(Ledger.Decision d, AgentState agent, String reason) {
        switch (agent.phase) {
            case STARTING, RUNNING, READY, UNHEALTHY ->
                stops.request(d, agent, AgentState.Then.RESTART, "its declaration " + reason);
            case BACKOFF, FAILED, QUARANTINED, COMPLETED ->
                d.agent(Events.RELEASED, agent.id, d.at().put("why", "its declaration " + reason));
            case WAITING, STOPPING, STOPPED -> {
                // It gets the new declaration with its next start.
            }
        }
    }

    private void remove(Ledger.Decision d, String id, String why) {
        AgentState agent = context.decided().agent(id);
        if (agent == null) {
            return;
        }
        if (agent.up()) {
            if (agent.phase != AgentPhase.STOPPING || agent.then != AgentState.Then.REMOVE) {
                stops.request(d, agent, AgentState.Then.REMOVE, why);
            }
        } else {
            boolean leftOver = agent.everStarted();
            life.remove(d, id);
            d.then(() -> {
                if (leftOver && context.decided().agent(id) == null) {
                    stops.release(id);
                }
            });
        }
    }

    private static ObjectNode checkedSize(String graph, NodeSpec node) {
        ObjectNode spec = SpecCodec.write(node.agent());
        int bytes = Json.text(spec).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SPEC_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "node " + graph + "/" + node.id() + ": its declaration has " + bytes + " bytes, at most "
                            + MAX_SPEC_BYTES + " are possible; put long values into files");
        }
        return spec;
    }

    void delete(String name, String actor, CompletableFuture<Void> done) {
        GraphState graph = context.decided().graphs.get(name);
        if (graph == null) {
            throw Selectors.unknown("graph", name, context.decided().graphs.keySet());
        }
        Ledger.Decision d = context.ledger.decide(actor);
        List<String> agents = new ArrayList<>(Selectors.ofGraph(context.decided(), graph));
        if (!graph.deleting()) {
            int index = d.add(Events.GRAPH_DELETE_REQUESTED, Events.GRAPH + name, d.at(), List.of());
            if (agents.isEmpty()) {
                d.add(Events.GRAPH_DELETED, Events.GRAPH + name, d.at(), List.of(new Cause.InSameAppend(index)));
            }
            agents.forEach(id -> remove(d, id, "delete requested by " + actor));
        }
        d.then(() -> context.waiters.add(
                List.of(name),
                id -> {
                    GraphState now = context.ledger.durable.graphs.get(id);
                    return now == null || !now.deleting();
                },
                () -> done.complete(null),
                done));
        d.commit(done::completeExceptionally);
    }
}
