package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.List;

/** Samples of one moment. */
final class Batch {
    private final long timeMillis;
    private final List<Sample> samples;

    Batch(long timeMillis, int expected) {
        this.timeMillis = timeMillis;
        this.samples = new ArrayList<>(expected);
    }

    void add(Series series, double value) {
        samples.add(new Sample(series, timeMillis, value));
    }

    long timeMillis() {
        return timeMillis;
    }

    List<Sample> samples() {
        return samples;
    }
}
