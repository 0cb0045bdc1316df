package io.stratoswarm.core.script.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.SchemaChecker;
import io.stratoswarm.core.script.kinds.KindRig.FakeScript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ReactionTest {
    private static final String RESTART =
            "{\"actions\":[{\"action\":\"restart\",\"agent\":\"shop/web\",\"reason\":\"it is stuck\"}]}";

    @TempDir
    Path root;

    private KindRig rig;

    @BeforeEach
    void open() {
        rig = new KindRig(root);
    }

    private FakeScript script(ReactionKind kind, String settings, String output) {
        return new FakeScript("r", kind, settings, input -> output);
    }

    private long count(String type) {
        return rig.types().stream().filter(type::equals).count();
    }

    @Test
    void shouldActBetweenADecisionAndItsOutcome() throws Exception {
        ReactionKind kind = rig.reactions();
        FakeScript script = script(kind, "{\"on\": \"AgentUn*\", \"agents\": \"shop\", \"log\": 5}", RESTART);
        rig.happen("AgentUnhealthy", "agent/shop/web", "{}");
        kind.loaded(script);
        Event event = rig.happen("AgentUnhealthy", "agent/shop/web", "{\"why\":\"no answer\"}");
        rig.happen("AgentStarted", "agent/shop/web", "{}");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        kind.unloaded("r");

        assertEquals(1, script.inputs.size(), "neither what was before it was loaded, nor what it does not wait for");
        JsonNode input = JsonNodes.known(script.inputs.getFirst());
        assertEquals(Optional.empty(), SchemaChecker.of(Schemas.REACTION_INPUT).wrong(input));
        assertEquals("no answer", input.at("/event/payload/why").asText());
        assertEquals("shop/web", input.at("/agent/id").asText());
        assertEquals(2, input.path("agents").size());
        assertEquals("ERROR it is broken", input.at("/log/0/text").asText());
        assertEquals("event " + event.sequence() + " AgentUnhealthy agent/shop/web", script.triggers.getFirst());

        List<Event> events = rig.journal.events();
        Event decision = events.stream()
                .filter(each -> each.type().equals("DecisionRecorded"))
                .findFirst()
                .orElseThrow();
        Event outcome = events.stream()
                .filter(each -> each.type().equals("DecisionOutcome"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of(event.asCause()), decision.causes());
        assertEquals(List.of(decision.asCause()), outcome.causes());
        JsonNode said = Shapes.payload(decision);
        assertEquals("it is stuck", said.path("reasoning").asText());
        assertEquals("restart", said.path("decisionType").asText());
        assertEquals("\"" + "ab".repeat(32) + "\"", said.at("/inputs/sha256").asText());
        assertEquals(input, JsonNodes.known(said.at("/inputs/input").asText()));
        assertTrue(Shapes.payload(outcome).path("success").booleanValue());
        assertEquals(List.of("AgentStopRequested shop/web by script:r"), rig.agents.commands);
        assertTrue(decision.sequence() < outcome.sequence() - 1, "the command is between them");
    }

    @Test
    void shouldRecordWhatCouldNotBeDone() throws Exception {
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART.replace("shop/web", "shop/wep")));
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        kind.unloaded("r");
        JsonNode outcome = Shapes.payload(rig.journal.events().getLast());
        assertEquals("no agent is named shop/wep", outcome.path("outcome").asText());
        assertEquals(false, outcome.path("success").booleanValue());
    }

    @Test
    void shouldDoEachActionOnceAcrossARestart() throws Exception {
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        long cursor = rig.cursor("script/r");
        kind.unloaded("r");

        // A crash before the cursor was stored: the event comes again, and so does what the script says.
        rig.cursors.put("script/r", 0L);
        ReactionKind next = rig.reactions();
        FakeScript again = script(next, "{\"on\": \"AgentFailed\"}", RESTART);
        next.loaded(again);
        KindRig.until(() -> rig.cursor("script/r") >= cursor);
        next.unloaded("r");
        assertEquals(1, again.inputs.size());
        assertEquals(1, rig.agents.commands.size());
        assertEquals(1, count("DecisionRecorded"));
        assertEquals(1, count("DecisionOutcome"));
    }

    @Test
    void shouldFinishWhatACrashLeftWithoutGivingTheCommandTwice() throws Exception {
        rig.agents.hangs = true;
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> rig.agents.commands.size() == 1);
        kind.unloaded("r");
        assertEquals(0, count("DecisionOutcome"), "the daemon ended before it was known");

        rig.agents.hangs = false;
        ReactionKind next = rig.reactions();
        next.loaded(script(next, "{\"on\": \"AgentFailed\"}", RESTART));
        KindRig.until(() -> count("DecisionOutcome") == 1);
        next.unloaded("r");
        assertEquals(1, rig.agents.commands.size());
        assertEquals(
                "the command was taken before the daemon ended",
                Shapes.payload(rig.journal.events().getLast()).path("outcome").asText());
    }

    @Test
    void shouldGiveTheCommandWhereTheCrashCameBeforeIt() throws Exception {
        rig.agents.deaf = true;
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> rig.agents.commands.size() == 1);
        kind.unloaded("r");
        rig.agents.deaf = false;

        ReactionKind next = rig.reactions();
        next.loaded(script(next, "{\"on\": \"AgentFailed\"}", RESTART));
        KindRig.until(() -> count("DecisionOutcome") == 1);
        next.unloaded("r");
        assertEquals(2, rig.agents.commands.size(), "the first one never became an event, so it was never given");
        assertEquals(1, count("DecisionRecorded"));
    }

    private void rule(Ruling ruling) {
        rig.gates.clear();
        rig.gates.add((decision, origin) -> List.of(new DecisionGate.Finding("pack/rule", ruling, "not now")));
    }

    @Test
    void shouldNotDoWhatARuleDenies() throws Exception {
        rule(Ruling.DENY);
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        kind.unloaded("r");
        assertEquals(0, rig.agents.commands.size());
    }

    @Test
    void shouldDoWhatWasApprovedAlsoAfterARestart() throws Exception {
        rule(Ruling.APPROVE);
        ReactionKind kind = rig.reactions();
        kind.loaded(script(kind, "{\"on\": \"AgentFailed\"}", RESTART));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        KindRig.until(() -> count("DecisionRecorded") == 2);
        assertEquals(0, rig.agents.commands.size());
        rig.decisions.approve(rig.decisions.pending().getFirst().id(), "uid:8");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        assertEquals(1, rig.agents.commands.size());
        kind.unloaded("r");

        rig.decisions.approve(rig.decisions.pending().getFirst().id(), "uid:8");
        ReactionKind next = rig.reactions();
        next.loaded(script(next, "{\"on\": \"AgentFailed\"}", RESTART));
        KindRig.until(() -> count("DecisionOutcome") == 2);
        next.unloaded("r");
        assertEquals(2, rig.agents.commands.size(), "each of them once");
    }

    @Test
    void shouldStopAScriptThatAnswersItsOwnEffects() throws Exception {
        ReactionKind kind = rig.reactions();
        FakeScript script =
                script(kind, "{\"on\": \"AgentStopRequested\", \"rate\": {\"actions\": 3, \"per\": \"1m\"}}", RESTART);
        kind.loaded(script);
        rig.happen("AgentStopRequested", "agent/shop/web", "{}");
        KindRig.until(() -> count("ScriptLimited") == 1 && script.misbehaviour.size() == 1);
        kind.unloaded("r");
        assertEquals(3, rig.agents.commands.size());
    }

    @Test
    void shouldBeginAnewAfterItWasDisabled() throws Exception {
        ReactionKind kind = rig.reactions();
        FakeScript script = script(kind, "{\"on\": \"AgentFailed\"}", "{\"actions\":[]}");
        kind.loaded(script);
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> script.inputs.size() == 1 && rig.cursor("script/r") == 1);
        kind.unloaded("r");
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        FakeScript kept = script(kind, "{\"on\": \"AgentFailed\"}", "{\"actions\":[]}");
        kind.loaded(kept);
        KindRig.until(() -> kept.inputs.size() == 1);
        kind.unloaded("r");

        rig.happen("ScriptDisabled", "script/r", "{}");
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        FakeScript anew = script(kind, "{\"on\": \"AgentFailed\"}", "{\"actions\":[]}");
        kind.loaded(anew);
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        KindRig.until(() -> !anew.inputs.isEmpty());
        kind.unloaded("r");
        assertEquals(1, anew.inputs.size());
        assertEquals(
                "agent/shop/job",
                JsonNodes.known(anew.inputs.getFirst()).at("/event/subject").asText());
    }

    @Test
    void shouldHoldBackEventsOfASubjectWhileItCools() throws Exception {
        ReactionKind kind = rig.reactions();
        FakeScript script = script(kind, "{\"on\": \"AgentFailed\", \"cooldown\": \"1m\"}", "{\"actions\":[]}");
        kind.loaded(script);
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        rig.happen("AgentFailed", "agent/shop/job", "{}");
        rig.clock.advance(Duration.ofMinutes(2));
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> script.inputs.size() == 3);
        kind.unloaded("r");
        assertEquals(1, JsonNodes.known(script.inputs.getLast()).path("skipped").intValue());
    }

    @Test
    void shouldPassAnEventThatTheScriptFailsAt() throws Exception {
        ReactionKind kind = rig.reactions();
        FakeScript script = new FakeScript(
                "r", kind, "{\"on\": \"AgentFailed\"}", input -> input.contains("bad") ? "!threw" : RESTART);
        kind.loaded(script);
        rig.happen("AgentFailed", "agent/shop/web", "{\"why\":\"bad\"}");
        rig.happen("AgentFailed", "agent/shop/web", "{}");
        KindRig.until(() -> count("DecisionOutcome") == 1);
        kind.unloaded("r");
        assertEquals(2, script.inputs.size());
    }

    @Test
    void shouldNoteAndTellTimes() {
        ReactionKind kind = rig.reactions();
        FakeScript script = script(
                kind,
                "{\"schedule\": \"*/5 * * * *\", \"agents\": \"*\"}",
                "{\"actions\":[{\"action\":\"note\",\"reason\":\"all is well\"}]}");
        kind.loaded(script);
        rig.ring();
        assertEquals(
                "timer",
                JsonNodes.known(script.inputs.getFirst()).path("trigger").asText());
        assertEquals(
                "2026-01-01T12:05:00Z",
                JsonNodes.known(script.inputs.getFirst()).path("time").asText());
        assertEquals("ScriptNoted", rig.types().getLast());
        assertEquals(1, rig.alarms.size(), "it is wound again");
        kind.unloaded("r");
        assertTrue(rig.alarms.getFirst().cancelled, "unloading cancels its timer");
        rig.ring();
        assertEquals(1, script.inputs.size());
    }

    @Test
    void shouldNameWhatIsWrongWithSettings() {
        ReactionKind kind = rig.reactions();
        assertEquals(
                """
                rate: unknown key 'action'; did you mean 'actions'?
                on: must be a string or an array of strings, for example "AgentFailed"
                every: must be a duration of at least 1000 ms such as "10s" or "500ms", not "5ms"
                log: must be a whole number from 0 to 1000, not -1""",
                assertThrows(
                                StratoswarmException.class,
                                () -> script(
                                        kind,
                                        "{\"on\": 5, \"every\": \"5ms\", \"log\": -1, \"rate\": {\"action\": 1}}",
                                        ""))
                        .getMessage());
        assertTrue(String.valueOf(assertThrows(StratoswarmException.class, () -> script(kind, "{}", ""))
                        .getMessage())
                .startsWith("on: it needs"));
    }

    @Test
    void shouldTellWhichFieldOfAnActionIsWrong() {
        SchemaChecker schema = SchemaChecker.of(Schemas.REACTION_OUTPUT);
        assertEquals("actions: is missing", wrong(schema, "{}"));
        assertEquals(
                "actions[0].action: must be one of start, stop, restart, kill, not \"restrat\"; did you mean 'restart'?",
                wrong(schema, "{\"actions\":[{\"action\":\"restrat\",\"agent\":\"a\",\"reason\":\"b\"}]}"));
        assertEquals(
                "actions[0].signal: is missing",
                wrong(schema, "{\"actions\":[{\"action\":\"signal\",\"agent\":\"a\",\"reason\":\"b\"}]}"));
        assertEquals(
                "actions[1].reason: must not be empty",
                wrong(
                        schema,
                        "{\"actions\":[{\"action\":\"note\",\"reason\":\"x\"},{\"action\":\"stop\",\"agent\":\"a\",\"reason\":\"\"}]}"));
        assertEquals("", wrong(schema, RESTART));
    }

    private static String wrong(SchemaChecker schema, String value) {
        return schema.wrong(JsonNodes.known(value)).orElse("");
    }
}
