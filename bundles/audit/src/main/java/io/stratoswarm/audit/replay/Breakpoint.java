package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.audit.rule.CelCondition;
import io.stratoswarm.audit.rule.CelView;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Where a replay ends: at a type, at a subject, or where a condition in CEL holds. */
interface Breakpoint {
    /** @param state after the event; asked for only where it is needed */
    boolean holds(Event event, Supplier<JsonNode> state);

    static Breakpoint parse(String text) {
        if (text.startsWith("type=")) {
            String pattern = text.substring("type=".length()).strip();
            return (event, state) -> matches(pattern, event.type());
        }
        if (text.startsWith("subject=")) {
            String pattern = text.substring("subject=".length()).strip();
            return (event, state) -> matches(pattern, event.subject());
        }
        boolean ofState = text.matches("(?s).*\\bstate\\b.*");
        try {
            CelCondition condition = CelCondition.compile(text, ofState ? Set.of("event", "state") : Set.of("event"));
            return (event, state) -> {
                Map<String, Object> values = new HashMap<>();
                values.put("event", CelView.event(event));
                if (ofState) {
                    values.put("state", CelView.value(state.get()));
                }
                return tested(condition, values);
            };
        } catch (CelCondition.Invalid e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the condition '" + text + "' is not valid, " + e.getMessage()
                            + "; write type=AgentExited, subject=agent/shop/web, or a condition in CEL such as"
                            + " event.type == 'AgentExited' && event.payload.code == 1",
                    e);
        }
    }

    /** Most events do not have the field that a condition asks for; such a one is not what is looked for. */
    private static boolean tested(CelCondition condition, Map<String, Object> values) {
        try {
            return condition.test(values);
        } catch (StratoswarmException e) {
            if (e.kind() == Kind.INVALID) {
                return false;
            }
            throw e;
        }
    }

    /** Exact, or by the beginning where the pattern ends in a star. */
    static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }
}
