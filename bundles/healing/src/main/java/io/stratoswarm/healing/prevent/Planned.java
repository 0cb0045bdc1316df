package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.predict.Forecast;
import java.util.Optional;
import java.util.OptionalDouble;

/** Finds the moment of a planned restart: a quiet one, but before the failure. */
final class Planned {
    /** Without a quiet moment up to this share of the time that is left, it is done then. */
    private static final double LATEST = 0.6;
    /** Before the limit: from then on a quiet moment is looked for, and from then on none is waited for. A step is half a minute. */
    private static final double SOON_STEPS = 4;

    private static final double LAST_STEPS = 2;

    private final PredictionParts parts;
    private final Foresight foresight;

    Planned(PredictionParts parts, Foresight foresight) {
        this.parts = parts;
        this.foresight = foresight;
    }

    /**
     * What is used up until a limit is reached is known better by its own course than by any model: a restart before the last minutes
     * gains nothing, and what only
     * grew for a while, as connections do in a burst, has levelled off by then.
     */
    private static Optional<String> byRoom(double stepsLeft, Course course, boolean helped) {
        if (stepsLeft > SOON_STEPS) {
            return Optional.empty();
        }
        if (stepsLeft <= LAST_STEPS) {
            return Optional.of("since what it uses comes near its limit in " + Math.round(stepsLeft) + " steps");
        }
        return helped || !course.quiet() ? Optional.empty() : Optional.of("at a quiet moment");
    }

    /** Why a restart that is planned is made now; empty where it waits. @param helped whether something else still helps */
    Optional<String> due(Predicted.Open open, boolean helped) {
        long now = parts.healing().clock().millis();
        PredictionSettings settings = parts.settings();
        Optional<Course> course = foresight.course(open.agent());
        Optional<Forecast> forecast = course.flatMap(Course::forecast);
        if (forecast.isPresent() && forecast.get().probability() < settings.threshold() / 2) {
            return Optional.empty(); // It does not look like a failure any more, and a restart costs.
        }
        OptionalDouble left = course.map(
                        it -> Chooser.cause(open.cause()).map(it.track::left).orElse(OptionalDouble.empty()))
                .orElse(OptionalDouble.empty());
        if (left.isPresent()) {
            return byRoom(left.getAsDouble(), course.get(), helped);
        }
        long made = open.madeNanos() / 1_000_000;
        long expected = open.expectedNanos() / 1_000_000;
        if (forecast.isPresent() && forecast.get().probability() > settings.threshold()) {
            expected = Math.min(
                    expected,
                    course.get().forecastMillis + settings.scaled(forecast.get().inMillis()));
        }
        if (now >= made + LATEST * Math.max(0, expected - made)) {
            return Optional.of(
                    helped
                            ? "before the time that it is expected to fail"
                            : "before the time that it is expected to fail, since no quiet moment came");
        }
        return helped ? Optional.empty() : course.filter(Course::quiet).map(it -> "at a quiet moment");
    }
}
