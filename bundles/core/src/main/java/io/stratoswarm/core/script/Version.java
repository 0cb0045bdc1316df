package io.stratoswarm.core.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.stratoswarm.api.script.KeptScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.core.worker.WorkerPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One version of a script in its worker: bounds what waits for it, checks what it returns, leaves a trace of each call. */
final class Version implements KeptScript {
    private final ScriptHeader header;
    private final ScriptFile file;
    private final WorkerPool.Code code;
    private final SchemaChecker schema;
    /** Whether the function is called once for all inputs, so that they fail together. */
    private final boolean batch;

    private final Traces traces;
    private final Breaches breaches;

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile @Nullable ScriptTrace lastFailure;
    private volatile String refusal = "";

    /** Where calls that went over a limit are counted. */
    interface Breaches {
        void breached(String script, String what);
    }

    Version(
            ScriptHeader header,
            ScriptFile file,
            WorkerPool.Code code,
            SchemaChecker schema,
            boolean batch,
            Traces traces,
            Breaches breaches) {
        this.header = header;
        this.file = file;
        this.code = code;
        this.schema = schema;
        this.batch = batch;
        this.traces = traces;
        this.breaches = breaches;
    }

    @Override
    public ScriptHeader header() {
        return header;
    }

    @Override
    public String hash() {
        return file.hash();
    }

    ScriptFile file() {
        return file;
    }

    long calls() {
        return calls.get();
    }

    long failures() {
        return failures.get();
    }

    Optional<ScriptTrace> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    @Override
    public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs) {
        if (!refusal.isEmpty()) {
            return CompletableFuture.completedFuture(refused(trigger, inputs, refusal));
        }
        int queue = header.limits().queue();
        if (waiting.addAndGet(inputs.size()) > queue) {
            waiting.addAndGet(-inputs.size());
            return CompletableFuture.completedFuture(
                    refused(trigger, inputs, "its queue is full: " + queue + " calls may wait (limits.queue)"));
        }
        return code.call(inputs).thenApply(outcomes -> {
            waiting.addAndGet(-inputs.size());
            return finished(trigger, inputs, outcomes, true);
        });
    }

    /** Calls on behalf of a person or of the loader: breaches are not held against the script. */
    CompletableFuture<List<ScriptOutcome>> tryOut(String trigger, List<String> inputs) {
        return code.call(inputs).thenApply(outcomes -> finished(trigger, inputs, outcomes, false));
    }

    private List<ScriptOutcome> finished(
            String trigger, List<String> inputs, List<ScriptOutcome> outcomes, boolean counts) {
        List<ScriptOutcome> checked = new ArrayList<>(outcomes.size());
        boolean breached = false;
        for (int i = 0; i < outcomes.size(); i++) {
            ScriptOutcome outcome = checked(outcomes.get(i));
            checked.add(outcome);
            ScriptTrace trace = traces.add(header.name(), file.hash(), trigger, inputs.get(i), outcome);
            calls.incrementAndGet();
            if (!outcome.ok()) {
                failures.incrementAndGet();
                lastFailure = trace;
                if (counts && outcome.status() == Status.BREACHED && !(batch && breached)) {
                    breached = true;
                    breaches.breached(header.name(), outcome.error());
                }
            }
        }
        return checked;
    }

    private ScriptOutcome checked(ScriptOutcome outcome) {
        if (!outcome.ok() || schema.acceptsAll()) {
            return outcome;
        }
        Optional<String> wrong;
        try {
            wrong = schema.wrong(JsonNodes.parse(outcome.output()));
        } catch (JsonProcessingException e) {
            wrong = Optional.of("the output is not JSON: " + e.getOriginalMessage());
        }
        return wrong.map(what -> new ScriptOutcome(
                        Status.WRONG_OUTPUT,
                        outcome.output(),
                        what,
                        outcome.stack(),
                        outcome.log(),
                        outcome.durationNanos()))
                .orElse(outcome);
    }

    private List<ScriptOutcome> refused(String trigger, List<String> inputs, String reason) {
        ScriptOutcome outcome = new ScriptOutcome(Status.REFUSED, "", reason, List.of(), List.of(), 0);
        failures.addAndGet(inputs.size());
        calls.addAndGet(inputs.size());
        if (!inputs.isEmpty()) {
            // One trace for the whole batch: a flood of refusals must not push out what led to it.
            lastFailure = traces.add(header.name(), file.hash(), trigger, inputs.getFirst(), outcome);
        }
        return Collections.nCopies(inputs.size(), outcome);
    }

    @Override
    public void misbehaved(String what) {
        breaches.breached(header.name(), what);
    }

    /** From now on calls are refused for this reason; the ones that run end. */
    void end(String reason) {
        refusal = reason;
        code.close();
    }

    @Override
    public void close() {
        end("this version of the script has been replaced");
    }
}
