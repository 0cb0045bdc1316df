package io.stratoswarm.core.agent;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.Placement.End;
import io.stratoswarm.api.place.Placement.Violation;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.Site;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/** Keeps pins and what there is at present, and knows of nothing else: the first candidate will do. */
final class PinningSolver implements PlacementSolver {
    private final boolean strict;

    PinningSolver() {
        this(true);
    }

    /** @param strict whether pins count at all */
    PinningSolver(boolean strict) {
        this.strict = strict;
    }

    /** A host with two processors, and a place called {@code here}. */
    static Site site() {
        return new Site(
                List.of(
                        place("host", Optional.empty(), List.of(), List.of()),
                        place("here", Optional.of("host"), List.of(0, 1), List.of(0)),
                        place("cpu0", Optional.of("here"), List.of(0), List.of(0)),
                        place("cpu1", Optional.of("here"), List.of(1), List.of(0))),
                List.of(),
                List.of());
    }

    private static Place place(String id, Optional<String> within, List<Integer> cpus, List<Integer> nodes) {
        return new Place(
                id,
                within,
                Map.of(),
                Map.of("cpu", (double) Math.max(cpus.size(), 2), "memory", 1e12, "gpu", 4.0),
                OptionalDouble.empty(),
                0,
                cpus,
                nodes);
    }

    @Override
    public String name() {
        return "pinning";
    }

    @Override
    public Placement solve(PlacementProblem problem, Budget budget, BooleanSupplier cancelled) {
        Map<String, String> places = new LinkedHashMap<>();
        List<Violation> violations = new ArrayList<>();
        List<String> known = problem.places().stream().map(Place::id).toList();
        for (Group group : problem.nodes()) {
            Optional<String> pin = problem.constraints().stream()
                    .filter(Constraint.Pin.class::isInstance)
                    .map(Constraint.Pin.class::cast)
                    .filter(rule -> strict && rule.nodes().contains(group.id()))
                    .map(Constraint.Pin::place)
                    .findFirst();
            for (Agent agent : group.agents()) {
                String first = group.candidates().isEmpty()
                        ? known.getFirst()
                        : group.candidates().getFirst();
                String place = pin.orElse(agent.present().orElse(first));
                places.put(agent.id(), place);
                if (!known.contains(place)) {
                    violations.add(new Violation(
                            "pin " + group.id() + " to " + place, List.of(agent.id()), "there is no such place"));
                }
            }
        }
        return new Placement(places, List.of(), 0, 0.25, violations, true, End.STEPS, 1, budget.seed(), name());
    }

    @Override
    public Explanation explain(PlacementProblem problem, Map<String, String> places, String agent) {
        return new Explanation(agent, Optional.ofNullable(places.get(agent)), "the twin puts it there", List.of());
    }
}
