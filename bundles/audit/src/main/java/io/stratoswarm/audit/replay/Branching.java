package io.stratoswarm.audit.replay;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.graph.PastGraphs.Ruling;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.replay.Replays.Branch;
import io.stratoswarm.api.replay.Replays.ChangedRuling;
import io.stratoswarm.api.replay.Replays.LeftOut;
import io.stratoswarm.api.replay.Replays.Moment;
import io.stratoswarm.api.replay.Replays.Note;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A replay without some events. Their causal descendants, by the causes that were recorded, go with them. Ends of agents that are
 * left meet another state, so their restart policies are asked again; where one says otherwise, what it had decided then goes as well.
 */
final class Branching {
    private static final String AGENT = "agent/";
    private static final int MOST_NAMED = 5;

    private final EventRun events;
    private final PastStates past;
    private final PastGraphs graphs;

    Branching(EventRun events, PastStates past, PastGraphs graphs) {
        this.events = events;
        this.past = past;
        this.graphs = graphs;
    }

    /** What happened on the way. */
    private static final class Course {
        final Map<Long, LeftOut> leftOut = new TreeMap<>();
        final List<ChangedRuling> rulings = new ArrayList<>();
        /** Ends whose policy says otherwise now: what they had caused of their own agent goes. */
        final Map<Long, String> overruled = new TreeMap<>();

        final List<String> unfit = new ArrayList<>();
        int asked;
    }

    Branch without(Set<Long> sequences, Moment to) {
        long first = sequences.stream().min(Long::compare).orElseThrow();
        long last = sequences.stream().max(Long::compare).orElseThrow();
        if (first < 0 || last >= to.events()) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "event " + (first < 0 ? first : last) + " is not before the moment that is asked for; events 0 to "
                            + (to.events() - 1) + " are");
        }
        StateTree real = new StateTree(past.walk(PastGraphs.PROJECTION, first));
        StateTree branch = new StateTree(past.walk(PastGraphs.PROJECTION, first));
        Course course = new Course();
        Iterator<Event> all = events.between(first, to.events());
        while (all.hasNext()) {
            Event event = all.next();
            Optional<String> why =
                    sequences.contains(event.sequence()) ? Optional.of("asked for") : because(event, course);
            if (why.isPresent()) {
                course.leftOut.put(
                        event.sequence(), new LeftOut(event.sequence(), event.type(), event.subject(), why.get()));
            } else {
                keep(event, real, branch, course);
            }
            real.apply(event);
        }
        List<LeftOut> leftOut = List.copyOf(course.leftOut.values());
        return new Branch(
                to,
                leftOut,
                course.rulings,
                Differences.of(real.tree(), branch.tree(), Optional.empty()),
                notes(course, sequences.size()));
    }

    private static Optional<String> because(Event event, Course course) {
        for (Cause cause : event.causes()) {
            if (cause instanceof Cause.OfEvent of && of.journal().equals(event.journal())) {
                if (course.leftOut.containsKey(of.sequence())) {
                    return Optional.of("caused by event " + of.sequence());
                }
                if (event.subject().equals(course.overruled.get(of.sequence()))) {
                    return Optional.of("decided at event " + of.sequence() + ", where the policy says otherwise now");
                }
            }
        }
        return Optional.empty();
    }

    private void keep(Event event, StateTree real, StateTree branch, Course course) {
        Optional<Ruling> then = graphs.ruling(real.bytes(), event);
        if (then.isPresent()) {
            course.asked++;
            Optional<Ruling> now = graphs.ruling(branch.bytes(), event);
            String was = Rulings.text(then.get());
            String is = now.map(Rulings::text).orElse("the agent has not run, so nothing is asked");
            if (!was.equals(is)) {
                String agent = event.subject().substring(AGENT.length());
                course.rulings.add(new ChangedRuling(event.sequence(), agent, was, is));
                if (now.map(ruling -> ruling.verdict() != then.get().verdict()).orElse(true)) {
                    course.overruled.put(event.sequence(), event.subject());
                }
            }
        }
        if (event.subject().startsWith(AGENT) && missing(event, branch) && !missing(event, real)) {
            course.unfit.add(event.sequence() + " " + event.type() + " of " + event.subject());
        }
        branch.apply(event);
    }

    /** Whether the state does not have the agent that an event is about. */
    private static boolean missing(Event event, StateTree state) {
        Map<String, ?> agents = JsonChanges.keyed(state.tree().path("agents"));
        return agents == null || !agents.containsKey(event.subject().substring(AGENT.length()));
    }

    private static List<Note> notes(Course course, int named) {
        List<Note> notes = new ArrayList<>();
        notes.add(new Note(
                true,
                "which events went: the " + named + " asked for and " + (course.leftOut.size() - named)
                        + " more, by the causes that were recorded"));
        notes.add(new Note(true, "the state: a fold of all other events"));
        notes.add(new Note(
                true,
                "restart policies: asked again at " + course.asked + " ends that are left, " + course.rulings.size()
                        + " say otherwise"));
        if (!course.unfit.isEmpty()) {
            notes.add(new Note(
                    false,
                    course.unfit.size() + " events are left that would not have been, for their agent is not there: "
                            + some(course.unfit)));
        }
        for (ChangedRuling ruling : course.rulings) {
            notes.add(new Note(
                    false,
                    "what " + ruling.agent() + " would have done after event " + ruling.sequence()
                            + " is not known: no process ran that way"));
        }
        notes.add(
                new Note(
                        false,
                        "what programs, scripts and people would have done otherwise: only what has a recorded cause is left out"));
        return notes;
    }

    private static String some(List<String> all) {
        String named = String.join(", ", all.subList(0, Math.min(MOST_NAMED, all.size())));
        return all.size() > MOST_NAMED ? named + " and " + (all.size() - MOST_NAMED) + " more" : named;
    }
}
