package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.place.Link;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Latencies of the shortest ways between places, by trying every link as often as there are places (Bellman and Ford). */
final class NaiveDistances {
    private final Map<String, Map<String, Double>> distance = new HashMap<>();

    NaiveDistances(Collection<String> places, List<Link> links) {
        for (String from : places) {
            Map<String, Double> row = new HashMap<>();
            row.put(from, 0.0);
            distance.put(from, row);
        }
        for (int round = 0; round < places.size(); round++) {
            links.forEach(link -> distance.values().forEach(row -> {
                shorter(row, link.from(), link.to(), link.latency());
                shorter(row, link.to(), link.from(), link.latency());
            }));
        }
    }

    private static void shorter(Map<String, Double> row, String from, String to, double latency) {
        Double before = row.get(from);
        if (before != null) {
            row.merge(to, before + latency, Math::min);
        }
    }

    Optional<Double> between(String from, String to) {
        return Optional.ofNullable(distance.getOrDefault(from, Map.of()).get(to));
    }

    double longest() {
        return distance.values().stream()
                .flatMap(row -> row.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }
}
