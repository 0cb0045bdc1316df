package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.place.Relocation;

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

    /** What a look for better places came to. */
    static ObjectNode review(Proposals.Review review) {
        Relocation found = review.relocation();
        ObjectNode node = Json.object()
                .put("generation", found.generation())
                .put("now", found.now())
                .put("then", found.then())
                .put("gain", found.gain())
                .put("cost", found.cost())
                .put("outcome", review.outcome());
        node.set("moves", Json.array(found.moves(), TransformShapes::move));
        node.set("broken", Json.texts(found.broken()));
        node.set("refused", Json.texts(found.refused()));
        review.proposal().ifPresent(number -> node.put("proposal", number));
        return node;
    }

    private static ObjectNode move(Relocation.Move move) {
        return Json.object()
                .put("agent", move.agent())
                .put("from", move.from())
                .put("to", move.to())
                .put("why", move.why());
    }

    private static ObjectNode touched(Transforms.Touched touched) {
        ObjectNode node = Json.object().put("flow", touched.flow());
        touched.before().ifPresent(ledger -> node.set("before", FlowShapes.ledger(ledger)));
        touched.after().ifPresent(ledger -> node.set("after", FlowShapes.ledger(ledger)));
        return node;
    }
}
