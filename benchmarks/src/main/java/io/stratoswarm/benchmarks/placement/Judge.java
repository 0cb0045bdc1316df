package io.stratoswarm.benchmarks.placement;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.Objective.Goal;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Scores placements of {@link Instance}, one agent changed at a time; the peer searches by it, and both are judged by it. It shares
 * nothing with the solver that it judges, and knows no more than the instance has: flat places, all linked.
 */
final class Judge {
    final int places;
    final int agents;
    /** Places that the rules about one agent alone leave to each agent. */
    final int[][] allowed;

    private final double[][] latency;
    private final double[][] capacity;
    private final double[][] request;
    private final double[] mean;
    private final double[] heat;
    private final double[] cost;
    private final int[][] partner;
    private final double[][] pair;
    private final double[] weight = new double[Goal.values().length];
    private final double crossingMost;
    private final double heaviness;
    private final List<Constraint> rules;
    private final int[][] rulesOf;
    private final int[] nodeOf;
    private final int[][] group;

    private final int[] at;
    private final double[][] load;
    private final int[] count;
    private final int[][] inGroup;
    private final Map<Long, Integer> kinds = new HashMap<>();
    private double over;
    private double crossing;
    private double unequal;
    private double hot;
    private double paid;
    private long broken;

    Judge(PlacementProblem problem) {
        places = problem.places().size();
        Map<String, Integer> placeAt = new HashMap<>();
        Map<String, Integer> nodeAt = new HashMap<>();
        problem.places().forEach(place -> placeAt.put(place.id(), placeAt.size()));
        problem.nodes().forEach(node -> nodeAt.put(node.id(), nodeAt.size()));
        latency = new double[places][places];
        problem.links().forEach(link -> {
            int p = of(placeAt, link.from());
            int q = of(placeAt, link.to());
            latency[p][q] = link.latency();
            latency[q][p] = link.latency();
        });
        int replicas = problem.nodes().getFirst().agents().size();
        agents = replicas * problem.nodes().size();
        nodeOf = new int[agents];
        allowed = new int[agents][];
        request = new double[2][agents];
        capacity = new double[2][places];
        heat = new double[places];
        cost = new double[places];
        for (int p = 0; p < places; p++) {
            Place place = problem.places().get(p);
            capacity[0][p] = place.capacity().getOrDefault("cpu", 0.0);
            capacity[1][p] = place.capacity().getOrDefault("memory", 0.0);
            heat[p] = place.temperature().orElse(0);
            cost[p] = place.cost();
        }
        double least = Arrays.stream(heat).min().orElse(0);
        double most = Arrays.stream(heat).max().orElse(1);
        double costs = Arrays.stream(cost).sum();
        for (int p = 0; p < places; p++) {
            heat[p] = (heat[p] - least) / (most - least);
            cost[p] /= costs;
        }
        for (int i = 0; i < agents; i++) {
            int n = i / replicas;
            nodeOf[i] = n;
            request[0][i] = problem.nodes().get(n).request().getOrDefault("cpu", 0.0);
            request[1][i] = problem.nodes().get(n).request().getOrDefault("memory", 0.0);
            allowed[i] = allowed(problem, problem.nodes().get(n).id());
        }
        mean = new double[] {sum(request[0]) / sum(capacity[0]), sum(request[1]) / sum(capacity[1])};
        heaviness = sum(request[0]);
        partner = new int[agents][];
        pair = new double[agents][];
        double weights = flows(problem, nodeAt, replicas);
        crossingMost = weights
                * Arrays.stream(latency).flatMapToDouble(Arrays::stream).max().orElse(1);
        double all =
                problem.objectives().stream().mapToDouble(Objective::weight).sum();
        problem.objectives().forEach(each -> weight[each.goal().ordinal()] = each.weight() / all);
        rules = problem.constraints().stream()
                .filter(rule -> !(rule instanceof Constraint.Affinity))
                .toList();
        rulesOf = new int[agents][];
        group = new int[rules.size()][places];
        for (int k = 0; k < rules.size(); k++) {
            Map<String, Integer> names = new HashMap<>();
            for (int p = 0; p < places; p++) {
                String by = by(rules.get(k));
                Place place = problem.places().get(p);
                String name = by.equals("place") ? place.id() : place.labels().getOrDefault(by, "");
                group[k][p] = names.computeIfAbsent(name, fresh -> names.size());
            }
        }
        for (int i = 0; i < agents; i++) {
            String id = problem.nodes().get(nodeOf[i]).id();
            rulesOf[i] = java.util.stream.IntStream.range(0, rules.size())
                    .filter(k -> rules.get(k).nodes().contains(id))
                    .toArray();
        }
        at = new int[agents];
        load = new double[2][places];
        count = new int[places];
        inGroup = new int[rules.size()][places];
        clear();
    }

    private static int of(Map<String, Integer> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static String by(Constraint rule) {
        return switch (rule) {
            case Constraint.Spread spread -> spread.by();
            case Constraint.Forbidden forbidden -> forbidden.by();
            default -> throw new IllegalStateException("the instance has no such rule: " + rule);
        };
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }

    private static int[] allowed(PlacementProblem problem, String node) {
        List<Integer> found = new ArrayList<>();
        for (int p = 0; p < problem.places().size(); p++) {
            Map<String, String> labels = problem.places().get(p).labels();
            boolean good = problem.constraints().stream()
                    .filter(Constraint.Affinity.class::isInstance)
                    .map(Constraint.Affinity.class::cast)
                    .filter(rule -> rule.nodes().contains(node))
                    .allMatch(rule -> rule.values().contains(labels.getOrDefault(rule.label(), "")));
            if (good) {
                found.add(p);
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private double flows(PlacementProblem problem, Map<String, Integer> nodeAt, int replicas) {
        List<List<double[]>> found = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            found.add(new ArrayList<>());
        }
        double weights = 0;
        for (Traffic flow : problem.flows()) {
            weights += flow.weight();
            double each = flow.weight() / replicas / replicas;
            for (int a = 0; a < replicas; a++) {
                for (int b = 0; b < replicas; b++) {
                    int i = of(nodeAt, flow.from()) * replicas + a;
                    int j = of(nodeAt, flow.to()) * replicas + b;
                    found.get(i).add(new double[] {j, each});
                    found.get(j).add(new double[] {i, each});
                }
            }
        }
        for (int i = 0; i < agents; i++) {
            partner[i] = found.get(i).stream().mapToInt(each -> (int) each[0]).toArray();
            pair[i] = found.get(i).stream().mapToDouble(each -> each[1]).toArray();
        }
        return weights;
    }

    void clear() {
        Arrays.fill(at, -1);
        Arrays.fill(count, 0);
        Arrays.fill(load[0], 0);
        Arrays.fill(load[1], 0);
        Arrays.stream(inGroup).forEach(row -> Arrays.fill(row, 0));
        kinds.clear();
        over = 0;
        crossing = 0;
        hot = 0;
        paid = 0;
        broken = 0;
        unequal = 2.0 * places;
    }

    void put(int i, int p) {
        change(i, p, 1);
        at[i] = p;
    }

    void take(int i) {
        int p = at[i];
        at[i] = -1;
        change(i, p, -1);
    }

    private void change(int i, int p, int by) {
        for (int r = 0; r < 2; r++) {
            over -= over(r, p);
            unequal -= square(r, p);
            load[r][p] += by * request[r][i];
            unequal += square(r, p);
            over += over(r, p);
        }
        double sum = 0;
        for (int f = 0; f < partner[i].length; f++) {
            int q = at[partner[i][f]];
            sum += q < 0 ? 0 : pair[i][f] * latency[p][q];
        }
        crossing += by * sum;
        hot += by * request[0][i] * heat[p];
        boolean before = count[p] > 0;
        count[p] += by;
        paid += before == count[p] > 0 ? 0 : by * cost[p];
        for (int k : rulesOf[i]) {
            broken += rule(k, i, group[k][p], by);
        }
    }

    private double over(int r, int p) {
        double more = load[r][p] - capacity[r][p];
        return more > 1e-6 * capacity[r][p] ? 1 + more / capacity[r][p] : 0;
    }

    private double square(int r, int p) {
        double off = (load[r][p] / capacity[r][p] - mean[r]) / mean[r];
        return off * off;
    }

    private long rule(int k, int i, int g, int by) {
        if (rules.get(k) instanceof Constraint.Spread spread) {
            long before = skew(k, spread.maxSkew());
            inGroup[k][g] += by;
            return skew(k, spread.maxSkew()) - before;
        }
        long key = ((long) k * places + g) * agents + nodeOf[i];
        int now = kinds.merge(key, by, Integer::sum);
        long before = Math.max(0, inGroup[k][g] - 1);
        if (by > 0 && now == 1 || by < 0 && now == 0) {
            inGroup[k][g] += by;
        }
        return Math.max(0, inGroup[k][g] - 1) - before;
    }

    private long skew(int k, int most) {
        int groups = Arrays.stream(group[k]).max().orElse(0) + 1;
        int least = Integer.MAX_VALUE;
        for (int g = 0; g < groups; g++) {
            least = Math.min(least, inGroup[k][g]);
        }
        long broken = 0;
        for (int g = 0; g < groups; g++) {
            broken += Math.max(0, inGroup[k][g] - least - most);
        }
        return broken;
    }

    /** How far rules are broken; below a millionth is nothing. */
    double hard() {
        return broken + (over < 1e-6 ? 0 : over);
    }

    double soft() {
        return weight[Goal.LATENCY.ordinal()] * crossing / crossingMost
                + weight[Goal.BALANCE.ordinal()] * Math.sqrt(Math.max(0, unequal) / (2.0 * places))
                + weight[Goal.TEMPERATURE.ordinal()] * hot / heaviness
                + weight[Goal.COST.ordinal()] * paid;
    }
}
