package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Transforms;

/** Transforms in the JSON of {@code /api/v1}; see {@link Shapes}. */
final class TransformShapes {
    private TransformShapes() {}

    static ObjectNode plan(Transforms.Plan plan) {
        ObjectNode node = Json.object()
                .put("kind", plan.kind())
                .put("graph", plan.graph())
                .put("generation", plan.generation());
        node.set("stages", Json.texts(plan.stages()));
        node.put("commit", plan.commit());
        node.set("starts", Json.texts(plan.starts()));
        node.set("drains", Json.texts(plan.drains()));
        node.set("effect", Json.texts(plan.effect()));
        return node;
    }

    static ObjectNode transform(Transforms.Transform transform) {
        ObjectNode node = Json.object()
                .put("number", transform.number())
                .put("state", Shapes.word(transform.state()).replace('_', '-'))
                .put("stage", transform.stage())
                .put("reason", transform.reason())
                .put("actor", transform.actor())
                .put("begin", Shapes.time(transform.beginNanos()));
        if (transform.endNanos() != 0) {
            node.put("end", Shapes.time(transform.endNanos()));
        }
        node.set("plan", plan(transform.plan()));
        node.set("flows", Json.array(transform.flows(), TransformShapes::touched));
        return node;
    }

    private static ObjectNode touched(Transforms.Touched touched) {
        ObjectNode node = Json.object().put("flow", touched.flow());
        touched.before().ifPresent(ledger -> node.set("before", FlowShapes.ledger(ledger)));
        touched.after().ifPresent(ledger -> node.set("after", FlowShapes.ledger(ledger)));
        return node;
    }
}
