package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.Objective.Goal;
import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;

/** Small problems by chance: nested places or flat ones, some of them without any solution. */
final class Problems {
    private final Random random;

    Problems(long seed) {
        random = new Random(seed);
    }

    PlacementProblem any() {
        List<Place> places = random.nextInt(3) == 0 ? host() : flat();
        List<Group> nodes = new ArrayList<>();
        int left = 5;
        for (int n = 0; left > 0 && n < 4; n++) {
            int replicas = 1 + random.nextInt(Math.min(3, left));
            left -= replicas;
            List<Agent> agents = new ArrayList<>();
            for (int k = 0; k < replicas; k++) {
                Optional<String> present = random.nextInt(4) == 0
                        ? Optional.of(places.get(random.nextInt(places.size())).id())
                        : Optional.empty();
                agents.add(new Agent("n" + n + "-" + k, present, 1 + random.nextInt(3)));
            }
            Map<String, Double> request = new HashMap<>();
            if (random.nextInt(4) > 0) {
                request.put("cpu", (1 + random.nextInt(4)) * 0.5);
            }
            if (random.nextInt(3) == 0) {
                request.put("memory", (1 + random.nextInt(4)) * 1024.0);
            }
            nodes.add(new Group("n" + n, agents, request, List.of()));
        }
        List<Traffic> flows = new ArrayList<>();
        for (int n = 1; n < nodes.size(); n++) {
            if (random.nextBoolean()) {
                double bytes = random.nextInt(3) == 0 ? 1000 * (1 + random.nextInt(3)) : 0;
                flows.add(new Traffic("n" + random.nextInt(n), "n" + n, 1 + random.nextInt(3), bytes));
            }
        }
        List<Constraint> constraints = new ArrayList<>();
        for (int k = random.nextInt(4); k > 0; k--) {
            constraints.add(constraint(nodes, places));
        }
        List<Objective> objectives = new ArrayList<>();
        for (Goal goal : Goal.values()) {
            if (random.nextBoolean()) {
                objectives.add(new Objective(goal, 0.5 + random.nextInt(3)));
            }
        }
        return new PlacementProblem(
                places, links(places), nodes, flows, constraints, objectives, random.nextBoolean() ? 0 : 0.3);
    }

    private List<Place> flat() {
        List<Place> places = new ArrayList<>();
        int count = 2 + random.nextInt(3);
        for (int p = 0; p < count; p++) {
            Map<String, String> labels = new HashMap<>();
            if (random.nextInt(6) > 0) {
                labels.put("zone", "z" + random.nextInt(2));
            }
            if (random.nextBoolean()) {
                labels.put("disk", random.nextBoolean() ? "ssd" : "hdd");
            }
            Map<String, Double> capacity = new HashMap<>();
            capacity.put("cpu", 1.0 + random.nextInt(6));
            if (random.nextInt(4) > 0) {
                capacity.put("memory", 4096.0 * (1 + random.nextInt(2)));
            }
            places.add(new Place(
                    "p" + p,
                    Optional.empty(),
                    labels,
                    capacity,
                    temperature(),
                    random.nextInt(5),
                    List.of(),
                    List.of()));
        }
        return places;
    }

    private OptionalDouble temperature() {
        return random.nextInt(3) == 0 ? OptionalDouble.empty() : OptionalDouble.of(30 + random.nextInt(50));
    }

    private List<Place> host() {
        List<Place> places = new ArrayList<>();
        places.add(part("host", Optional.empty(), Map.of(), Map.of("cpu", 4.0, "memory", 16384.0)));
        for (int n = 0; n < 2; n++) {
            String numa = "numa" + n;
            places.add(part(
                    numa,
                    Optional.of("host"),
                    Map.of("zone", "z" + n),
                    Map.of("cpu", 2.0, "memory", random.nextBoolean() ? 8192.0 : 2048.0)));
            if (n == 0) {
                places.add(part("cpu0", Optional.of(numa), Map.of("disk", "ssd"), Map.of("cpu", 1.0)));
                places.add(part("cpu1", Optional.of(numa), Map.of(), Map.of("cpu", 1.0)));
            }
        }
        return places;
    }

    private Place part(String id, Optional<String> within, Map<String, String> labels, Map<String, Double> capacity) {
        return new Place(id, within, labels, capacity, temperature(), random.nextInt(5), List.of(), List.of());
    }

    private List<Link> links(List<Place> places) {
        List<Link> links = new ArrayList<>();
        for (int p = 0; p < places.size(); p++) {
            for (int q = 0; q < p; q++) {
                boolean nested =
                        places.stream().anyMatch(place -> place.within().isPresent());
                boolean numas = places.get(p).id().startsWith("numa")
                        && places.get(q).id().startsWith("numa");
                if (nested ? numas : random.nextInt(3) > 0) {
                    // A latency that no way over a third place can be shorter than.
                    OptionalDouble bandwidth = random.nextInt(3) == 0
                            ? OptionalDouble.of(500 + random.nextInt(1500))
                            : OptionalDouble.empty();
                    links.add(new Link(
                            places.get(q).id(),
                            places.get(p).id(),
                            10 + random.nextInt(10),
                            nested ? OptionalDouble.empty() : bandwidth));
                }
            }
        }
        // With all of them there, no path has two links; else bandwidths are left out.
        int all = places.size() * (places.size() - 1) / 2;
        return links.size() == all
                ? links
                : links.stream()
                        .map(link -> new Link(link.from(), link.to(), link.latency(), OptionalDouble.empty()))
                        .toList();
    }

    private Constraint constraint(List<Group> nodes, List<Place> places) {
        List<String> some = new ArrayList<>();
        nodes.forEach(node -> {
            if (random.nextBoolean()) {
                some.add(node.id());
            }
        });
        if (some.isEmpty()) {
            some.add(nodes.getFirst().id());
        }
        String by = random.nextBoolean() ? "zone" : "place";
        return switch (random.nextInt(7)) {
            case 0 -> new Constraint.Affinity(some, "disk", random.nextBoolean() ? List.of() : List.of("ssd"));
            case 1 -> new Constraint.Spread(some, by, random.nextInt(3));
            case 2 ->
                new Constraint.Pin(
                        List.of(some.getFirst()),
                        places.get(random.nextInt(places.size())).id());
            case 3 ->
                new Constraint.Capacity(
                        some, OptionalInt.of(1 + random.nextInt(2)), Optional.empty(), Optional.empty());
            case 4 ->
                new Constraint.Capacity(
                        random.nextBoolean() ? List.of() : some,
                        OptionalInt.empty(),
                        Optional.of("cpu"),
                        Optional.of(0.5 + 0.25 * random.nextInt(3)));
            case 5 -> new Constraint.CoLocation(some, by);
            default -> new Constraint.Forbidden(some, by);
        };
    }
}
