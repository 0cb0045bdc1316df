package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.pattern.Window.Line;
import io.stratoswarm.healing.pattern.Window.Role;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlownessTest {
    private static final Probe PROBE = new Probe(new ProbeAction.Http("http://127.0.0.1:1/"), 0, 10_000, 1_000, 1, 3);

    private static boolean led(double... seconds) {
        long[] times =
                LongStream.rangeClosed(1, seconds.length).map(i -> i * 10_000).toArray();
        Line line = new Line(Role.SELF, "g/a", Slowness.METRIC, Map.of("probe", "liveness"), false, times, seconds);
        return Slowness.led(new Window("g/a", 0, 1_000_000, List.of(line), Circumstance.NONE), PROBE);
    }

    @Test
    void shouldTellSlowingDownFromHangingAtOnce() {
        assertTrue(led(0.02, 0.03, 0.02, 0.1, 0.2, 0.5, 1, 1, 1));
        assertFalse(led(0.02, 0.03, 0.02, 0.02, 0.03, 0.02, 1, 1, 1), "it was as quick as ever to the last");
        assertFalse(led(1, 1, 1), "it never answered");
        assertFalse(led(0.02, 0.03, 0.2, 0.3, 0.4), "it answers");
        assertFalse(led(0.02, 0.1, 0.5, 0.9, 1, 1, 1, 0.02, 0.02, 0.03, 0.02, 1, 1, 1), "that was the process before");
        assertFalse(led());
    }

    @Test
    void shouldHoldOnlyWhatReachesTheLimitInTimeAgainstAnAgent() {
        assertTrue(Slowness.soon(new double[] {0.1, 0.1, 0.3, 0.5}, PROBE));
        assertFalse(Slowness.soon(new double[] {0.1, 0.1, 0.45, 0.46}, PROBE), "it has levelled off");
        assertFalse(Slowness.soon(new double[] {0.001, 0.001, 0.01, 0.1}, PROBE), "that is quick enough");
        assertFalse(Slowness.soon(new double[] {0.1, 0.3, 0.9}, PROBE), "too little is known");
    }
}
