package io.stratoswarm.benchmarks.healing;

import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.healing.lstm.CpuKernels;
import io.stratoswarm.healing.predict.LstmForecaster;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** What it costs to follow a thousand agents and to forecast each, on one core: the best of some rounds. */
public final class ForecastCost {
    private static final int AGENTS = 1_000;
    private static final int ROUNDS = 12;

    private ForecastCost() {}

    public static void main(String[] arguments) {
        SplittableRandom random = new SplittableRandom(1);
        List<Track> tracks = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            tracks.add(new Track());
        }
        Map<String, Double> own = new HashMap<>();
        double step = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 3 * Track.STEPS; i++) {
            for (String name :
                    List.of("cpu_seconds_total", "io_calls_total", "io_written_bytes_total", "page_faults_total")) {
                own.merge(name, 900 + random.nextDouble() * 200, Double::sum);
            }
            own.put("memory_resident_bytes", 5e7 + random.nextDouble() * 1e6);
            own.put("open_fds", 10.0 + random.nextInt(3));
            own.put("threads", 2.0);
            Map<String, Double> host = Map.of("cpu_seconds_total", 60.0 * i, "memory_available_bytes", 8e9);
            long began = System.nanoTime();
            tracks.forEach(it -> it.step(own, host, Map.of("memory_resident_bytes", 2e8)));
            step = Math.min(step, (System.nanoTime() - began) / 1e3 / AGENTS);
        }
        System.out.printf(Locale.ROOT, "a step of one track: %.2f us%n", step);
        for (SequenceKernels kernels : List.of(new CpuKernels(), CpuKernels.plain())) {
            LstmForecaster forecaster =
                    new LstmForecaster(LstmForecaster.shipped(), () -> kernels, Courses.STEP_MILLIS);
            double best = Double.POSITIVE_INFINITY;
            long explained = 0;
            for (int i = 0; i < ROUNDS; i++) {
                // As in the daemon: of each course the window of the newest step has not been asked about yet.
                own.merge("cpu_seconds_total", 1.0, Double::sum);
                tracks.forEach(it -> it.step(own, Map.of("memory_available_bytes", 8e9), Map.of()));
                long began = System.nanoTime();
                explained = forecaster.forecast(tracks).stream()
                        .filter(it -> !it.drivers().isEmpty())
                        .count();
                best = Math.min(best, (System.nanoTime() - began) / 1e6);
            }
            System.out.printf(
                    Locale.ROOT,
                    "a forecast of %d tracks, %d of them explained, %s: %.1f ms, %.3f %% of a core at one each 30 s%n",
                    AGENTS,
                    explained,
                    kernels.name(),
                    best,
                    best / Courses.STEP_MILLIS * 100);
        }
    }
}
