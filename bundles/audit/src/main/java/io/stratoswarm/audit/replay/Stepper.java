package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.replay.Replays.Step;
import io.stratoswarm.api.replay.Replays.StepQuery;
import io.stratoswarm.api.replay.Replays.Steps;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Goes from event to event and tells what each changed. */
final class Stepper {
    private final EventRun events;
    private final PastStates past;

    Stepper(EventRun events, PastStates past) {
        this.events = events;
        this.past = past;
    }

    Steps steps(StepQuery query) {
        Optional<Breakpoint> until = query.until().map(Breakpoint::parse);
        StateTree state = new StateTree(past.walk(PastGraphs.PROJECTION, query.fromEvents()));
        List<Step> steps = new ArrayList<>();
        Iterator<Event> all = events.between(query.fromEvents(), query.toEvents());
        while (all.hasNext()) {
            Event event = all.next();
            boolean told = query.type()
                            .map(type -> Breakpoint.matches(type, event.type()))
                            .orElse(true)
                    && query.subject()
                            .map(subject -> Breakpoint.matches(subject, event.subject()))
                            .orElse(true);
            // Only where it is told is the state before looked at, for that is what costs.
            JsonNode before = told ? state.tree() : StateTree.JSON.nullNode();
            state.apply(event);
            boolean reached =
                    until.map(point -> point.holds(event, state::tree)).orElse(false);
            if (told) {
                steps.add(new Step(event, JsonChanges.between(before, state.tree())));
            } else if (reached) {
                steps.add(new Step(event, List.of()));
            }
            if (reached || steps.size() >= query.limit()) {
                return new Steps(steps, event.sequence() + 1, reached);
            }
        }
        return new Steps(steps, query.toEvents(), false);
    }
}
