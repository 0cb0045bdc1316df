package io.stratoswarm.graphops.flow;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One step of a flow's transforms. Keeps the order of records. */
interface Transform extends AutoCloseable {
    /** Does it to all records of a batch and then calls back, on any thread; with a failure where it could not be done at all. */
    void apply(Batch batch, Consumer<@Nullable Throwable> then);

    /** Most records that it wants at once. */
    default int batch() {
        return Integer.MAX_VALUE;
    }

    @Override
    default void close() {}

    /** One that needs nothing but the records, and the thread that calls. */
    interface Plain extends Transform {
        void apply(Batch batch);

        @Override
        default void apply(Batch batch, Consumer<@Nullable Throwable> then) {
            apply(batch);
            then.accept(null);
        }
    }
}
