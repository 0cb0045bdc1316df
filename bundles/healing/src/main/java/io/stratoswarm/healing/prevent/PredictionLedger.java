package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.healing.heal.Means;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes what becomes of predictions into the journal, and reads it back. */
final class PredictionLedger {
    static final String SUBJECT = "prediction/";
    /** Subject of what is about no single prediction. */
    static final String ALL = "predictions";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Journal journal;
    private final Projections projections;
    /** How often something was written. Nobody else writes what the fold reads, so that it is read anew only then. */
    private final AtomicLong writes = new AtomicLong();

    private volatile @Nullable Read read;

    /** @param at how often something had been written before */
    private record Read(long at, Predicted state) {}

    PredictionLedger(Journal journal, Projections projections) {
        this.journal = journal;
        this.projections = projections;
    }

    static String subject(long number) {
        return SUBJECT + number;
    }

    /** Name of the decision of a prediction. */
    static String decision(long number) {
        return "prevent/" + number;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a payload could not be written", e);
        }
    }

    static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }

    Journal journal() {
        return journal;
    }

    Predicted state() {
        long at = writes.get();
        Read last = read;
        if (last != null && last.at() == at) {
            return last.state();
        }
        Predicted state = new PredictionFold().decode(projections.state(PredictionFold.ID));
        read = new Read(at, state);
        return state;
    }

    /** A new prediction; its number must not be taken. */
    Cause made(long number, JsonNode payload) {
        return append(Append.of(draft(PredictionFold.MADE, subject(number), List.of(), payload))
                .expecting(subject(number), 0));
    }

    /** Once for each prediction, type and {@code what}; caused by the prediction itself. */
    Cause append(String type, long number, String what, JsonNode payload) {
        return append(Append.of(draft(type, subject(number), List.of(cause(number)), payload))
                .withKey("prediction/" + number + "/" + type + what));
    }

    /** Of a failure that nothing foresaw; once for each. */
    void missed(long failure, JsonNode payload) {
        append(Append.of(draft(PredictionFold.MISSED, ALL, List.of(new Cause.OfEvent(journal.id(), failure)), payload))
                .withKey("prediction/missed/" + failure));
    }

    void adopted(JsonNode payload) {
        append(Append.of(draft(PredictionFold.ADOPTED, ALL, List.of(), payload)));
    }

    void turned(String actor, JsonNode payload) {
        append(Append.of(
                EventDraft.json(PredictionFold.TURNED, PredictionFold.SOURCE, ALL, actor, List.of(), write(payload))));
    }

    /** The event that began a prediction. */
    Cause cause(long number) {
        return journal
                .read(EventQuery.all()
                        .subject(subject(number))
                        .type(PredictionFold.MADE)
                        .limit(1))
                .stream()
                .findFirst()
                .map(event -> (Cause) event.asCause())
                .orElseThrow(() -> new IllegalStateException("prediction " + number + " is not in the journal"));
    }

    private static EventDraft draft(String type, String subject, List<Cause> causes, JsonNode payload) {
        return EventDraft.json(type, PredictionFold.SOURCE, subject, Means.ACTOR, causes, write(payload));
    }

    private Cause append(Append append) {
        try {
            Receipt receipt = journal.append(append).join();
            return new Cause.OfEvent(journal.id(), receipt.firstSequence());
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException known ? known : e;
        } finally {
            writes.incrementAndGet();
        }
    }
}
