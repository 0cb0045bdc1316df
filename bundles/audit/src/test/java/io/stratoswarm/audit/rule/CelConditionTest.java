package io.stratoswarm.audit.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CelConditionTest {
    private static final UUID JOURNAL = new UUID(1, 2);

    private static Event event(String payload) {
        return new Event(
                JOURNAL,
                7,
                1_000_000_000L,
                "AgentExited",
                1,
                "core.agent",
                "agent/shop/api",
                "system",
                List.of(new Cause.OfEvent(JOURNAL, 5)),
                "application/json",
                payload.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean test(String condition, String payload) throws CelCondition.Invalid {
        return CelCondition.compile(condition, Set.of("event", "now"))
                .test(Map.of("event", CelView.event(event(payload)), "now", Instant.parse("2026-11-26T03:30:00Z")));
    }

    @Test
    void shouldSeeAllOfAnEvent() throws CelCondition.Invalid {
        assertTrue(test(
                "event.type == 'AgentExited' && event.subject.startsWith('agent/shop/') && event.sequence == 7"
                        + " && event.causes == [5] && event.actor == 'system' && event.source == 'core.agent'",
                "{}"));
        assertTrue(test(
                "event.payload.code == 3 && event.payload.list.exists(x, x > 1.5)", "{\"code\":3,\"list\":[1,2]}"));
        assertFalse(test("has(event.payload.code)", "{}"));
        assertTrue(test("event.payload.none == null && event.payload.yes", "{\"none\":null,\"yes\":true}"));
        assertTrue(test("event.payload == {}", "not json"));
        assertTrue(test("now - event.time > duration('1h') && now.getHours('UTC') == 3", "{}"));
    }

    @Test
    void shouldSeeInputsOfADecisionAsWhatTheyAre() throws CelCondition.Invalid {
        DecisionRecorded decision = new DecisionRecorded(
                "d1",
                "shop/api",
                "restart",
                Map.of("count", "3", "name", "\"x\"", "plain", "no json {"),
                List.of("do nothing"),
                "because",
                0.5,
                Map.of("stateRoot", "\"ab\""));
        CelCondition condition = CelCondition.compile(
                "decision.type == 'restart' && decision.inputs.count == 3 && decision.inputs.plain == 'no json {'"
                        + " && decision.confidence < 0.9 && decision.actor == 'uid:0' && decision.context.stateRoot == 'ab'",
                Set.of("decision"));
        assertTrue(condition.test(Map.of("decision", CelView.decision(decision, "uid:0"))));
    }

    @Test
    void shouldNameThePlaceOfEveryError() {
        CelCondition.Invalid invalid = assertThrows(
                CelCondition.Invalid.class,
                () -> CelCondition.compile("evnt.type == 'X' &&\n  foo(1)", Set.of("event")));
        assertEquals(2, invalid.problems().size());
        assertEquals(1, invalid.problems().get(0).line());
        assertEquals(1, invalid.problems().get(0).column());
        assertTrue(invalid.problems().get(0).message().contains("evnt"));
        assertEquals(2, invalid.problems().get(1).line());
        assertThrows(CelCondition.Invalid.class, () -> CelCondition.compile("event.type = 'X'", Set.of("event")));
        assertThrows(CelCondition.Invalid.class, () -> CelCondition.compile("'text'", Set.of("event")));
        assertThrows(CelCondition.Invalid.class, () -> CelCondition.compile("", Set.of("event")));
        assertThrows(CelCondition.Invalid.class, () -> CelCondition.compile("(".repeat(5_000), Set.of("event")));
    }

    @Test
    void shouldSayWhatCouldNotBeEvaluated() throws CelCondition.Invalid {
        StratoswarmException missing =
                assertThrows(StratoswarmException.class, () -> test("event.payload.code == 3", "{}"));
        assertTrue(String.valueOf(missing.getMessage()).contains("code"), missing.getMessage());
        assertThrows(StratoswarmException.class, () -> test("event.payload.code", "{\"code\":3}"));
    }

    @Test
    void shouldEndAConditionThatCountsForever() throws CelCondition.Invalid {
        String ten = "[1,2,3,4,5,6,7,8,9,10].all(%s, %s)";
        String all = "true";
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            all = ten.formatted(name, all);
        }
        CelCondition endless = CelCondition.compile(all, Set.of("event"));
        long begin = System.nanoTime();
        assertThrows(StratoswarmException.class, () -> endless.test(Map.of("event", Map.of())));
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toSeconds() < 10);
    }
}
