package io.stratoswarm.api.journal;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The state of a projection at any past moment, byte for byte what it was then: from the nearest snapshot that was stored at or
 * before the moment, and the events after it. The running projections are not touched. Where the version of a projection has changed
 * since, the events are folded by the version of now, from an older snapshot of its own or from the first event.
 *
 * <p>A moment is a number of events: the state after the first {@code events} events of the journal. Kind NOT_FOUND for an unknown
 * projection, kind GONE for a moment before {@link Journal#first}, kind INVALID for more events than there are.
 */
@ProviderType
public interface PastStates {
    /** How many events there were at a moment: those whose time is not after it. */
    long eventsAt(long timeNanos);

    /** The state after this many events. */
    State stateAt(String projection, long events);

    /** A fold that begins with the state after this many events, for the caller alone. */
    Walk walk(String projection, long events);

    /**
     * A state, and what it was made from.
     *
     * @param snapshot how many events are in the stored snapshot that it was made from; 0 where there was none
     */
    record State(String projection, int version, long events, byte[] bytes, long snapshot) {
        public State {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** A state that goes on event by event. Not for use by several threads. */
    @ProviderType
    interface Walk {
        /** Folds an event in; which one is the caller's choice, so some may be left out or be others than they were. */
        void apply(Event event);

        /** The encoded state as it is now. */
        byte[] state();
    }
}
