package io.stratoswarm.benchmarks.placement;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * 250 nodes of four agents each on 100 places of three sizes in five zones: flows, four fifths of the processors asked for, spread
 * nodes, forbidden pairs, affinities, and all objectives but packing, which contradicts balance.
 */
final class Instance {
    private static final int PLACES = 100;
    private static final int NODES = 250;
    private static final int REPLICAS = 4;
    private static final int ZONES = 5;
    private static final double GIB = 1L << 30;

    private Instance() {}

    static PlacementProblem of(long seed) {
        Random random = new Random(seed);
        List<Place> places = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        for (int p = 0; p < PLACES; p++) {
            int size = 16 << random.nextInt(3);
            places.add(new Place(
                    "p" + p,
                    Optional.empty(),
                    Map.of(Place.ZONE, "z" + p % ZONES, "disk", random.nextInt(3) == 0 ? "ssd" : "hdd"),
                    Map.of("cpu", (double) size, "memory", size * 4 * GIB),
                    OptionalDouble.of(40 + random.nextInt(40)),
                    size * (0.8 + 0.4 * random.nextDouble()),
                    List.of(),
                    List.of()));
            for (int q = 0; q < p; q++) {
                double latency = p % ZONES == q % ZONES ? 0.5 : 1 + Math.abs(p % ZONES - q % ZONES);
                links.add(new Link("p" + q, "p" + p, latency, OptionalDouble.empty()));
            }
        }
        List<Group> nodes = new ArrayList<>();
        List<Traffic> flows = new ArrayList<>();
        for (int n = 0; n < NODES; n++) {
            List<Agent> agents = new ArrayList<>();
            for (int k = 0; k < REPLICAS; k++) {
                agents.add(Agent.of("n" + n + "-" + k));
            }
            double cpu = 0.5 * (1 + random.nextInt(10));
            nodes.add(new Group(
                    "n" + n,
                    agents,
                    Map.of("cpu", cpu, "memory", Math.rint(cpu * (2 + 3 * random.nextDouble()) * GIB)),
                    List.of()));
            for (int k = 0; k < 2 && n > 0; k++) {
                int other = Math.max(0, n - 1 - random.nextInt(10));
                flows.add(new Traffic("n" + other, "n" + n, 0.1 + random.nextDouble(), 0));
            }
        }
        return new PlacementProblem(
                places,
                links,
                nodes,
                flows,
                constraints(random),
                List.of(
                        new Objective(Goal.LATENCY, 3),
                        new Objective(Goal.BALANCE, 1),
                        new Objective(Goal.TEMPERATURE, 0.5),
                        new Objective(Goal.COST, 0.5)),
                0);
    }

    private static List<Constraint> constraints(Random random) {
        List<Constraint> constraints = new ArrayList<>();
        for (int n = 0; n < NODES; n += 5) {
            constraints.add(new Constraint.Spread(List.of("n" + n), random.nextBoolean() ? Place.ZONE : "place", 1));
            constraints.add(new Constraint.Forbidden(List.of("n" + (n + 1), "n" + (n + 2)), "place"));
        }
        for (int n = 3; n < NODES; n += 10) {
            constraints.add(new Constraint.Affinity(List.of("n" + n), "disk", List.of("ssd")));
        }
        return constraints;
    }
}
