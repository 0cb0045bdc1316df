package io.stratoswarm.healing.trial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TrialsTest {
    private static final Situation ILL = new Situation(0, true, false);
    private static final ToDoubleFunction<String> CAPTURE_IS_BAD =
            act -> Map.of("wait", 0.6, "restart", 0.95, "capture", 0.1).getOrDefault(act, 0.0);
    private static final ToDoubleFunction<String> CAPTURE_IS_BEST =
            act -> Map.of("wait", 0.5, "restart", 0.6, "capture", 0.95).getOrDefault(act, 0.0);

    private TrialRig rig;

    @BeforeEach
    void open() {
        rig = new TrialRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void rounds(int count, ToDoubleFunction<String> reward) {
        for (int i = 0; i < count; i++) {
            rig.round("deadlock", ILL, reward);
        }
    }

    private Standing.Version trial() {
        return rig.standing().trial();
    }

    @Test
    void shouldTakeAGoodScriptFromTheShadowToActing() {
        rounds(4, CAPTURE_IS_BEST);
        TrialRig.Twin script = rig.load("ab", "deadlock", TrialRig.always("capture"));
        assertEquals(Stage.SHADOW, trial().stage());
        assertTrue(trial().reason().startsWith("there are 4 recorded cases"), trial().reason());
        assertEquals(4, script.calls);

        // The bandit finds out by itself that to capture is best here, so that recorded cases can speak for it.
        rounds(30, CAPTURE_IS_BEST);
        assertEquals(Stage.CANARY, trial().stage(), trial().reason());
        rounds(80, CAPTURE_IS_BEST);
        assertEquals(script.hash(), rig.standing().active().hash());
        assertEquals("capture", rig.round("deadlock", ILL, CAPTURE_IS_BEST));
        rig.mayDecide = (name, agent) -> !name.equals("s");
        assertTrue(rig.advise(999_999, "deadlock", ILL).by().isEmpty(), "the node names other scripts");
        rig.mayDecide = (name, agent) -> true;
        Advice advice = rig.advise(1_000_000, "deadlock", ILL);
        assertEquals("s", advice.by().orElseThrow().script());
        assertEquals("capture", advice.choice().chosen().act().word());
        assertEquals(List.of("candidate", "shadow", "canary", "active"), rig.stages());
    }

    @Test
    void shouldNeverLetAScriptActThatRecordedCasesSpeakAgainst() {
        for (int i = 0; i < 40; i++) {
            String done = List.of("restart", "restart", "capture", "wait").get(i % 4);
            rig.forced("deadlock", ILL, done, CAPTURE_IS_BAD.applyAsDouble(done));
        }
        rig.load("ab", "deadlock", TrialRig.always("capture"));
        assertEquals(Stage.REVERTED, trial().stage(), trial().reason());
        assertTrue(
                trial().figures().getOrDefault("gain.high", 1.0) < 0,
                trial().figures().toString());
        assertTrue(rig.advise(1_000_000, "deadlock", ILL).by().isEmpty());
        assertThrows(StratoswarmException.class, () -> rig.room.trials().promote("s", "test"));
    }

    @Test
    void shouldEndACanaryThatDoesWorse() {
        rounds(20, CAPTURE_IS_BAD);
        rig.load("ab", "deadlock", TrialRig.always("capture"));
        rig.room.trials().promote("s", "uid:1000");
        assertEquals(Stage.CANARY, trial().stage());
        rounds(100, CAPTURE_IS_BAD);
        assertEquals(Stage.REVERTED, trial().stage());
        assertTrue(trial().reason().startsWith("it does worse"), trial().reason());
        assertTrue(rig.standing().active().hash().isEmpty());
        long captured = rig
                .journal
                .read(EventQuery.all().type(LearnedFold.STARTED).limit(1_000))
                .stream()
                .filter(event -> PastCases.payload(event).path("act").asText().equals("capture"))
                .count();
        assertTrue(captured < 25, captured + " cases were spent on it");
    }

    private void cloned(TrialRig.Twin script, double learned, double reward) {
        rig.heard(
                Trials.CLONED,
                LearnedFold.SOURCE,
                "clone/shop/web",
                "{\"agent\":\"shop/web\",\"class\":\"deadlock\",\"tried\":[{\"way\":\"learned\",\"hash\":\"\",\"reward\":"
                        + learned
                        + "},{\"way\":\"s\",\"hash\":\"" + script.hash() + "\",\"reward\":" + reward
                        + ",\"why\":\"it was not well within 5.0 s\"}]}");
    }

    @Test
    void shouldTakeAVersionBackThatDidMuchWorseOnAClone() {
        List<String> told = new ArrayList<>();
        rig.room.trials().onShadow(told::add);
        TrialRig.Twin script = rig.load("ab", "deadlock", TrialRig.always("capture"));
        assertEquals(List.of("deadlock"), told);
        cloned(script, 0.95, 0.9);
        assertEquals(Stage.SHADOW, trial().stage(), "no worse than by chance");
        cloned(script, 0.95, 0);
        assertEquals(Stage.REVERTED, trial().stage());
        assertEquals("on a clone of shop/web it did worse: it was not well within 5.0 s", trial().reason());
        assertEquals(Map.of("reward", 0.0, "baseline", 0.95), trial().figures());
        TrialRig.Twin next = rig.load("cd", "deadlock", TrialRig.always("capture"));
        cloned(script, 0.95, 0);
        assertEquals(Stage.SHADOW, trial().stage(), "that was another version");
        assertTrue(trial().is(next.hash()));
    }

    @Test
    void shouldGoBackToTheVersionBefore() {
        rounds(10, CAPTURE_IS_BAD);
        TrialRig.Twin good = rig.load("ab", "*", TrialRig.always("restart"));
        for (int i = 0; i < 2; i++) {
            rig.room.trials().promote("s", "test");
        }
        assertEquals(good.hash(), rig.standing().active().hash());
        TrialRig.Twin bad = rig.load("cd", "*", TrialRig.always("capture"));
        assertEquals("restart", rig.round("deadlock", ILL, CAPTURE_IS_BAD), "the last good version acts meanwhile");
        assertTrue(good.calls > 10);
        rig.room.trials().promote("s", "test");
        rig.room.trials().promote("s", "test");
        assertEquals(bad.hash(), rig.standing().active().hash());
        assertEquals("capture", rig.round("deadlock", ILL, CAPTURE_IS_BAD));
        rounds(40, CAPTURE_IS_BAD);
        assertEquals(good.hash(), rig.standing().active().hash(), trial().reason());
        assertEquals(Stage.REVERTED, trial().stage());
        assertEquals("restart", rig.round("deadlock", ILL, CAPTURE_IS_BAD));

        // A restart changes nothing of that, and an edit back to what acts ends the matter.
        List<String> stages = rig.stages();
        rig.restart(bad);
        assertEquals("restart", rig.round("deadlock", ILL, CAPTURE_IS_BAD));
        assertEquals(stages, rig.stages());
        rig.room.kind().loaded(good);
        assertTrue(trial().none());
        assertEquals(good.hash(), rig.standing().active().hash());
    }

    @Test
    void shouldBeginAnewWhatWasDisabled() {
        TrialRig.Twin script = rig.load("ab", "deadlock", TrialRig.always("restart"));
        assertEquals(Map.of("failed", 0.0, "gain.cases", 0.0), trial().figures(), "nothing is said of no cases");
        rig.room.trials().promote("s", "test");
        rig.room.trials().promote("s", "test");
        assertEquals(script.hash(), rig.standing().active().hash());
        rig.append("ScriptDisabled", "core.script", "script/s", "{\"script\":\"s\"}");
        rig.room.kind().unloaded("s");
        assertTrue(rig.standing().off());
        assertThrows(StratoswarmException.class, () -> rig.room.trials().again("s", "test"));
        rig.append("ScriptEnabled", "core.script", "script/s", "{\"script\":\"s\"}");
        rig.room.kind().loaded(script);
        assertTrue(rig.standing().active().none());
        assertEquals(Stage.SHADOW, trial().stage());
    }

    @Test
    void shouldCostNothingWhereAScriptFails() {
        rounds(12, CAPTURE_IS_BAD);
        rig.load("ab", "deadlock", input -> {
            throw new IllegalStateException("no such thing");
        });
        assertEquals(Stage.REVERTED, trial().stage());
        assertTrue(trial().reason().endsWith("threw: no such thing"), trial().reason());

        rig.load("cd", "deadlock", TrialRig.always("restart"));
        rig.room.trials().promote("s", "test");
        rig.room.trials().promote("s", "test");
        rig.load("ef", "deadlock", TrialRig.always("rollback"));
        assertEquals(Stage.REVERTED, trial().stage());
        assertTrue(trial().reason().contains("act: 'rollback' is not possible here; possible are "), trial().reason());
        assertEquals("restart", rig.round("deadlock", ILL, CAPTURE_IS_BAD));
    }

    @Test
    void shouldSayTheSameOfACaseThatIsMetAgain() {
        TrialRig.Twin script = rig.load("ab", "deadlock", TrialRig.always("capture"));
        rig.room.trials().promote("s", "test");
        rig.room.trials().promote("s", "test");
        Advice first = rig.advise(77, "deadlock", ILL);
        int calls = script.calls;
        Advice again = rig.advise(77, "deadlock", ILL);
        assertEquals(first.by(), again.by());
        assertEquals(first.choice().chosen().act(), again.choice().chosen().act());
        assertEquals(calls, script.calls, "it is not asked twice");
        assertTrue(rig.advise(78, "livelock", ILL).by().isEmpty(), "it is for another class");
    }

    @Test
    void shouldStandTheSameAfterTheSameEvents() {
        rounds(12, CAPTURE_IS_BAD);
        rig.load("ab", "*", TrialRig.always("restart"));
        rig.room.trials().promote("s", "test");
        rounds(30, CAPTURE_IS_BAD);
        rig.load("cd", "*", TrialRig.always("capture"));
        rounds(30, CAPTURE_IS_BAD);
        byte[] state = rig.journal.state(StrategyFold.ID);
        assertArrayEquals(state, rig.journal.refold(StrategyFold.ID, rig.journal.size()));
        StrategyFold fold = new StrategyFold();
        assertArrayEquals(state, fold.encode(fold.decode(state)), "a snapshot in between changes nothing");
        assertFalse(rig.standing().trial().none());
    }

    @Test
    void shouldCompareWhatWasLearnedWithAlwaysDoingTheSame() {
        for (int i = 0; i < 60; i++) {
            rig.round("deadlock", new Situation(i % 2, true, false), CAPTURE_IS_BEST);
        }
        Learned learned = new LearnedFold().decode(rig.journal.state(LearnedFold.ID));
        Map<String, Estimate> all = rig.room.validation().of("deadlock", learned);
        Estimate best = of(all, "learned");
        assertEquals(0.95, best.value(), 0.05, best.toString());
        assertTrue(best.value() > of(all, "restart").value() + 0.2, all.toString());
        assertTrue(best.value() > of(all, "wait").value() + 0.2, all.toString());
        assertEquals(60, of(all, Validation.DONE).matched());
        assertEquals(
                0, of(rig.room.validation().of("livelock", learned), "wait").cases());
    }

    private static Estimate of(Map<String, Estimate> all, String policy) {
        return Objects.requireNonNull(all.get(policy), policy);
    }

    @Test
    void shouldLeaveAboutTheShareToTheCanary() {
        int in = 0;
        for (int number = 0; number < 10_000; number++) {
            in += Strategies.inCanary(number, "ab".repeat(32), 0.25) ? 1 : 0;
        }
        assertEquals(2_500, in, 150);
    }
}
