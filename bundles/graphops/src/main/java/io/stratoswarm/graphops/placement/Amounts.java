package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.graphops.placement.Model.Lack;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What nodes ask and places have, in whole numbers (bytes, or millionths of other things), so that sums are exact whatever their order. A gauge is
 * a place whose use of a resource is measured: one that has it, with nothing inside that has it too.
 */
final class Amounts {
    /** Stands for the resources where no agent asks any: each agent then weighs the same. */
    private static final String AGENTS = "agents";

    private static final double PARTS = 1e6;
    private static final double MOST = Long.MAX_VALUE / 4.0;

    final String[] resources;
    /** Whether capacities are limits; not so for {@link #AGENTS}. */
    final boolean limited;
    /** By resource and node. */
    final long[][] request;
    /** By resource and place; -1 where the place has none of its own. */
    final long[][] capacity;
    /** By resource and place: the innermost place around it that has some; -1 where there is none. */
    final int[][] bearer;
    /** By resource and bearer: the gauges beneath it. */
    final int[][][] gauges;
    /** By resource: number of gauges, and which share of all their capacity is asked for. */
    final int[] gaugeCount;

    final double[] meanUse;

    private final Places places;

    Amounts(PlacementProblem problem, Places places) {
        this.places = places;
        TreeSet<String> asked = new TreeSet<>();
        problem.nodes()
                .forEach(node -> node.request().forEach((name, amount) -> {
                    if (!(amount >= 0 && amount * parts(name) * node.agents().size() < MOST)) {
                        throw Places.invalid("the node '" + node.id() + "' asks " + amount + " of " + name);
                    }
                    if (amount > 0 && !node.agents().isEmpty()) {
                        asked.add(name);
                    }
                }));
        limited = !asked.isEmpty();
        resources = limited ? asked.toArray(String[]::new) : new String[] {AGENTS};
        int count = resources.length;
        request = new long[count][problem.nodes().size()];
        capacity = new long[count][places.count];
        bearer = new int[count][places.count];
        gauges = new int[count][places.count][];
        gaugeCount = new int[count];
        meanUse = new double[count];
        for (int r = 0; r < count; r++) {
            requests(r, problem.nodes());
            capacities(r);
            gauges(r);
            meanUse[r] = meanUse(r, problem.nodes());
        }
    }

    private void requests(int r, List<Group> nodes) {
        for (int n = 0; n < nodes.size(); n++) {
            double amount = limited ? nodes.get(n).request().getOrDefault(resources[r], 0.0) : 1;
            request[r][n] = (long) Math.ceil(amount * parts(resources[r]) - 1e-6);
        }
    }

    private void capacities(int r) {
        for (int p = 0; p < places.count; p++) {
            if (!limited) {
                capacity[r][p] = (long) (places.leaves[p].length * PARTS);
                continue;
            }
            Double amount = places.place(p).capacity().get(resources[r]);
            if (amount != null && !(amount >= 0)) {
                throw Places.invalid("the place '" + places.ids[p] + "' has " + amount + " of " + resources[r]);
            }
            capacity[r][p] =
                    amount == null ? -1 : (long) Math.min(MOST, Math.floor(amount * parts(resources[r]) + 1e-6));
        }
    }

    private void gauges(int r) {
        List<List<Integer>> beneath = new ArrayList<>();
        boolean[] inner = new boolean[places.count];
        for (int p = 0; p < places.count; p++) {
            beneath.add(new ArrayList<>());
            bearer[r][p] = -1;
            for (int outer : places.chain[p]) {
                if (capacity[r][outer] >= 0) {
                    if (bearer[r][p] < 0) {
                        bearer[r][p] = outer;
                    }
                    inner[outer] |= outer != p && capacity[r][p] > 0;
                }
            }
        }
        for (int p = 0; p < places.count; p++) {
            if (capacity[r][p] > 0 && !inner[p]) {
                gaugeCount[r]++;
                for (int outer : places.chain[p]) {
                    beneath.get(outer).add(p);
                }
            }
        }
        for (int p = 0; p < places.count; p++) {
            gauges[r][p] = beneath.get(p).stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private double meanUse(int r, List<Group> nodes) {
        double asked = 0;
        for (int n = 0; n < nodes.size(); n++) {
            asked += (double) request[r][n] * nodes.get(n).agents().size();
        }
        double there = 0;
        for (int p = 0; p < places.count; p++) {
            there += gauges[r][p].length == 1 && gauges[r][p][0] == p ? capacity[r][p] : 0;
        }
        return there == 0 ? 0 : asked / there;
    }

    private static double parts(String resource) {
        return Words.bytes(resource) ? 1 : PARTS;
    }

    /** In the units of the problem. */
    double amount(int r, long parts) {
        return parts / parts(resources[r]);
    }

    /** What a place, or one around it, does not have at all. */
    @Nullable
    Lack lack(int n, int p, boolean say) {
        if (!limited) {
            return null;
        }
        for (int r = 0; r < resources.length; r++) {
            if (request[r][n] == 0) {
                continue;
            }
            if (bearer[r][p] < 0) {
                return new Lack(Words.REQUESTS, say ? "it has no " + resources[r] : "");
            }
            for (int outer : places.chain[p]) {
                if (capacity[r][outer] >= 0 && capacity[r][outer] < request[r][n]) {
                    return new Lack(Words.REQUESTS, say ? small(r, n, outer, p) : "");
                }
            }
        }
        return null;
    }

    private String small(int r, int n, int outer, int p) {
        return (outer == p ? "it" : places.ids[outer] + ", which it is within,")
                + " has " + Words.amount(resources[r], amount(r, capacity[r][outer]))
                + ", the agent asks " + Words.amount(resources[r], amount(r, request[r][n]));
    }

    /** Number of a resource; -1 where nobody asks it. */
    int find(String resource) {
        return limited ? List.of(resources).indexOf(resource) : -1;
    }
}
