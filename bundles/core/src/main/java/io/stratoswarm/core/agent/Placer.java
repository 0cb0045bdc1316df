package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementRefused;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.core.agent.Placing.Spot;
import io.stratoswarm.core.graph.Items.Declared;
import io.stratoswarm.core.place.PlacementRequests;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Finds places for the agents of graphs that ask for some. Takes seconds, so it is never asked on the owner's thread. */
final class Placer {
    /** Seed of all searches: the same graph on the same host gets the same places. */
    static final long SEED = 1;

    static final long TIMEOUT_MILLIS = 5_000;
    /** More than any score can gain: what runs stays where it is unless a rule forbids that. */
    static final double MOVING_WEIGHT = 1_000;

    private static final int PLACES_SHOWN = 20;
    /** The reasons of more agents than this are told by {@code graph explain} alone. */
    private static final int EXPLAINED = 100;

    private final HostPlaces host;
    private final Supplier<Optional<PlacementSolver>> solvers;

    /** @param solvers the one to ask, if there is one now */
    Placer(HostPlaces host, Supplier<Optional<PlacementSolver>> solvers) {
        this.host = host;
        this.solvers = solvers;
    }

    static boolean asked(Declared declared) {
        return PlacementRequests.asked(
                declared.nodes(),
                declared.rules().constraints(),
                declared.rules().objectives());
    }

    /** Whether there is anything to find, or to take back. */
    static boolean concerns(AgentsState state, String graph, Declared declared) {
        return asked(declared)
                || state.agents.values().stream()
                        .anyMatch(agent -> agent.graph.equals(graph) && !agent.place.isEmpty());
    }

    /**
     * Where the agents of what is planned are to be.
     *
     * @throws PlacementRefused where no place can give what is asked
     * @throws StratoswarmException kind UNAVAILABLE where there is no solver, INVALID or CONFLICT where an agent cannot be where the
     *     plan has it
     */
    Placing place(AgentsState state, GraphPlans.Prepared prepared) {
        String graph = prepared.plan().name();
        Declared declared = prepared.result();
        if (!asked(declared)) {
            if (!prepared.places().isEmpty()) {
                throw unplaced(graph);
            }
            Map<String, Spot> back = new HashMap<>();
            state.agents.values().stream()
                    .filter(agent -> agent.graph.equals(graph) && !agent.place.isEmpty())
                    .forEach(agent -> back.put(
                            agent.id,
                            new Spot("", List.of(), List.of(), "the graph asks for no placement any more", 0)));
            return new Placing(Optional.of(declared), back, "", 0);
        }
        PlacementSolver solver = solver();
        Site site = site(state, graph);
        known(site, prepared.places());
        PlacementProblem problem = problem(state, site, prepared.agents(), declared, prepared.places(), MOVING_WEIGHT);
        Placement found = solver.solve(problem, budget(), () -> false);
        if (!found.feasible()) {
            throw new PlacementRefused(graph, found.violations(), found.proven());
        }
        there(problem, found, prepared.places(), solver);
        return new Placing(
                Optional.of(declared), spots(state, site, declared, problem, found, solver), found.solver(), SEED);
    }

    private static void known(Site site, Map<String, String> places) {
        List<String> ids = site.places().stream().map(Place::id).toList();
        places.forEach((agent, place) -> {
            if (!ids.contains(place)) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "agent " + agent + " is to be on '" + place + "', and this host has no such place; it has "
                                + Texts.some(ids, PLACES_SHOWN));
            }
        });
    }

    /** Who is to be on one place and on no other is there, or it is said what that place lacks. */
    private static void there(
            PlacementProblem problem, Placement found, Map<String, String> places, PlacementSolver solver) {
        places.forEach((agent, place) -> {
            if (!place.equals(found.places().get(agent))) {
                String why = solver.explain(problem, found.places(), agent).others().stream()
                        .filter(other -> other.place().equals(place))
                        .map(Explanation.Rejected::reason)
                        .findFirst()
                        .orElse("it does not come into question for this agent");
                throw new StratoswarmException(
                        Kind.CONFLICT, "agent " + agent + " cannot be on " + place + ": " + why + "; nothing was done");
            }
        });
    }

    static Budget budget() {
        return new Budget(TIMEOUT_MILLIS, OptionalLong.empty(), SEED);
    }

    static StratoswarmException unplaced(String graph) {
        return new StratoswarmException(
                Kind.CONFLICT,
                "graph " + graph + " asks for no placement: it has no constraints, objectives or requests, so its"
                        + " agents run anywhere on this host");
    }

    PlacementSolver solver() {
        return solvers.get()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "nothing can be placed: there is no solver, since the bundle graphops is not there; nothing was"
                                + " done"));
    }

    private Map<String, Spot> spots(
            AgentsState state,
            Site site,
            Declared declared,
            PlacementProblem problem,
            Placement found,
            PlacementSolver solver) {
        Map<String, Place> places = new HashMap<>();
        site.places().forEach(place -> places.put(place.id(), place));
        List<Integer> all = site.places().stream()
                .flatMap(place -> place.cpus().stream())
                .distinct()
                .sorted()
                .toList();
        Map<String, NodeSpec> nodes = new HashMap<>();
        declared.nodes().forEach(node -> nodes.put(node.id(), node));
        Map<String, Spot> spots = new HashMap<>();
        int explained = 0;
        for (PlacementProblem.Group group : problem.nodes()) {
            boolean own = !Objects.requireNonNull(nodes.get(group.id()))
                    .agent()
                    .affinity()
                    .isEmpty();
            for (Agent agent : group.agents()) {
                Place place = Objects.requireNonNull(places.get(found.places().get(agent.id())));
                // All processors are no confinement; and an affinity of its own is what the agent was placed by.
                boolean confines =
                        !own && !place.cpus().stream().sorted().toList().equals(all);
                AgentState known = state.agent(agent.id());
                boolean stays = known != null && known.place.equals(place.id());
                String why = stays || explained++ >= EXPLAINED
                        ? "see 'stratoswarm graph explain'"
                        : solver.explain(problem, found.places(), agent.id()).why();
                spots.put(
                        agent.id(),
                        new Spot(
                                place.id(),
                                confines ? place.cpus() : List.of(),
                                confines ? place.memoryNodes() : List.of(),
                                why,
                                found.total()));
            }
        }
        return spots;
    }

    /**
     * @param ids of the agents of each node
     * @param places of those that are nowhere yet and are to be there
     */
    private static PlacementProblem problem(
            AgentsState state,
            Site site,
            Map<String, List<String>> ids,
            Declared declared,
            Map<String, String> places,
            double movingWeight) {
        Map<String, List<Agent>> agents = new LinkedHashMap<>();
        for (NodeSpec node : declared.nodes()) {
            agents.put(
                    node.id(),
                    ids.getOrDefault(node.id(), List.of()).stream()
                            .map(id -> new Agent(
                                    id, Optional.ofNullable(places.get(id)).or(() -> present(state, id)), 1))
                            .toList());
        }
        return problem(site, declared, agents, movingWeight);
    }

    static PlacementProblem problem(
            Site site, Declared declared, Map<String, List<Agent>> agents, double movingWeight) {
        return PlacementRequests.problem(
                site,
                declared.nodes(),
                declared.flows(),
                declared.rules().constraints(),
                declared.rules().objectives(),
                agents,
                movingWeight);
    }

    static Optional<String> present(AgentsState state, String id) {
        return Optional.ofNullable(state.agent(id)).map(agent -> agent.place).filter(place -> !place.isEmpty());
    }

    /** The host less what agents of other graphs have been given of it. */
    Site site(AgentsState state, String graph) {
        Map<String, Map<String, Double>> taken = new HashMap<>();
        for (AgentState agent : state.agents.values()) {
            NodeState node = agent.graph.equals(graph) || agent.place.isEmpty() ? null : state.node(agent);
            if (node != null) {
                PlacementRequests.request(node.node())
                        .forEach((resource, amount) -> taken.computeIfAbsent(agent.place, fresh -> new HashMap<>())
                                .merge(resource, amount, Double::sum));
            }
        }
        return PlacementRequests.less(host.places(), taken);
    }

    /** The service over what is durable. */
    Placements service(Supplier<AgentsState> durable) {
        return new Placements() {
            @Override
            public Site places() {
                return site(durable.get(), "");
            }

            @Override
            public List<Explanation> explain(String graph, String node) {
                return Placer.this.explain(durable.get(), graph, node);
            }

            @Override
            public Relocation relocation(String graph, double movingWeight) {
                return new Relocations(Placer.this, durable.get(), known(durable.get(), graph)).find(movingWeight);
            }
        };
    }

    private static GraphState known(AgentsState state, String name) {
        GraphState graph = state.graphs.get(name);
        if (graph == null) {
            throw Selectors.unknown("graph", name, state.graphs.keySet());
        }
        return graph;
    }

    private List<Explanation> explain(AgentsState state, String name, String node) {
        GraphState graph = known(state, name);
        Declared declared = GraphPlans.declared(graph);
        if (declared.nodes().stream().noneMatch(each -> each.id().equals(node))) {
            throw Selectors.unknown("node of graph " + name, node, graph.nodes().keySet());
        }
        if (!asked(declared)) {
            throw unplaced(name);
        }
        Map<String, List<String>> agents = new HashMap<>();
        declared.nodes().forEach(each -> agents.put(each.id(), state.membersOf(name, each.id())));
        PlacementProblem problem = problem(state, site(state, name), agents, declared, Map.of(), MOVING_WEIGHT);
        Map<String, String> places = new LinkedHashMap<>();
        problem.nodes().stream()
                .flatMap(group -> group.agents().stream())
                .forEach(agent -> agent.present().ifPresent(place -> places.put(agent.id(), place)));
        PlacementSolver solver = solver();
        return problem.nodes().stream()
                .filter(group -> group.id().equals(node))
                .flatMap(group -> group.agents().stream())
                .map(agent -> solver.explain(problem, places, agent.id()))
                .toList();
    }
}
