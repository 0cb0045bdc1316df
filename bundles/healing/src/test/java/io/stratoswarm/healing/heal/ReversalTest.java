package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.healing.Healing.Script;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.trial.TrialRig;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From failures of an agent to the end of a script that does worse about them: nothing in between is made up. */
class ReversalTest {
    private static final String AGENT = "g/a";

    @TempDir
    Path folder;

    private HealingRig rig;

    @BeforeEach
    void open() {
        rig = new HealingRig(folder);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    /** One failure, which its restart policy gave up at; @return what was done about it, and what that was worth */
    private JsonNode round() throws Exception {
        rig.now += 20 * 60_000L;
        long number = rig.fails(AGENT);
        rig.hear();
        assertTrue(
                HealingRig.soon(() -> rig.book().status().open() == 1),
                () -> rig.types(number).toString());
        rig.now += 60_000;
        rig.step();
        rig.now += 130_000;
        rig.step();
        assertEquals(0, rig.book().status().open());
        rig.hear();
        return Ledger.read(rig.payload(number, LearnedFold.ENDED));
    }

    private Script script() {
        return rig.book().scripts().getFirst();
    }

    @Test
    void shouldTakeBackAStrategyThatDoesWorseOnceItActs() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertEquals("restart", round().path("act").asText(), "what is built in");
        }
        rig.room.kind().loaded(new TrialRig.Twin("s", "ab", "{\"class\":\"*\"}", TrialRig.always("wait")));
        rig.room.trials().promote("s", "test");
        rig.room.trials().promote("s", "test");
        assertEquals("active", script().stage());
        int cases = 0;
        while (script().stage().equals("active") && cases < 20) {
            JsonNode ended = round();
            assertEquals("wait", ended.path("act").asText(), "it acts");
            assertEquals(0, ended.path("reward").asDouble(1), ended.toString());
            cases++;
        }
        assertEquals("reverted", script().stage(), "after " + cases + " cases");
        assertTrue(cases > 2, "one bad case is no evidence, and " + cases + " are few");
        assertTrue(script().reason().startsWith("it does worse than what was there before: "), script().reason());
        JsonNode next = round();
        assertEquals("restart", next.path("act").asText(), "what was there before acts again");
        assertTrue(next.path("reward").asDouble() > 0.8, next.toString());
    }
}
