package io.stratoswarm.audit.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.common.values.NullValue;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events and decisions as values of CEL: maps, lists, strings, whole numbers of 64 bits, numbers, truth values, timestamps. */
public final class CelView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CelView() {}

    /**
     * {@code sequence}, {@code time}, {@code type}, {@code source}, {@code subject}, {@code actor}, {@code causes} (sequences of events
     * of the same journal) and {@code payload}, which is an empty map where it is not JSON.
     */
    public static Map<String, Object> event(Event event) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("sequence", event.sequence());
        view.put("time", event.time());
        view.put("type", event.type());
        view.put("source", event.source());
        view.put("subject", event.subject());
        view.put("actor", event.actor());
        List<Long> causes = new ArrayList<>();
        for (Cause cause : event.causes()) {
            if (cause instanceof Cause.OfEvent of && of.journal().equals(event.journal())) {
                causes.add(of.sequence());
            }
        }
        view.put("causes", causes);
        view.put("payload", object(event.payload()));
        return view;
    }

    /**
     * {@code id}, {@code agent}, {@code type}, {@code actor}, {@code inputs}, {@code alternatives}, {@code reasoning},
     * {@code confidence} and {@code context}. Values of inputs and context are what their JSON says.
     */
    public static Map<String, Object> decision(DecisionRecorded decision, String actor) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", decision.id());
        view.put("agent", decision.agent());
        view.put("type", decision.decisionType());
        view.put("actor", actor);
        view.put("inputs", parsed(decision.inputs()));
        view.put("alternatives", decision.alternatives());
        view.put("reasoning", decision.reasoning());
        view.put("confidence", decision.confidence());
        view.put("context", parsed(decision.systemContext()));
        return view;
    }

    private static Map<String, Object> parsed(Map<String, String> texts) {
        Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((key, text) -> {
            try {
                values.put(key, value(JSON.readTree(text)));
            } catch (IOException e) {
                // Recorded as plain text, which is then what a rule sees.
                values.put(key, text);
            }
        });
        return values;
    }

    private static Object object(byte[] payload) {
        try {
            JsonNode root = JSON.readTree(payload);
            return root.isObject() ? value(root) : Map.of();
        } catch (IOException e) {
            return Map.of();
        }
    }

    /** JSON as a value of CEL. */
    public static Object value(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                json.fields().forEachRemaining(field -> map.put(field.getKey(), value(field.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(json.size());
                json.forEach(each -> list.add(value(each)));
                yield list;
            }
            case NUMBER ->
                json.canConvertToExactIntegral() && json.canConvertToLong()
                        ? (Object) json.longValue()
                        : (Object) json.doubleValue();
            case BOOLEAN -> json.booleanValue();
            case STRING, BINARY, POJO -> json.asText();
            case NULL, MISSING -> NullValue.NULL_VALUE;
        };
    }
}
