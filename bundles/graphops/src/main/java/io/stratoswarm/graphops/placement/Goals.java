package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Objective.Goal;

/** The objectives, each as a sum that changes with one agent. Sums of fractions drift, so they are made anew now and then. */
final class Goals {
    private static final int LATENCY = Goal.LATENCY.ordinal();
    private static final int BALANCE = Goal.BALANCE.ordinal();
    private static final int PACKING = Goal.PACKING.ordinal();
    private static final int TEMPERATURE = Goal.TEMPERATURE.ordinal();
    private static final int COST = Goal.COST.ordinal();

    /** Squares below this are what rounding leaves of zero; a root would make much of them. */
    private static final double EQUAL = 1e-12;

    private final Model model;
    private final Amounts amounts;
    private final int[] place;
    private final boolean[] wanted = new boolean[Goal.values().length];
    /** By node and place, where a node has so many agents that counting by place is quicker; else null rows. */
    private final int[][] counts;

    private double crossing;
    /** By resource and gauge: the share that is used. */
    private final double[][] use;

    private double unequal;
    private final int measured;
    /** By place without inner ones: how many agents are on it or around it, and how full it is. */
    private final int[] cover;

    private final double[] fill;
    private int used;
    private double filled;
    private double filledSquares;
    private double costs;
    private double hot;
    private final double hotSum;
    private double moved;
    private final int mostUsed;

    Goals(Model model, int[] place) {
        this.model = model;
        this.place = place;
        amounts = model.amounts;
        for (Goal goal : Goal.values()) {
            wanted[goal.ordinal()] = model.weight[goal.ordinal()] > 0;
        }
        counts = new int[model.nodes][0];
        for (int n = 0; n < model.nodes; n++) {
            boolean many = model.members[n].length > model.places.count && model.partner[n].length > 0;
            counts[n] = many ? new int[model.places.count] : new int[0];
        }
        use = new double[amounts.resources.length][model.places.count];
        int counted = 0;
        for (int r = 0; r < amounts.resources.length; r++) {
            counted += amounts.meanUse[r] > 0 ? 1 : 0;
            unequal += amounts.meanUse[r] > 0 ? 1 : 0;
        }
        measured = counted;
        cover = new int[model.places.count];
        fill = new double[model.places.count];
        double sum = 0;
        for (int n : model.node) {
            sum += heaviness(n);
        }
        hotSum = sum;
        int leaves = 0;
        for (boolean leaf : model.places.leaf) {
            leaves += leaf ? 1 : 0;
        }
        mostUsed = Math.max(1, leaves);
    }

    /** How much heat an agent makes beside the others: what it uses of processors, or one where nobody says. */
    private double heaviness(int n) {
        int cpu = amounts.find("cpu");
        return cpu < 0 ? 1 : amounts.amount(cpu, amounts.request[cpu][n]);
    }

    /** Counts an agent at a place, or no more; its own entry in the placement must be empty meanwhile. */
    void change(int i, int p, int by) {
        int n = model.node[i];
        if (wanted[LATENCY]) {
            crossing += by * crossing(n, p);
            if (counts[n].length > 0) {
                counts[n][p] += by;
            }
        }
        if (wanted[BALANCE] || wanted[PACKING]) {
            uses(n, p, by);
        }
        if (wanted[PACKING] || wanted[COST]) {
            covers(p, by);
        }
        if (wanted[TEMPERATURE]) {
            hot += by * heaviness(n) * model.heat[p];
        }
        if (model.present[i] >= 0 && model.present[i] != p) {
            moved += by * model.movingCost[i];
        }
    }

    private double crossing(int n, int p) {
        double sum = 0;
        double[] away = model.places.latency[p];
        int[] partners = model.partner[n];
        for (int f = 0; f < partners.length; f++) {
            int other = partners[f];
            double all = 0;
            if (counts[other].length > 0) {
                int[] count = counts[other];
                for (int q = 0; q < count.length; q++) {
                    all += count[q] * away[q];
                }
            } else {
                for (int j : model.members[other]) {
                    all += place[j] >= 0 ? away[place[j]] : 0;
                }
            }
            sum += all * model.pairWeight[n][f];
        }
        return sum;
    }

    private void uses(int n, int p, int by) {
        for (int r = 0; r < use.length; r++) {
            long amount = amounts.request[r][n];
            int bearer = amounts.bearer[r][p];
            if (amount == 0 || bearer < 0 || amounts.capacity[r][bearer] == 0) {
                continue;
            }
            double change = by * (double) amount / amounts.capacity[r][bearer];
            double mean = amounts.meanUse[r];
            for (int gauge : amounts.gauges[r][bearer]) {
                double before = use[r][gauge];
                double after = before + change;
                use[r][gauge] = after;
                if (mean > 0) {
                    double a = (after - mean) / mean;
                    double b = (before - mean) / mean;
                    unequal += (a * a - b * b) / amounts.gaugeCount[r];
                }
            }
        }
    }

    private void covers(int p, int by) {
        for (int leaf : model.places.leaves[p]) {
            boolean before = cover[leaf] > 0;
            cover[leaf] += by;
            boolean after = cover[leaf] > 0;
            used += (after ? 1 : 0) - (before ? 1 : 0);
            costs += after == before ? 0 : by * model.places.place(leaf).cost();
        }
        if (wanted[PACKING]) {
            // What runs in one part of a place may use what other parts have as well, so all of the outermost is looked
            // at.
            int[] chain = model.places.chain[p];
            for (int leaf : model.places.leaves[chain[chain.length - 1]]) {
                double old = fill[leaf];
                double now = cover[leaf] > 0 ? fill(leaf) : 0;
                fill[leaf] = now;
                filled += now - old;
                filledSquares += now * now - old * old;
            }
        }
    }

    private double fill(int leaf) {
        double most = 0;
        for (int r = 0; r < use.length && amounts.limited; r++) {
            most = Math.max(most, amounts.capacity[r][leaf] > 0 ? use[r][leaf] : 0);
        }
        return Math.min(1, most);
    }

    double value(Goal goal) {
        return switch (goal) {
            case LATENCY ->
                model.flowWeight == 0 || model.places.maxLatency == 0
                        ? 0
                        : Math.max(0, crossing) / (model.flowWeight * model.places.maxLatency);
            case BALANCE -> measured == 0 || unequal < EQUAL ? 0 : Math.sqrt(unequal / measured);
            case PACKING ->
                used == 0 ? 0 : (used + 1 - (filled <= 0 ? 0 : Math.min(1, filledSquares / filled))) / (mostUsed + 1);
            case TEMPERATURE -> hotSum == 0 ? 0 : Math.max(0, hot) / hotSum;
            case COST -> model.costSum == 0 ? 0 : Math.max(0, costs) / model.costSum;
        };
    }

    double moving() {
        return model.movingSum == 0 ? 0 : Math.max(0, moved) / model.movingSum;
    }

    double total() {
        double sum = 0;
        for (Goal goal : GOALS) {
            if (wanted[goal.ordinal()]) {
                sum += model.weight[goal.ordinal()] * value(goal);
            }
        }
        return (model.weightSum == 0 ? 0 : sum / model.weightSum) + model.problem.movingWeight() * moving();
    }

    private static final Goal[] GOALS = Goal.values();

    /** Makes the sums anew from where the agents are. */
    void refresh() {
        crossing = 0;
        unequal = 0;
        used = 0;
        filled = 0;
        filledSquares = 0;
        costs = 0;
        hot = 0;
        moved = 0;
        for (int n = 0; n < counts.length; n++) {
            java.util.Arrays.fill(counts[n], 0);
        }
        for (int r = 0; r < use.length; r++) {
            java.util.Arrays.fill(use[r], 0);
            unequal += amounts.meanUse[r] > 0 ? 1 : 0;
        }
        java.util.Arrays.fill(cover, 0);
        java.util.Arrays.fill(fill, 0);
        int[] all = place.clone();
        java.util.Arrays.fill(place, State.NOWHERE);
        for (int i = 0; i < all.length; i++) {
            if (all[i] >= 0) {
                change(i, all[i], 1);
                place[i] = all[i];
            }
        }
    }
}
