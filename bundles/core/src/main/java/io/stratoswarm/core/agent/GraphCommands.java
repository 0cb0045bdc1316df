package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.core.graph.FlowCodec;
import io.stratoswarm.core.graph.GraphPlan;
import io.stratoswarm.core.graph.GraphRules;
import io.stratoswarm.core.graph.ManifestRules;
import io.stratoswarm.core.graph.NodeCodec;
import io.stratoswarm.core.graph.Wiring;
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

    private static final String FLOW = "flow ";

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
        GraphState graph = state.graphs.get(manifest.name());
        List<Step> steps =
                new ArrayList<>(GraphPlan.diff(declared(graph), Wiring.derive(manifest.nodes(), manifest.flows())));
        Map<String, FlowSpec> gone = new TreeMap<>(graph == null ? Map.of() : graph.flows());
        for (FlowSpec flow : manifest.flows()) {
            FlowSpec old = gone.remove(flow.id());
            String action = old == null ? GraphPlan.CREATE : old.equals(flow) ? GraphPlan.KEEP : GraphPlan.REPLACE;
            steps.add(new Step(action, FLOW + flow.id(), old == null ? "new" : "changed"));
        }
        gone.keySet().forEach(id -> steps.add(new Step(GraphPlan.REMOVE, FLOW + id, "no longer declared")));
        return steps;
    }

    private static Map<String, NodeSpec> declared(@org.jspecify.annotations.Nullable GraphState graph) {
        Map<String, NodeSpec> declared = new TreeMap<>();
        if (graph != null) {
            graph.nodes().values().stream()
                    .filter(node -> !node.removed())
                    .forEach(node -> declared.put(node.id(), node.node()));
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
                && graph.rules().equals(GraphRules.of(manifest))
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
        for (NodeSpec node : Wiring.derive(manifest.nodes(), manifest.flows())) {
            nodes.put(node.id(), node);
            specs.put(node.id(), checkedSize(name, node));
        }
        Map<String, ObjectNode> flows = new TreeMap<>();
        for (FlowSpec flow : manifest.flows()) {
            flows.put(FLOW + flow.id(), checkedSize("flow " + name + "/" + flow.id(), FlowCodec.write(flow)));
        }
        int applied = d.add(
                Events.GRAPH_APPLIED,
                Events.GRAPH + name,
                d.at().put("generation", generation)
                        .put("description", manifest.description())
                        .put("source", keepSource.apply(manifest.source())),
                List.of());
        Cause cause = new Cause.InSameAppend(applied);
        GraphRules rules = GraphRules.of(manifest);
        if (!rules.equals(graph == null ? GraphRules.NONE : graph.rules())) {
            declareRules(d, name, rules, cause);
        }
        for (Step step : steps) {
            if (step.node().startsWith(FLOW)) {
                declareFlow(d, name, step, flows, cause);
                continue;
            }
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
                long born = old == null || old.removed() ? generation : old.born();
                declareNode(d, name, node, specs, version, born, cause);
                change(d, name, node, step);
            }
        }
    }

    private void declareNode(
            Ledger.Decision d,
            String graph,
            NodeSpec node,
            Map<String, ObjectNode> specs,
            int version,
            long born,
            Cause cause) {
        ObjectNode fields =
                d.at().put("node", node.id()).put("version", version).put("born", born);
        NodeCodec.write(fields, node);
        fields.set("spec", specs.get(node.id()));
        d.add(Events.NODE_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
    }

    private static void declareFlow(
            Ledger.Decision d, String graph, Step step, Map<String, ObjectNode> flows, Cause cause) {
        if (step.action().equals(GraphPlan.REMOVE)) {
            ObjectNode fields = d.at().put("flow", step.node().substring(FLOW.length()));
            d.add(Events.FLOW_REMOVED, Events.GRAPH + graph, fields, List.of(cause));
        } else if (!step.action().equals(GraphPlan.KEEP)) {
            ObjectNode fields = d.at();
            fields.set("flow", flows.get(step.node()));
            d.add(Events.FLOW_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
        }
    }

    /** In as many events as its constraints need; the first takes the place of what was there. */
    private static void declareRules(Ledger.Decision d, String graph, GraphRules rules, Cause cause) {
        GraphRules part = new GraphRules(rules.labels(), List.of(), rules.objectives());
        int bytes = size(checkedSize("graph " + graph, part.write()));
        int parts = 0;
        for (Constraint constraint : rules.constraints()) {
            int more = size(checkedSize("a constraint of graph " + graph, GraphRules.write(constraint)));
            if (bytes + more > MAX_SPEC_BYTES) {
                declareRules(d, graph, part, parts++, cause);
                part = GraphRules.NONE;
                bytes = 0;
            }
            part = part.and(List.of(constraint));
            bytes += more + 1;
        }
        declareRules(d, graph, part, parts, cause);
    }

    private static void declareRules(Ledger.Decision d, String graph, GraphRules rules, int part, Cause cause) {
        ObjectNode fields = d.at().put("part", part);
        fields.set("rules", rules.write());
        d.add(Events.GRAPH_RULES_DECLARED, Events.GRAPH + graph, fields, List.of(cause));
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
        ObjectNode whole = Json.object();
        NodeCodec.write(whole, node);
        whole.set("spec", spec);
        checkedSize("node " + graph + "/" + node.id(), whole);
        return spec;
    }

    private static ObjectNode checkedSize(String what, ObjectNode declaration) {
        int bytes = size(declaration);
        if (bytes > MAX_SPEC_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    what + ": its declaration has " + bytes + " bytes, at most " + MAX_SPEC_BYTES
                            + " are possible; put long values into files");
        }
        return declaration;
    }

    private static int size(ObjectNode json) {
        return Json.text(json).getBytes(StandardCharsets.UTF_8).length;
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
