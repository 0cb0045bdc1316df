package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.manifest;
import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.core.tool.JournalTools;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RestoreStoppedTest {
    @TempDir
    Path root;

    @Test
    void shouldStartNoSecondCopyOfWhatRuns() throws Exception {
        RealDaemon first = new RealDaemon(root.resolve("first"));
        try {
            first.apply(manifest(
                    "shop",
                    node("api", sleeper().make()),
                    node("tick", sleeper().cron("0 0 1 1 *").make())));
            first.untilPhase("shop/api", AgentPhase.READY);
            JournalTools.backup(root.resolve("first"), root.resolve("backup"));
            JournalTools.restore(root.resolve("backup"), root.resolve("second"), true);
            assertTrue(JournalTools.verify(root.resolve("second")).ok());

            RealDaemon second = new RealDaemon(root.resolve("second"));
            try {
                for (String agent : new String[] {"shop/api", "shop/tick"}) {
                    assertEquals(AgentPhase.STOPPED, second.status(agent).phase());
                    assertTrue(second.status(agent).pid().isEmpty());
                    assertEquals(
                            "restored from a backup without being started",
                            second.status(agent).reason());
                }
                second.running.agents().start("shop/api", "test").get(10, TimeUnit.SECONDS);
                second.untilPhase("shop/api", AgentPhase.READY);
                assertEquals(AgentPhase.READY, first.status("shop/api").phase());
                second.assertFoldsAgree();
            } finally {
                second.end();
            }
        } finally {
            first.end();
        }
    }
}
