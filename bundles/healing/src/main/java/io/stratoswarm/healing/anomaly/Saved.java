package io.stratoswarm.healing.anomaly;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;

/** What holds of each saved state. */
final class Saved {
    private Saved() {}

    static void check(boolean holds) {
        if (!holds) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    "the saved state of an anomaly detector is damaged; drop it, and the detector learns the series anew");
        }
    }
}
