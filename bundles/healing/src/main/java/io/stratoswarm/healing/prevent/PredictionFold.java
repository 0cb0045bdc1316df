package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps predictions and their record, from events. */
final class PredictionFold implements Projection<Predicted> {
    static final String ID = "predictions";
    static final String SOURCE = "healing.prediction";
    /**
     * The probability rose above the threshold: {@code prediction, agent, incarnation, probability, expected, until, cause, drivers, steps, model,
     * threshold, holdout, drawn, heldOut}; times in nanoseconds since 1970.
     */
    static final String MADE = "FailurePredicted";
    /** Nothing is done, with the reason: {@code prediction, agent, cause, measure, because, why}. */
    static final String WITHHELD = "PreventionWithheld";
    /** Something will be done: {@code prediction, agent, cause, measure}. */
    static final String STARTED = "PreventionStarted";
    /** Something was done, or could not be: {@code prediction, agent, act, done, last, what} and perhaps {@code successor}. */
    static final String ACTED = "PreventionActed";
    /** It failed: {@code prediction, agent, case, leadMillis}. */
    static final String CAME = "PredictedFailureCame";
    /** It was judged: {@code prediction, agent, cause, outcome, leadMillis, downMillis, why}. */
    static final String ENDED = "PredictionEnded";
    /** A failure that nothing had foreseen, of an agent that was looked at for long enough: {@code case, agent, steps, probability}. */
    static final String MISSED = "FailureUnforeseen";
    /** Failures of a cause are prevented, or not any more: {@code cause, on, why}. */
    static final String TURNED = "PreventionTurned";
    /** A model that learned on this host is used from now on: {@code model, before, after, failures}; nothing of the record changes. */
    static final String ADOPTED = "ModelAdopted";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Predicted initial() {
        return Predicted.NOTHING;
    }

    @Override
    public Predicted apply(Predicted state, Event event) {
        if (!event.source().equals(SOURCE)) {
            return state;
        }
        JsonNode payload = payload(event);
        long number = payload.path("prediction").asLong();
        return switch (event.type()) {
            case MADE -> made(state, event, payload);
            case WITHHELD ->
                state.changed(number, open -> open.withheld(payload.path("why").asText()));
            case STARTED ->
                state.changed(
                        number, open -> open.started(payload.path("measure").asText()));
            case ACTED ->
                state.changed(
                        number,
                        open -> open.did(
                                payload.path("what").asText(),
                                payload.path("done").asBoolean(),
                                payload.path("last").asBoolean(),
                                payload.path("successor").asText("")));
            case CAME ->
                state.changed(
                        number,
                        open -> open.failed(open.madeNanos()
                                + 1_000_000 * payload.path("leadMillis").asLong()));
            case ENDED -> ended(state, payload);
            case MISSED -> state.with(state.tally().miss());
            case TURNED -> {
                String cause = payload.path("cause").asText();
                yield state.with(
                        cause,
                        state.gain(cause)
                                .turned(
                                        payload.path("on").asBoolean(),
                                        payload.path("why").asText()));
            }
            default -> state;
        };
    }

    private static Predicted made(Predicted state, Event event, JsonNode payload) {
        SortedMap<Long, Predicted.Open> open = new TreeMap<>(state.open());
        List<String> drivers = new ArrayList<>();
        payload.path("drivers").forEach(driver -> drivers.add(driver.asText()));
        long number = payload.path("prediction").asLong();
        boolean heldOut = payload.path("heldOut").asBoolean();
        open.put(
                number,
                new Predicted.Open(
                        number,
                        payload.path("agent").asText(),
                        payload.path("incarnation").asLong(),
                        payload.path("probability").asDouble(),
                        event.timeNanos(),
                        payload.path("expected").asLong(),
                        payload.path("until").asLong(),
                        payload.path("cause").asText(),
                        drivers,
                        payload.path("model").asText(),
                        heldOut,
                        payload.path("drawn").asDouble(),
                        "",
                        Predicted.ALONE,
                        heldOut ? "held out by lot, to measure what prevention gains" : "",
                        List.of(),
                        "",
                        0));
        return new Predicted(Math.max(number, state.made()), open, state.closed(), state.tally(), state.gains());
    }

    private static Predicted ended(Predicted state, JsonNode payload) {
        SortedMap<Long, Predicted.Open> open = new TreeMap<>(state.open());
        Predicted.Open before = open.remove(payload.path("prediction").asLong());
        Optional<Outcome> outcome = Outcome.of(payload.path("outcome").asText());
        if (before == null || outcome.isEmpty()) {
            return state;
        }
        long lead = payload.path("leadMillis").asLong(-1);
        long down = payload.path("downMillis").asLong();
        List<Predicted.Closed> closed = new ArrayList<>(state.closed());
        closed.add(new Predicted.Closed(
                before, outcome.get().word(), lead, down, payload.path("why").asText()));
        int from = Math.max(0, closed.size() - Predicted.MOST_CLOSED);
        Predicted next = new Predicted(
                state.made(),
                open,
                closed.subList(from, closed.size()),
                state.tally().and(outcome.get(), before.probability(), lead),
                state.gains());
        boolean compared = before.heldOut() || !before.measure().isEmpty();
        return outcome.get() == Outcome.VOID || !compared
                ? next
                : next.with(before.cause(), next.gain(before.cause()).and(before.heldOut(), lead >= 0, down / 1_000.0));
    }

    private static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return MissingNode.getInstance(); // Nobody else writes under this source; what is no JSON says nothing.
        }
    }

    @Override
    public byte[] encode(Predicted state) {
        try {
            return JSON.writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Predicted decode(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Predicted.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
