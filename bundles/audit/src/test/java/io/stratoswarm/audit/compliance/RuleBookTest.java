package io.stratoswarm.audit.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules from files. */
class RuleBookTest extends RuleBookRig {
    private static String rule(String on, String require, String action) {
        return "name: p\nrules:\n  - name: r\n    on: %s\n    require: \"%s\"\n    message: not like this\n    action: %s\n"
                .formatted(on, require, action);
    }

    @Test
    void shouldJudgeDecisionsByWhatTheyAreAndTellWhatIsBroken() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.type != 'kill' && size(state.agents) == 0", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d1", "restart").ruling());
        Made denied = decide("d2", "kill");
        assertEquals(Ruling.DENY, denied.ruling());
        assertEquals("p/r: not like this", denied.why());
        reactToAll();
        reactToAll();
        List<Event> violations = events("ComplianceViolated");
        assertEquals(1, violations.size(), "told once, however often the event comes");
        assertEquals(
                List.of(new Cause.OfEvent(open.journal().id(), denied.sequence())),
                violations.getFirst().causes());
        agents.add(agent("shop/web", AgentPhase.READY, 0));
        assertEquals(Ruling.DENY, decide("d3", "restart").ruling(), "it sees the agents as they are");
    }

    @Test
    void shouldDenyWhereTheRuleCannotBeEvaluated() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.inputs.absent == 1", "approve"));
        step();
        assertEquals(Ruling.DENY, decide("d1", "restart").ruling());
        assertEquals(1, book.packs().getFirst().rules().getFirst().failed());
        write(own, "p.yaml", rule("decision", "decision.inputs.absent == 1", "alert"));
        step();
        assertEquals(Ruling.ALLOW, decide("d2", "restart").ruling());
    }

    @Test
    void shouldAskForAnApproval() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.actor == 'system'", "approve"));
        step();
        assertEquals(Ruling.APPROVE, decide("d1", "restart").ruling());
        decisions.approve("d1", "uid:8");
        assertEquals(Ruling.ALLOW, decide("d1", "restart").ruling());
    }

    @Test
    void shouldActOnEventsThatBreakARuleAndRecordThatAsADecision() throws Exception {
        write(own, "p.yaml", rule("event", "event.type != 'AgentFailed' || event.payload.code == 0", "quarantine"));
        step();
        happen("AgentFailed", "agent/shop/web", "{\"code\":1}");
        happen("AgentFailed", "agent/shop/api", "{\"code\":0}");
        happen("AgentFailed", "agent/shop/api", "{}");
        reactToAll();
        assertEquals(List.of("stop shop/web by rule:p/r"), commands);
        assertEquals(1, events("ComplianceViolated").size());
        assertEquals(1, events("DecisionOutcome").size());
        assertEquals(1, book.packs().getFirst().rules().getFirst().failed(), "that of the event without a code");
        reactToAll();
        assertEquals(1, commands.size(), "an event that comes again is acted on once");
    }

    @Test
    void shouldTellOfAtMostSoManyEventsWithinAMinute() throws Exception {
        write(own, "p.yaml", rule("event", "event.type != 'X'", "alert"));
        step();
        for (int i = 0; i < 100; i++) {
            happen("X", "x", "{}");
        }
        reactToAll();
        assertEquals(Alerts.PER_MINUTE, events("ComplianceViolated").size());
        nanos += Duration.ofMinutes(2).toNanos();
        book.reactor().on(happen("X", "x", "{}"));
        JsonNode last = Told.payload(events("ComplianceViolated").getLast());
        assertEquals(100 - Alerts.PER_MINUTE, last.path("alsoSince").asInt());
    }

    @Test
    void shouldKeepWhatDoesNotHoldOpenUntilItDoes() throws Exception {
        write(own, "p.yaml", rule("agent", "agent.restarts < 3", "alert"));
        agents.add(agent("shop/web", AgentPhase.READY, 5));
        agents.add(agent("shop/api", AgentPhase.READY, 0));
        step();
        step();
        assertEquals(1, book.open().size());
        assertEquals("shop/web", book.open().getFirst().about());
        assertEquals(1, events("ComplianceViolated").size());
        close();
        open();
        assertEquals(1, book.open().size(), "over a restart as well");
        step();
        assertEquals(1, events("ComplianceViolated").size());
        agents.set(0, agent("shop/web", AgentPhase.READY, 0));
        step();
        assertTrue(book.open().isEmpty());
        assertEquals(
                events("ComplianceViolated").getFirst().asCause(),
                events("ComplianceRestored").getFirst().causes().getFirst());
    }

    @Test
    void shouldTakeAGraphBackThatBreaksARule() throws Exception {
        write(own, "p.yaml", rule("graph", "size(graph.agents.filter(a, a.phase == 'failed')) == 0", "rollback"));
        agents.add(agent("shop/web", AgentPhase.FAILED, 0));
        step();
        step();
        assertEquals(List.of("rollback shop by rule:p/r"), commands);
    }

    @Test
    void shouldKeepTheLastGoodVersionAlsoOverARestart() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.type != 'kill'", "deny"));
        step();
        write(own, "p.yaml", "name: p\nrules: [oh dear");
        step();
        Pack pack = book.packs().getFirst();
        assertTrue(pack.enabled());
        assertTrue(
                pack.problems().getFirst().startsWith("p.yaml:2:"),
                pack.problems().toString());
        assertEquals(Ruling.DENY, decide("d1", "kill").ruling());
        close();
        open();
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling());
        assertFalse(book.packs().getFirst().problems().isEmpty());
        Files.delete(own.resolve("p.yaml"));
        step();
        assertEquals(Ruling.ALLOW, decide("d3", "kill").ruling());
        assertTrue(book.packs().isEmpty());
    }

    @Test
    void shouldLeaveWhatIsShippedOffUntilItIsEnabled() throws Exception {
        write(shipped, "p.yaml", rule("decision", "decision.type != 'kill'", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d1", "kill").ruling());
        book.enable("p", true, "uid:0");
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling());
        close();
        open();
        assertEquals(Ruling.DENY, decide("d3", "kill").ruling());
        write(own, "mine.yaml", rule("decision", "true", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d4", "kill").ruling(), "the operator's hides the shipped one");
        assertEquals(1, book.packs().size());
    }

    @Test
    void shouldNotReadWhatOthersMayWriteTo() throws Exception {
        write(own, "p.yaml", rule("decision", "true", "deny"));
        Files.setPosixFilePermissions(own.resolve("p.yaml"), PosixFilePermissions.fromString("rw-rw-rw-"));
        step();
        Pack pack = book.packs().getFirst();
        assertFalse(pack.enabled());
        assertTrue(
                pack.problems().getFirst().contains("chmod go-w"),
                pack.problems().toString());
    }
}
