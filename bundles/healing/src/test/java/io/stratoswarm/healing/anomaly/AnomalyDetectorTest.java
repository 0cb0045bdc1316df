package io.stratoswarm.healing.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Series that are made by a rule, with and without a change; each seed is in the message of what fails. */
class AnomalyDetectorTest {
    private static final int ROWS = 4_000;
    private static final int CHANGE = 2_500;
    /** A midnight. */
    private static final long START = 16_203 * 86_400_000L;

    private static final long STEP_MILLIS = 300_000;
    private static final int SEEDS = 10;

    @Test
    void shouldFindSpikeAtItsRow() {
        forEachSeed((random, name) -> {
            int[] alarms = alarms(row -> 50 + random.nextGaussian() + (row == CHANGE ? 15 : 0));
            assertTrue(contains(alarms, CHANGE, CHANGE), name + Arrays.toString(alarms));
        });
    }

    @Test
    void shouldFindLevelShiftWithinFewRows() {
        forEachSeed((random, name) -> {
            int[] alarms = alarms(row -> 50 + random.nextGaussian() + (row >= CHANGE ? 6 : 0));
            assertTrue(contains(alarms, CHANGE, CHANGE + 10), name + Arrays.toString(alarms));
        });
    }

    @Test
    void shouldFindGreaterVariance() {
        forEachSeed((random, name) -> {
            int[] alarms = alarms(row -> 50 + random.nextGaussian() * (row >= CHANGE ? 5 : 1));
            assertTrue(contains(alarms, CHANGE, CHANGE + 20), name + Arrays.toString(alarms));
        });
    }

    @Test
    void shouldFindMissedDailyPeakWhoseValuesAreOrdinary() {
        forEachSeed((random, name) -> {
            int day = CHANGE / 288;
            int[] alarms = alarms(
                    row -> (row / 288 != day && row % 288 >= 108 && row % 288 < 216 ? 80 : 20) + random.nextGaussian());
            assertTrue(contains(alarms, day * 288 + 108, day * 288 + 140), name + Arrays.toString(alarms));
        });
    }

    @Test
    void shouldSayLittleOfNoise() {
        int all = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            all += alarms(row -> 50 + random.nextGaussian()).length;
        }
        assertTrue(
                all <= 2 * SEEDS,
                all + " alarms in " + SEEDS + " series of " + ROWS + " rows of noise, seeds 1 to " + SEEDS);
    }

    @Test
    void shouldNotTakeSlowDriftForAnomalyAtOnce() {
        int found = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            int[] alarms = alarms(row -> 50 + random.nextGaussian() + Math.max(0, row - CHANGE) * 0.002);
            found += contains(alarms, CHANGE, CHANGE + 200) ? 1 : 0;
        }
        assertTrue(found <= 2, "alarms within 200 rows in " + found + " series, seeds 1 to " + SEEDS);
    }

    @Test
    void shouldSayNothingOfConstantSeriesAndAlarmAtItsFirstChange() {
        assertEquals(0, alarms(row -> 45).length);
        int[] alarms = alarms(row -> row >= CHANGE ? 46 : 45);
        assertEquals(CHANGE, alarms[0], Arrays.toString(alarms));
    }

    @Test
    void shouldSayNothingOfExactDailyRhythm() {
        int[] alarms = alarms(row -> row % 288 < 144 ? 20 : 80);
        assertEquals(0, Arrays.stream(alarms).filter(row -> row > 3 * 288).count(), Arrays.toString(alarms));
    }

    @Test
    void shouldSayOnceThatCounterFellToZero() {
        forEachSeed((random, name) -> {
            int[] alarms =
                    alarms(row -> 1e9 + 1_000.0 * (row >= CHANGE ? row - CHANGE - 1e6 : row) + random.nextInt(500));
            assertTrue(contains(alarms, CHANGE, CHANGE), name + Arrays.toString(alarms));
            assertTrue(
                    Arrays.stream(alarms)
                                    .filter(row -> row > CHANGE && row < CHANGE + 100)
                                    .count()
                            <= 2,
                    name + Arrays.toString(alarms));
        });
    }

    @Test
    void shouldPassOverWhatIsNoNumber() {
        Random random = new Random(3);
        AnomalyDetector plain = new AnomalyDetector();
        AnomalyDetector holed = new AnomalyDetector();
        for (int row = 0; row < ROWS; row++) {
            for (double value : List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
                assertEquals(0, holed.score(time(row), value));
            }
            double value = 50 + random.nextGaussian();
            assertEquals(plain.score(time(row), value), holed.score(time(row), value), "row " + row);
        }
        assertEquals(ROWS, holed.samples());
        assertArrayEquals(plain.save(), holed.save());
    }

    @Test
    void shouldStayWithinBoundsOnExtremeValuesAndTimes() {
        double[] extremes = {0, -0.0, 1, -1, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 1e-300, 1e30, 1e300
        };
        long[] times = {0, Long.MIN_VALUE, Long.MAX_VALUE, -1, START};
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            AnomalyDetector detector = new AnomalyDetector();
            for (int row = 0; row < ROWS; row++) {
                double value =
                        random.nextInt(3) == 0 ? random.nextGaussian() : extremes[random.nextInt(extremes.length)];
                double score = detector.score(times[random.nextInt(times.length)], value);
                assertTrue(score >= 0 && score <= 1, "seed " + seed + ", row " + row + ": " + score);
                assertTrue(detector.surprise() >= score && detector.surprise() <= 1, "seed " + seed + ", row " + row);
            }
            assertArrayEquals(
                    detector.save(), AnomalyDetector.restore(detector.save()).save(), "seed " + seed);
        }
    }

    @Test
    void shouldGoOnIdenticallyWhenRestored() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            AnomalyDetector whole = new AnomalyDetector();
            AnomalyDetector restored = new AnomalyDetector();
            long time = START;
            for (int row = 0; row < ROWS; row++) {
                time += random.nextInt(600_000);
                double value = Math.round(100 * Math.abs(random.nextGaussian())) + 50 * Math.sin(row / 46.0);
                if (random.nextInt(50) == 0) {
                    restored = AnomalyDetector.restore(restored.save());
                }
                assertEquals(whole.score(time, value), restored.score(time, value), "seed " + seed + ", row " + row);
                assertEquals(whole.surprise(), restored.surprise(), "seed " + seed + ", row " + row);
            }
            assertArrayEquals(whole.save(), restored.save(), "seed " + seed);
            assertEquals(AnomalyDetector.SAVED_BYTES, whole.save().length);
        }
    }

    @Test
    void shouldRefuseBytesThatAreNoState() {
        byte[] saved = new AnomalyDetector().save();
        assertThrows(StratoswarmException.class, () -> AnomalyDetector.restore(new byte[0]));
        assertThrows(StratoswarmException.class, () -> AnomalyDetector.restore(Arrays.copyOf(saved, saved.length + 1)));
        byte[] otherFormat = saved.clone();
        otherFormat[0]++;
        assertThrows(StratoswarmException.class, () -> AnomalyDetector.restore(otherFormat));
        Random random = new Random(5);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = saved.clone();
            for (int i = 0; i < 20; i++) {
                damaged[1 + random.nextInt(saved.length - 1)] = (byte) random.nextInt();
            }
            try {
                AnomalyDetector detector = AnomalyDetector.restore(damaged);
                for (int row = 0; row < 40; row++) {
                    detector.score(time(row), row);
                }
            } catch (StratoswarmException refused) {
                assertEquals(StratoswarmException.Kind.DAMAGED, refused.kind(), "round " + round);
            }
        }
    }

    private interface Seeded {
        void run(Random random, String name);
    }

    private static void forEachSeed(Seeded test) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            test.run(new Random(seed), "seed " + seed + ", alarms at rows ");
        }
    }

    private static long time(int row) {
        return START + row * STEP_MILLIS;
    }

    /** The rows at which the detector says that something is wrong. */
    private static int[] alarms(IntToDoubleFunction series) {
        AnomalyDetector detector = new AnomalyDetector();
        return IntStream.range(0, ROWS)
                .filter(row -> detector.score(time(row), series.applyAsDouble(row)) >= AnomalyDetector.ALARM)
                .toArray();
    }

    private static boolean contains(int[] alarms, int first, int last) {
        return Arrays.stream(alarms).anyMatch(row -> row >= first && row <= last);
    }
}
