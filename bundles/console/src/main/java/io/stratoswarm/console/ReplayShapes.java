package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.replay.Replays;
import java.util.List;
import java.util.Locale;

/** Replays in the JSON of {@code /api/v1}; see {@link Shapes}. */
final class ReplayShapes {
    private ReplayShapes() {}

    static ObjectNode moment(Replays.Moment moment) {
        return Json.object().put("events", moment.events()).put("time", Shapes.time(moment.timeNanos()));
    }

    static ObjectNode steps(Replays.Steps steps, Replays.Moment to) {
        ObjectNode answer = Json.object();
        answer.set("steps", Json.array(steps.steps(), ReplayShapes::step));
        return answer.put("next", steps.next()).put("to", to.events()).put("reached", steps.reached());
    }

    private static ObjectNode step(Replays.Step step) {
        ObjectNode node = Json.object();
        node.set("event", Shapes.event(step.event()));
        node.set("changes", Json.array(step.changes(), ReplayShapes::change));
        return node;
    }

    /** Values are JSON in themselves, and are left out where there are none. */
    private static ObjectNode change(Replays.StateChange change) {
        ObjectNode node = Json.object().put("path", change.path());
        if (!change.before().isEmpty()) {
            node.set("before", Json.parsed(change.before()));
        }
        if (!change.after().isEmpty()) {
            node.set("after", Json.parsed(change.after()));
        }
        return node;
    }

    static ObjectNode difference(Replays.Difference difference) {
        ObjectNode node = Json.object()
                .put("kind", difference.kind())
                .put("id", difference.id())
                .put("what", difference.what());
        node.set("changes", Json.array(difference.changes(), ReplayShapes::change));
        return node;
    }

    static ObjectNode branch(Replays.Branch branch) {
        ObjectNode node = Json.object();
        node.set("to", moment(branch.to()));
        node.set(
                "leftOut",
                Json.array(
                        branch.leftOut(),
                        out -> Json.object()
                                .put("sequence", out.sequence())
                                .put("type", out.type())
                                .put("subject", out.subject())
                                .put("why", out.why())));
        node.set(
                "rulings",
                Json.array(
                        branch.rulings(),
                        ruling -> Json.object()
                                .put("sequence", ruling.sequence())
                                .put("agent", ruling.agent())
                                .put("then", ruling.then())
                                .put("now", ruling.now())));
        node.set("differences", Json.array(branch.differences(), ReplayShapes::difference));
        node.set(
                "notes",
                Json.array(
                        branch.notes(),
                        note -> Json.object().put("exact", note.exact()).put("text", note.text())));
        return node;
    }

    static ObjectNode redecisions(List<Replays.Redecision> all) {
        ObjectNode answer = Json.object();
        answer.set("decisions", Json.array(all, ReplayShapes::redecision));
        return answer;
    }

    private static ObjectNode redecision(Replays.Redecision decision) {
        ObjectNode node = Json.object();
        if (decision.sequence() >= 0) {
            node.put("sequence", decision.sequence());
        }
        node.put("script", decision.script())
                .put("trigger", decision.trigger())
                .put(
                        "agreement",
                        decision.agreement().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("sameVersion", decision.sameVersion())
                .put("detail", decision.detail());
        if (!decision.then().isEmpty()) {
            node.set("then", Json.parsed(decision.then()));
        }
        if (!decision.now().isEmpty()) {
            node.set("now", Json.parsed(decision.now()));
        }
        return node;
    }
}
