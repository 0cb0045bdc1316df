package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Conflict;
import io.stratoswarm.api.graph.Graphs.Options;
import io.stratoswarm.api.graph.Graphs.Revision;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.core.graph.GraphPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Commands on graphs. Runs on the owner's thread. */
final class GraphCommands {
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

    /** @param placing where the agents are to be */
    void apply(
            GraphManifest manifest, Options options, Placing placing, String actor, CompletableFuture<Applied> done) {
        GraphPlans.Prepared prepared = new GraphPlans(context.decided()).apply(manifest, options.force());
        refuseMeanwhile(manifest.name());
        refuse(prepared, options.expected());
        refuseScattering(prepared);
        change(
                Events.GRAPH_APPLIED,
                prepared,
                placing,
                actor,
                fields -> fields.put("description", prepared.result().description())
                        .put("source", keepSource.apply(manifest.source())),
                done);
    }

    void edit(
            String graph,
            String id,
            Map<String, String> changes,
            Placing placing,
            String actor,
            CompletableFuture<Applied> done) {
        GraphPlans.Prepared prepared = new GraphPlans(context.decided()).edit(graph, id, changes);
        refuseMeanwhile(graph);
        refuse(prepared, OptionalLong.empty());
        refuseScattering(prepared);
        change(Events.GRAPH_EDITED, prepared, placing, actor, fields -> fields, done);
    }

    void revise(String graph, Revision revision, Placing placing, String actor, CompletableFuture<Applied> done) {
        GraphPlans.Prepared prepared = new GraphPlans(context.decided()).revise(graph, revision);
        refuse(prepared, revision.expected());
        change(Events.GRAPH_EDITED, prepared, placing, actor, fields -> fields, done);
    }

    void rollback(
            GraphState past, OptionalLong expected, Placing placing, String actor, CompletableFuture<Applied> done) {
        GraphPlans.Prepared prepared = new GraphPlans(context.decided()).rollback(past);
        refuseMeanwhile(past.name());
        refuse(prepared, expected);
        refuseScattering(prepared);
        change(
                Events.GRAPH_APPLIED,
                prepared,
                placing,
                actor,
                fields -> fields.put("description", past.description())
                        .put("source", past.source())
                        .put("rolledBackTo", past.generation()),
                done);
    }

    /** A change of a graph while it is transformed would be undone by the transform's next step, or undo its last. */
    private void refuseMeanwhile(String name) {
        GraphState graph = context.decided().graphs.get(name);
        if (graph != null && graph.transforming()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "graph " + name + " is being transformed; nothing was done: wait for the end of it, or cancel it"
                            + " (stratoswarm transforms)");
        }
    }

    /** Keys would go to agents that lack their state; a transform hands it over. */
    private void refuseScattering(GraphPlans.Prepared prepared) {
        String name = prepared.plan().name();
        GraphState graph = context.decided().graphs.get(name);
        if (graph == null) {
            return;
        }
        for (NodeSpec node : prepared.result().nodes()) {
            NodeState old = graph.node(node.id());
            boolean up = context.decided().membersOf(name, node.id()).stream()
                    .map(context.decided()::agent)
                    .anyMatch(agent -> agent != null && agent.up());
            if (old != null
                    && up
                    && old.node().replicas() != node.replicas()
                    && StateContract.of(node) instanceof StateContract.ByKey) {
                throw new StratoswarmException(
                        Kind.CONFLICT,
                        "the agents of node " + node.id() + " keep state by key, which would not go with its keys from "
                                + old.node().replicas() + " to " + Texts.count(node.replicas(), "replica")
                                + "; nothing was done: let a transform hand it over ('stratoswarm apply' without --restart,"
                                + " 'transform split', 'transform merge'), or stop the node before");
            }
        }
    }

    private static void refuse(GraphPlans.Prepared prepared, OptionalLong expected) {
        String name = prepared.plan().name();
        long generation = prepared.plan().generation();
        if (expected.isPresent() && expected.getAsLong() != generation) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "graph " + name + (generation == 0 ? " is not there" : " is at generation " + generation)
                            + ", and not " + (expected.getAsLong() == 0 ? "new" : "at " + expected.getAsLong())
                            + " as the plan has it; it changed meanwhile, so nothing was done: make the plan again");
        }
        List<Conflict> conflicts = prepared.plan().conflicts();
        if (!conflicts.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "graph " + name + " was changed while it ran, and the manifest changes the same differently: "
                            + Texts.some(
                                    conflicts.stream().map(GraphCommands::text).toList(), 5)
                            + "; nothing was done: put into the manifest what you want, or let it win with --force");
        }
    }

    private static String text(Conflict conflict) {
        return conflict.kind() + " " + conflict.id()
                + (conflict.property().isEmpty() ? "" : " " + conflict.property()) + " (was "
                + nothing(conflict.base()) + ", runs " + nothing(conflict.running()) + ", manifest "
                + nothing(conflict.manifest()) + ")";
    }

    private static String nothing(String text) {
        return text.isEmpty() ? "nothing" : text;
    }

    private void change(
            String type,
            GraphPlans.Prepared prepared,
            Placing placing,
            String actor,
            UnaryOperator<ObjectNode> more,
            CompletableFuture<Applied> done) {
        String name = prepared.plan().name();
        placing.check(name, prepared.result());
        AgentsState state = context.decided();
        GraphState graph = state.graphs.get(name);
        long last = graph == null ? state.retired.getOrDefault(name, 0L) : graph.generation();
        long generation = prepared.same() ? last : last + 1;
        Ledger.Decision d = context.ledger.decide(actor);
        if (!prepared.same()) {
            GraphEvents events = new GraphEvents(d, name, graph, prepared);
            Cause cause = events.generation(type, generation, more.apply(d.at()));
            declare(d, events, graph, prepared, generation, cause);
            if (!prepared.held().equals(graph == null ? Set.of() : graph.held())) {
                events.held(cause);
            }
        }
        placing.decide(d, context.decided());
        d.commit(done::completeExceptionally);
        // The first steps follow in an append of their own, so that a large graph is no larger for them.
        Ledger.Decision first = context.ledger.decide(Events.SYSTEM);
        starts.reconcile(first, List.of(name));
        first.then(() ->
                done.complete(new Applied(name, generation, prepared.plan().steps())));
        first.commit(done::completeExceptionally);
    }

    private void declare(
            Ledger.Decision d,
            GraphEvents events,
            @Nullable GraphState graph,
            GraphPlans.Prepared prepared,
            long generation,
            Cause cause) {
        String name = prepared.plan().name();
        Map<String, NodeSpec> nodes = new TreeMap<>();
        prepared.result().nodes().forEach(node -> nodes.put(node.id(), node));
        for (Step step : prepared.plan().steps()) {
            if (step.kind().equals(GraphPlan.FLOW)) {
                events.flow(step, cause);
            }
            if (!step.kind().equals(GraphPlan.NODE)) {
                continue;
            }
            NodeState old = graph == null ? null : graph.node(step.id());
            NodeSpec node = nodes.get(step.id());
            if (step.action().equals(GraphPlan.REMOVE)) {
                events.nodeRemoved(step.id(), cause);
                for (String id : context.decided().membersOf(name, step.id())) {
                    remove(d, id, "its node is no longer declared");
                }
            } else if (node != null && !step.action().equals(GraphPlan.KEEP)) {
                boolean newSpec = old != null && (old.removed() || step.action().equals(GraphPlan.REPLACE));
                int version = old == null ? 1 : newSpec ? old.versionOf(node.agent()) : old.version();
                long born = old == null || old.removed() ? generation : old.born();
                if (old != null && !newSpec && old.node().equals(node)) {
                    events.members(node.id(), cause);
                } else {
                    events.node(node, version, born, cause);
                }
                change(d, prepared, node, version, step);
            }
        }
    }

    /** Brings the agents of a declared node to what is declared now. */
    private void change(Ledger.Decision d, GraphPlans.Prepared prepared, NodeSpec node, int version, Step step) {
        String graph = prepared.plan().name();
        Set<String> wanted = new HashSet<>(prepared.agents().getOrDefault(node.id(), List.of()));
        SortedMap<Integer, MemberState> members = prepared.members().getOrDefault(node.id(), new TreeMap<>());
        for (String id : context.decided().membersOf(graph, node.id())) {
            AgentState agent = context.decided().agent(id);
            if (agent == null) {
                continue;
            }
            if (!wanted.contains(id)) {
                remove(d, id, "its node has " + Texts.count(members.size(), "replica") + " now");
            } else if (step.action().equals(GraphPlan.REPLACE) && !has(agent, version, members)) {
                replace(d, agent, step.reason());
            }
            d.then(() -> starts.schedule(id));
        }
    }

    /** Whether it runs with what it is to run with. */
    private static boolean has(AgentState agent, int version, SortedMap<Integer, MemberState> members) {
        MemberState member = members.get(agent.replica);
        return member != null && agent.specVersion == (member.version() == 0 ? version : member.version());
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
