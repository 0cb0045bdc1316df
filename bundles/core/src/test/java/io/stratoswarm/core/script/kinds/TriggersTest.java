package io.stratoswarm.core.script.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptTriggers.Running;
import io.stratoswarm.api.script.ScriptTriggers.Trigger;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Triggers for kinds of other bundles. */
class TriggersTest {
    @TempDir
    Path folder;

    private final List<Trigger> called = new CopyOnWriteArrayList<>();
    private KindRig rig;
    private Triggers triggers;

    @BeforeEach
    void open() {
        rig = new KindRig(folder);
        triggers = rig.triggers();
    }

    private List<String> texts() {
        return called.stream().map(Trigger::text).toList();
    }

    @Test
    void shouldReadOnlyItsOwnKeys() {
        assertEquals(List.of(), triggers.check("{\"every\":\"5s\",\"agents\":5,\"graph\":\"g\"}"));
        assertTrue(triggers.check("{\"graph\":\"g\"}").getFirst().startsWith("on: it needs"));
        assertTrue(triggers.check("{\"every\":\"5\"}").getFirst().startsWith("every: must be a duration"));
        assertTrue(triggers.check("{\"schedule\":\"* *\"}").getFirst().startsWith("schedule: "));
        assertEquals(OptionalLong.of(90_000), triggers.duration("1m30s"));
        assertEquals(OptionalLong.empty(), triggers.duration("soon"));
    }

    @Test
    void shouldCallAtEachTimeUntilItIsClosed() {
        Running running = triggers.start("s", "{\"every\":\"5s\"}", trigger -> {
            called.add(trigger);
            throw new IllegalStateException("the next call comes all the same");
        });
        rig.ring();
        rig.ring();
        assertEquals(List.of("timer, every 5000 ms", "timer, every 5000 ms"), texts());
        running.close();
        rig.ring();
        assertEquals(2, called.size());
    }

    @Test
    void shouldCallForEventsFromNowOnButNotForThoseAboutItself() throws InterruptedException {
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        Running running =
                triggers.start("s", "{\"on\":\"Agent*\",\"subject\":[\"agent/shop/*\",\"script/s\"]}", called::add);
        rig.happen("AgentFailed", "script/s", "{}");
        rig.happen("AgentFailed", "agent/other/web", "{}");
        rig.happen("GraphApplied", "agent/shop/web", "{}");
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        KindRig.until(() -> !called.isEmpty());
        assertEquals("agent/shop/job", called.getFirst().event().orElseThrow().subject());
        running.close();
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        assertEquals(1, called.size());
    }
}
