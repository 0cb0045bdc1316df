package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A script in its group, and what waits for it. Owned by its group but for the two calls of {@link WorkerPool.Code}. */
final class Slot implements WorkerPool.Code {
    final int id;
    final ScriptCode code;
    final CompletableFuture<Load> loading = new CompletableFuture<>();
    /** Those that the worker has, in the order it has them, and then those that wait. */
    final Deque<Batch> batches = new ArrayDeque<>();

    private final Group group;
    /** Whether the present worker was told of it, and has answered. */
    boolean sent;

    boolean there;
    int bytes;
    /** Inputs that wait or run. */
    int inputs;
    /** How many workers have ended while this was being loaded. */
    int ends;
    /** Why it could not be loaded again; every call is answered by this. */
    @Nullable
    String broken;

    /** Whether it was tried again since it could be loaded last. */
    boolean retried;

    boolean closed;
    /** Since when its first batch runs, or it is being loaded; by the worker's own word where there is one. */
    long sinceNanos;

    Slot(int id, ScriptCode code, Group group) {
        this.id = id;
        this.code = code;
        this.group = group;
    }

    @Override
    public CompletableFuture<List<ScriptOutcome>> call(List<String> inputs) {
        return group.call(this, inputs);
    }

    @Override
    public void close() {
        group.close(this);
    }

    /** Whether the worker is at it now. */
    boolean busy() {
        return sent && !there || inFlight() != null;
    }

    /** The batch that the worker runs or runs next; null where it has none of this script. */
    @Nullable
    Batch inFlight() {
        Batch first = batches.peekFirst();
        return first != null && first.sent ? first : null;
    }

    /** Why a batch may not wait; null where it may. */
    @Nullable
    String refusal(Batch batch) {
        if (closed) {
            return "the script was unloaded";
        }
        int limit = code.limits().queue();
        if (inputs + batch.inputs.size() > limit) {
            return "queue: " + inputs + " calls wait, and " + batch.inputs.size() + " more would be over the limit of "
                    + limit;
        }
        return batch.length() > Wire.MAX_FRAME / 4
                ? "the inputs of one batch are longer than " + Wire.MAX_FRAME / 4 + " characters; give them in several"
                : null;
    }

    Frame frame() {
        var limits = code.limits();
        Frame frame = new Frame(Wire.LOAD, 128 + code.source().length());
        frame.u32(id).text(code.name()).text(code.file()).text(code.function()).u8(code.batch() ? 1 : 0);
        frame.u64(limits.wallMillis()).u64(limits.statements()).u64(limits.memoryBytes());
        frame.u32(limits.outputBytes()).text(code.source());
        bytes = frame.length();
        sent = true;
        return frame;
    }
}
