package io.stratoswarm.core.script;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.ScriptCode;
import io.stratoswarm.core.worker.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pool's twin in memory: a line {@code // returns JSON} of a script is what it returns, {@code // throws TEXT} and
 * {@code // breaches TEXT} are how it ends, {@code // never} that it does not, and {@code syntax error} is one.
 */
public final class InMemoryWorkers implements WorkerPool {
    private static final Pattern LINE = Pattern.compile("(?m)^(?://|#) (returns|throws|breaches|never)(?: (.*))?$");

    public final AtomicInteger opened = new AtomicInteger();
    public final List<String> inputs = new CopyOnWriteArrayList<>();
    public final List<CompletableFuture<List<ScriptOutcome>>> waiting = new CopyOnWriteArrayList<>();
    volatile String unavailable = "";

    @Override
    public CompletableFuture<Load> load(ScriptCode code) {
        if (!unavailable.isEmpty()) {
            return CompletableFuture.completedFuture(new Load.Unavailable(unavailable));
        }
        int error = code.source().indexOf("syntax error");
        if (error >= 0) {
            String before = code.source().substring(0, error);
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = error - before.lastIndexOf('\n');
            return CompletableFuture.completedFuture(
                    new Load.Rejected(line, column, "SyntaxError: unexpected 'error'"));
        }
        opened.incrementAndGet();
        return CompletableFuture.completedFuture(new Load.Loaded(new Code() {
            @Override
            public CompletableFuture<List<ScriptOutcome>> call(List<String> given) {
                inputs.addAll(given);
                Matcher line = LINE.matcher(code.source());
                String what = line.find() ? line.group(1) : "returns";
                if (what.equals("never")) {
                    CompletableFuture<List<ScriptOutcome>> never = new CompletableFuture<>();
                    waiting.add(never);
                    return never;
                }
                List<ScriptOutcome> outcomes = new ArrayList<>();
                given.forEach(input -> outcomes.add(outcome(what, String.valueOf(line.group(2)))));
                return CompletableFuture.completedFuture(outcomes);
            }

            @Override
            public void close() {
                opened.decrementAndGet();
            }
        }));
    }

    private static ScriptOutcome outcome(String what, String text) {
        return switch (what) {
            case "throws" -> new ScriptOutcome(Status.THREW, "", text, List.of("react (x.js:3:1)"), List.of(), 1_000);
            case "breaches" -> new ScriptOutcome(Status.BREACHED, "", text, List.of(), List.of(), 1_000);
            default -> new ScriptOutcome(Status.OK, text, "", List.of(), List.of("said so"), 1_000);
        };
    }

    @Override
    public List<Worker> workers() {
        return List.of();
    }

    @Override
    public List<Capability> capabilities() {
        return List.of();
    }

    @Override
    public void close() {
        opened.set(0);
    }
}
