package io.stratoswarm.healing.predict;

import java.util.List;

/**
 * What is expected of one agent.
 *
 * @param probability calibrated, of a failure within the horizon of the model, 0..1
 * @param inMillis until the failure, as it is expected; meaningless where it is improbable
 * @param drivers measures that drove the probability, the strongest first, each as {@code name +0.31}: its share
 */
public record Forecast(double probability, long inMillis, Cause cause, List<String> drivers) {
    public Forecast {
        drivers = List.copyOf(drivers);
    }
}
