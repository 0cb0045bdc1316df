package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Transforms.Options;
import io.stratoswarm.api.graph.Transforms.Plan;
import io.stratoswarm.api.graph.Transforms.Request;
import io.stratoswarm.api.graph.Transforms.State;
import io.stratoswarm.api.graph.Transforms.Touched;
import io.stratoswarm.api.graph.Transforms.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a transform, as it is kept on disk. With the generation that it began at, the request says all of its stages.
 *
 * @param replaced nodes that had to be replaced, as it was found when it began
 * @param shared whether anything new has had a part of the traffic
 * @param cancel who asked for it to go back; empty for nobody
 * @param notes what went otherwise than planned, one line each
 */
record Kept(
        long number,
        String kind,
        String graph,
        Map<String, String> arguments,
        @Nullable Fragment fragment,
        List<Integer> steps,
        long holdMillis,
        long readyMillis,
        long graceMillis,
        String actor,
        long generation,
        Set<String> replaced,
        List<String> stages,
        int commit,
        List<String> starts,
        List<String> drains,
        List<String> effect,
        State state,
        int stage,
        boolean shared,
        String reason,
        String cancel,
        List<String> notes,
        long beginNanos,
        long endNanos,
        Map<String, FlowLedger> before,
        Map<String, FlowLedger> after) {

    /** Where the declaration of what is new was written. */
    record Fragment(String file, String text, Map<String, String> included, Map<String, String> parameters) {}

    static Kept begin(
            long number,
            Request request,
            Plan plan,
            Set<String> replaced,
            String actor,
            long nanos,
            Map<String, FlowLedger> before) {
        Options options = request.options();
        return new Kept(
                number,
                request.kind(),
                request.graph(),
                request.arguments(),
                request.fragment()
                        .map(it -> new Fragment(it.file(), it.text(), it.included(), it.parameters()))
                        .orElse(null),
                options.steps(),
                options.holdMillis(),
                options.readyMillis(),
                options.graceMillis(),
                actor,
                plan.generation(),
                replaced,
                plan.stages(),
                plan.commit(),
                plan.starts(),
                plan.drains(),
                plan.effect(),
                State.RUNNING,
                0,
                false,
                "",
                "",
                List.of(),
                nanos,
                0,
                before,
                Map.of());
    }

    Request request() {
        return new Request(
                kind,
                graph,
                arguments,
                Optional.ofNullable(fragment)
                        .map(it -> new GraphSource(it.file(), it.text(), it.included(), it.parameters())),
                new Options(steps, holdMillis, readyMillis, graceMillis, OptionalLong.empty()));
    }

    boolean ended() {
        return state != State.RUNNING && state != State.GOING_BACK;
    }

    Kept at(State next, int nextStage, String why) {
        return with(next, nextStage, shared, why, cancel, notes, endNanos, after);
    }

    Kept because(String why) {
        return with(state, stage, shared, why, cancel, notes, endNanos, after);
    }

    Kept sharing() {
        return with(state, stage, true, reason, cancel, notes, endNanos, after);
    }

    Kept cancelled(String by) {
        return with(state, stage, shared, reason, by, notes, endNanos, after);
    }

    Kept noted(String note) {
        List<String> all = new ArrayList<>(notes);
        all.add(note);
        return with(state, stage, shared, reason, cancel, all, endNanos, after);
    }

    /** What flows came to before they go; those that stay are looked at again in the end. */
    Kept accounted(Map<String, FlowLedger> ledgers) {
        return with(state, stage, shared, reason, cancel, notes, endNanos, ledgers);
    }

    Kept end(State how, String why, long nanos, Map<String, FlowLedger> ledgers) {
        return with(how, stage, shared, why, cancel, notes, nanos, ledgers);
    }

    private Kept with(
            State newState,
            int newStage,
            boolean newShared,
            String why,
            String cancelledBy,
            List<String> newNotes,
            long end,
            Map<String, FlowLedger> ledgers) {
        return new Kept(
                number,
                kind,
                graph,
                arguments,
                fragment,
                steps,
                holdMillis,
                readyMillis,
                graceMillis,
                actor,
                generation,
                replaced,
                stages,
                commit,
                starts,
                drains,
                effect,
                newState,
                newStage,
                newShared,
                why,
                cancelledBy,
                newNotes,
                beginNanos,
                end,
                before,
                ledgers);
    }

    Transform transform() {
        Set<String> flows = new TreeSet<>(before.keySet());
        flows.addAll(after.keySet());
        Map<String, FlowLedger> then = new TreeMap<>(after);
        return new Transform(
                number,
                new Plan(kind, graph, generation, stages, commit, starts, drains, effect),
                state,
                stage,
                reason,
                actor,
                beginNanos,
                endNanos,
                flows.stream()
                        .map(flow -> new Touched(
                                flow, Optional.ofNullable(before.get(flow)), Optional.ofNullable(then.get(flow))))
                        .toList());
    }
}
