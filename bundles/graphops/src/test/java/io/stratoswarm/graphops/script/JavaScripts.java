package io.stratoswarm.graphops.script;

import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A script's twin in Java: a function on JSON that, as in a worker, fails for a whole batch. */
final class JavaScripts implements LoadedScript {
    final List<List<String>> calls = new CopyOnWriteArrayList<>();
    private final ScriptHeader header;
    private final UnaryOperator<String> function;
    volatile Status status = Status.THREW;

    JavaScripts(String name, UnaryOperator<String> function) {
        this.function = function;
        header = new ScriptHeader(
                name,
                TransformKind.ID,
                "js",
                "",
                "{}",
                new ScriptLimits(1_000, 1_000_000, 1 << 20, 1 << 20, 1_000),
                List.of());
    }

    @Override
    public ScriptHeader header() {
        return header;
    }

    @Override
    public String hash() {
        return "0";
    }

    @Override
    public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs) {
        calls.add(inputs);
        List<ScriptOutcome> outcomes = new ArrayList<>();
        try {
            for (String input : inputs) {
                outcomes.add(new ScriptOutcome(Status.OK, function.apply(input), "", List.of(), List.of(), 1));
            }
        } catch (IllegalStateException e) {
            outcomes = Collections.nCopies(
                    inputs.size(),
                    new ScriptOutcome(
                            status, "", String.valueOf(e.getMessage()), List.of("transform (x.js:3:1)"), List.of(), 1));
        }
        return CompletableFuture.completedFuture(outcomes);
    }

    @Override
    public void misbehaved(String what) {
        throw new AssertionError(what);
    }
}
