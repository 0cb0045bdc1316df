package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.DataType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Opens scripts that transform records. */
public interface ScriptTransforms {
    /**
     * Opens a script for one place in one flow.
     *
     * @param script name of a script of the kind {@code transform}, which need not be there yet
     * @param flow what traces show as the place that records come from
     * @param from what it is given
     * @param to what it must give
     */
    ScriptTransform open(String script, String flow, DataType.Format from, DataType.Format to);

    /** A script that is open. */
    interface ScriptTransform extends AutoCloseable {
        /**
         * Transforms some records. Several calls may be on their way; the script sees them in order.
         *
         * @return one result for each record, in order; fails where the script cannot run now, with a {@link
         *     io.stratoswarm.api.StratoswarmException} that says why, and the same records then come again after a pause
         */
        CompletionStage<List<Result>> apply(List<byte[]> records);

        @Override
        void close();
    }

    /** What a script made of a record. */
    sealed interface Result {
        /** None, one or more records in its place. */
        record Becomes(List<byte[]> records) implements Result {
            public Becomes {
                records = List.copyOf(records);
            }
        }

        /** It is refused, and goes to the flow's file of refused records. */
        record Refused(String reason) implements Result {}
    }
}
