package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.replay.Replays.Agreement;
import io.stratoswarm.api.replay.Replays.Moment;
import io.stratoswarm.api.replay.Replays.Redecision;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Takes decisions of scripts again, on the inputs that were recorded with them. A call that decided to do nothing is in no event; those
 * that the traces of this daemon still tell of are looked at as well.
 */
final class Redecider {
    private static final String ACTOR = "replay";
    private static final int MOST = 1_000;
    /** What a script says beside what it wants done. */
    private static final Set<String> WORDS = Set.of("reason", "confidence");

    private final Journal journal;
    private final BlobStore blobs;
    private final Scripts scripts;

    Redecider(Journal journal, BlobStore blobs, Scripts scripts) {
        this.journal = journal;
        this.blobs = blobs;
        this.scripts = scripts;
    }

    /** A call of then. */
    private record Call(
            long sequence,
            String script,
            String trigger,
            String hash,
            Optional<String> input,
            JsonNode wanted,
            String missing) {}

    CompletableFuture<List<Redecision>> redecide(Moment from, Moment to) {
        List<Call> calls = new ArrayList<>();
        Set<String> known = new HashSet<>();
        List<Event> decisions = journal.read(EventQuery.all()
                .from(from.events())
                .to(to.events())
                .type(DecisionRecorded.TYPE)
                .limit(MOST));
        for (Event event : decisions) {
            call(event).ifPresent(call -> {
                calls.add(call);
                call.input().ifPresent(input -> known.add(call.script() + '\0' + input));
            });
        }
        for (ScriptTrace trace : scripts.traces("", MOST).reversed()) {
            if (trace.timeNanos() > from.timeNanos() && trace.timeNanos() <= to.timeNanos()) {
                idle(trace, known).ifPresent(calls::add);
            }
        }
        CompletableFuture<List<Redecision>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Call call : calls) {
            // One after the other: a script has one queue, which what really happens needs as well.
            all = all.thenCompose(list -> again(call).thenApply(one -> {
                list.add(one);
                return list;
            }));
        }
        return all.thenApply(List::copyOf);
    }

    /** Empty where it was no script that decided. */
    private Optional<Call> call(Event event) {
        JsonNode payload = parsed(event.payloadText());
        JsonNode inputs = payload.path("inputs");
        String script = parsed(inputs.path("script").asText("null")).asText("");
        if (script.isEmpty() || script.equals("null")) {
            return Optional.empty();
        }
        JsonNode wanted = parsed(
                inputs.path(inputs.has("action") ? "action" : "transform").asText("null"));
        String missing = "";
        Optional<String> input = Optional.empty();
        if (inputs.has("input")) {
            input = Optional.of(inputs.path("input").asText());
        } else if (inputs.has("inputBlob")) {
            String hash = parsed(inputs.path("inputBlob").asText()).asText();
            input = blobs.get(hash).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
            missing = input.isPresent() ? "" : "its input, the blob " + hash + ", is not kept any more";
        } else {
            missing = "its event holds no input";
        }
        String trigger = event.causes().isEmpty()
                ? payload.path("id").asText()
                : "decision " + payload.path("id").asText();
        String hash = parsed(inputs.path("sha256").asText("null")).asText("");
        return Optional.of(new Call(event.sequence(), script, trigger, hash, input, wanted, missing));
    }

    /** A call that ended well and wanted nothing; one of a kind that wants nothing done has no list of wishes. */
    private static Optional<Call> idle(ScriptTrace trace, Set<String> known) {
        JsonNode output = parsed(trace.outcome().output());
        JsonNode wishes = wishes(output);
        if (!trace.outcome().ok()
                || trace.trigger().startsWith("run by ")
                || !wishes.isArray()
                || !wishes.isEmpty()
                || known.contains(trace.script() + '\0' + trace.input())) {
            return Optional.empty();
        }
        boolean whole = parsed(trace.input()).isObject();
        return Optional.of(new Call(
                -1,
                trace.script(),
                trace.trigger(),
                trace.hash(),
                whole ? Optional.of(trace.input()) : Optional.empty(),
                wishes,
                whole ? "" : "its trace holds only the beginning of the input"));
    }

    private static JsonNode wishes(JsonNode output) {
        return output.has("actions") ? output.path("actions") : output.path("transforms");
    }

    private CompletableFuture<Redecision> again(Call call) {
        Optional<ScriptStatus> today = scripts.get(call.script());
        boolean same = today.map(status -> status.hash().equals(call.hash())).orElse(false);
        if (call.input().isEmpty()) {
            return done(call, Agreement.NO_INPUT, "", same, call.missing());
        }
        if (today.isEmpty()) {
            return done(call, Agreement.NOT_RUN, "", same, "there is no script of this name now");
        }
        try {
            return scripts.run(call.script(), call.input().get(), ACTOR)
                    .thenApply(outcome -> compared(call, outcome, same))
                    .exceptionally(e -> redecision(call, Agreement.NOT_RUN, "", same, reason(e)));
        } catch (StratoswarmException e) {
            return done(call, Agreement.NOT_RUN, "", same, reason(e));
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static Redecision compared(Call call, ScriptOutcome outcome, boolean same) {
        if (!outcome.ok()) {
            return redecision(call, Agreement.NOT_RUN, "", same, outcome.error());
        }
        JsonNode wishes = wishes(parsed(outcome.output()));
        boolean agrees = false;
        if (call.wanted().isArray()) {
            agrees = wishes.isEmpty();
        } else {
            for (JsonNode wish : wishes) {
                agrees |= meaning(wish).equals(meaning(call.wanted()));
            }
        }
        return redecision(
                call,
                agrees ? Agreement.SAME : Agreement.DIFFERENT,
                wishes.toString(),
                same,
                agrees ? "" : wishes.isEmpty() ? "it would do nothing now" : "it wants something else now");
    }

    /** What is to be done, without the words about it. */
    private static JsonNode meaning(JsonNode wish) {
        if (wish instanceof ObjectNode object) {
            return object.deepCopy().remove(WORDS);
        }
        return wish;
    }

    private static CompletableFuture<Redecision> done(
            Call call, Agreement agreement, String now, boolean same, String detail) {
        return CompletableFuture.completedFuture(redecision(call, agreement, now, same, detail));
    }

    private static Redecision redecision(Call call, Agreement agreement, String now, boolean same, String detail) {
        return new Redecision(
                call.sequence(),
                call.script(),
                call.trigger(),
                agreement,
                call.wanted().toString(),
                now,
                same,
                detail);
    }

    /** Missing where it is no JSON. */
    private static JsonNode parsed(String text) {
        try {
            return StateTree.JSON.readTree(text);
        } catch (IOException e) {
            return StateTree.JSON.missingNode();
        }
    }
}
