package io.stratoswarm.console;

import io.stratoswarm.api.healing.Predictions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Two agents, an open and an ended prediction, and a list of what was asked for. */
final class InMemoryPredictions implements Predictions {
    final List<String> asked = new ArrayList<>();

    @Override
    public Status status() {
        return new Status("", "ab12", 30_000, 1_800_000, 0.7, 0.1, "auto", "", 2, new TreeMap<>(Map.of("rate", 1L)));
    }

    @Override
    public List<Outlook> outlooks(double atLeast, OptionalLong withinMillis) {
        asked.add("outlooks " + atLeast + " " + withinMillis.orElse(0));
        Outlook ill = new Outlook(
                "shop/web", 0.9, 2_000, "memory-leak", List.of("memory.trend +0.31"), 60, OptionalLong.of(2));
        Outlook fine = new Outlook("shop/db", 0.01, 2_000, "other", List.of(), 60, OptionalLong.empty());
        return atLeast > 0.01 ? List.of(ill) : List.of(ill, fine);
    }

    @Override
    public List<Prediction> predictions(Optional<String> agent, int limit) {
        Prediction open = new Prediction(
                2,
                "shop/web",
                0.9,
                1_000,
                2_000,
                3_000,
                "memory-leak",
                List.of("memory.trend +0.31"),
                "ab12",
                false,
                "reclaim",
                "acting",
                "",
                OptionalLong.empty(),
                0,
                "");
        Prediction ended = new Prediction(
                1,
                "shop/web",
                0.8,
                500,
                1_000,
                1_500,
                "other",
                List.of(),
                "ab12",
                true,
                "",
                "ended",
                "hit",
                OptionalLong.of(240_000),
                300,
                "it failed within the horizon, and nothing had been done");
        return agent.orElse("shop/web").equals("shop/web") ? List.of(open, ended) : List.of();
    }

    @Override
    public Record record() {
        return new Record(
                1,
                2,
                3,
                4,
                5,
                6,
                OptionalLong.of(240_000),
                List.of(new Bin(0.8, 0.9, 3, 0.85, 0.67)),
                List.of(new Gain(
                        "other", true, "too few to tell", 4, 1, OptionalDouble.of(200), 0, 0, OptionalDouble.empty())));
    }

    @Override
    public void turn(String cause, boolean on, String actor) {
        asked.add("turn " + cause + " " + on);
    }
}
