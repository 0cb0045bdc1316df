package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The rules and formulas of {@code docs/placement.md}, as plainly as possible and without anything of the solver. */
final class Naive {
    private final PlacementProblem problem;
    private final Map<String, Place> places = new TreeMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Map<String, Group> groupOf = new HashMap<>();
    private final List<String> resources;
    private final NaiveDistances distances;

    Naive(PlacementProblem problem) {
        this.problem = problem;
        problem.places().forEach(place -> places.put(place.id(), place));
        Set<String> asked = new TreeSet<>();
        for (Group group : problem.nodes()) {
            groups.put(group.id(), group);
            group.agents().forEach(agent -> groupOf.put(agent.id(), group));
            group.request().forEach((name, amount) -> {
                if (amount > 0) {
                    asked.add(name);
                }
            });
        }
        resources = new ArrayList<>(asked);
        distances = new NaiveDistances(places.keySet(), problem.links());
    }

    /** What must be there. */
    private static <T> T of(Map<String, T> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    /** Itself and all around it. */
    List<Place> around(String id) {
        List<Place> found = new ArrayList<>();
        Optional<String> at = Optional.of(id);
        while (at.isPresent()) {
            Place place = of(places, at.get());
            found.add(place);
            at = place.within();
        }
        return found;
    }

    private boolean divided(String id) {
        return places.values().stream().anyMatch(place -> place.within().equals(Optional.of(id)));
    }

    private Optional<String> label(String id, String name) {
        if (name.equals("place")) {
            return Optional.of(id);
        }
        return around(id).stream()
                .filter(place -> place.labels().containsKey(name))
                .map(place -> place.labels().get(name))
                .findFirst();
    }

    private boolean about(Constraint constraint, Group group) {
        return constraint.nodes().isEmpty() || constraint.nodes().contains(group.id());
    }

    /** The kinds of all rules that a whole placement breaks; {@code requests} for capacities. */
    Set<String> broken(Map<String, String> placement) {
        Set<String> broken = new TreeSet<>();
        for (String resource : resources) {
            Map<String, Double> load = new HashMap<>();
            placement.forEach((agent, place) -> {
                double amount = of(groupOf, agent).request().getOrDefault(resource, 0.0);
                around(place).forEach(outer -> load.merge(outer.id(), amount, Double::sum));
                if (amount > 0
                        && around(place).stream()
                                .noneMatch(outer -> outer.capacity().containsKey(resource))) {
                    broken.add("requests");
                }
            });
            load.forEach((place, amount) -> {
                Double most = of(places, place).capacity().get(resource);
                if (most != null && amount > most + 1e-9) {
                    broken.add("requests");
                }
            });
        }
        for (Group group : problem.nodes()) {
            for (Agent agent : group.agents()) {
                if (!group.candidates().isEmpty() && !group.candidates().contains(of(placement, agent.id()))) {
                    broken.add("candidates");
                }
            }
        }
        pairs((flow, agents) -> {
            double bytes = flow.bytesPerSecond()
                    / of(groups, flow.from()).agents().size()
                    / of(groups, flow.to()).agents().size();
            if (bytes > bandwidth(of(placement, agents.get(0)), of(placement, agents.get(1)))) {
                broken.add("bandwidth");
            }
        });
        problem.constraints().forEach(constraint -> {
            if (!keeps(constraint, placement)) {
                broken.add(Words.rule(constraint).split(" ")[0]);
            }
        });
        return broken;
    }

    private boolean keeps(Constraint constraint, Map<String, String> placement) {
        Map<String, String> its = new TreeMap<>();
        placement.forEach((agent, place) -> {
            if (about(constraint, of(groupOf, agent))) {
                its.put(agent, place);
            }
        });
        return switch (constraint) {
            case Constraint.Affinity c ->
                its.values().stream()
                        .allMatch(place -> label(place, c.label())
                                .filter(value ->
                                        c.values().isEmpty() || c.values().contains(value))
                                .isPresent());
            case Constraint.Pin c ->
                its.values().stream()
                        .allMatch(place -> around(place).stream()
                                .anyMatch(outer -> outer.id().equals(c.place())));
            case Constraint.Capacity c -> capacity(c, its);
            case Constraint.CoLocation c ->
                its.values().stream()
                                        .map(place -> label(place, c.by()))
                                        .distinct()
                                        .count()
                                <= 1
                        && its.values().stream()
                                .allMatch(place -> label(place, c.by()).isPresent());
            case Constraint.Forbidden c -> {
                Map<String, Set<String>> kinds = new HashMap<>();
                its.forEach((agent, place) -> label(place, c.by())
                        .ifPresent(name -> kinds.computeIfAbsent(name, fresh -> new TreeSet<>())
                                .add(of(groupOf, agent).id())));
                yield kinds.values().stream().allMatch(all -> all.size() <= 1);
            }
            case Constraint.Spread c -> spread(c, its);
        };
    }

    private boolean capacity(Constraint.Capacity c, Map<String, String> its) {
        Map<String, Double> sums = new HashMap<>();
        its.forEach((agent, place) -> {
            if (c.agents().isPresent()) {
                sums.merge(place, 1.0, Double::sum);
            } else {
                double amount =
                        of(groupOf, agent).request().getOrDefault(c.resource().orElseThrow(), 0.0);
                around(place).forEach(outer -> sums.merge(outer.id(), amount, Double::sum));
            }
        });
        return sums.entrySet().stream().allMatch(sum -> {
            if (c.agents().isPresent()) {
                return sum.getValue() <= c.agents().getAsInt();
            }
            Double there = of(places, sum.getKey()).capacity().get(c.resource().orElseThrow());
            return there == null || sum.getValue() <= there * c.share().orElseThrow() + 1e-6;
        });
    }

    private boolean spread(Constraint.Spread c, Map<String, String> its) {
        for (String place : its.values()) {
            if (label(place, c.by()).isEmpty() || c.by().equals("place") && divided(place)) {
                return false;
            }
        }
        Map<String, Integer> counts = new HashMap<>();
        for (Group group : problem.nodes()) {
            if (about(c, group)) {
                for (String place : places.keySet()) {
                    if (alone(group, place)) {
                        label(place, c.by()).ifPresent(name -> counts.putIfAbsent(name, 0));
                    }
                }
            }
        }
        its.values().forEach(place -> counts.merge(label(place, c.by()).orElseThrow(), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int least = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        return most - least <= c.maxSkew();
    }

    /** Whether one agent of a node could be at a place if there were no others. */
    private boolean alone(Group group, String place) {
        if (!group.candidates().isEmpty() && !group.candidates().contains(place)) {
            return false;
        }
        for (String resource : resources) {
            double amount = group.request().getOrDefault(resource, 0.0);
            List<Double> there = around(place).stream()
                    .filter(outer -> outer.capacity().containsKey(resource))
                    .map(outer -> outer.capacity().get(resource))
                    .toList();
            if (amount > 0 && (there.isEmpty() || there.stream().anyMatch(most -> most < amount))) {
                return false;
            }
        }
        for (Constraint constraint : problem.constraints()) {
            if (!about(constraint, group)) {
                continue;
            }
            boolean good = switch (constraint) {
                case Constraint.Affinity c ->
                    keeps(c, Map.of(group.agents().getFirst().id(), place));
                case Constraint.Pin c ->
                    keeps(c, Map.of(group.agents().getFirst().id(), place));
                case Constraint.Spread c ->
                    label(place, c.by()).isPresent() && !(c.by().equals("place") && divided(place));
                case Constraint.CoLocation c -> label(place, c.by()).isPresent();
                case Constraint.Forbidden c -> true;
                case Constraint.Capacity c -> true;
            };
            if (!good) {
                return false;
            }
        }
        return true;
    }

    private void pairs(BiConsumer<Traffic, List<String>> each) {
        for (Traffic flow : problem.flows()) {
            for (Agent from : of(groups, flow.from()).agents()) {
                for (Agent to : of(groups, flow.to()).agents()) {
                    each.accept(flow, List.of(from.id(), to.id()));
                }
            }
        }
    }

    double latency(String p, String q) {
        if (around(p).contains(of(places, q)) || around(q).contains(of(places, p))) {
            return 0;
        }
        for (Place a : around(p)) {
            for (Place b : around(q)) {
                Optional<Double> known = distances.between(a.id(), b.id());
                if (known.isPresent()) {
                    return known.get();
                }
            }
        }
        return problem.links().isEmpty() ? 0 : 2 * distances.longest();
    }

    /** Tests give bandwidths only to links of which no path has two. */
    private double bandwidth(String p, String q) {
        return problem.links().stream()
                .filter(link -> link.from().equals(p) && link.to().equals(q)
                        || link.from().equals(q) && link.to().equals(p))
                .mapToDouble(link -> link.bandwidth().orElse(Double.POSITIVE_INFINITY))
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    double total(Map<String, String> placement) {
        List<Objective> objectives = problem.objectives().isEmpty()
                ? List.of(new Objective(Objective.Goal.BALANCE, 1))
                : problem.objectives();
        double weights = objectives.stream().mapToDouble(Objective::weight).sum();
        double sum = objectives.stream()
                .mapToDouble(objective -> objective.weight() * value(objective.goal(), placement))
                .sum();
        return (weights == 0 ? 0 : sum / weights) + problem.movingWeight() * moving(placement);
    }

    private double moving(Map<String, String> placement) {
        double all = 0;
        double moved = 0;
        for (Group group : problem.nodes()) {
            for (Agent agent : group.agents()) {
                if (agent.present().filter(places::containsKey).isPresent()) {
                    all += agent.movingCost();
                    moved += agent.present().get().equals(of(placement, agent.id())) ? 0 : agent.movingCost();
                }
            }
        }
        return all == 0 ? 0 : moved / all;
    }

    double value(Objective.Goal goal, Map<String, String> placement) {
        return switch (goal) {
            case LATENCY -> crossing(placement);
            case BALANCE -> balance(placement);
            case PACKING -> packing(placement);
            case TEMPERATURE -> heat(placement);
            case COST -> {
                double all = leaves().stream()
                        .mapToDouble(leaf -> of(places, leaf).cost())
                        .sum();
                double paid = leaves().stream()
                        .filter(leaf -> covered(leaf, placement))
                        .mapToDouble(leaf -> of(places, leaf).cost())
                        .sum();
                yield all == 0 ? 0 : paid / all;
            }
        };
    }

    private double crossing(Map<String, String> placement) {
        double[] sum = new double[1];
        pairs((flow, agents) -> sum[0] += flow.weight()
                / of(groups, flow.from()).agents().size()
                / of(groups, flow.to()).agents().size()
                * latency(of(placement, agents.get(0)), of(placement, agents.get(1))));
        double weights = problem.flows().stream().mapToDouble(Traffic::weight).sum();
        double most = 0;
        for (String p : places.keySet()) {
            for (String q : places.keySet()) {
                most = Math.max(most, latency(p, q));
            }
        }
        return weights == 0 || most == 0 ? 0 : sum[0] / weights / most;
    }

    private List<String> leaves() {
        return places.keySet().stream().filter(place -> !divided(place)).toList();
    }

    private boolean covered(String leaf, Map<String, String> placement) {
        return around(leaf).stream().anyMatch(outer -> placement.containsValue(outer.id()));
    }

    private Optional<Double> capacity(String place, String resource) {
        if (resource.equals("agents")) {
            return Optional.of((double) leaves().stream()
                    .filter(leaf -> around(leaf).contains(of(places, place)))
                    .count());
        }
        return Optional.ofNullable(of(places, place).capacity().get(resource));
    }

    /** Of a place that has the resource, with no part that has it. */
    private Optional<Double> use(String gauge, String resource, Map<String, String> placement) {
        if (capacity(gauge, resource).orElse(0.0) == 0) {
            return Optional.empty();
        }
        for (String other : places.keySet()) {
            if (!other.equals(gauge)
                    && around(other).contains(of(places, gauge))
                    && capacity(other, resource).orElse(0.0) > 0) {
                return Optional.empty();
            }
        }
        double use = 0;
        for (Map.Entry<String, String> entry : placement.entrySet()) {
            double amount = resource.equals("agents")
                    ? 1
                    : of(groupOf, entry.getKey()).request().getOrDefault(resource, 0.0);
            Optional<Place> bearer = around(entry.getValue()).stream()
                    .filter(outer -> capacity(outer.id(), resource).isPresent())
                    .findFirst();
            if (bearer.isPresent() && around(gauge).contains(bearer.get())) {
                double there = capacity(bearer.get().id(), resource).orElseThrow();
                use += there == 0 ? 0 : amount / there;
            }
        }
        return Optional.of(use);
    }

    private double balance(Map<String, String> placement) {
        List<String> measured = resources.isEmpty() ? List.of("agents") : resources;
        double sum = 0;
        int count = 0;
        for (String resource : measured) {
            double asked = placement.keySet().stream()
                    .mapToDouble(agent -> resource.equals("agents")
                            ? 1
                            : of(groupOf, agent).request().getOrDefault(resource, 0.0))
                    .sum();
            double there = 0;
            List<Double> uses = new ArrayList<>();
            for (String place : places.keySet()) {
                Optional<Double> use = use(place, resource, placement);
                if (use.isPresent()) {
                    uses.add(use.get());
                    there += capacity(place, resource).orElseThrow();
                }
            }
            if (there > 0 && asked > 0) {
                double mean = asked / there;
                sum += uses.stream()
                                .mapToDouble(use -> (use - mean) / mean * ((use - mean) / mean))
                                .sum()
                        / uses.size();
                count++;
            }
        }
        return count == 0 ? 0 : Math.sqrt(sum / count);
    }

    private double packing(Map<String, String> placement) {
        double used = 0;
        double filled = 0;
        double squares = 0;
        for (String leaf : leaves()) {
            if (!covered(leaf, placement)) {
                continue;
            }
            used++;
            double fill = 0;
            for (String resource : resources) {
                fill = Math.max(fill, use(leaf, resource, placement).orElse(0.0));
            }
            fill = Math.min(1, fill);
            filled += fill;
            squares += fill * fill;
        }
        return used == 0 ? 0 : (used + 1 - (filled == 0 ? 0 : squares / filled)) / (leaves().size() + 1);
    }

    private double heat(Map<String, String> placement) {
        Map<String, Double> known = new HashMap<>();
        for (String place : places.keySet()) {
            around(place).stream()
                    .filter(outer -> outer.temperature().isPresent())
                    .findFirst()
                    .ifPresent(outer -> known.put(place, outer.temperature().getAsDouble()));
        }
        double least = known.values().stream().mapToDouble(d -> d).min().orElse(0);
        double most = known.values().stream().mapToDouble(d -> d).max().orElse(0);
        double sum = 0;
        double weights = 0;
        for (Map.Entry<String, String> entry : placement.entrySet()) {
            double weight = resources.contains("cpu")
                    ? of(groupOf, entry.getKey()).request().getOrDefault("cpu", 0.0)
                    : 1;
            double heat = most <= least
                    ? 0
                    : known.containsKey(entry.getValue())
                            ? (known.get(entry.getValue()) - least) / (most - least)
                            : 0.5;
            sum += weight * heat;
            weights += weight;
        }
        return weights == 0 ? 0 : sum / weights;
    }

    /** Every placement of every agent; only for a few. */
    Optional<Double> bestTotal() {
        List<String> agents = problem.nodes().stream()
                .flatMap(group -> group.agents().stream())
                .map(Agent::id)
                .toList();
        double[] best = {Double.POSITIVE_INFINITY};
        walk(agents, new TreeMap<>(), best);
        return best[0] == Double.POSITIVE_INFINITY ? Optional.empty() : Optional.of(best[0]);
    }

    private void walk(List<String> agents, Map<String, String> placement, double[] best) {
        if (placement.size() == agents.size()) {
            if (broken(placement).isEmpty()) {
                best[0] = Math.min(best[0], total(placement));
            }
            return;
        }
        String agent = agents.get(placement.size());
        for (String place : places.keySet()) {
            placement.put(agent, place);
            walk(agents, placement, best);
            placement.remove(agent);
        }
    }
}
