package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.Objective.Goal;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.api.place.PlacementProblem.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A problem as arrays: agents, nodes and places by number, where each node may go at all, and what each flow weighs. */
final class Model {
    final PlacementProblem problem;
    final Places places;
    final Amounts amounts;

    final int nodes;
    final int agents;
    final String[] agentIds;
    /** Node of each agent. */
    final int[] node;
    /** Agents of each node; they follow each other. */
    final int[][] members;
    /** Places of each node that no constraint which looks at one agent alone forbids, those of a tie first. */
    final int[][] allowed;

    final boolean[][] may;
    /** Where each agent is now; -1 where it is nowhere, or at a place that is not there any more. */
    final int[] present;

    final double[] movingCost;
    final double movingSum;

    /** Flows of each node: the other node, and the weight for one pair of agents. */
    final int[][] partner;

    final double[][] pairWeight;
    /** Bytes a second of one pair of agents. */
    final double[][] pairBytes;

    /** Of all flows; what the sum of latencies is divided by, times the greatest latency. */
    final double flowWeight;

    final boolean narrow;

    final double[] weight = new double[Goal.values().length];
    final double weightSum;
    /** By place, 0 for the coolest and 1 for the hottest. */
    final double[] heat;

    final double costSum;
    /** Constraints that look at one agent alone. */
    private final List<Constraint> single = new ArrayList<>();

    private final Map<String, Integer> nodeIndex = new HashMap<>();

    Model(PlacementProblem problem) {
        this.problem = problem;
        places = new Places(problem.places(), problem.links());
        nodes = problem.nodes().size();
        List<String> ids = new ArrayList<>();
        members = new int[nodes][];
        for (int n = 0; n < nodes; n++) {
            Group group = problem.nodes().get(n);
            if (nodeIndex.put(group.id(), n) != null) {
                throw Places.invalid("two nodes have the id '" + group.id() + "'");
            }
            members[n] = new int[group.agents().size()];
            for (int k = 0; k < members[n].length; k++) {
                members[n][k] = ids.size();
                ids.add(group.agents().get(k).id());
            }
        }
        agents = ids.size();
        agentIds = ids.toArray(String[]::new);
        node = new int[agents];
        present = new int[agents];
        movingCost = new double[agents];
        movingSum = agents();
        amounts = new Amounts(problem, places);
        allowed = new int[nodes][];
        may = new boolean[nodes][places.count];
        partner = new int[nodes][];
        pairWeight = new double[nodes][];
        pairBytes = new double[nodes][];
        narrow = problem.links().stream().anyMatch(link -> link.bandwidth().isPresent());
        flowWeight = flows();
        heat = heat();
        costSum = cost();
        for (Objective objective : objectives()) {
            weight[objective.goal().ordinal()] += objective.weight();
        }
        weightSum = Arrays.stream(weight).sum();
        problem.constraints().stream()
                .filter(each -> each instanceof Constraint.Affinity || each instanceof Constraint.Pin)
                .forEach(single::add);
        for (int n = 0; n < nodes; n++) {
            allowed[n] = allowed(n);
        }
    }

    List<Objective> objectives() {
        return problem.objectives().isEmpty() ? List.of(new Objective(Goal.BALANCE, 1)) : problem.objectives();
    }

    private double agents() {
        double sum = 0;
        for (int n = 0; n < nodes; n++) {
            for (int k = 0; k < members[n].length; k++) {
                Agent agent = problem.nodes().get(n).agents().get(k);
                int i = members[n][k];
                node[i] = n;
                present[i] = agent.present().map(places::find).orElse(-1);
                movingCost[i] = agent.movingCost();
                sum += present[i] >= 0 ? movingCost[i] : 0;
            }
        }
        return sum;
    }

    private double flows() {
        List<List<double[]>> found = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            found.add(new ArrayList<>());
        }
        double sum = 0;
        for (Traffic flow : problem.flows()) {
            int from = nodeAt(flow.from());
            int to = nodeAt(flow.to());
            double pairs = (double) members[from].length * members[to].length;
            if (pairs == 0 || from == to) {
                continue;
            }
            found.get(from).add(new double[] {to, flow.weight() / pairs, flow.bytesPerSecond() / pairs});
            found.get(to).add(new double[] {from, flow.weight() / pairs, flow.bytesPerSecond() / pairs});
            sum += flow.weight();
        }
        for (int n = 0; n < nodes; n++) {
            partner[n] = found.get(n).stream().mapToInt(flow -> (int) flow[0]).toArray();
            pairWeight[n] = found.get(n).stream().mapToDouble(flow -> flow[1]).toArray();
            pairBytes[n] = found.get(n).stream().mapToDouble(flow -> flow[2]).toArray();
        }
        return sum;
    }

    private double[] heat() {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int p = 0; p < places.count; p++) {
            if (places.temperature(p).isPresent()) {
                least = Math.min(least, places.temperature(p).getAsDouble());
                most = Math.max(most, places.temperature(p).getAsDouble());
            }
        }
        double[] heat = new double[places.count];
        for (int p = 0; p < places.count; p++) {
            // Of what is not known nothing can be said, so it is in the middle.
            heat[p] = most <= least
                    ? 0
                    : places.temperature(p).isEmpty()
                            ? 0.5
                            : (places.temperature(p).getAsDouble() - least) / (most - least);
        }
        return heat;
    }

    private double cost() {
        double sum = 0;
        for (int p = 0; p < places.count; p++) {
            sum += places.leaf[p] ? places.place(p).cost() : 0;
        }
        return sum;
    }

    int nodeAt(String id) {
        Integer found = nodeIndex.get(id);
        if (found == null) {
            throw Places.invalid("there is no node '" + id + "'");
        }
        return found;
    }

    /** Numbers of the named nodes; all where none is named. */
    int[] nodesOf(Constraint constraint) {
        if (constraint.nodes().isEmpty()) {
            return java.util.stream.IntStream.range(0, nodes).toArray();
        }
        return constraint.nodes().stream().mapToInt(this::nodeAt).toArray();
    }

    private int[] allowed(int n) {
        List<String> candidates = problem.nodes().get(n).candidates();
        int[] order = candidates.isEmpty()
                ? java.util.stream.IntStream.range(0, places.count).toArray()
                : candidates.stream().mapToInt(places::at).toArray();
        Arrays.stream(order).forEach(p -> may[n][p] = true);
        int[] good = Arrays.stream(order)
                .filter(p -> lack(n, p, false) == null)
                .distinct()
                .toArray();
        Arrays.fill(may[n], false);
        Arrays.stream(good).forEach(p -> may[n][p] = true);
        return good;
    }

    /** What a place lacks for a node, whatever else runs there: the rule and a sentence; null where it lacks nothing. */
    @Nullable
    Lack lack(int n, int p, boolean say) {
        Group group = problem.nodes().get(n);
        if (!group.candidates().isEmpty() && !group.candidates().contains(places.ids[p])) {
            return new Lack("candidates", "it does not come into question for what the agent asks");
        }
        Lack missing = amounts.lack(n, p, say);
        if (missing != null) {
            return missing;
        }
        for (Constraint constraint : single) {
            if (!constraint.nodes().isEmpty() && !constraint.nodes().contains(group.id())) {
                continue;
            }
            Lack lack = lack(constraint, p, say);
            if (lack != null) {
                return lack;
            }
        }
        return labelless(group.id(), p, say);
    }

    private @Nullable Lack lack(Constraint constraint, int p, boolean say) {
        switch (constraint) {
            case Constraint.Affinity affinity -> {
                String value = places.label(p, affinity.label());
                if (value != null
                        && (affinity.values().isEmpty() || affinity.values().contains(value))) {
                    return null;
                }
                return new Lack(
                        say ? Words.rule(constraint) : "",
                        value == null
                                ? "it has no label '" + affinity.label() + "'"
                                : "its label '" + affinity.label() + "' is '" + value + "'");
            }
            case Constraint.Pin pin -> {
                int wanted = places.find(pin.place());
                if (wanted >= 0 && places.inside(p, wanted)) {
                    return null;
                }
                return new Lack(
                        say ? Words.rule(constraint) : "",
                        wanted < 0
                                ? "it is not '" + pin.place() + "', and there is no such place"
                                : "it is not '" + pin.place() + "' and not a part of it");
            }
            default -> {
                return null;
            }
        }
    }

    /** Places that belong to no group have no part in what is spread or kept together. */
    private @Nullable Lack labelless(String id, int p, boolean say) {
        for (Constraint constraint : problem.constraints()) {
            String by = switch (constraint) {
                case Constraint.Spread spread when about(spread, id) -> spread.by();
                case Constraint.CoLocation together when about(together, id) -> together.by();
                default -> "";
            };
            boolean spread = constraint instanceof Constraint.Spread;
            if (by.equals(Grouping.PLACE) && spread && !places.leaf[p]) {
                return new Lack(say ? Words.rule(constraint) : "", "it is divided into places of its own");
            }
            if (!by.isEmpty() && !by.equals(Grouping.PLACE) && places.label(p, by) == null) {
                return new Lack(say ? Words.rule(constraint) : "", "it has no label '" + by + "'");
            }
        }
        return null;
    }

    private static boolean about(Constraint constraint, String node) {
        return constraint.nodes().isEmpty() || constraint.nodes().contains(node);
    }

    /** What hinders, and by which rule. */
    record Lack(String rule, String text) {
        @Override
        public String toString() {
            return rule + ": " + text;
        }
    }
}
