package io.stratoswarm.console;

import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Series;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One failure with one factor of each sort. */
record InMemoryFailures(InMemoryServices services) implements Failures {
    @Override
    public Diagnosis diagnose(String target, long windowMillis) {
        Event failure = services.journal.get(4).orElseThrow();
        Points points =
                new Points(Series.of("shop/web", "open_fds"), new long[] {1_000, 2_000}, new double[] {10, 1_000.5});
        return new Diagnosis(
                failure,
                "shop/web",
                1_000,
                2_000,
                List.of(
                        new Factor(
                                Category.COMMAND,
                                "shop/web",
                                "itself",
                                "it was killed",
                                0.98,
                                Basis.EXACT,
                                1_500,
                                List.of(new Evidence("event 3", OptionalLong.of(3), Optional.empty()))),
                        new Factor(
                                Category.DESCRIPTORS,
                                "shop/web",
                                "itself",
                                "open_fds rose",
                                0.3,
                                Basis.MEASURED,
                                1_200,
                                List.of(new Evidence("it rose", OptionalLong.empty(), Optional.of(points))))),
                0.35,
                List.of("a note"),
                List.of(services.journal.get(3).orElseThrow()));
    }

    @Override
    public String html(Diagnosis diagnosis) {
        return "<!doctype html>";
    }
}
