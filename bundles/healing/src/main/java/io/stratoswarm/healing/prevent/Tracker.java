package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.predict.Track;
import java.util.Map;

/** Gives a step to a track. */
@FunctionalInterface
interface Tracker {
    void step(Track track, Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits);
}
