package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureTriggersTest {
    @TempDir
    Path folder;

    private static void tell(CaptureRig rig, String type, String agent) {
        rig.opened
                .journal()
                .append(Append.of(EventDraft.json(type, "core.agent", "agent/" + agent, "system", List.of(), "{}")))
                .join();
    }

    private static void await(CaptureRig rig, int count) throws InterruptedException {
        for (int i = 0; i < 1000 && rig.events("StateCaptured").size() < count; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        TimeUnit.MILLISECONDS.sleep(100);
        assertEquals(count, rig.events("StateCaptured").size());
    }

    @Test
    void shouldCaptureIllAgentsOnceInTenMinutesAndOnASchedule() throws Exception {
        long[] now = {0};
        CaptureSettings settings =
                CaptureSettings.of(Map.of("capture.on.failure", "all", "capture.every.minutes", "60"));
        try (TargetProcess target = TargetProcess.start(
                        folder, "python3", "-c", "import time; print(1, flush=True); time.sleep(600)");
                CaptureRig rig = new CaptureRig(
                        folder.resolve("data"),
                        new RunningAgents().with("g/a", target.pid).with("h/b", 0));
                CaptureTriggers triggers = new CaptureTriggers(
                        rig.control,
                        new RunningAgents().with("g/a", target.pid).with("h/b", 0),
                        rig.opened.journal(),
                        () -> now[0],
                        settings)) {
            tell(rig, "AgentReady", "g/a");
            tell(rig, "AgentUnhealthy", "g/a");
            tell(rig, "AgentUnhealthy", "g/a");
            await(rig, 1);
            assertEquals("AgentUnhealthy of g/a", rig.control.get(1).reason());
            assertEquals(1, rig.control.get(1).agents().size());
            tell(rig, "AgentFailed", "h/b");
            await(rig, 2);
            assertEquals(0, rig.control.get(2).agents().size(), "nothing of its graph runs, so the host alone");
            triggers.step();
            now[0] = TimeUnit.MINUTES.toNanos(61);
            triggers.step();
            triggers.step();
            await(rig, 3);
            tell(rig, "AgentUnhealthy", "g/a");
            await(rig, 4);
        }
    }
}
