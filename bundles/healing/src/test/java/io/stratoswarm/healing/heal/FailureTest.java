package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FailureTest {
    /** Events here have no causes, so it is asked for none. */
    private static final Journal NEVER_ASKED = (Journal) Proxy.newProxyInstance(
            Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method.getName());
            });

    private static Optional<Failure> of(String type, String source, String payload) {
        Event event = new Event(
                new UUID(1, 2),
                7,
                1_000_000,
                type,
                1,
                source,
                type.equals(Alarms.TYPE) ? "anomaly/shop/web" : "agent/shop/web",
                "system",
                List.of(),
                EventDraft.JSON,
                payload.getBytes(StandardCharsets.UTF_8));
        return Failure.of(event, NEVER_ASKED);
    }

    @Test
    void shouldTakeAnUnsuccessfulEndForAFailure() {
        Failure failure = of("AgentExited", "core.agent", "{\"code\":3,\"signal\":0,\"exit\":\"exit 3\"}")
                .orElseThrow();
        assertEquals("shop/web", failure.agent());
        assertEquals("shop", failure.graph());
        assertEquals("exit 3", failure.exit());
        assertTrue(of("AgentExited", "core.agent", "{\"code\":0,\"signal\":9,\"exit\":\"signal KILL\"}")
                .isPresent());
        assertTrue(of("AgentQuarantined", "core.agent", "{}").isPresent());
    }

    @Test
    void shouldKnowAnAlarmThatItRaisedItself() {
        Failure alarm = of(Alarms.TYPE, "healing", "{}").orElseThrow();
        assertEquals("shop/web", alarm.agent());
        assertTrue(alarm.alarm());
        assertTrue(of(Alarms.TYPE, "some.plugin", "{}").isEmpty());
    }

    @Test
    void shouldTakeNothingElseForOne() {
        assertTrue(of("AgentExited", "core.agent", "{\"code\":0,\"signal\":0,\"exit\":\"exit 0\"}")
                .isEmpty());
        assertTrue(
                of("AgentExited", "core.agent", "{\"code\":-1,\"signal\":0,\"exit\":\"displaced\"}")
                        .isEmpty(),
                "the daemon replaced it itself");
        assertTrue(of("AgentStarted", "core.agent", "{}").isEmpty());
        assertTrue(of("AgentQuarantined", "some.plugin", "{}").isEmpty(), "only the supervisor tells of agents");
    }
}
