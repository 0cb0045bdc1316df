package io.stratoswarm.healing.predict;

import java.util.Map;

/** The course of one agent's measures over the last {@link #STEPS} steps, given one step at a time. */
public final class Track {
    /** Of a half hour: one step each 30 s at full length. */
    public static final int STEPS = 60;

    /** Adds a step and drops the oldest one. */
    public void step(Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits) {
        throw new UnsupportedOperationException();
    }
}
