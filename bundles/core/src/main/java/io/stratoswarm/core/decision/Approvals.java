package io.stratoswarm.core.decision;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The decisions that wait for an approval or were approved and have no outcome yet, by id: a fold of their events. */
final class Approvals implements Projection<Map<String, Approvals.Waiting>> {
    static final String ID = "approvals";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As {@link Decisions.Pending}, with what the events of the decision need. */
    record Waiting(
            @JsonProperty("sequence") long sequence,
            @JsonProperty("agent") String agent,
            @JsonProperty("decisionType") String decisionType,
            @JsonProperty("source") String source,
            @JsonProperty("subject") String subject,
            @JsonProperty("actor") String actor,
            @JsonProperty("reasoning") String reasoning,
            @JsonProperty("reasons") List<String> reasons,
            @JsonProperty("decidedNanos") long decidedNanos,
            @JsonProperty("expiresNanos") long expiresNanos,
            @JsonProperty("approvedBy") String approvedBy) {
        Waiting {
            reasons = List.copyOf(reasons);
        }

        Decisions.Pending pending(String id) {
            return new Decisions.Pending(
                    id,
                    sequence,
                    agent,
                    decisionType,
                    actor,
                    reasoning,
                    reasons,
                    decidedNanos,
                    expiresNanos,
                    approvedBy);
        }

        private Waiting approvedBy(String approver) {
            return new Waiting(
                    sequence,
                    agent,
                    decisionType,
                    source,
                    subject,
                    actor,
                    reasoning,
                    reasons,
                    decidedNanos,
                    expiresNanos,
                    approver);
        }
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
    public Map<String, Waiting> initial() {
        return Map.of();
    }

    @Override
    public Map<String, Waiting> apply(Map<String, Waiting> state, Event event) {
        return switch (event.type()) {
            case DecisionRecorded.TYPE -> recorded(state, event);
            case Decisions.APPROVED -> {
                String id = json(event.payload()).path("decision").asText();
                Waiting there = state.get(id);
                yield there == null ? state : with(state, id, there.approvedBy(event.actor()));
            }
            case DecisionOutcome.TYPE -> {
                String id = json(event.payload()).path("decision").asText();
                if (!state.containsKey(id)) {
                    yield state;
                }
                Map<String, Waiting> less = new TreeMap<>(state);
                less.remove(id);
                yield less;
            }
            default -> state;
        };
    }

    private static Map<String, Waiting> recorded(Map<String, Waiting> state, Event event) {
        JsonNode payload = json(event.payload());
        Judgement judgement = Judgement.of(payload);
        if (judgement.ruling() != io.stratoswarm.api.decision.Ruling.APPROVE) {
            return state;
        }
        return with(
                state,
                payload.path("id").asText(),
                new Waiting(
                        event.sequence(),
                        payload.path("agent").asText(),
                        payload.path("decisionType").asText(),
                        event.source(),
                        event.subject(),
                        event.actor(),
                        payload.path("reasoning").asText(),
                        judgement.reasons(),
                        event.timeNanos(),
                        event.timeNanos() + judgement.validNanos(),
                        ""));
    }

    private static Map<String, Waiting> with(Map<String, Waiting> state, String id, Waiting waiting) {
        Map<String, Waiting> more = new TreeMap<>(state);
        more.put(id, waiting);
        return more;
    }

    static JsonNode json(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException e) {
            // A foreign event of this name; there is nothing in it to fold.
            return JSON.createObjectNode();
        }
    }

    @Override
    public byte[] encode(Map<String, Waiting> state) {
        try {
            return JSON.writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, Waiting> decode(byte[] bytes) {
        try {
            return JSON.readValue(
                    bytes, JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, Waiting.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Oldest first. */
    static List<Decisions.Pending> pending(Map<String, Waiting> state) {
        List<Decisions.Pending> all = new ArrayList<>();
        state.forEach((id, waiting) -> all.add(waiting.pending(id)));
        all.sort(java.util.Comparator.comparingLong(Decisions.Pending::sequence));
        return all;
    }
}
