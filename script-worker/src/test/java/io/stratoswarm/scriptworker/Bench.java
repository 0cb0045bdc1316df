package io.stratoswarm.scriptworker;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.worker.ScriptCode;
import io.stratoswarm.core.worker.WorkerPool;
import io.stratoswarm.core.worker.WorkerPool.Load;
import io.stratoswarm.core.worker.WorkerPools;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A pool on the folder that this build has just made, and the few things that tests do with it. */
final class Bench implements AutoCloseable {
    static final ScriptLimits LIMITS = new ScriptLimits(3_000, 1_000_000_000, 64 << 20, 1 << 20, 1_000);

    final WorkerPool pool;
    final String language;

    Bench(String language) {
        this.language = language;
        // Below the build's own folder, so that what a language unpacks is unpacked once.
        Path work = Path.of("target", "workers");
        pool = WorkerPools.open(
                Path.of("target", "home"), work, Path.of(System.getProperty("java.home")), System::nanoTime);
    }

    boolean js() {
        return language.equals("js");
    }

    ScriptLimits within(long wallMillis) {
        return new ScriptLimits(
                wallMillis, LIMITS.statements(), LIMITS.memoryBytes(), LIMITS.outputBytes(), LIMITS.queue());
    }

    Load answer(String name, String source, ScriptLimits limits, boolean batch) throws Exception {
        String file = name + (js() ? ".js" : ".py");
        return pool.load(new ScriptCode(name, file, language, "test", source, "react", batch, limits))
                .get(60, TimeUnit.SECONDS);
    }

    WorkerPool.Code load(String name, String source, ScriptLimits limits, boolean batch) throws Exception {
        return assertInstanceOf(Load.Loaded.class, answer(name, source, limits, batch))
                .code();
    }

    /** A function with this body. */
    WorkerPool.Code function(String name, String body, ScriptLimits limits) throws Exception {
        return load(name, wrap(body), limits, false);
    }

    String wrap(String body) {
        return js()
                ? "function react(input) { " + body + " }"
                : "def react(input):\n    " + body.replace("\n", "\n    ");
    }

    static ScriptOutcome call(WorkerPool.Code code, String input) throws Exception {
        return code.call(List.of(input)).get(60, TimeUnit.SECONDS).getFirst();
    }

    long pid() {
        return pool.workers().stream()
                .filter(worker -> !worker.spare())
                .mapToLong(WorkerPool.Worker::pid)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public void close() {
        pool.close();
    }
}
