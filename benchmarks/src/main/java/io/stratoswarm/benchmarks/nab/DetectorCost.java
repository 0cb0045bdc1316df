package io.stratoswarm.benchmarks.nab;

import io.stratoswarm.healing.anomaly.AnomalyDetector;
import io.stratoswarm.healing.anomaly.Detectors;
import io.stratoswarm.healing.anomaly.Detectors.Series;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** What the detectors of 1,000 agents with ten metrics each cost: processor time a sample, and heap a series. */
public final class DetectorCost {
    private static final int AGENTS = 1_000;
    private static final int METRICS = 10;
    private static final int SAMPLES = 300;
    private static final int ROUNDS = 5;

    private DetectorCost() {}

    public static void main(String[] arguments) {
        Detectors detectors = new Detectors(AGENTS * METRICS);
        Series[] series = new Series[AGENTS * METRICS];
        for (int i = 0; i < series.length; i++) {
            series[i] = new Series("agent-" + i / METRICS, "metric-" + i % METRICS);
        }
        Random random = new Random(1);
        long before = heap();
        double sum = 0;
        double[] nanos = new double[ROUNDS];
        long time = 1_400_000_000_000L;
        for (int round = 0; round < ROUNDS; round++) {
            double[] values = random.doubles(4_096).toArray();
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int sample = 0; sample < SAMPLES; sample++) {
                time += 1_000;
                for (int i = 0; i < series.length; i++) {
                    sum += detectors.score(series[i], time, values[(sample * 31 + i) & 4_095]);
                }
            }
            nanos[round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start)
                    / ((double) SAMPLES * series.length);
        }
        long after = heap();
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "detector: %.0f ns of processor time a sample (median of %d rounds of %,d, %.0f to %.0f), %.2f %% of a core at 1 Hz for %,d series%n",
                nanos[ROUNDS / 2],
                ROUNDS,
                SAMPLES * series.length,
                nanos[0],
                nanos[ROUNDS - 1],
                nanos[ROUNDS / 2] * series.length / 1e7,
                series.length);
        System.out.printf(
                Locale.ROOT,
                "memory: %,d bytes of heap a series with its entry in the map, %,d saved (mean score %.4f, %d series)%n",
                (after - before) / series.length,
                AnomalyDetector.SAVED_BYTES,
                sum / ROUNDS / SAMPLES / series.length,
                detectors.size());
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
