package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.strategy.Act;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionBookTest {
    private static final String WEB = "shop/web";

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
        rig.agents.add(WEB);
        rig.agents.add("shop/db");
    }

    @AfterEach
    void close() {
        assertArrayEquals(
                rig.journal
                        .projections()
                        .refold(PredictionFold.ID, rig.journal.journal().size()),
                rig.journal.projections().state(PredictionFold.ID),
                "the same events give the same record, byte for byte");
        rig.close();
    }

    private void heldOut(double share) {
        rig.prediction = new PredictionSettings(60_000, 0.7, share);
    }

    private void mode(Settings.Mode mode, Act... approved) {
        Settings usual = Settings.DEFAULT;
        EnumSet<Act> acts = EnumSet.noneOf(Act.class);
        acts.addAll(List.of(approved));
        rig.settings = new Settings(
                mode,
                acts,
                usual.confidence(),
                usual.patienceMillis(),
                usual.lastingMillis(),
                usual.rate(),
                usual.perAgent(),
                usual.perHour(),
                usual.alarmMillis(),
                usual.alarmConfidence(),
                usual.illShare(),
                usual.illMost());
    }

    @Test
    void shouldPredictOnceAndKnowWhatCameTrue() {
        heldOut(1);
        rig.forecasts.put(WEB, Rig.doom(Cause.MEMORY_LEAK, 0.8, 30));
        rig.pass(3);
        assertEquals(0, rig.events(PredictionFold.MADE).size(), "too little is known of it");
        rig.pass(20);
        assertEquals(1, rig.events(PredictionFold.MADE).size(), "once for an episode");
        Predictions.Prediction made = rig.last();
        assertTrue(made.heldOut());
        assertEquals("memory-leak", made.cause());
        assertEquals(30_000, (made.expectedNanos() - made.madeNanos()) / 1_000_000);
        assertEquals(60_000, (made.untilNanos() - made.madeNanos()) / 1_000_000, "the horizon is scaled too");
        assertEquals(List.of(), rig.agents.restarted, "it was held out");
        rig.agents.crash(WEB);
        rig.forecasts.clear();
        rig.pass(5);
        Predictions.Prediction ended = rig.last();
        assertEquals("hit", ended.outcome(), ended.toString());
        long lead = ended.leadMillis().orElseThrow();
        assertTrue(lead > 15_000 && lead < 21_000, "lead " + lead);
        Predictions.Record record = rig.service.record();
        assertEquals(1, record.hits());
        assertEquals(0, record.missed());
        assertEquals(OptionalLong.of(lead), record.medianLeadMillis());
        assertEquals(0.8, record.calibration().getFirst().predicted(), 1e-9);
        assertEquals(1, record.calibration().getFirst().failed(), 1e-9);
        assertEquals(1, record.gains().getFirst().heldOutFailed());
    }

    @Test
    void shouldMeetASecondCauseWhereNothingCanBeDoneAboutTheFirst() {
        heldOut(0);
        rig.forecasts.put(WEB, Rig.doom(Cause.NETWORK, 0.8, 50));
        rig.pass(10);
        assertEquals(1, rig.events(PredictionFold.MADE).size());
        assertTrue(rig.payload("PreventionWithheld").contains("advice"), rig.payload("PreventionWithheld"));
        rig.forecasts.put(WEB, Rig.doom(Cause.DISK_FILLING, 0.8, 50));
        rig.pass(5);
        assertEquals(1, rig.events(PredictionFold.MADE).size(), "about that nothing can be done either");
        rig.forecasts.put(WEB, Rig.doom(Cause.DESCRIPTOR_LEAK, 0.9, 12));
        rig.pass(20);
        List<Predictions.Prediction> both = rig.service.predictions(Optional.empty(), 2);
        assertEquals("descriptor-leak", both.getFirst().cause());
        assertEquals("void", both.getLast().outcome());
        assertTrue(
                both.getLast().why().contains("descriptor-leak"), both.getLast().why());
        assertEquals(List.of(WEB + " by healing"), rig.agents.restarted);
        rig.forecasts.put(WEB, Rig.doom(Cause.NETWORK, 0.8, 50));
        rig.pass(5);
        assertEquals(2, rig.events(PredictionFold.MADE).size(), "something was done, and what came of it is not known");
    }

    @Test
    void shouldLeaveWhatTheLotLeftAloneToASecondCauseToo() {
        heldOut(1);
        rig.forecasts.put(WEB, Rig.doom(Cause.NETWORK, 0.8, 50));
        rig.pass(10);
        rig.forecasts.put(WEB, Rig.doom(Cause.DESCRIPTOR_LEAK, 0.9, 12));
        rig.pass(10);
        assertEquals(1, rig.events(PredictionFold.MADE).size(), "else nothing would be compared");
        assertEquals(List.of(), rig.agents.restarted);
    }

    @Test
    void shouldCountWhatDidNotComeTrueAndWhatNothingForesaw() {
        heldOut(1);
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.75, 30));
        rig.pass(8);
        rig.forecasts.clear();
        rig.pass(63);
        assertEquals("false-alarm", rig.last().outcome());
        rig.agents.crash("shop/db");
        rig.agents.crash("shop/db");
        rig.pass(2);
        Predictions.Record record = rig.service.record();
        assertEquals(1, record.falseAlarms());
        assertEquals(1, record.missed(), "the second end follows from the first one");
        assertEquals(1, rig.service.predictions(Optional.of(WEB), 10).size());
        assertEquals(0, rig.service.predictions(Optional.of("shop/db"), 10).size());
    }

    @Test
    void shouldTakeMemoryBackWhileThatHelpsAndThenRestart() {
        rig.metrics.tell(WEB, "memory_resident_bytes", 8_000);
        rig.metrics.tell(WEB, "cpu_seconds_total", 1);
        rig.forecasts.put(WEB, Rig.doom(Cause.MEMORY_LEAK, 0.9, 30));
        rig.pass(7);
        assertTrue(rig.controlled.contains(WEB + " Reclaim[bytes=1000]"), rig.controlled.toString());
        assertEquals(List.of(), rig.agents.restarted, "first what costs nothing");
        rig.reclaimed = AgentControls.Outcome.unavailable("there is no swap");
        rig.pass(10);
        assertTrue(
                rig.events(PredictionFold.ACTED).stream()
                        .anyMatch(event -> event.payloadText()
                                .contains("the kernel could take nothing back worth telling: there is no swap")),
                "what the kernel cannot do is said");
        assertEquals(List.of(WEB + " by healing"), rig.agents.restarted);
        rig.forecasts.clear();
        rig.pass(60);
        Predictions.Prediction ended = rig.last();
        assertEquals("prevented", ended.outcome(), ended.toString());
        assertEquals("reclaim", ended.measure());
        assertEquals(1, rig.service.record().prevented());
        assertEquals(0, rig.service.record().calibration().size(), "what was prevented says nothing of calibration");
        assertEquals(1, rig.events(DecisionRecorded.TYPE).size());
        assertTrue(rig.payload(DecisionOutcome.TYPE).contains("\"success\":true"), rig.payload(DecisionOutcome.TYPE));
    }

    @Test
    void shouldWaitForAQuietMomentButNotTooLong() {
        rig.forecasts.put(WEB, Rig.doom(Cause.DESCRIPTOR_LEAK, 0.9, 40));
        double busy = 0;
        for (int i = 0; i < 24; i++) {
            // It works more and more, so that no moment is a quiet one.
            busy += i;
            rig.metrics.tell(WEB, "cpu_seconds_total", busy);
            rig.pass(1);
        }
        assertEquals(List.of(), rig.agents.restarted);
        for (int i = 0; i < 12; i++) {
            busy += 30 + i;
            rig.metrics.tell(WEB, "cpu_seconds_total", busy);
            rig.pass(1);
        }
        assertEquals(1, rig.agents.restarted.size());
        assertTrue(rig.payload(PredictionFold.ACTED).contains("no quiet moment came"));
    }

    @Test
    void shouldRestartNothingThatLooksWellAgain() {
        rig.forecasts.put(WEB, Rig.doom(Cause.SLOWING_DOWN, 0.9, 200));
        rig.metrics.tell(WEB, "cpu_seconds_total", 1);
        rig.pass(5);
        assertEquals("acting", rig.last().state());
        rig.forecasts.clear();
        rig.pass(70);
        assertEquals(List.of(), rig.agents.restarted);
        assertEquals("false-alarm", rig.last().outcome());
        assertEquals(1, rig.service.record().gains().getFirst().treated(), "it was meant to be treated");
    }

    @Test
    void shouldSayWhatIsNotDoneAndWhy() {
        mode(Settings.Mode.ADVISE);
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 30));
        rig.pass(10);
        assertEquals(1, rig.events(PredictionFold.WITHHELD).size(), "once for each reason");
        assertTrue(rig.last().why().contains("only advises"), rig.last().why());
        mode(Settings.Mode.AUTO);
        rig.pass(20);
        assertEquals(1, rig.agents.restarted.size(), "what stood against it is over");
        assertEquals(1L, rig.service.status().withheld().get("advice"));
        rig.forecasts.clear();
        rig.forecasts.put("shop/db", Rig.doom(Cause.DISK_FILLING, 0.9, 30));
        rig.pass(5);
        assertTrue(rig.last().why().contains("make room"), rig.last().why());
        rig.agents.add("shop/gpu");
        rig.forecasts.put("shop/gpu", Rig.doom(Cause.THERMAL, 0.9, 30));
        rig.pass(8);
        assertTrue(
                rig.last().why().contains("tells no temperatures"), rig.last().why());
        rig.agents.add("shop/net");
        rig.forecasts.put("shop/net", Rig.doom(Cause.NETWORK, 0.9, 30));
        rig.pass(8);
        assertTrue(rig.last().why().contains("another route"), rig.last().why());
        assertEquals(1, rig.agents.restarted.size());
    }

    @Test
    void shouldHeedRulesAndWaitForAPerson() {
        rig.gates.add((decision, origin) -> decision.decisionType().equals("prevent.restart")
                        && decision.agent().equals(WEB)
                ? List.of(new DecisionGate.Finding("window", Ruling.DENY, "not during the day"))
                : List.of());
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 30));
        rig.pass(10);
        assertEquals("rule", rig.service.status().withheld().firstKey());
        assertTrue(rig.last().why().contains("not during the day"), rig.last().why());
        mode(Settings.Mode.AUTO, Act.RESTART);
        rig.forecasts.put("shop/db", Rig.doom(Cause.OTHER, 0.9, 60));
        rig.pass(5);
        assertEquals("waits", rig.last().state(), rig.last().toString());
        rig.decisions.approve(rig.decisions.pending().getFirst().id(), "uid:1000");
        rig.pass(1);
        assertEquals("restart", rig.last().measure(), "it goes on at once");
        rig.pass(40);
        assertEquals(List.of("shop/db by healing"), rig.agents.restarted);
    }

    @Test
    void shouldGiveTheSameDrawToWhoeverDraws() {
        heldOut(0.5);
        for (int i = 0; i < 60; i++) {
            rig.agents.add("g/a" + i);
            rig.forecasts.put("g/a" + i, Rig.doom(Cause.NETWORK, 0.9, 30));
        }
        rig.pass(8);
        List<Predictions.Prediction> all = rig.service.predictions(Optional.empty(), 100);
        assertEquals(60, all.size());
        long held = all.stream().filter(Predictions.Prediction::heldOut).count();
        assertTrue(held > 15 && held < 45, "held out " + held);
        all.forEach(each ->
                assertEquals(Lot.draw(rig.journal.journal().id(), each.number(), each.agent()) < 0.5, each.heldOut()));
    }

    @Test
    void shouldStopPreventingWhereThatMakesItWorse() {
        heldOut(0.5);
        rig.settings = new Settings(
                Settings.Mode.AUTO,
                EnumSet.noneOf(Act.class),
                0.5,
                30_000,
                120_000,
                0.05,
                1_000,
                1_000,
                0,
                0.9,
                0.3,
                3);
        for (int round = 0; round < 40 && !off(); round++) {
            rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 10));
            rig.pass(6);
            for (int i = 0;
                    i < 70
                            && !rig.service
                                    .predictions(Optional.empty(), 1)
                                    .getFirst()
                                    .state()
                                    .equals("ended");
                    i++) {
                boolean after = rig.last().state().equals("acted");
                // The restart is what makes it ill.
                if (after && i > 20 && i % 7 == 0) {
                    rig.agents.down(WEB, AgentPhase.RUNNING);
                    rig.pass(2);
                    rig.agents.down(WEB, AgentPhase.READY);
                }
                rig.forecasts.clear();
                if (!after && rig.last().state().equals("acting")) {
                    rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 10));
                }
                rig.pass(1);
            }
        }
        assertTrue(off(), rig.service.record().toString());
        Predictions.Gain gain = rig.service.record().gains().getFirst();
        assertTrue(gain.why().contains("made things worse"), gain.why());
        int before = rig.agents.restarted.size();
        heldOut(0);
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 10));
        rig.pass(12);
        assertEquals(before, rig.agents.restarted.size());
        assertTrue(rig.last().why().contains("not prevented"), rig.last().why());
        rig.service.turn("other", true, "uid:1000");
        assertFalse(off());
    }

    private boolean off() {
        return rig.service.record().gains().stream().anyMatch(gain -> !gain.on());
    }

    @Test
    void shouldTellNothingOfWhatAPersonStopped() {
        heldOut(1);
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 30));
        rig.pass(6);
        rig.agents.down(WEB, AgentPhase.STOPPED);
        rig.pass(1);
        assertEquals("void", rig.last().outcome());
        assertEquals(0, rig.service.record().gains().size());
        rig.forecasts.put("shop/db", Rig.doom(Cause.OTHER, 0.9, 30));
        rig.pass(1);
        rig.agents.remove("shop/db");
        rig.pass(1);
        assertEquals("void", rig.last().outcome());
    }

    @Test
    void shouldGoOnWithWhatAnEarlierDaemonBegan() {
        rig.forecasts.put(WEB, Rig.doom(Cause.PROCESS_LEAK, 0.9, 30));
        rig.metrics.tell(WEB, "cpu_seconds_total", 1);
        rig.pass(5);
        assertEquals("acting", rig.last().state());
        rig.begin();
        rig.pass(25);
        assertEquals(1, rig.agents.restarted.size());
        assertEquals(1, rig.events(PredictionFold.MADE).size());
    }

    @Test
    void shouldSayThatNothingIsForeseenWithoutAModel() {
        rig.prognosis = Prognosis.unavailable("there is no model");
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.9, 30));
        rig.pass(10);
        rig.agents.crash(WEB);
        rig.pass(2);
        assertEquals("there is no model", rig.service.status().unavailable());
        assertEquals(0, rig.service.outlooks(0, OptionalLong.empty()).size());
        assertEquals(0, rig.service.record().missed(), "what was not looked at was not missed");
    }

    @Test
    void shouldShowWhatIsExpectedNow() {
        heldOut(1);
        rig.forecasts.put(WEB, Rig.doom(Cause.OTHER, 0.5, 30));
        rig.forecasts.put("shop/db", Rig.doom(Cause.CONTENTION, 0.9, 50));
        rig.pass(6);
        List<Predictions.Outlook> outlooks = rig.service.outlooks(0.2, OptionalLong.empty());
        assertEquals(
                List.of("shop/db", WEB),
                outlooks.stream().map(Predictions.Outlook::agent).toList());
        assertEquals(OptionalLong.of(1), outlooks.getFirst().prediction());
        assertEquals(
                List.of(WEB),
                rig.service.outlooks(0.2, OptionalLong.of(40_000)).stream()
                        .map(Predictions.Outlook::agent)
                        .toList());
    }
}
