package io.stratoswarm.graphops.script;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.graphops.flow.ScriptTransforms.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A script in one place: makes records of records. What can be told at once, that a record is not what the flow says, is told
 * without the script. A batch that fails is given once more, one record at a time, so that only those are refused that fail by
 * themselves. Holds nothing: each batch goes to the version that runs then.
 */
final class Transformer {
    /** Characters that are given at once. */
    private static final int MOST = 4 << 20;

    private final TransformKind kind;
    private final String script;
    private final String trigger;
    private final DataType.Format from;
    private final DataType.Format to;

    /** The script cannot run now; the same records may be given again later. */
    private static <T> CompletableFuture<T> notNow(String why) {
        return CompletableFuture.failedFuture(new StratoswarmException(StratoswarmException.Kind.UNAVAILABLE, why));
    }

    /** @param trigger where the records come from, for traces */
    Transformer(TransformKind kind, String script, String trigger, DataType.Format from, DataType.Format to) {
        this.kind = kind;
        this.script = script;
        this.trigger = trigger;
        this.from = from;
        this.to = to;
    }

    /** A record on its way through the script. */
    private static final class Job {
        String input = "";
        Result result = new Result.Becomes(List.of());

        boolean refused() {
            return result instanceof Result.Refused;
        }
    }

    /** Fails with kind UNAVAILABLE where the script cannot run. */
    CompletableFuture<List<Result>> apply(List<byte[]> records) {
        LoadedScript version = kind.find(script);
        if (version == null) {
            return notNow(kind.missing(script));
        }
        List<Job> jobs = new ArrayList<>(records.size());
        List<CompletableFuture<Boolean>> calls = new ArrayList<>();
        List<Job> part = new ArrayList<>();
        long length = 0;
        for (byte[] record : records) {
            Job job = job(record);
            jobs.add(job);
            if (job.refused()) {
                continue;
            }
            if (length + job.input.length() > MOST && !part.isEmpty()
                    || part.size() == version.header().limits().queue()) {
                calls.add(call(version, List.copyOf(part)));
                part.clear();
                length = 0;
            }
            part.add(job);
            length += job.input.length();
        }
        if (!part.isEmpty()) {
            calls.add(call(version, List.copyOf(part)));
        }
        return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .thenApply(any -> jobs.stream().map(job -> job.result).toList());
    }

    private Job job(byte[] record) {
        Job job = new Job();
        try {
            job.input = RecordText.json(from, record);
        } catch (RecordText.Unfit e) {
            job.result = new Result.Refused(String.valueOf(e.getMessage()));
        }
        return job;
    }

    private CompletableFuture<Boolean> call(LoadedScript version, List<Job> jobs) {
        return version.call(trigger, jobs.stream().map(job -> job.input).toList())
                .thenComposeAsync(
                        outcomes -> outcomes.stream().allMatch(ScriptOutcome::ok)
                                ? taken(jobs, outcomes)
                                : again(version, jobs, outcomes),
                        kind.executor());
    }

    private CompletableFuture<Boolean> taken(List<Job> jobs, List<ScriptOutcome> outcomes) {
        for (int i = 0; i < jobs.size(); i++) {
            take(jobs.get(i), outcomes.get(i));
        }
        return CompletableFuture.completedFuture(true);
    }

    private void take(Job job, ScriptOutcome outcome) {
        try {
            job.result = new Result.Becomes(RecordText.records(to, outcome.output()));
        } catch (RecordText.Unfit e) {
            job.result = new Result.Refused(String.valueOf(e.getMessage()));
        }
    }

    private CompletableFuture<Boolean> again(LoadedScript version, List<Job> jobs, List<ScriptOutcome> outcomes) {
        for (ScriptOutcome outcome : outcomes) {
            if (cannotRun(outcome)) {
                return notNow(reason(outcome));
            }
        }
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (Job job : jobs) {
            all = all.thenCompose(any -> alone(version, job));
        }
        return all;
    }

    private CompletableFuture<Boolean> alone(LoadedScript version, Job job) {
        return version.call(trigger, List.of(job.input)).thenCompose(outcomes -> {
            ScriptOutcome outcome = outcomes.getFirst();
            if (outcome.ok()) {
                take(job, outcome);
            } else if (cannotRun(outcome)) {
                return notNow(reason(outcome));
            } else {
                job.result = new Result.Refused(outcome.error()
                        + (outcome.stack().isEmpty()
                                ? ""
                                : " at " + outcome.stack().getFirst()));
            }
            return CompletableFuture.completedFuture(true);
        });
    }

    private static boolean cannotRun(ScriptOutcome outcome) {
        return outcome.status() == Status.REFUSED
                || outcome.status() == Status.LOST
                || outcome.status() == Status.UNAVAILABLE;
    }

    private String reason(ScriptOutcome outcome) {
        LoadedScript now = kind.find(script);
        return now == null ? kind.missing(script) : "the script '" + script + "': " + outcome.error();
    }
}
