package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.BlobStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the journal is told: each decision before anything comes of it, and what came of it. */
final class Decisions {
    private static final String SOURCE = "graphops.reshape";
    private static final int MAX_INPUT = 16_384;
    private static final long PATIENCE_SECONDS = 10;

    private final Journal journal;
    private final BlobStore blobs;

    Decisions(Journal journal, BlobStore blobs) {
        this.journal = journal;
        this.blobs = blobs;
    }

    private static String id(long number) {
        return "reshape/" + number;
    }

    /** Durable when it returns its sequence. */
    long decided(long number, Wanted wanted, List<String> effect, boolean approve) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("script", Json.quoted(wanted.script()));
        inputs.put("sha256", Json.quoted(wanted.hash()));
        inputs.put("proposal", String.valueOf(number));
        inputs.put("transform", wanted.json());
        inputs.put("trigger", Json.quoted(wanted.trigger()));
        if (wanted.input().length() <= MAX_INPUT) {
            inputs.put("input", wanted.input());
        } else {
            inputs.put("inputBlob", Json.quoted(blobs.put(wanted.input().getBytes(StandardCharsets.UTF_8))));
        }
        List<String> alternatives = new ArrayList<>(wanted.others());
        alternatives.add("do nothing");
        DecisionRecorded decision = new DecisionRecorded(
                id(number),
                wanted.request().graph(),
                "transform " + wanted.request().kind(),
                inputs,
                alternatives,
                wanted.reason(),
                wanted.confidence(),
                Map.of(
                        "graph",
                        Json.quoted(wanted.request().graph()),
                        "generation",
                        String.valueOf(wanted.request().options().expected().orElse(0)),
                        "effect",
                        Json.MAPPER.valueToTree(effect).toString(),
                        "approval",
                        String.valueOf(approve)));
        return append(
                DecisionRecorded.TYPE,
                wanted.script(),
                "script:" + wanted.script(),
                wanted.causes(),
                Json.MAPPER.valueToTree(decision),
                id(number));
    }

    void outcome(Stored proposal, String outcome, boolean success) {
        append(
                DecisionOutcome.TYPE,
                proposal.script(),
                proposal.by(),
                List.of(new Cause.OfEvent(journal.id(), proposal.decision())),
                Json.MAPPER.valueToTree(new DecisionOutcome(id(proposal.number()), outcome, success)),
                id(proposal.number()) + "/outcome");
    }

    /** The key makes the same thing that is told again, after a crash, no second event. */
    private long append(String type, String script, String actor, List<Cause> causes, JsonNode payload, String key) {
        EventDraft draft = EventDraft.json(type, SOURCE, "script/" + script, actor, causes, payload.toString());
        try {
            return journal.append(Append.of(draft).withKey(key))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .firstSequence();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(Kind.SYSTEM, "the journal did not take " + type + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "the journal did not take " + type + " within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before " + type + " was durable", e);
        }
    }
}
