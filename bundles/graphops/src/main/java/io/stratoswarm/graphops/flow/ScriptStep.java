package io.stratoswarm.graphops.flow;

import io.stratoswarm.graphops.flow.ScriptTransforms.Result;
import io.stratoswarm.graphops.flow.ScriptTransforms.ScriptTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives batches to a script. */
final class ScriptStep implements Transform {
    private final ScriptTransform script;
    private final String name;
    private final int batch;
    private final Framer framer;

    ScriptStep(ScriptTransform script, String name, int batch, Framer framer) {
        this.script = script;
        this.name = name;
        this.batch = batch;
        this.framer = framer;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public void apply(Batch batch, Consumer<@Nullable Throwable> then) {
        Records records = batch.records();
        List<byte[]> given = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            given.add(records.copy(i));
        }
        script.apply(given).whenComplete((results, failure) -> {
            if (failure != null) {
                then.accept(failure);
            } else if (results.size() != given.size()) {
                then.accept(new IllegalStateException("the script " + name + " gave " + results.size() + " results for "
                        + given.size() + " records"));
            } else {
                take(batch, given, results);
                then.accept(null);
            }
        });
    }

    private void take(Batch batch, List<byte[]> given, List<Result> results) {
        Records before = batch.records();
        Records after = batch.next();
        for (int i = 0; i < given.size(); i++) {
            long source = before.source(i);
            switch (results.get(i)) {
                case Result.Refused refused ->
                    batch.refuse(source, "script " + name + ": " + refused.reason(), given.get(i));
                case Result.Becomes becomes -> become(batch, source, becomes.records(), after);
            }
        }
        batch.swap();
    }

    private void become(Batch batch, long source, List<byte[]> made, Records after) {
        if (made.isEmpty()) {
            batch.filtered(source);
            return;
        }
        batch.added(source, made.size() - 1);
        for (byte[] record : made) {
            if (framer instanceof LineFramer && holdsNewline(record)) {
                batch.refuse(
                        source,
                        "script " + name + " gave a record with a newline in it, and the flow's framing is lines",
                        record);
            } else {
                after.add(record, 0, record.length, source);
            }
        }
    }

    private static boolean holdsNewline(byte[] record) {
        for (byte b : record) {
            if (b == LineFramer.NEWLINE) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        script.close();
    }
}
