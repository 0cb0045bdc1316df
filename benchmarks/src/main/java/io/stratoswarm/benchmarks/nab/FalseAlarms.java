package io.stratoswarm.benchmarks.nab;

import io.stratoswarm.healing.anomaly.AnomalyDetector;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** How often the detector says that something is wrong where nothing is: series of noise, a day of a sample a second each. */
public final class FalseAlarms {
    private static final int SERIES = 20;
    private static final int ROWS = 86_400;
    private static final int LEARNT = 600;
    private static final double[] THRESHOLDS = {AnomalyDetector.ALARM, 0.95, 0.99};

    private FalseAlarms() {}

    public static void main(String[] arguments) {
        print("normal, independent", Random::nextGaussian);
        double[] before = new double[1];
        print("autoregressive, 0.95", random -> before[0] = 0.95 * before[0] + random.nextGaussian());
        print("Student's t, 3 degrees", FalseAlarms::student);
    }

    private static double student(Random random) {
        double squares = 0;
        for (int i = 0; i < 3; i++) {
            double normal = random.nextGaussian();
            squares += normal * normal;
        }
        return random.nextGaussian() / Math.sqrt(squares / 3);
    }

    private static void print(String name, ToDoubleFunction<Random> noise) {
        int[] alarms = new int[THRESHOLDS.length];
        for (int seed = 1; seed <= SERIES; seed++) {
            Random random = new Random(seed);
            AnomalyDetector detector = new AnomalyDetector();
            for (int row = 0; row < ROWS; row++) {
                double score = detector.score(1_000L * row, noise.applyAsDouble(random));
                for (int i = 0; i < alarms.length && row >= LEARNT; i++) {
                    alarms[i] += score >= THRESHOLDS[i] ? 1 : 0;
                }
            }
        }
        String counts = Arrays.stream(alarms)
                .mapToObj(count -> String.format(Locale.ROOT, "%6.2f", count / (double) SERIES))
                .collect(Collectors.joining(" "));
        System.out.printf(
                Locale.ROOT,
                "%-24s alarms in a series of %,d rows, from %s on: %s%n",
                name,
                ROWS,
                Arrays.toString(THRESHOLDS),
                counts);
    }
}
