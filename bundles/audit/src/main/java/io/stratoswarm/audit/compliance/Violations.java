package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What does not hold now of rules on agents, graphs and state: a fold of the events that tell it. */
final class Violations implements Projection<Map<String, Violations.Open>> {
    static final String ID = "compliance";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** By the key of rule and object. */
    record Open(
            @JsonProperty("rule") String rule,
            @JsonProperty("about") String about,
            @JsonProperty("message") String message,
            @JsonProperty("severity") String severity,
            @JsonProperty("sinceNanos") long sinceNanos,
            @JsonProperty("sequence") long sequence) {
        Compliance.Violation violation() {
            return new Compliance.Violation(rule, about, message, severity, sinceNanos, sequence);
        }
    }

    static String key(String rule, String about) {
        return rule + " " + about;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Map<String, Open> initial() {
        return Map.of();
    }

    @Override
    public Map<String, Open> apply(Map<String, Open> state, Event event) {
        if (!event.source().equals(Told.SOURCE)) {
            return state;
        }
        JsonNode payload = Told.payload(event);
        String key = key(payload.path("rule").asText(), payload.path("about").asText());
        if (event.type().equals(Told.VIOLATED) && payload.path("open").asBoolean()) {
            Map<String, Open> more = new TreeMap<>(state);
            more.put(
                    key,
                    new Open(
                            payload.path("rule").asText(),
                            payload.path("about").asText(),
                            payload.path("message").asText(),
                            payload.path("severity").asText(),
                            event.timeNanos(),
                            event.sequence()));
            return more;
        }
        if (event.type().equals(Told.RESTORED) && state.containsKey(key)) {
            Map<String, Open> less = new TreeMap<>(state);
            less.remove(key);
            return less;
        }
        return state;
    }

    @Override
    public byte[] encode(Map<String, Open> state) {
        try {
            return JSON.writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, Open> decode(byte[] bytes) {
        try {
            return JSON.readValue(
                    bytes, JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, Open.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Compliance.Violation> list(Map<String, Open> state) {
        return state.values().stream()
                .map(Open::violation)
                .sorted(Comparator.comparingLong(Compliance.Violation::sequence))
                .toList();
    }
}
