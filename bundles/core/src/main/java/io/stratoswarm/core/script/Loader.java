package io.stratoswarm.core.script;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptHeader.ScriptExample;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.Scripts.ExampleResult;
import io.stratoswarm.core.worker.ScriptCode;
import io.stratoswarm.core.worker.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Makes a version of a text: gives it to a worker and runs its examples there. */
final class Loader {
    private final Supplier<WorkerPool> workers;
    private final Traces traces;
    private final Version.Breaches breaches;

    Loader(Supplier<WorkerPool> workers, Traces traces, Version.Breaches breaches) {
        this.workers = workers;
        this.traces = traces;
        this.breaches = breaches;
    }

    /** What came of it. */
    sealed interface Result {
        /** It can be used, if its examples pass. */
        record Made(Version version, List<ExampleResult> examples) implements Result {
            boolean good() {
                return examples.stream().allMatch(ExampleResult::passed);
            }
        }

        /** @param problem {@code file:line:column: message} */
        record Bad(String problem) implements Result {}

        /** It cannot be run here or now. */
        record Unavailable(String reason) implements Result {}
    }

    CompletableFuture<Result> load(ScriptFile file, ScriptHeader header, ScriptKind kind) {
        SchemaChecker schema;
        try {
            schema = SchemaChecker.of(kind.outputSchema(header));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(new Result.Unavailable(
                    "the kind '" + kind.id() + "' has an output schema that cannot be checked: " + e.getMessage()));
        }
        ScriptCode code = new ScriptCode(
                header.name(),
                file.file(),
                header.language(),
                kind.purpose(),
                file.text(),
                kind.function(),
                kind.batch(),
                header.limits());
        return workers.get().load(code).thenCompose(load -> switch (load) {
            case WorkerPool.Load.Loaded loaded -> {
                Version version = new Version(header, file, loaded.code(), schema, kind.batch(), traces, breaches);
                // The very first call of a worker that has just started is slow, on a busy host slower than its limit.
                yield examples(version)
                        .thenCompose(result -> result instanceof Result.Made made && slow(made)
                                ? examples(version)
                                : CompletableFuture.completedFuture(result));
            }
            case WorkerPool.Load.Rejected rejected ->
                CompletableFuture.completedFuture(new Result.Bad(
                        rejected.line() == 0
                                ? file.file() + ": " + rejected.message()
                                : file.file() + ":" + rejected.line() + ":" + rejected.column() + ": "
                                        + rejected.message()));
            case WorkerPool.Load.Unavailable unavailable ->
                CompletableFuture.completedFuture(new Result.Unavailable(unavailable.reason()));
        });
    }

    private static boolean slow(Result.Made made) {
        return made.examples().stream()
                .map(example -> example.outcome().status())
                .anyMatch(status -> status == Status.BREACHED || status == Status.LOST);
    }

    private static CompletableFuture<Result> examples(Version version) {
        List<ScriptExample> examples = version.header().examples();
        if (examples.isEmpty()) {
            return CompletableFuture.completedFuture(new Result.Made(version, List.of()));
        }
        return version.tryOut(
                        "its examples",
                        examples.stream().map(ScriptExample::input).toList())
                .thenApply(outcomes -> {
                    List<ExampleResult> results = new ArrayList<>();
                    for (int i = 0; i < examples.size(); i++) {
                        results.add(result(i + 1, examples.get(i), outcomes.get(i)));
                    }
                    return new Result.Made(version, results);
                });
    }

    private static ExampleResult result(int index, ScriptExample example, ScriptOutcome outcome) {
        String difference = outcome.ok()
                ? JsonNodes.difference(JsonNodes.known(example.output()), JsonNodes.known(outcome.output()))
                : word(outcome.status()) + ": " + outcome.error()
                        + (outcome.stack().isEmpty()
                                ? ""
                                : " at " + outcome.stack().getFirst());
        return new ExampleResult(index, difference.isEmpty(), difference, outcome);
    }

    static String word(Status status) {
        return switch (status) {
            case OK -> "ok";
            case THREW -> "threw";
            case WRONG_OUTPUT -> "wrong output";
            case BREACHED -> "over a limit";
            case REFUSED -> "refused";
            case LOST -> "lost";
            case UNAVAILABLE -> "unavailable";
        };
    }

    /** The first example that failed, with its place in the file. */
    static String failure(ScriptFile file, List<ExampleResult> results) {
        ExampleResult first =
                results.stream().filter(result -> !result.passed()).findFirst().orElseThrow();
        GraphTree.Place place = first.index() <= file.examples().size()
                ? file.examples().get(first.index() - 1)
                : new GraphTree.Place(file.file(), 1, 1);
        long failed = results.stream().filter(result -> !result.passed()).count();
        return file.file() + ":" + place.line() + ":" + place.column() + ": example " + first.index() + " of "
                + results.size() + " fails" + (failed > 1 ? " (and " + (failed - 1) + " more)" : "") + ": "
                + first.difference();
    }
}
