package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * All predictions and their record. Immutable. Times are in nanoseconds since 1970-01-01T00:00Z.
 *
 * @param made how many predictions there were, which is the number of the last one
 * @param open those that are not judged yet, by their number
 * @param closed the last ones that were, oldest first
 * @param gains by cause
 */
record Predicted(
        @JsonProperty("made") long made,
        @JsonProperty("open") SortedMap<Long, Open> open,
        @JsonProperty("closed") List<Closed> closed,
        @JsonProperty("tally") Tally tally,
        @JsonProperty("gains") SortedMap<String, Worth> gains) {
    static final int MOST_CLOSED = 200;
    static final String ALONE = "alone";
    static final String ACTING = "acting";
    static final String ACTED = "acted";

    static final Predicted NOTHING =
            new Predicted(0, Collections.emptySortedMap(), List.of(), Tally.NOTHING, Collections.emptySortedMap());

    Predicted {
        open = Collections.unmodifiableSortedMap(new TreeMap<>(open));
        closed = List.copyOf(closed);
        gains = Collections.unmodifiableSortedMap(new TreeMap<>(gains));
    }

    /**
     * One that is not judged yet.
     *
     * @param incarnation of the agent when it was made
     * @param untilNanos end of the horizon
     * @param drawn what the lot gave, below the share that is held out where it is
     * @param measure what it was begun with; empty before
     * @param state {@link #ALONE}, {@link #ACTING} or {@link #ACTED}
     * @param why what it waits for, or why nothing is done
     * @param acts what was done, in words
     * @param successor agent that took the place of this one, where it was replaced; else empty
     * @param failedNanos when it failed; 0 before
     */
    record Open(
            @JsonProperty("number") long number,
            @JsonProperty("agent") String agent,
            @JsonProperty("incarnation") long incarnation,
            @JsonProperty("probability") double probability,
            @JsonProperty("madeNanos") long madeNanos,
            @JsonProperty("expectedNanos") long expectedNanos,
            @JsonProperty("untilNanos") long untilNanos,
            @JsonProperty("cause") String cause,
            @JsonProperty("drivers") List<String> drivers,
            @JsonProperty("model") String model,
            @JsonProperty("heldOut") boolean heldOut,
            @JsonProperty("drawn") double drawn,
            @JsonProperty("measure") String measure,
            @JsonProperty("state") String state,
            @JsonProperty("why") String why,
            @JsonProperty("acts") List<String> acts,
            @JsonProperty("successor") String successor,
            @JsonProperty("failedNanos") long failedNanos) {
        Open {
            drivers = List.copyOf(drivers);
            acts = List.copyOf(acts);
        }

        /** The agent that stands for it now. */
        String standing() {
            return successor.isEmpty() ? agent : successor;
        }

        boolean acted() {
            return !acts.isEmpty();
        }

        Open withheld(String reason) {
            return with(measure, state, reason, acts, successor, failedNanos);
        }

        Open started(String with) {
            return with(with, ACTING, "", acts, successor, failedNanos);
        }

        Open did(String act, boolean done, boolean last, String follower) {
            List<String> all = new ArrayList<>(acts);
            if (done) {
                all.add(act);
            }
            return with(
                    measure, last ? ACTED : state, act, all, follower.isEmpty() ? successor : follower, failedNanos);
        }

        Open failed(long nanos) {
            return with(measure, state, why, acts, successor, nanos);
        }

        private Open with(String with, String at, String reason, List<String> done, String follower, long failed) {
            return new Open(
                    number,
                    agent,
                    incarnation,
                    probability,
                    madeNanos,
                    expectedNanos,
                    untilNanos,
                    cause,
                    drivers,
                    model,
                    heldOut,
                    drawn,
                    with,
                    at,
                    reason,
                    done,
                    follower,
                    failed);
        }
    }

    /** One that was judged. @param leadMillis -1 where it did not fail */
    record Closed(
            @JsonProperty("prediction") Open prediction,
            @JsonProperty("outcome") String outcome,
            @JsonProperty("leadMillis") long leadMillis,
            @JsonProperty("downMillis") long downMillis,
            @JsonProperty("why") String why) {}

    Predicted changed(long number, UnaryOperator<Open> change) {
        SortedMap<Long, Open> next = new TreeMap<>(open);
        next.computeIfPresent(number, (key, value) -> change.apply(value));
        return new Predicted(made, next, closed, tally, gains);
    }

    Worth gain(String cause) {
        return gains.getOrDefault(cause, Worth.NOTHING);
    }

    Predicted with(Tally next) {
        return new Predicted(made, open, closed, next, gains);
    }

    Predicted with(String cause, Worth gain) {
        SortedMap<String, Worth> all = new TreeMap<>(gains);
        all.put(cause, gain);
        return new Predicted(made, open, closed, tally, all);
    }

    /** The open prediction about an agent. */
    Optional<Open> about(String agent) {
        return open.values().stream()
                .filter(each -> each.standing().equals(agent) || each.agent().equals(agent))
                .findFirst();
    }
}
