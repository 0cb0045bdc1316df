package io.stratoswarm.graphops.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.Objective.Goal;
import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.Placement.End;
import io.stratoswarm.api.place.Placement.Violation;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LocalSearchTest {
    private static final Budget BUDGET = new Budget(600_000, OptionalLong.of(4_000), 7);

    private final LocalSearch solver = new LocalSearch(() -> 0);

    private static Group node(String id, int replicas, Map<String, Double> request) {
        List<Agent> agents = new ArrayList<>();
        for (int k = 0; k < replicas; k++) {
            agents.add(Agent.of(id + "." + k));
        }
        return new Group(id, agents, request, List.of());
    }

    private static PlacementProblem problem(List<Place> places, List<Group> nodes, Constraint... constraints) {
        return new PlacementProblem(places, List.of(), nodes, List.of(), List.of(constraints), List.of(), 0);
    }

    private static List<Place> places(int count, double cpu) {
        List<Place> places = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            places.add(Place.of("p" + p, Map.of("zone", "z" + p % 2), Map.of("cpu", cpu)));
        }
        return places;
    }

    private static PlacementProblem large() {
        List<Group> nodes = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            nodes.add(node("n" + n, 3, Map.of("cpu", 0.5 + n % 5)));
        }
        return problem(places(20, 32), nodes, new Constraint.Spread(List.of("n1", "n2"), "place", 1));
    }

    @Test
    void shouldMostlyFindTheBestBySearchAlone() {
        LocalSearch search = new LocalSearch(() -> 0, 0);
        int feasible = 0;
        int best = 0;
        for (long seed = 1; seed <= 400; seed++) {
            PlacementProblem problem = new Problems(seed).any();
            Naive naive = new Naive(problem);
            Optional<Double> optimum = naive.bestTotal();
            Placement found = search.solve(problem, BUDGET, () -> false);
            assertEquals(optimum.isPresent(), found.feasible(), "seed " + seed);
            if (optimum.isPresent()) {
                assertTrue(naive.broken(found.places()).isEmpty(), "seed " + seed);
                feasible++;
                best += found.total() < optimum.get() + 1e-9 ? 1 : 0;
            }
        }
        assertTrue(best >= 0.97 * feasible, best + " of " + feasible);
    }

    @Test
    void shouldGiveTheSameForTheSameSeed() {
        PlacementProblem large = large();
        List<Link> links = new ArrayList<>();
        List<Traffic> flows = new ArrayList<>();
        for (int p = 1; p < 20; p++) {
            links.add(new Link("p" + (p - 1), "p" + p, 1 + p % 3, OptionalDouble.empty()));
        }
        for (int n = 1; n < 40; n++) {
            flows.add(new Traffic("n" + n / 2, "n" + n, 1, 0));
        }
        PlacementProblem problem = new PlacementProblem(
                large.places(),
                links,
                large.nodes(),
                flows,
                large.constraints(),
                List.of(new Objective(Goal.LATENCY, 1), new Objective(Goal.BALANCE, 1)),
                0);
        Budget budget = new Budget(600_000, OptionalLong.of(60_000), 7);
        Placement first = solver.solve(problem, budget, () -> false);
        assertEquals(first, new LocalSearch(() -> 0).solve(problem, budget, () -> false));
        assertEquals(End.STEPS, first.end());
        Placement other = solver.solve(problem, new Budget(600_000, OptionalLong.of(60_000), 8), () -> false);
        assertNotEquals(first.places(), other.places());
    }

    @Test
    void shouldEndInTimeWithTheBestSoFar() {
        PlacementProblem problem = large();
        // A clock that goes on by a millisecond whenever it is asked, so the time depends on steps alone.
        AtomicLong asked = new AtomicLong();
        LocalSearch search = new LocalSearch(() -> asked.incrementAndGet() * 1_000_000);
        Placement found = search.solve(problem, new Budget(100, OptionalLong.of(10_000_000), 1), () -> false);
        assertEquals(End.TIME, found.end());
        assertTrue(asked.get() <= 110, "asked " + asked + " times");
        assertTrue(found.feasible(), found::toString);
        assertEquals(120, found.places().size());
        long steps = found.steps();
        asked.set(0);
        Placement shorter = search.solve(problem, new Budget(3, OptionalLong.of(10_000_000), 1), () -> false);
        assertTrue(shorter.steps() < steps, shorter.steps() + " of " + steps);
        assertEquals(120, shorter.places().size());
    }

    @Test
    void shouldEndWhenItIsCancelled() {
        AtomicLong asked = new AtomicLong();
        Placement found = solver.solve(
                large(),
                new Budget(600_000, OptionalLong.of(Long.MAX_VALUE / 4), 1),
                () -> asked.incrementAndGet() > 50);
        assertEquals(End.CANCELLED, found.end());
        assertTrue(found.feasible());
    }

    @Test
    void shouldSayWhichRulesContradictEachOther() {
        PlacementProblem problem = problem(
                places(4, 8),
                List.of(node("a", 1, Map.of()), node("b", 1, Map.of()), node("c", 2, Map.of("cpu", 1.0))),
                new Constraint.CoLocation(List.of("a", "b"), "zone"),
                new Constraint.Capacity(List.of("c"), OptionalInt.of(1), Optional.empty(), Optional.empty()),
                new Constraint.Forbidden(List.of("a", "b"), "zone"));
        Placement found = solver.solve(problem, BUDGET, () -> false);
        assertTrue(found.proven());
        Violation conflict = found.violations().getFirst();
        assertEquals("co-location a, b by zone and forbidden a, b by zone", conflict.rule());
        assertEquals(List.of("a.0", "b.0"), conflict.agents());
    }

    @Test
    void shouldSayWhatEachPlaceLacksWhereNoneCanTakeANode() {
        PlacementProblem problem = problem(
                places(2, 8),
                List.of(node("big", 1, Map.of("cpu", 9.0)), node("small", 1, Map.of("cpu", 1.0))),
                new Constraint.Affinity(List.of("big"), "zone", List.of("z0")));
        Placement found = solver.solve(problem, BUDGET, () -> false);
        assertFalse(found.feasible());
        assertTrue(found.proven());
        assertEquals(Map.of("small.0", found.places().get("small.0")), found.places());
        Violation nowhere = found.violations().getFirst();
        assertEquals(List.of("big.0"), nowhere.agents());
        assertTrue(nowhere.message().contains("has 8 cpu, the agent asks 9 cpu"), nowhere.message());
    }

    @Test
    void shouldSayThatAllTogetherAskTooMuch() {
        PlacementProblem problem = problem(places(2, 8), List.of(node("a", 5, Map.of("cpu", 4.0))));
        Placement found = solver.solve(problem, BUDGET, () -> false);
        assertTrue(found.proven());
        assertTrue(
                found.violations().stream()
                        .anyMatch(broken -> broken.message()
                                .equals("all agents together ask 20 cpu, all places together have 16 cpu")),
                found::toString);
    }

    @Test
    void shouldRefuseAProblemThatNamesWhatIsNotThere() {
        PlacementProblem unknown =
                problem(places(2, 8), List.of(node("a", 1, Map.of())), new Constraint.Spread(List.of("b"), "zone", 1));
        assertEquals(
                "there is no node 'b'",
                assertThrows(StratoswarmException.class, () -> solver.solve(unknown, BUDGET, () -> false))
                        .getMessage());
        PlacementProblem twice =
                problem(List.of(places(1, 1).getFirst(), places(1, 1).getFirst()), List.of(node("a", 1, Map.of())));
        assertEquals(
                "two places have the id 'p0'",
                assertThrows(StratoswarmException.class, () -> solver.solve(twice, BUDGET, () -> false))
                        .getMessage());
    }

    @Test
    void shouldNotMoveWhatRunsForALittleGain() {
        List<Agent> agents = new ArrayList<>();
        for (int k = 0; k < 4; k++) {
            agents.add(new Agent("a." + k, Optional.of(k < 3 ? "p0" : "p1"), 1));
        }
        List<Group> nodes = List.of(new Group("a", agents, Map.of("cpu", 1.0), List.of()));
        PlacementProblem dear = new PlacementProblem(
                places(2, 8), List.of(), nodes, List.of(), List.of(), List.of(new Objective(Goal.BALANCE, 1)), 100);
        Placement stays = solver.solve(dear, BUDGET, () -> false);
        assertEquals(0, stays.moving());
        PlacementProblem cheap = new PlacementProblem(
                places(2, 8), List.of(), nodes, List.of(), List.of(), List.of(new Objective(Goal.BALANCE, 1)), 0.1);
        assertEquals(0.25, solver.solve(cheap, BUDGET, () -> false).moving());
    }

    /** Falkenauer's uniform instances, u120: bins of 150; the best known numbers of bins are optimal. */
    @Test
    void shouldPackFalkenauersBinsIntoOneMoreThanTheBestAtMost() throws IOException {
        Path file = Path.of("../../../shared/data/binpacking/or1_binpack1.txt");
        for (Path up = Path.of("").toAbsolutePath(); up != null && !Files.exists(file); up = up.getParent()) {
            file = up.resolve("../shared/data/binpacking/or1_binpack1.txt");
        }
        Assumptions.assumeTrue(Files.exists(file), "the OR-Library's bin packing data is not at " + file);
        String[] words = Files.readString(file).strip().split("\\s+");
        int at = 1;
        int instances = Math.min(8, Integer.parseInt(words[0]));
        for (int k = 0; k < instances; k++) {
            double bin = Double.parseDouble(words[at + 1]);
            int items = Integer.parseInt(words[at + 2]);
            int best = Integer.parseInt(words[at + 3]);
            at += 4;
            List<Group> nodes = new ArrayList<>();
            for (int i = 0; i < items; i++, at++) {
                nodes.add(node("i" + i, 1, Map.of("cpu", Double.parseDouble(words[at]))));
            }
            PlacementProblem problem = new PlacementProblem(
                    places(best + 6, bin),
                    List.of(),
                    nodes,
                    List.of(),
                    List.of(),
                    List.of(new Objective(Goal.PACKING, 1)),
                    0);
            Placement found = solver.solve(problem, new Budget(600_000, OptionalLong.of(150_000), 1), () -> false);
            assertTrue(found.feasible());
            long bins = found.places().values().stream().distinct().count();
            assertTrue(bins <= best + 1, "instance " + k + ": " + bins + " bins, the best is " + best);
        }
    }
}
