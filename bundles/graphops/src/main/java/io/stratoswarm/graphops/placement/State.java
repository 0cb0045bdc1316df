package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the agents are, and what that is worth; kept up to date with each agent that is put or taken. */
final class State {
    static final int NOWHERE = -1;

    final Model model;
    final int[] place;
    final Rule[] rules;
    /** By node: the rules that are about it. */
    private final Rule[][] rulesOf;
    /** By resource and place: what all agents there and within ask. */
    final long[][] load;
    /** How far capacities and narrow links are exceeded; {@link #exceeded} counts where. */
    private double excess;

    private int exceeded;
    final Goals goals;
    private final int resources;
    private final Amounts amounts;

    State(Model model, List<Constraint> constraints) {
        this.model = model;
        amounts = model.amounts;
        resources = amounts.resources.length;
        place = new int[model.agents];
        Arrays.fill(place, NOWHERE);
        load = new long[resources][model.places.count];
        List<Rule> all = new ArrayList<>();
        constraints.forEach(constraint -> rule(constraint, all));
        rules = all.toArray(Rule[]::new);
        rulesOf = new Rule[model.nodes][];
        for (int n = 0; n < model.nodes; n++) {
            int each = n;
            rulesOf[n] = all.stream()
                    .filter(rule -> Arrays.stream(rule.nodes).anyMatch(about -> about == each))
                    .toArray(Rule[]::new);
        }
        goals = new Goals(model, place);
    }

    private void rule(Constraint constraint, List<Rule> all) {
        int[] nodes = model.nodesOf(constraint);
        switch (constraint) {
            case Constraint.Affinity ignored -> {
                // It looks at one agent alone and so decides which places are allowed at all.
            }
            case Constraint.Pin ignored -> {
                // The same.
            }
            case Constraint.Spread spread -> all.add(new Rule.Spread(spread, nodes, model));
            case Constraint.CoLocation together -> all.add(new Rule.Together(together, nodes, model.places));
            case Constraint.Forbidden apart -> all.add(new Rule.Apart(apart, nodes, model));
            case Constraint.Capacity capacity -> {
                if (capacity.agents().isPresent()) {
                    all.add(new Rule.PerPlace(capacity, nodes, model.places));
                } else {
                    int resource = amounts.find(capacity.resource().orElse(""));
                    if (resource >= 0) {
                        all.add(new Rule.Share(capacity, nodes, model, resource));
                    }
                }
            }
        }
    }

    Rule[] rulesOf(int n) {
        return rulesOf[n];
    }

    /** How far all that must be kept is broken; exactly 0 where nothing is. */
    double hard() {
        double sum = exceeded == 0 ? 0 : Math.max(1e-9, excess);
        for (Rule rule : rules) {
            sum += rule.broken;
        }
        return sum;
    }

    /** Whether some capacity is. */
    boolean exceeded() {
        return exceeded > 0;
    }

    double soft() {
        return goals.total();
    }

    void put(int i, int p) {
        int n = model.node[i];
        for (Rule rule : rulesOf[n]) {
            rule.add(n, p);
        }
        amounts(n, p, 1);
        if (model.narrow) {
            narrow(n, p, 1);
        }
        goals.change(i, p, 1);
        place[i] = p;
    }

    void take(int i) {
        int p = place[i];
        int n = model.node[i];
        place[i] = NOWHERE;
        for (Rule rule : rulesOf[n]) {
            rule.remove(n, p);
        }
        amounts(n, p, -1);
        if (model.narrow) {
            narrow(n, p, -1);
        }
        goals.change(i, p, -1);
    }

    void move(int i, int p) {
        take(i);
        put(i, p);
    }

    private void amounts(int n, int p, int by) {
        if (!amounts.limited) {
            return;
        }
        for (int r = 0; r < resources; r++) {
            long amount = by * amounts.request[r][n];
            if (amount == 0) {
                continue;
            }
            for (int outer : model.places.chain[p]) {
                long most = amounts.capacity[r][outer];
                if (most >= 0) {
                    long before = load[r][outer];
                    long after = before + amount;
                    load[r][outer] = after;
                    exceed(over(before, most), over(after, most));
                }
            }
        }
    }

    private static double over(long load, long most) {
        return load <= most ? 0 : 1 + (double) (load - most) / Math.max(1, most);
    }

    private void exceed(double before, double after) {
        exceeded += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
        excess = exceeded == 0 ? 0 : excess + after - before;
    }

    /** Pairs of agents whose flow is more than a link on the way can take. */
    private void narrow(int n, int p, int by) {
        for (int f = 0; f < model.partner[n].length; f++) {
            double bytes = model.pairBytes[n][f];
            for (int other : model.members[model.partner[n][f]]) {
                int q = place[other];
                if (q >= 0 && bytes > model.places.bandwidth[p][q]) {
                    exceed(by > 0 ? 0 : 1, by > 0 ? 1 : 0);
                }
            }
        }
    }

    /** Whether an agent's amounts fit at a place beside what is there. */
    boolean fits(int n, int p) {
        for (int r = 0; r < resources && amounts.limited; r++) {
            long amount = amounts.request[r][n];
            for (int outer : model.places.chain[p]) {
                long most = amounts.capacity[r][outer];
                if (amount > 0 && most >= 0 && load[r][outer] + amount > most) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the amounts of two agents fit where the other one is. */
    boolean fitSwapped(int i, int j) {
        return fitsInstead(model.node[i], place[i], model.node[j], place[j])
                && fitsInstead(model.node[j], place[j], model.node[i], place[i]);
    }

    /** Whether an agent from elsewhere fits in the place of one that leaves. */
    private boolean fitsInstead(int n, int from, int leaving, int p) {
        for (int r = 0; r < resources && amounts.limited; r++) {
            long more = amounts.request[r][n] - amounts.request[r][leaving];
            for (int outer : model.places.chain[p]) {
                long most = amounts.capacity[r][outer];
                if (more > 0 && most >= 0 && load[r][outer] + more > most && !model.places.inside(from, outer)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A resource, by its number, and the place that has too little of it left. */
    record Tight(int resource, int place) {}

    @org.jspecify.annotations.Nullable
    Tight tight(int n, int p) {
        for (int r = 0; r < resources && amounts.limited; r++) {
            for (int outer : model.places.chain[p]) {
                long most = amounts.capacity[r][outer];
                if (amounts.request[r][n] > 0 && most >= 0 && load[r][outer] + amounts.request[r][n] > most) {
                    return new Tight(r, outer);
                }
            }
        }
        return null;
    }

    /** Puts everyone where the given placement has them. */
    void reset(int[] wanted) {
        for (int i = 0; i < place.length; i++) {
            if (place[i] != wanted[i]) {
                if (place[i] >= 0) {
                    take(i);
                }
                if (wanted[i] >= 0) {
                    put(i, wanted[i]);
                }
            }
        }
    }
}
