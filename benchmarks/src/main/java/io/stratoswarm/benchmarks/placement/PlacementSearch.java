package io.stratoswarm.benchmarks.placement;

import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import io.stratoswarm.graphops.placement.LocalSearch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * 1,000 agents on 100 places: how long the solver takes, the first call of a fresh Java machine among them, and how far the score is
 * from the best that Timefold finds in a minute. Both are given time of the processor, as their threads use it, so that what else the
 * machine does changes nothing; that of the wall is told too. Arguments: seconds for the peer, number of instances.
 */
public final class PlacementSearch {
    private static final int LIMIT_MILLIS = 2_000;
    private static final int RUNS = 3;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private PlacementSearch() {}

    public static void main(String[] arguments) throws InterruptedException {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
        int instances = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        for (int seed = 1; seed <= instances; seed++) {
            PlacementProblem problem = Instance.of(seed);
            List<Double> ours = new ArrayList<>();
            StringBuilder times = new StringBuilder();
            for (int run = 1; run <= RUNS; run++) {
                ours.add(ours(problem, run, times));
            }
            ours.sort(Double::compare);
            double peer = seconds == 0 ? Double.NaN : judged(problem, Timefold.solve(problem, seconds, 1));
            System.out.printf(
                    Locale.ROOT,
                    "instance %d:%s; total %.5f to %.5f; Timefold after %d s of CPU %.5f; ours / its %.4f to %.4f%n",
                    seed,
                    times,
                    ours.getFirst(),
                    ours.getLast(),
                    seconds,
                    peer,
                    ours.getFirst() / peer,
                    ours.getLast() / peer);
        }
    }

    private static double ours(PlacementProblem problem, int seed, StringBuilder times) {
        long begin = System.nanoTime();
        long used = THREADS.getCurrentThreadCpuTime();
        Placement found = new LocalSearch(THREADS::getCurrentThreadCpuTime)
                .solve(problem, new Budget(LIMIT_MILLIS, OptionalLong.empty(), seed), () -> false);
        times.append(String.format(
                Locale.ROOT,
                " %d ms of CPU (%d of wall, %d steps, ended by %s)",
                (THREADS.getCurrentThreadCpuTime() - used) / 1_000_000,
                (System.nanoTime() - begin) / 1_000_000,
                found.steps(),
                found.end()));
        if (!found.feasible()) {
            throw new IllegalStateException(
                    "rules are broken: " + found.violations().getFirst());
        }
        double judged = judged(problem, indices(problem, found.places()));
        if (Math.abs(judged - found.total()) > 1e-6) {
            throw new IllegalStateException("the solver says " + found.total() + ", the judge " + judged);
        }
        return judged;
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
