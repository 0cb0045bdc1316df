package io.stratoswarm.healing.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.pattern.Window.Line;
import io.stratoswarm.healing.pattern.Window.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class PatternsTest {
    private static final int SAMPLES = 300;
    private static final long MIB = 1 << 20;

    private static Line line(String name, boolean counter, long step, IntToDoubleFunction value) {
        long[] times = new long[SAMPLES];
        double[] values = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            times[i] = i * step;
            values[i] = value.applyAsDouble(i);
        }
        return new Line(Role.SELF, "g/a", name, Map.of(), counter, times, values);
    }

    private static Patterns of(long step, Circumstance circumstance, Line... lines) {
        return Patterns.of(Window.begun("g/a", 0, SAMPLES * step, List.of(lines), circumstance));
    }

    private static Patterns of(Line... lines) {
        return of(1_000, Circumstance.NONE, lines);
    }

    private static double measure(Patterns patterns, String name) {
        assertTrue(patterns.values().containsKey(name), () -> "no measure " + name);
        return patterns.values().getOrDefault(name, Double.NaN);
    }

    @Test
    void shouldGiveTheSameNamesWhateverIsKnown() {
        Patterns empty = of();
        assertEquals(Patterns.NAMES, List.copyOf(empty.values().keySet()));
        assertTrue(Arrays.stream(empty.vector()).allMatch(value -> value == 0), "nothing is known");
        assertEquals(
                Patterns.NAMES,
                List.copyOf(of(line("threads", false, 1_000, i -> i)).values().keySet()));
    }

    @Test
    void shouldSeeALeakAtAnyTimeScale() {
        for (long step : new long[] {50, 1_000, 6_000}) {
            Patterns leak =
                    of(step, Circumstance.NONE, line("memory_resident_bytes", false, step, i -> 20 * MIB + i * MIB));
            assertTrue(measure(leak, "memory.trend") > 0.95, leak.toString());
            assertTrue(measure(leak, "memory.growth") > 0.6, leak.toString());
            assertEquals(0, measure(leak, "memory.falls"), leak.toString());
        }
        Patterns steady = of(line("memory_resident_bytes", false, 1_000, i -> 20 * MIB + i * 100));
        assertEquals(0, measure(steady, "memory.trend"), "what is smaller than the grain is no step");
    }

    @Test
    void shouldTellASawtoothFromALeak() {
        Patterns collected = of(line("memory_resident_bytes", false, 1_000, i -> 20 * MIB + (i % 50) * MIB));
        assertTrue(Math.abs(measure(collected, "memory.trend")) < 0.3, collected.toString());
        assertTrue(measure(collected, "memory.falls") > 0.4, collected.toString());
        assertTrue(measure(collected, "memory.periodic") > 0.8, collected.toString());
    }

    @Test
    void shouldFindWhereARateChanged() {
        // A tenth of a core, and a whole one from four fifths of the time on.
        Patterns spin = of(line("cpu_seconds_total", true, 1_000, i -> i < 240 ? i * 0.1 : 24 + (i - 240)));
        assertTrue(measure(spin, "cpu.step") > 0.5, spin.toString());
        assertEquals(0.8, measure(spin, "cpu.stepAt"), 0.1);
        assertEquals(1, measure(spin, "cpu.level"), 0.05);
        assertEquals(0.1, measure(spin, "cpu.before"), 0.02);
    }

    @Test
    void shouldNotTakeTheRestartOfACounterForAPeak() {
        Patterns restarted = of(line("io_calls_total", true, 1_000, i -> (i % 100) * 20.0));
        assertEquals(0, measure(restarted, "calls.peak"), 0.1);
        assertEquals(0, measure(restarted, "calls.step"), 0.1);
    }

    @Test
    void shouldSeeWhatFellSilent() {
        Patterns silent = of(line("io_calls_total", true, 1_000, i -> Math.min(i, 200) * 20.0));
        assertEquals(1, measure(silent, "calls.silent"));
    }

    @Test
    void shouldMeasureAgainstTheLimit() {
        Circumstance limited = new Circumstance(
                "AgentExited",
                "exit 1",
                5_000,
                1,
                false,
                false,
                false,
                false,
                Map.of("open_fds", 200.0),
                List.of("accept: Too many open files"));
        Patterns full = of(1_000, limited, line("open_fds", false, 1_000, i -> 10 + i * 0.6));
        assertEquals(0.95, measure(full, "saturation.open_fds"), 0.05);
        assertEquals(1, measure(full, "says.descriptors"));
        assertEquals(1, measure(full, "exit.status"));
        assertEquals(0, measure(full, "exit.kill"));
    }

    @Test
    void shouldStayWithinBoundsForAnyInput() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            double size = Math.pow(10, random.nextInt(20) - 5);
            Line wild = line(
                    random.nextBoolean() ? "cpu_seconds_total" : "memory_resident_bytes",
                    random.nextBoolean(),
                    1 + random.nextInt(1_000),
                    i -> random.nextInt(10) == 0 ? Double.NaN : (random.nextDouble() - 0.3) * size);
            for (double value :
                    of(1 + random.nextInt(2_000), Circumstance.NONE, wild).vector()) {
                assertTrue(value >= -1 && value <= 1, () -> "not within -1..1: " + value);
            }
        }
    }
}
