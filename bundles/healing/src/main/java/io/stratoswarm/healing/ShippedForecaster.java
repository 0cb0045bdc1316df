package io.stratoswarm.healing;

import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.prevent.Prognosis;
import io.stratoswarm.healing.prevent.Teacher;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The model that failures are foreseen by, and how it learns. This is the one place where they are put in. Times of a forecaster are those of
 * steps of 30 s, whatever the window is; they are scaled where they are used.
 */
final class ShippedForecaster {
    private ShippedForecaster() {}

    /** @param adopted the model that was learned last on this host; empty where the shipped one is used */
    static Prognosis load(Optional<byte[]> adopted) {
        return Prognosis.unavailable("this build comes without a model of failures to come");
    }

    /** What a model is given of a track; empty where none is there that could learn. */
    static Optional<Function<Track, float[]>> features() {
        return Optional.empty();
    }

    /** @param adopt takes a model into use */
    static Optional<Teacher> teacher(Consumer<byte[]> adopt) {
        return Optional.empty();
    }
}
