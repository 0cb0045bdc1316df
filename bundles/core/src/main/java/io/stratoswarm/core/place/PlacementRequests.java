package io.stratoswarm.core.place;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.PlaceRequest;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import io.stratoswarm.api.place.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the problem of a solver from what a graph declares. */
public final class PlacementRequests {
    private PlacementRequests() {}

    /** Whether a graph asks for a placement at all. */
    public static boolean asked(List<NodeSpec> nodes, List<Constraint> constraints, List<Objective> objectives) {
        return !constraints.isEmpty()
                || !objectives.isEmpty()
                || nodes.stream().anyMatch(node -> !node.request().equals(PlaceRequest.NONE));
    }

    /**
     * The problem of a graph.
     *
     * @param agents of each node
     * @param movingWeight what it counts that agents leave their places
     */
    public static PlacementProblem problem(
            Site site,
            List<NodeSpec> nodes,
            List<FlowSpec> flows,
            List<Constraint> constraints,
            List<Objective> objectives,
            Map<String, List<Agent>> agents,
            double movingWeight) {
        Candidates candidates = new Candidates(site.places());
        List<Group> groups = new ArrayList<>();
        for (NodeSpec node : nodes) {
            Map<String, Double> request = request(node);
            boolean free = request.isEmpty() && objectives.isEmpty() && !constrained(node.id(), constraints);
            groups.add(new Group(
                    node.id(),
                    agents.getOrDefault(node.id(), List.of()),
                    request,
                    candidates(node, candidates, request, free)));
        }
        return new PlacementProblem(
                site.places(), site.links(), groups, traffic(flows), constraints, objectives, movingWeight);
    }

    /** What runs inside of the daemon, and who asks for nothing, stays on the whole host; who has an affinity, where that lies. */
    private static List<String> candidates(
            NodeSpec node, Candidates candidates, Map<String, Double> request, boolean free) {
        List<Integer> affinity = node.agent().affinity();
        if (free || !(node.kind() instanceof NodeKind.Process)) {
            return candidates.outermost();
        }
        return affinity.isEmpty() ? candidates.of(request) : candidates.around(affinity);
    }

    /** The same places with so much less of what they, and those around them, have; by place and resource. */
    public static Site less(Site site, Map<String, Map<String, Double>> taken) {
        Map<String, Place> byId = new HashMap<>();
        site.places().forEach(place -> byId.put(place.id(), place));
        Map<String, Map<String, Double>> all = new HashMap<>();
        taken.forEach((id, amounts) -> {
            Optional<Place> at = Optional.ofNullable(byId.get(id));
            while (at.isPresent()) {
                Map<String, Double> sums = all.computeIfAbsent(at.get().id(), fresh -> new HashMap<>());
                amounts.forEach((resource, amount) -> sums.merge(resource, amount, Double::sum));
                at = at.get().within().map(byId::get);
            }
        });
        List<Place> left = site.places().stream()
                .map(place -> {
                    Map<String, Double> capacity = new HashMap<>(place.capacity());
                    all.getOrDefault(place.id(), Map.of())
                            .forEach((resource, amount) ->
                                    capacity.computeIfPresent(resource, (key, most) -> Math.max(0, most - amount)));
                    return new Place(
                            place.id(),
                            place.within(),
                            place.labels(),
                            capacity,
                            place.temperature(),
                            place.cost(),
                            place.cpus(),
                            place.memoryNodes());
                })
                .toList();
        return new Site(left, site.links(), site.notes());
    }

    /** The agents of a node that run nowhere yet. */
    public static List<Agent> agents(String graph, NodeSpec node) {
        List<Agent> agents = new ArrayList<>();
        for (int replica = 0; replica < node.replicas(); replica++) {
            agents.add(Agent.of(graph + "/" + node.id() + (node.replicas() == 1 ? "" : "." + replica)));
        }
        return agents;
    }

    /** Whether a rule names the node, or counts all agents. */
    private static boolean constrained(String node, List<Constraint> constraints) {
        return constraints.stream()
                .anyMatch(rule -> rule.nodes().contains(node)
                        || rule.nodes().isEmpty()
                                && (!(rule instanceof Constraint.Capacity capacity)
                                        || capacity.agents().isPresent()));
    }

    /** By resource; the limits of cores and memory stand for what is absent. */
    public static Map<String, Double> request(NodeSpec node) {
        PlaceRequest asked = node.request();
        AgentSpec.Resources limits = node.agent().resources();
        Map<String, Double> request = new LinkedHashMap<>(asked.custom());
        asked.cpuCores().or(limits::cpuCores).ifPresent(cores -> request.put("cpu", cores));
        (asked.memoryBytes().isPresent() ? asked.memoryBytes() : limits.memoryBytes())
                .ifPresent(bytes -> request.put("memory", (double) bytes));
        asked.gpus().ifPresent(count -> request.put("gpu", count));
        asked.gpuMemoryBytes().ifPresent(bytes -> request.put("gpuMemory", (double) bytes));
        asked.diskBytes().ifPresent(bytes -> request.put("disk", (double) bytes));
        asked.bandwidth().ifPresent(bytes -> request.put("bandwidth", (double) bytes));
        request.values().removeIf(amount -> amount == 0);
        return request;
    }

    /**
     * A flow with a rate counts by it, beside the mean of those whose rate is in the same unit; one without counts as the mean.
     */
    private static List<Traffic> traffic(List<FlowSpec> flows) {
        Map<Boolean, double[]> sums = new HashMap<>();
        for (FlowSpec flow : flows) {
            flow.rate().ifPresent(rate -> {
                double[] sum = sums.computeIfAbsent(rate.bytes(), fresh -> new double[2]);
                sum[0] += rate.perSecond();
                sum[1]++;
            });
        }
        List<Traffic> traffic = new ArrayList<>();
        for (FlowSpec flow : flows) {
            double weight = flow.rate()
                    .map(rate -> {
                        double[] sum = sums.getOrDefault(rate.bytes(), new double[] {0, 1});
                        return sum[0] == 0 ? 1 : rate.perSecond() / (sum[0] / sum[1]);
                    })
                    .orElse(1.0);
            double bytes = flow.rate()
                    .filter(FlowSpec.Rate::bytes)
                    .map(FlowSpec.Rate::perSecond)
                    .orElse(0.0);
            Set<String> targets = new HashSet<>();
            for (FlowSpec.End to : flow.to()) {
                if (targets.add(to.node()) && !to.node().equals(flow.from().node())) {
                    traffic.add(new Traffic(flow.from().node(), to.node(), weight, bytes));
                }
            }
        }
        return traffic;
    }

    /**
     * Which places come into question. Where places have parts, agents go to parts, the larger ones first; to the outermost ones only
     * where no part has enough, so that something is gained by having asked. Parts that are a GPU are for those that ask for one.
     */
    private static final class Candidates {
        private final List<Place> places;
        private final Map<String, Place> byId = new HashMap<>();
        private final Set<String> divided = new HashSet<>();

        Candidates(List<Place> places) {
            this.places = places;
            for (Place place : places) {
                byId.put(place.id(), place);
                place.within().ifPresent(divided::add);
            }
        }

        List<String> outermost() {
            return divided.isEmpty()
                    ? List.of()
                    : places.stream()
                            .filter(place -> place.within().isEmpty())
                            .map(Place::id)
                            .toList();
        }

        /** Places that hold all of these processors, the whole host always. */
        List<String> around(List<Integer> cpus) {
            return divided.isEmpty()
                    ? List.of()
                    : places.stream()
                            .filter(place ->
                                    place.within().isEmpty() || place.cpus().containsAll(cpus))
                            .filter(place -> !isGpu(place) || divided.contains(place.id()))
                            .map(Place::id)
                            .toList();
        }

        List<String> of(Map<String, Double> request) {
            if (divided.isEmpty()) {
                return List.of();
            }
            boolean gpu = request.getOrDefault("gpu", 0.0) > 0 || request.getOrDefault("gpuMemory", 0.0) > 0;
            List<String> parts = places.stream()
                    .filter(place -> place.within().isPresent() || !divided.contains(place.id()))
                    .filter(place -> gpu || divided.contains(place.id()) || !isGpu(place))
                    .map(Place::id)
                    .toList();
            boolean fits = parts.stream().anyMatch(id -> fits(id, request));
            return fits ? parts : places.stream().map(Place::id).toList();
        }

        private static boolean isGpu(Place place) {
            return place.within().isPresent() && place.capacity().getOrDefault("gpu", 0.0) > 0;
        }

        private boolean fits(String id, Map<String, Double> request) {
            return request.entrySet().stream().allMatch(asked -> {
                boolean there = false;
                Optional<Place> at = Optional.ofNullable(byId.get(id));
                while (at.isPresent()) {
                    Double most = at.get().capacity().get(asked.getKey());
                    if (most != null && most < asked.getValue()) {
                        return false;
                    }
                    there |= most != null;
                    at = at.get().within().map(byId::get);
                }
                return there;
            });
        }
    }
}
