package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.healing.predict.Cause;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A planned restart of what uses something up: only where its limit comes near. */
class PlannedRoomTest {
    private static final String WEB = "shop/web";

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
        rig.agents.add(WEB);
        rig.agents.rlimits.put("nofile", new Rlimit(256, 256));
        rig.follow = true;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void steps(int count, double from, double each) {
        for (int i = 0; i < count; i++) {
            rig.metrics.tell(WEB, "open_fds", from + each * i);
            rig.pass(1);
        }
    }

    private void begin() {
        steps(6, 10, 9);
        rig.forecasts.put(WEB, Rig.doom(Cause.DESCRIPTOR_LEAK, 0.9, 40));
    }

    @Test
    void shouldNotRestartWhatLevelsOff() {
        begin();
        steps(4, 64, 9);
        assertEquals("acting", rig.last().state(), rig.last().toString());
        steps(20, 100, 0);
        assertEquals(List.of(), rig.agents.restarted);
    }

    @Test
    void shouldRestartBeforeTheLimit() {
        begin();
        steps(13, 64, 9);
        assertEquals(List.of(), rig.agents.restarted, "there is room for a while");
        steps(9, 181, 9);
        assertEquals(1, rig.agents.restarted.size());
        assertTrue(
                rig.payload(PredictionFold.ACTED).contains("comes near its limit")
                        || rig.payload(PredictionFold.ACTED).contains("quiet moment"),
                rig.payload(PredictionFold.ACTED));
    }
}
