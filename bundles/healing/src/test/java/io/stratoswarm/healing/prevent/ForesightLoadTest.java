package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What foresight of a thousand agents costs, beside the model and the store of metrics: services are in memory, forecasts are canned. */
class ForesightLoadTest {
    private static final int AGENTS = 1_000;
    private static final int SERIES = 25;

    @TempDir
    Path folder;

    @Test
    void shouldCostLittleForAThousandAgents() {
        try (Rig rig = new Rig(folder)) {
            rig.prediction = PredictionSettings.DEFAULT;
            for (int i = 0; i < AGENTS; i++) {
                rig.agents.add("load/a" + i);
                for (int s = 0; s < SERIES; s++) {
                    rig.metrics.tell("load/a" + i, "metric" + s, s);
                }
                rig.metrics.tell("load/a" + i, "number", i + 1.0);
            }
            ticks(rig, 20);
            assertEquals(AGENTS, rig.service.status().watched());
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            int steps = 20;
            long from = threads.getCurrentThreadCpuTime();
            ticks(rig, steps);
            double seconds = (threads.getCurrentThreadCpuTime() - from) / 1e9;
            double share = seconds / (steps * rig.prediction.stepMillis() / 1_000.0);
            System.out.printf(
                    Locale.ROOT,
                    "foresight of %d agents with %d series each: %.1f ms of processor time a step of %d s, %.3f %% of a core%n",
                    AGENTS,
                    SERIES,
                    1_000 * seconds / steps,
                    rig.prediction.stepMillis() / 1_000,
                    100 * share);
            assertTrue(share < 0.02, "share of a core: " + share);
        }
    }

    /** As the component calls it, twice a second. */
    private static void ticks(Rig rig, int steps) {
        for (int i = 0; i < steps * 60; i++) {
            rig.now += 500;
            rig.book.step();
        }
    }
}
