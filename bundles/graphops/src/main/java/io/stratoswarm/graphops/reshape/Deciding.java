package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.store.BlobStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the log of decisions is told: each one before anything comes of it, and what came of it. */
final class Deciding {
    static final String SOURCE = "graphops.reshape";
    private static final String ID = "reshape/";
    private static final int MAX_INPUT = 16_384;

    private final Decisions decisions;
    private final BlobStore blobs;

    Deciding(Decisions decisions, BlobStore blobs) {
        this.decisions = decisions;
        this.blobs = blobs;
    }

    private static String id(long number) {
        return ID + number;
    }

    /** Of the proposal that a decision of ours is about. */
    static long number(String id) {
        return Long.parseLong(id.substring(ID.length()));
    }

    /** Durable when it returns, with whether it may be done. */
    Made decided(long number, Wanted wanted, List<String> effect, boolean approve) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("script", Json.quoted(wanted.script()));
        if (!wanted.hash().isEmpty()) {
            inputs.put("sha256", Json.quoted(wanted.hash()));
        }
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
        return decisions.decide(
                decision,
                new DecisionOrigin(
                        SOURCE,
                        wanted.hash().isEmpty()
                                ? "placement/" + wanted.request().graph()
                                : "script/" + wanted.script(),
                        wanted.actor(),
                        wanted.causes()));
    }

    void outcome(Stored proposal, String outcome, boolean success) {
        decisions.outcome(
                new Made(id(proposal.number()), proposal.decision(), true, Ruling.ALLOW, List.of()),
                new DecisionOrigin(SOURCE, proposal.subject(), proposal.by(), List.of()),
                outcome,
                success);
    }
}
