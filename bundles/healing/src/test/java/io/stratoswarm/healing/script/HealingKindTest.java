package io.stratoswarm.healing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.script.SchemaChecker;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Situation;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HealingKindTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HealingKind kind = new HealingKind();

    private List<String> check(String settings) {
        return kind.check(new ScriptHeader("s", "healing", "js", "", settings, ScriptLimits.DEFAULT, List.of()));
    }

    @Test
    void shouldSayWhatIsWrongWithAHeader() {
        assertEquals(List.of(), check("{\"class\":\"memory-leak\"}"));
        assertEquals(List.of(), check("{\"class\":\"*\",\"priority\":-5}"));
        assertTrue(
                check("{}").getFirst().startsWith("class: must be the label"),
                check("{}").toString());
        assertTrue(check("{\"class\":\"Memory Leak\"}").getFirst().endsWith("not \"Memory Leak\""));
        assertEquals(
                List.of("priority: must be a whole number from -100 to 100, not 1.5"),
                check("{\"class\":\"*\",\"priority\":1.5}"));
    }

    @Test
    void shouldGiveWhatTheSchemaSays() throws Exception {
        Situation situation = new Situation(2, true, false);
        Learned.Healing before = new Learned.Healing(
                3,
                "shop/web",
                "memory-leak",
                "restart",
                List.of(1.0, 0.0, 0.0, 0.0),
                0.7,
                0.7,
                1_000_000_000L,
                0.9,
                "well");
        Learned.Healing other = new Learned.Healing(
                4, "shop/db", "memory-leak", "restart", List.of(1.0), 0.7, 0.7, 2, Double.NaN, "gone");
        Learned learned = new Learned(new TreeMap<>(), new TreeMap<>(), List.of(before, other));
        Choice choice = Choice.any(learned, "memory-leak", situation, act -> act != Act.ROLLBACK);
        CaseView view = new CaseView(
                4711,
                61_000_000_000L,
                "shop/web",
                "AgentUnhealthy",
                "memory-leak",
                true,
                0.93,
                List.of("memory.trend 1.00"),
                Map.of("memory.trend", 0.99999, "cpu.trend", 0.0),
                situation,
                "",
                Collections.nCopies(30, "x".repeat(500)),
                Map.of("open_fds", 1024.0),
                choice.options(),
                choice.chosen());
        JsonNode json = view.json(learned);
        assertEquals(Optional.empty(), SchemaChecker.of(kind.inputSchema()).wrong(json));
        assertEquals("{\"memory.trend\":1.0}", json.path("measures").toString());
        assertEquals(20, json.path("log").size());
        assertEquals(200, json.at("/log/0").asText().length());
        assertEquals(1, json.path("before").size());
        assertEquals(60, json.at("/before/0/ago").asInt());
        assertEquals("1970-01-01T00:01:01Z", json.path("time").asText());
    }

    @Test
    void shouldNameTheFieldOfAWrongOutput() throws Exception {
        SchemaChecker checker = SchemaChecker.of(kind.outputSchema());
        assertEquals(Optional.empty(), checker.wrong(JSON.readTree("null")));
        assertEquals(Optional.empty(), checker.wrong(JSON.readTree("{\"act\":\"restart\",\"why\":\"x\"}")));
        assertTrue(checker.wrong(JSON.readTree("{\"act\":\"restrat\",\"why\":\"x\"}"))
                .orElse("")
                .startsWith("act: must be one of"));
        assertEquals(
                "why: is missing",
                checker.wrong(JSON.readTree("{\"act\":\"restart\"}")).orElse(""));
        ScriptOutcome outcome = new ScriptOutcome(
                ScriptOutcome.Status.OK, "{\"act\":\"move\",\"why\":\"x\"}", "", List.of(), List.of(), 1);
        assertEquals(
                "act: 'move' is not possible here; possible are wait, restart",
                Answer.of(outcome, List.of("wait", "restart")).error());
    }

    private static Answer said(String output) {
        ScriptOutcome outcome = new ScriptOutcome(ScriptOutcome.Status.OK, output, "", List.of(), List.of(), 1);
        return Answer.of(outcome, List.of("raise-limits", "renice-neighbour", "restart"));
    }

    @Test
    void shouldTakeNumbersOfAnActWithinItsBounds() throws Exception {
        assertEquals(
                Optional.empty(),
                SchemaChecker.of(kind.outputSchema())
                        .wrong(JSON.readTree("{\"act\":\"reclaim\",\"parameters\":{\"share\":0.1},\"why\":\"x\"}")));
        Answer raised = said("{\"act\":\"raise-limits\",\"parameters\":{\"factor\":1.2},\"why\":\"x\"}");
        assertEquals(Map.of("factor", 1.2), raised.parameters());
        assertEquals("", raised.error());
        assertEquals(
                "parameters.factor: must be from 1.1 to 2.0, not 7.0",
                said("{\"act\":\"raise-limits\",\"parameters\":{\"factor\":7},\"why\":\"x\"}")
                        .error());
        assertEquals(
                "parameters: 'renice-neighbour' takes no 'factor'; it takes niceness",
                said("{\"act\":\"renice-neighbour\",\"parameters\":{\"factor\":1.2},\"why\":\"x\"}")
                        .error());
        assertEquals(
                "parameters: 'restart' takes no 'now'; it takes none",
                said("{\"act\":\"restart\",\"parameters\":{\"now\":1},\"why\":\"x\"}")
                        .error());
    }
}
