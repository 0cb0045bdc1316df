package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.predict.Forecaster;
import java.util.Optional;

/** A model that foresees failures, or why there is none. @param why empty where there is one */
public record Prognosis(Optional<Forecaster> forecaster, String why) {
    public static Prognosis of(Forecaster forecaster) {
        return new Prognosis(Optional.of(forecaster), "");
    }

    public static Prognosis unavailable(String why) {
        return new Prognosis(Optional.empty(), why);
    }
}
