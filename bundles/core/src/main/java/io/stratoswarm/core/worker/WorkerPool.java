package io.stratoswarm.core.worker;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.script.ScriptOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The workers. No process runs before the first {@link #load}. Nothing here blocks, and no future completes exceptionally.
 *
 * <p>Futures are completed on the thread that reads what the worker says, so what follows on them must be short or go elsewhere:
 * while it runs, no other answer of that worker is taken in.
 */
public interface WorkerPool extends AutoCloseable {
    /** What came of loading. */
    sealed interface Load {
        record Loaded(Code code) implements Load {}

        /** @param line from 1; 0 where it has no place */
        record Rejected(int line, int column, String message) implements Load {}

        /** Scripts of this language cannot be run here. */
        record Unavailable(String reason) implements Load {}
    }

    /** Code that is loaded. It stays so when its worker is killed and another one takes its place. */
    interface Code extends AutoCloseable {
        /**
         * Calls the function for each input, in order. The outcomes have every status but WRONG_OUTPUT. A batch that was in
         * flight when the worker was killed for another script's sake is run once more. Where the code could not be loaded again
         * into the next worker, that is tried once more in the background, and calls say meanwhile what was wrong.
         */
        CompletableFuture<List<ScriptOutcome>> call(List<String> inputs);

        /** Forgets it; calls that wait are refused. */
        @Override
        void close();
    }

    /** Parses and evaluates the script in a context of its own, under its limits. */
    CompletableFuture<Load> load(ScriptCode code);

    /** The running workers, for {@code doctor} and tests. */
    List<Worker> workers();

    record Worker(String language, String purpose, long pid, int scripts, boolean spare) {}

    /** Whether each language can be run here, and how: interpreted or optimised. Starts no worker. */
    List<Capability> capabilities();

    /** Ends all workers. */
    @Override
    void close();
}
