package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.Placement.Violation;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.api.place.Relocation.Move;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.core.graph.Items.Declared;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether one graph's agents would be better elsewhere: the solver is asked with where they are as its start. */
final class Relocations {
    /** Beside an agent that may move, one that may not costs so much that no objective outweighs it. */
    private static final double NEVER = 1e6;

    private final AgentsState state;
    private final GraphState graph;
    private final Declared declared;
    private final Site site;
    private final PlacementSolver solver;

    Relocations(Placer placer, AgentsState state, GraphState graph) {
        this.state = state;
        this.graph = graph;
        this.declared = GraphPlans.declared(graph);
        if (!Placer.asked(declared)) {
            throw Placer.unplaced(graph.name());
        }
        this.site = placer.site(state, graph.name());
        this.solver = placer.solver();
    }

    Relocation find(double movingWeight) {
        // With no search and moves that nothing outweighs, what is judged is where everybody is.
        Placement now = solver.solve(
                problem(Placer.MOVING_WEIGHT, false),
                new Budget(Placer.TIMEOUT_MILLIS, OptionalLong.of(1), Placer.SEED),
                () -> false);
        boolean keeps = now.feasible() && moves(now, Map.of()).isEmpty();
        Found found = best(movingWeight, false);
        List<String> refused = refused(found);
        if (!refused.isEmpty()) {
            found = best(movingWeight, true);
        }
        if (!found.placement().feasible()) {
            found.placement().violations().stream().map(Relocations::words).forEach(refused::add);
        }
        double present = keeps ? now.total() : 0;
        boolean better = found.placement().feasible()
                && refused(found).isEmpty()
                && (!keeps || present - found.total() > found.cost());
        return new Relocation(
                graph.name(),
                graph.generation(),
                present,
                better ? found.total() : present,
                better ? found.cost() : 0,
                better ? found.moves() : List.of(),
                keeps ? List.of() : broken(now),
                refused,
                now.solver(),
                Placer.SEED);
    }

    /** Moves that cannot be done, with the reason. */
    private List<String> refused(Found found) {
        List<String> refused = new ArrayList<>();
        for (Move move : found.moves()) {
            String why = fixed(move.node(), move.agent());
            if (!why.isEmpty()) {
                refused.add(move.agent() + " from " + move.from() + " to " + move.to() + ": " + why);
            }
        }
        return refused;
    }

    /** @param total without what the moves cost */
    private record Found(Placement placement, List<Move> moves, double total, double cost) {}

    private Found best(double movingWeight, boolean pinned) {
        PlacementProblem problem = problem(movingWeight, pinned);
        Placement found = solver.solve(problem, Placer.budget(), () -> false);
        double cost = found.moving() * problem.movingWeight();
        Map<String, String> why = new LinkedHashMap<>();
        moves(found, Map.of())
                .forEach(move -> why.put(
                        move.agent(),
                        solver.explain(problem, found.places(), move.agent()).why()));
        return new Found(found, moves(found, why), found.total() - cost, cost);
    }

    private List<Move> moves(Placement found, Map<String, String> why) {
        List<Move> moves = new ArrayList<>();
        for (NodeSpec node : declared.nodes()) {
            for (MemberState member : members(node)) {
                String id = id(node, member);
                Optional<String> from = Placer.present(state, id);
                String to = found.places().getOrDefault(id, "");
                if (from.isPresent() && !to.isEmpty() && !from.get().equals(to)) {
                    moves.add(new Move(id, node.id(), member.slot(), from.get(), to, why.getOrDefault(id, "")));
                }
            }
        }
        return moves;
    }

    private List<MemberState> members(NodeSpec node) {
        return List.copyOf(
                Objects.requireNonNull(graph.node(node.id())).members().values());
    }

    private String id(NodeSpec node, MemberState member) {
        return state.idOf(graph.name(), node.id(), member.number(), node.replicas());
    }

    /** Why an agent cannot be moved; empty where it can. */
    private String fixed(String nodeId, String agentId) {
        NodeSpec node = declared.nodes().stream()
                .filter(each -> each.id().equals(nodeId))
                .findFirst()
                .orElseThrow();
        AgentState agent = state.agent(agentId);
        if (!(node.kind() instanceof NodeKind.Process)) {
            return "it runs inside of the daemon";
        }
        if (agent == null || agent.phase != AgentPhase.READY) {
            return "it is not ready, and gets its place with its next start";
        }
        return StateContract.of(node) instanceof StateContract.Unknown
                ? "node " + nodeId + " does not declare what its agents keep from record to record (label state)"
                : "";
    }

    /** @param pinned whether those that cannot be moved stay where they are; the others cost the same then */
    private PlacementProblem problem(double movingWeight, boolean pinned) {
        Map<String, List<Agent>> agents = new LinkedHashMap<>();
        double costs = 0;
        int count = 0;
        for (NodeSpec node : declared.nodes()) {
            List<Agent> its = new ArrayList<>();
            for (MemberState member : members(node)) {
                String id = id(node, member);
                double cost = pinned && !fixed(node.id(), id).isEmpty() ? NEVER : 1;
                if (Placer.present(state, id).isPresent()) {
                    costs += cost;
                    count++;
                }
                its.add(new Agent(id, Placer.present(state, id), cost));
            }
            agents.put(node.id(), its);
        }
        return Placer.problem(site, declared, agents, movingWeight * costs / Math.max(1, count));
    }

    private static List<String> broken(Placement now) {
        return now.violations().isEmpty()
                ? List.of("where the agents are breaks a rule of the graph, or asks more of a place than it has")
                : now.violations().stream().map(Relocations::words).toList();
    }

    private static String words(Violation violation) {
        return violation.rule() + ": " + violation.message();
    }
}
