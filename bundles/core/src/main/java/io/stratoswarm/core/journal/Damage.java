package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;

/** Says what is damaged and what to do. */
final class Damage {
    private Damage() {}

    static StratoswarmException index(long sequence) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "the index of event " + sequence + " is damaged; stop the daemon and run: stratoswarm journal salvage");
    }

    static StratoswarmException event(long sequence) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "event " + sequence + " is damaged or missing; stop the daemon and run: stratoswarm journal salvage");
    }

    /** No damage: it was dropped on purpose. */
    static StratoswarmException pruned(long sequence, long cut) {
        return new StratoswarmException(
                Kind.GONE,
                "event " + sequence + " was pruned: the journal keeps the events from " + cut
                        + " on, and of those before the hashes; 'stratoswarm journal status' tells when and where to");
    }

    static StratoswarmException hash(long storedIndex, long sequence) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "the tree node " + storedIndex + " completed by event " + sequence
                        + " is missing; stop the daemon and run: stratoswarm journal salvage");
    }
}
