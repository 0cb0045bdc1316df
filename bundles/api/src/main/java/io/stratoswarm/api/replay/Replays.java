package io.stratoswarm.api.replay;

import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** Replays what the journal holds. Nothing is done anew by it, and nothing of what runs is touched. */
@ProviderType
public interface Replays {
    /**
     * Reads a moment: a time such as {@code 2026-01-31T12:00:00Z}, or {@code #123} for the one right after the event of that
     * sequence.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind INVALID for anything else, and for an event that there is not
     */
    Moment moment(String text);

    /** Graphs and agents as they were. */
    PastGraphs.View view(Moment moment);

    /**
     * A part of the state of graphs and agents, as indented JSON.
     *
     * @param path as changes name it: {@code agents[shop/web].phase}; empty for all
     */
    String state(Moment moment, String path);

    /** Events in order, each with what it changed. */
    Steps steps(StepQuery query);

    /** What is otherwise at another moment: of agents, of graphs, and of what is declared. */
    List<Difference> differences(Moment from, Moment to, Optional<String> graph);

    /** What would be had some events not been: they and what they caused are left out. */
    Branch without(Set<Long> sequences, Moment to);

    /** Runs today's scripts on the inputs that were recorded, and compares. What they return is not done. */
    CompletableFuture<List<Redecision>> redecide(Moment from, Moment to);

    /**
     * A moment.
     *
     * @param events how many events there were
     * @param timeNanos since 1970-01-01T00:00Z
     */
    record Moment(long events, long timeNanos) {}

    /** A change of one value of a state; JSON texts, empty where there is none. */
    record StateChange(String path, String before, String after) {}

    /**
     * Which events to step through.
     *
     * @param fromEvents the first one's sequence
     * @param toEvents the last one's sequence and one
     * @param type only these are told; exact, or a prefix where it ends in {@code *}
     * @param subject as for the type
     * @param until ends after an event for which this holds: {@code type=...}, {@code subject=...}, or a condition in CEL on
     *     {@code event} and {@code state}
     * @param limit how many are told at most
     */
    record StepQuery(
            long fromEvents,
            long toEvents,
            Optional<String> type,
            Optional<String> subject,
            Optional<String> until,
            int limit) {}

    /** An event, and what it changed in the state of graphs and agents. */
    record Step(Event event, List<StateChange> changes) {
        public Step {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Some steps.
     *
     * @param next where the next ones begin
     * @param reached whether the last one is where the query was to end
     */
    record Steps(List<Step> steps, long next, boolean reached) {
        public Steps {
            steps = List.copyOf(steps);
        }
    }

    /**
     * One thing that differs.
     *
     * @param kind {@code agent}, {@code graph}, {@code node} or {@code flow}
     * @param id of the agent or graph, {@code GRAPH/ID} of a node or flow
     * @param what {@code added}, {@code removed}, {@code started}, {@code stopped}, {@code restarted} or {@code changed}
     */
    record Difference(String kind, String id, String what, List<StateChange> changes) {
        public Difference {
            changes = List.copyOf(changes);
        }
    }

    /**
     * A replay without some events.
     *
     * @param leftOut what went: the events that were named, what they caused, and what a policy that was asked again no longer says
     * @param rulings of restart policies that say otherwise on the changed input
     * @param differences from what really was, at the moment that was asked for
     * @param notes what of it is exact, and what is not
     */
    record Branch(
            Moment to,
            List<LeftOut> leftOut,
            List<ChangedRuling> rulings,
            List<Difference> differences,
            List<Note> notes) {
        public Branch {
            leftOut = List.copyOf(leftOut);
            rulings = List.copyOf(rulings);
            differences = List.copyOf(differences);
            notes = List.copyOf(notes);
        }
    }

    /** @param why one line */
    record LeftOut(long sequence, String type, String subject, String why) {}

    /**
     * A policy that says otherwise.
     *
     * @param sequence of the end that it was asked for
     * @param then what it said, in words
     * @param now what it says without the events
     */
    record ChangedRuling(long sequence, String agent, String then, String now) {}

    /** A statement about a result. */
    record Note(boolean exact, String text) {}

    /** How a script's decision of today stands to that of then. */
    enum Agreement {
        SAME,
        DIFFERENT,
        /** The input was not recorded whole. */
        NO_INPUT,
        /** There is no such script now, or it failed. */
        NOT_RUN
    }

    /**
     * A decision, taken again.
     *
     * @param sequence of the event that recorded it; -1 for a call that decided to do nothing, which only its trace tells
     * @param then what the script wanted, JSON
     * @param now what it wants, JSON; empty where it was not run
     * @param sameVersion whether the script is the one of then
     */
    record Redecision(
            long sequence,
            String script,
            String trigger,
            Agreement agreement,
            String then,
            String now,
            boolean sameVersion,
            String detail) {}
}
