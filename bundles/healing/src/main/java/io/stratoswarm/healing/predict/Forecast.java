package io.stratoswarm.healing.predict;

import java.util.List;

/**
 * What is expected of one agent.
 *
 * @param probability calibrated, of a failure within the horizon of the model, 0..1
 * @param inMillis until the failure, as it is expected; meaningless where it is improbable
 * @param drivers measures that drove the probability, the strongest first, each as {@code name +0.31}: its share
 * @param explained false where more had to be explained at once than is, so that cause and drivers are told a later time
 */
public record Forecast(double probability, long inMillis, Cause cause, List<String> drivers, boolean explained) {
    public Forecast {
        drivers = List.copyOf(drivers);
    }

    /** With all that there is to tell. */
    public Forecast(double probability, long inMillis, Cause cause, List<String> drivers) {
        this(probability, inMillis, cause, drivers, true);
    }
}
