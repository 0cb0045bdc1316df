package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done about an agent that becomes slow is judged by how fast it answers after that. */
class SlowHealingTest {
    private static final String AGENT = "g/a";

    @TempDir
    Path folder;

    private HealingRig rig;

    @BeforeEach
    void open() {
        rig = new HealingRig(folder);
        rig.put(AGENT, AgentPhase.READY);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private long alarm(String usual) throws Exception {
        long number = rig.journal
                .journal()
                .append(Append.of(EventDraft.json(
                        "AgentAnomalous",
                        LearnedFold.SOURCE,
                        "anomaly/" + AGENT,
                        "healing",
                        List.of(),
                        "{\"agent\":\"g/a\",\"class\":\"slow-response\",\"known\":true,\"rule\":\"probe_duration_seconds\",\"seconds\":0.6,"
                                + usual + "\"limit\":1}")))
                .join()
                .firstSequence();
        rig.hear();
        return number;
    }

    private long acted(long number) throws Exception {
        assertTrue(HealingRig.soon(() -> rig.book().status().open() == 1));
        return number;
    }

    private long alarm() throws Exception {
        return acted(alarm("\"usual\":0.02,"));
    }

    private void answers(double... seconds) {
        for (double each : seconds) {
            rig.now += 5_000;
            rig.samples.clear();
            rig.samples.add(new Sample(Series.of(AGENT, Slowness.METRIC, Map.of("probe", "readiness")), rig.now, 9));
            rig.samples.add(new Sample(Series.of(AGENT, Slowness.METRIC, Map.of("probe", "liveness")), rig.now, each));
            rig.step();
            rig.step(); // The same answer again.
        }
    }

    private JsonNode ended(long number) {
        return Ledger.read(rig.payload(number, LearnedFold.ENDED));
    }

    private long tries() {
        return rig.book().strategies().stream()
                .filter(each -> each.label().equals("slow-response"))
                .flatMap(each -> each.acts().stream())
                .filter(act -> act.act().equals("restart"))
                .findFirst()
                .orElseThrow()
                .tries();
    }

    @Test
    void shouldLearnThatItAnswersAsItUsedTo() throws Exception {
        long number = alarm();
        assertEquals(List.of(AGENT), rig.restarted);
        answers(0.03);
        rig.now += 119_000;
        rig.step();
        assertFalse(rig.types(number).contains(LearnedFold.ENDED));
        answers(0.03);
        assertEquals(
                "it was well after 5.0 s and stayed so",
                ended(number).path("why").asText());
        assertTrue(ended(number).path("reward").asDouble() > 0.9, ended(number).toString());
        assertEquals(1, tries());
    }

    @Test
    void shouldLearnThatItStaysSlow() throws Exception {
        long number = alarm();
        answers(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3);
        assertEquals("it was not well within 30.0 s", ended(number).path("why").asText());
        assertEquals(0, ended(number).path("reward").asDouble(1));
        assertEquals(1, tries());
    }

    @Test
    void shouldLearnThatItBecomesSlowAgain() throws Exception {
        long number = alarm();
        answers(0.02, 0.3, 0.02, 0.02);
        assertFalse(rig.types(number).contains(LearnedFold.ENDED), "once is nothing");
        answers(0.3, 0.4);
        assertEquals(
                "it was well after 5.0 s and became slow again after 20.0 s",
                ended(number).path("why").asText());
        double reward = ended(number).path("reward").asDouble();
        assertTrue(reward > 0.2 && reward < 0.6, ended(number).toString());
    }

    @Test
    void shouldTakeTheNextAlarmForARelapse() throws Exception {
        long number = alarm();
        answers(0.02);
        rig.now += 1_000;
        alarm("\"usual\":0.02,");
        assertTrue(HealingRig.soon(() -> rig.types(number).contains(LearnedFold.ENDED)));
        assertTrue(
                ended(number).path("why").asText().endsWith("became slow again after 1.0 s"),
                ended(number).toString());
        assertTrue(ended(number).path("reward").asDouble() < 0.6);
    }

    @Test
    void shouldLearnNothingOfWhatIsNotMeasured() throws Exception {
        long number = alarm();
        rig.now += 31_000;
        rig.step();
        assertFalse(ended(number).has("reward"));
        assertTrue(
                ended(number).path("why").asText().endsWith("was not measured"),
                ended(number).toString());
        rig.now += 1_000;
        long old = acted(alarm(""));
        answers(0.02);
        rig.now += 121_000;
        rig.step();
        assertFalse(ended(old).has("reward"), "one of an earlier version says nothing of what was usual");
        assertEquals(0, tries());
    }
}
