package io.stratoswarm.healing.predict;

import java.util.List;

/** Tells what is expected of agents. The same tracks give the same forecasts. Used by one thread at a time. */
public interface Forecaster {
    /** SHA-256 of the model, lower-case hexadecimal. */
    String model();

    /** How far it looks ahead, and back: a forecast is of a failure within the horizon, made of as many steps as a {@link Track} keeps. */
    long horizonMillis();

    /** One for each track, in order. */
    List<Forecast> forecast(List<Track> tracks);
}
