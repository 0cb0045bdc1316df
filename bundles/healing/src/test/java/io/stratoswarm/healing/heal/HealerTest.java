package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealerTest {
    private static final List<String> DONE =
            List.of("FailureClassified", "DecisionRecorded", "HealingStarted", "DecisionOutcome");

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

    private void hangs(String agent) {
        rig.hanging.put(agent, new CompletableFuture<>());
    }

    private CompletableFuture<List<String>> hanging(String agent) {
        return Optional.ofNullable(rig.hanging.remove(agent)).orElseThrow();
    }

    private void ends(String agent) {
        rig.put(agent, AgentPhase.READY);
        hanging(agent).complete(List.of(agent));
    }

    @Test
    void shouldHealAnotherAgentWhileAnActHangs() throws Exception {
        hangs("g/a");
        long first = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.contains("g/a")));
        long second = rig.fails("h/b");
        long third = rig.fails("i/c");
        rig.hear();
        assertTrue(HealingRig.soon(
                () -> rig.types(second).equals(DONE) && rig.types(third).equals(DONE)));
        assertEquals(DONE.subList(0, 3), rig.types(first), "that one goes on");
        ends("g/a");
        assertTrue(HealingRig.soon(() -> rig.types(first).equals(DONE)));
    }

    @Test
    void shouldDoOneActAtATimeAboutAnAgent() throws Exception {
        hangs("g/a");
        long first = rig.fails("g/a");
        long again = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.contains("g/a")));
        rig.step();
        assertEquals(List.of(), rig.types(again), "it waits");
        rig.now += 100;
        ends("g/a");
        assertTrue(HealingRig.soon(() -> rig.types(first).equals(DONE)));
        rig.step();
        assertEquals(List.of(), rig.types(again), "what was done came after it as well");
        rig.now += 100;
        long later = rig.fails("g/a");
        rig.hear();
        // The first act may still be on its way out; what fails until then is met at the next step.
        assertTrue(HealingRig.soon(() -> {
            rig.step();
            return rig.types(later).equals(DONE);
        }));
        assertEquals(List.of("g/a", "g/a"), rig.restarted);
    }

    @Test
    void shouldMeetWhatFailedMeanwhileWhereTheActWasNotDone() throws Exception {
        hangs("g/a");
        long first = rig.fails("g/a");
        long again = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.contains("g/a")));
        CompletableFuture<List<String>> act = hanging("g/a");
        act.completeExceptionally(new IllegalStateException("the keeper is gone"));
        assertTrue(
                HealingRig.soon(() -> rig.types(again).equals(DONE)),
                () -> rig.types(again).toString());
        assertTrue(rig.payload(first, "HealingEnded").contains("the keeper is gone"));
        assertFalse(rig.payload(first, "HealingEnded").contains("reward"), "nothing is learned of it");
    }

    @ParameterizedTest
    @CsvSource({"g/b, 0.79, 0.8", "h/b, 0.99, 1"})
    void shouldCountTheHarmToOthersOfItsGraph(String other, double from, double to) throws Exception {
        rig.put(other, AgentPhase.READY);
        long number = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.book().status().open() == 1));
        rig.step();
        rig.put(other, AgentPhase.BACKOFF);
        rig.now += 121_000;
        rig.step();
        double reward =
                Ledger.read(rig.payload(number, "HealingEnded")).path("reward").asDouble();
        assertTrue(reward >= from && reward <= to, "reward " + reward);
    }

    @Test
    void shouldDoNoMoreThanSoManyAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            rig.put("well/" + i, AgentPhase.READY);
        }
        for (String agent : List.of("a/a", "b/b", "c/c")) {
            hangs(agent);
            rig.fails(agent);
        }
        long fourth = rig.fails("d/d");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.size() == 3));
        rig.step();
        assertEquals(List.of(), rig.types(fourth));
        ends("b/b");
        assertTrue(HealingRig.soon(() -> rig.types(fourth).equals(DONE)));
    }

    @Test
    void shouldDoAgainWhatWasCutOff() throws Exception {
        hangs("g/a");
        long number = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.size() == 1));
        rig.restart();
        assertEquals(DONE.subList(0, 3), rig.types(number), "no outcome yet, and no second begin");
        rig.hanging.clear();
        rig.step();
        assertTrue(HealingRig.soon(() -> rig.types(number).equals(DONE)));
        assertEquals(List.of("g/a", "g/a"), rig.restarted);
        rig.restart();
        rig.step();
        assertEquals(2, rig.restarted.size(), "what has an outcome is not done again");
    }

    @Test
    void shouldCloseWhatWasCutOffWhereItMakesNoSenseAnyMore() throws Exception {
        hangs("g/a");
        long number = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.size() == 1));
        rig.restart();
        rig.put("g/a", AgentPhase.READY);
        rig.step();
        assertTrue(HealingRig.soon(() -> rig.types(number).contains("HealingEnded")));
        assertTrue(rig.payload(number, "HealingEnded").contains("cut off"), rig.payload(number, "HealingEnded"));
        assertFalse(rig.payload(number, "HealingEnded").contains("reward"));
        assertEquals(1, rig.restarted.size());
    }

    @Test
    void shouldMeetWhatWaitedWhenItWasCutOff() throws Exception {
        hangs("g/a");
        long first = rig.fails("g/a");
        rig.hear();
        assertTrue(HealingRig.soon(() -> rig.restarted.size() == 1));
        rig.now += 11 * 60_000L;
        long again = rig.fails("g/a");
        rig.hear();
        rig.hanging.clear();
        rig.restart();
        rig.step();
        assertTrue(
                HealingRig.soon(() -> rig.types(again).equals(DONE)),
                () -> rig.types(again).toString());
        assertTrue(rig.payload(first, "HealingEnded").contains("long ago"));
    }
}
