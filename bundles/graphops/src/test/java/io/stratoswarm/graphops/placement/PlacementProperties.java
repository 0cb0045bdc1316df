package io.stratoswarm.graphops.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Explanation.Rejected;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Compares the solver with all placements, tried one by one and judged by plain code. */
class PlacementProperties {
    private static final Budget BUDGET = new Budget(600_000, OptionalLong.of(4_000), 7);

    private final LocalSearch solver = new LocalSearch(() -> 0);

    @Property(tries = 1_500)
    void shouldFindTheBestThatKeepsAllRules(@ForAll long seed) {
        PlacementProblem problem = new Problems(seed).any();
        Naive naive = new Naive(problem);
        Placement found = solver.solve(problem, BUDGET, () -> false);
        Optional<Double> best = naive.bestTotal();
        assertEquals(best.isPresent(), found.feasible(), () -> "whether there is one: " + found);
        if (best.isPresent()) {
            assertEquals(Set.of(), naive.broken(found.places()));
            found.scores()
                    .forEach(score -> assertEquals(
                            naive.value(score.goal(), found.places()), score.value(), 1e-9, score.goal()::name));
            assertEquals(naive.total(found.places()), found.total(), 1e-9);
            assertEquals(best.get(), found.total(), 1e-9);
        } else {
            assertTrue(found.proven());
        }
    }

    @Property(tries = 500)
    void shouldExplainTruly(@ForAll long seed) {
        PlacementProblem problem = new Problems(seed).any();
        Naive naive = new Naive(problem);
        Placement found = solver.solve(problem, BUDGET, () -> false);
        if (!found.feasible()) {
            return;
        }
        for (String agent : found.places().keySet()) {
            Explanation explanation = solver.explain(problem, found.places(), agent);
            assertEquals(Optional.of(found.places().get(agent)), explanation.place());
            assertEquals(problem.places().size() - 1, explanation.others().size());
            for (Rejected other : explanation.others()) {
                Map<String, String> moved = new TreeMap<>(found.places());
                moved.put(agent, other.place());
                Set<String> broken = naive.broken(moved);
                assertEquals(broken.isEmpty(), other.possible(), () -> other + ": " + broken);
                if (other.possible()) {
                    assertEquals(naive.total(moved) - naive.total(found.places()), other.worse(), 1e-9);
                    assertTrue(other.worse() >= -1e-9, other::toString);
                } else {
                    assertTrue(broken.contains(other.reason().split("[ :]")[0]), () -> other + ": " + broken);
                }
            }
        }
    }

    @Property(tries = 300)
    void shouldNameRulesOfWhichNoneCanBeLeftOut(@ForAll long seed) {
        PlacementProblem problem = new Problems(seed).any();
        Placement found = solver.solve(problem, BUDGET, () -> false);
        if (found.feasible() || !found.violations().getFirst().message().startsWith("no placement keeps these")) {
            return;
        }
        String conflict = found.violations().getFirst().rule();
        // A problem may have the same rule twice; it is named once. The text of one rule may begin like another's.
        var named = java.util.Set.copyOf(java.util.List.of(conflict.split(" and ")));
        var its = problem.constraints().stream()
                .filter(rule -> named.contains(Words.rule(rule)))
                .distinct()
                .toList();
        boolean requests = conflict.endsWith("requests");
        assertEquals(Optional.empty(), new Naive(with(problem, its, requests)).bestTotal());
        for (int k = 0; k < its.size(); k++) {
            var fewer = new java.util.ArrayList<>(its);
            fewer.remove(k);
            var without = its.get(k);
            assertTrue(new Naive(with(problem, fewer, requests)).bestTotal().isPresent(), () -> "without " + without);
        }
    }

    private static PlacementProblem with(
            PlacementProblem problem, java.util.List<io.stratoswarm.api.graph.Constraint> rules, boolean requests) {
        return new PlacementProblem(
                problem.places(),
                problem.links(),
                problem.nodes().stream()
                        .map(node -> requests
                                ? node
                                : new PlacementProblem.Group(node.id(), node.agents(), Map.of(), node.candidates()))
                        .toList(),
                problem.flows(),
                rules,
                problem.objectives(),
                0);
    }
}
