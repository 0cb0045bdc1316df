package io.stratoswarm.benchmarks.placement;

import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/**
 * 1,000 agents on 100 places: how long the solver takes, the first call of a fresh Java machine told apart, and how far the score is
 * from the best that Timefold finds in a minute. Arguments: seconds for the peer, number of instances.
 */
public final class PlacementSearch {
    private static final int LIMIT_MILLIS = 2_000;

    private PlacementSearch() {}

    public static void main(String[] arguments) {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
        int instances = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        PlacementSolver solver =
                ServiceLoader.load(PlacementSolver.class).findFirst().orElseThrow();
        for (int seed = 1; seed <= instances; seed++) {
            PlacementProblem problem = Instance.of(seed);
            List<Double> ours = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            String ends = "";
            for (int run = 1; run <= 3; run++) {
                long begin = System.nanoTime();
                Placement found =
                        solver.solve(problem, new Budget(LIMIT_MILLIS, OptionalLong.empty(), run), () -> false);
                times.add((System.nanoTime() - begin) / 1_000_000);
                double judged = judged(problem, indices(problem, found.places()));
                if (!found.feasible() || Math.abs(judged - found.total()) > 1e-6) {
                    throw new IllegalStateException(
                            "the solver says " + found.total() + ", the judge " + judged + ": " + found.violations());
                }
                ours.add(judged);
                ends += " " + found.end() + "/" + found.steps();
            }
            double peer = seconds == 0
                    ? Double.NaN
                    : judged(problem, Timefold.solve(problem, Duration.ofSeconds(seconds), 1));
            ours.sort(Double::compare);
            System.out.printf(
                    Locale.ROOT,
                    "instance %d: %s ms (%s), total %.5f to %.5f; Timefold %d s %.5f; ours / its: %.4f to %.4f%n",
                    seed,
                    times,
                    ends.strip(),
                    ours.getFirst(),
                    ours.getLast(),
                    seconds,
                    peer,
                    ours.getFirst() / peer,
                    ours.getLast() / peer);
        }
    }

    private static int[] indices(PlacementProblem problem, Map<String, String> places) {
        Map<String, Integer> at = new HashMap<>();
        problem.places().forEach(place -> at.put(place.id(), at.size()));
        return places.values().stream()
                .mapToInt(place -> Objects.requireNonNull(at.get(place)))
                .toArray();
    }

    private static double judged(PlacementProblem problem, int[] places) {
        Judge judge = new Judge(problem);
        for (int i = 0; i < places.length; i++) {
            int place = places[i];
            if (Arrays.stream(judge.allowed[i]).noneMatch(p -> p == place)) {
                throw new IllegalStateException("agent " + i + " must not be on place " + place);
            }
            judge.put(i, place);
        }
        if (judge.hard() > 0) {
            throw new IllegalStateException("the placement breaks rules: " + judge.hard());
        }
        return judge.soft();
    }
}
