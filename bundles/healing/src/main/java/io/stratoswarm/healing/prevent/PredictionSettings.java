package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.predict.Track;

/**
 * How failures are foreseen.
 *
 * @param windowMillis how much of its course each agent is judged by; a step is its 60th part, and the horizon is scaled with it
 * @param threshold probability above which a prediction is made, 0..1; 1 for none
 * @param holdout share of the predictions that are left alone by lot, 0..1
 */
public record PredictionSettings(long windowMillis, double threshold, double holdout) {
    /** The window that models are made for. */
    static final long FULL_MILLIS = 1_800_000;

    public static final PredictionSettings DEFAULT = new PredictionSettings(FULL_MILLIS, 0.7, 0.1);

    long stepMillis() {
        return Math.max(1, windowMillis / Track.STEPS);
    }

    /** A time of the model, in this window. */
    long scaled(long millis) {
        return Math.round((double) millis * windowMillis / FULL_MILLIS);
    }
}
