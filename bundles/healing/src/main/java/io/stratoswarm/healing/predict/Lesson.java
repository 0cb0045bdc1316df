package io.stratoswarm.healing.predict;

import java.util.Arrays;

/**
 * What a track looked like, and what came of it.
 *
 * @param atMillis when it looked so, since 1970-01-01T00:00Z
 * @param window see {@link Track#window}
 * @param targets for each of {@link LstmForecaster#HORIZONS} how much it is true that a failure followed within it, 0..1
 * @param weight how much it counts; 0 for what is not known
 */
public record Lesson(long atMillis, float[] window, float[] targets, double weight) {
    public Lesson {
        if (targets.length != LstmForecaster.HORIZONS.size()
                || window.length != Track.STEPS * Track.SERIES.size()
                || !(weight >= 0)) {
            throw new IllegalArgumentException("a lesson has " + LstmForecaster.HORIZONS.size() + " targets, "
                    + Track.STEPS * Track.SERIES.size() + " values and a weight from 0 on, not " + targets.length + ", "
                    + window.length + " and " + weight);
        }
        for (float target : targets) {
            if (!(target >= 0 && target <= 1)) {
                throw new IllegalArgumentException("a target is from 0 to 1, not " + target);
            }
        }
        window = window.clone();
        targets = targets.clone();
    }

    /** A failure followed after so many steps. */
    public static Lesson failed(long atMillis, float[] window, double steps) {
        float[] targets = new float[LstmForecaster.HORIZONS.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = steps <= LstmForecaster.HORIZONS.get(i) ? 1 : 0;
        }
        return new Lesson(atMillis, window, targets, 1);
    }

    /** Nothing was done, and no failure followed within the farthest horizon. */
    public static Lesson stayedWell(long atMillis, float[] window) {
        return new Lesson(atMillis, window, new float[LstmForecaster.HORIZONS.size()], 1);
    }

    /** Something was done against the failure that was expected: nobody knows whether it would have come, and nothing is learned from it. */
    public static Lesson prevented(long atMillis, float[] window) {
        float[] targets = new float[LstmForecaster.HORIZONS.size()];
        Arrays.fill(targets, 0.5f);
        return new Lesson(atMillis, window, targets, 0);
    }

    @Override
    public float[] window() {
        return window.clone();
    }

    @Override
    public float[] targets() {
        return targets.clone();
    }

    /** Whether a failure followed within the farthest horizon. */
    boolean occurred() {
        return targets[targets.length - 1] > 0.5f;
    }

    void copyWindow(float[] to, int at) {
        System.arraycopy(window, 0, to, at, window.length);
    }

    void copyTargets(float[] to, int at) {
        System.arraycopy(targets, 0, to, at, targets.length);
    }
}
