package io.stratoswarm.graphops.script;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.graphops.flow.ScriptTransforms;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Transforms on flows. */
public final class FlowScripts implements ScriptTransforms {
    private final TransformKind kind;

    public FlowScripts(TransformKind kind) {
        this.kind = kind;
    }

    @Override
    public ScriptTransform open(String script, String flow, DataType.Format from, DataType.Format to) {
        Transformer transformer = new Transformer(kind, script, "flow " + flow, from, to);
        return new ScriptTransform() {
            @Override
            public CompletionStage<List<Result>> apply(List<byte[]> records) {
                return transformer.apply(records);
            }

            @Override
            public void close() {
                // A transformer holds nothing: each batch goes to the version that runs then.
            }
        };
    }
}
