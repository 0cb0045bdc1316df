package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.pattern.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final AgentSpec WRITTEN = AgentSpec.of(List.of("true"))
            .withLimits(
                    Map.of("nofile", new Rlimit(100, 200)),
                    new Resources(Optional.of(0.5), OptionalLong.of(1_000), OptionalLong.of(10)));

    /** Of an agent that came to use this much of its descriptors and of its memory. */
    private static Patterns used(double descriptors, double memory) {
        Window.Circumstance circumstance = new Window.Circumstance(
                "",
                "",
                -1,
                0,
                false,
                false,
                false,
                false,
                Map.of("open_fds", 100.0, "memory_resident_bytes", 1_000.0),
                List.of());
        return Patterns.of(new Window(
                "g/a",
                0,
                3_000,
                List.of(line("open_fds", 100 * descriptors), line("memory_resident_bytes", 1_000 * memory)),
                circumstance));
    }

    private static Window.Line line(String name, double value) {
        return new Window.Line(
                Window.Role.SELF, "g/a", name, Map.of(), false, new long[] {0, 1_000, 2_000}, new double[] {
                    value, value, value
                });
    }

    @Test
    void shouldRaiseWhatWasReachedAndNothingElse() {
        Limits.Raised raised =
                Limits.raised(WRITTEN, WRITTEN, 1.5, 2, used(0.95, 0.2)).orElseThrow();
        assertEquals("nofile from 100 to 150", raised.what());
        assertEquals(Map.of("nofile", new Rlimit(150, 200)), raised.spec().rlimits());
        assertEquals(WRITTEN.resources(), raised.spec().resources());
        Limits.Raised memory =
                Limits.raised(WRITTEN, WRITTEN, 1.5, 2, used(0.1, 1)).orElseThrow();
        assertEquals(OptionalLong.of(1_500), memory.spec().resources().memoryBytes());
        assertEquals(Optional.of(0.5), memory.spec().resources().cpuCores());
        assertTrue(Limits.raised(WRITTEN, WRITTEN, 1.5, 2, used(0.5, 0.5)).isEmpty());
    }

    @Test
    void shouldStopAtTwiceWhatWasDeclared() {
        AgentSpec now = WRITTEN;
        for (long next : new long[] {150, 200}) {
            now = Limits.raised(now, WRITTEN, 1.5, 2, used(1, 0)).orElseThrow().spec();
            assertEquals(Map.of("nofile", new Rlimit(next, 200)), now.rlimits());
        }
        assertTrue(Limits.raised(now, WRITTEN, 1.5, 2, used(1, 0)).isEmpty());
    }

    @Test
    void shouldRaiseByTheFactorThatIsGivenAndNoMoreThanTwice() {
        assertEquals(
                "nofile from 100 to 120",
                Limits.raised(WRITTEN, WRITTEN, 1.2, 2, used(0.95, 0.2))
                        .orElseThrow()
                        .what());
        assertEquals(
                "nofile from 100 to 200",
                Limits.raised(WRITTEN, WRITTEN, 5, 2, used(0.95, 0.2))
                        .orElseThrow()
                        .what());
    }
}
