package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.healing.heal.HealingParts;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What predictions need of the daemon, beside what healing needs.
 *
 * @param current how failures are foreseen now
 * @param prognosis the model, or why there is none
 * @param lessons what is kept for the model to learn from; empty where it cannot
 * @param hands does what may take a while; one thing after the other
 */
public record PredictionParts(
        HealingParts healing,
        Supplier<Optional<Proposals>> proposals,
        Supplier<Optional<HostPlaces>> places,
        Supplier<PredictionSettings> current,
        Supplier<Prognosis> prognosis,
        Supplier<Optional<LessonBook>> lessons,
        Executor hands) {
    PredictionSettings settings() {
        return current.get();
    }
}
