package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A constraint on several agents, which knows how far it is broken by those that are placed. */
abstract sealed class Rule permits Rule.PerPlace, Rule.Share, Rule.Spread, Rule.Together, Rule.Apart {
    final Constraint constraint;
    final int[] nodes;
    /** How far it is broken; 0 where it is kept. */
    double broken;

    private Rule(Constraint constraint, int[] nodes) {
        this.constraint = constraint;
        this.nodes = nodes;
    }

    /** Counts an agent of a node at a place; returns by how much more it is broken now. */
    final double add(int n, int p) {
        double before = broken;
        change(n, p, 1);
        return broken - before;
    }

    final double remove(int n, int p) {
        double before = broken;
        change(n, p, -1);
        return broken - before;
    }

    abstract void change(int n, int p, int by);

    /** In words, what is wrong at this place once an agent was added there. */
    abstract String wrong(int p);

    /** Whether it is broken at this place. */
    abstract boolean wrongAt(int p);

    /** Whether it can still be kept where so many more of its agents are placed. */
    boolean hopeful(int more) {
        return broken == 0;
    }

    /** At most so many agents on one place. */
    static final class PerPlace extends Rule {
        private final Places places;
        private final int most;
        private final int[] count;

        PerPlace(Constraint.Capacity constraint, int[] nodes, Places places) {
            super(constraint, nodes);
            this.places = places;
            most = constraint.agents().orElse(Integer.MAX_VALUE);
            count = new int[places.count];
        }

        @Override
        void change(int n, int p, int by) {
            broken -= Math.max(0, count[p] - most);
            count[p] += by;
            broken += Math.max(0, count[p] - most);
        }

        @Override
        String wrong(int p) {
            return places.ids[p] + " has " + Words.agents(count[p]) + " of these, at most " + most + " may be";
        }

        @Override
        boolean wrongAt(int p) {
            return count[p] > most;
        }
    }

    /** At most a share of what a place has. */
    static final class Share extends Rule {
        private final Model model;
        private final int resource;
        private final double share;
        private final long[] load;

        Share(Constraint.Capacity constraint, int[] nodes, Model model, int resource) {
            super(constraint, nodes);
            this.model = model;
            this.resource = resource;
            share = constraint.share().orElse(1.0);
            load = new long[model.places.count];
        }

        private double most(int p) {
            // The smallest difference that counts is one part of what is counted.
            return Math.floor(share * model.amounts.capacity[resource][p] + 1e-6);
        }

        private double over(int p) {
            double most = most(p);
            return load[p] <= most ? 0 : 1 + (load[p] - most) / Math.max(1, most);
        }

        @Override
        void change(int n, int p, int by) {
            long amount = model.amounts.request[resource][n];
            for (int outer : model.places.chain[p]) {
                if (amount > 0 && model.amounts.capacity[resource][outer] >= 0) {
                    double before = over(outer);
                    load[outer] += by * amount;
                    double after = over(outer);
                    // Sums of fractions would leave a rest that is neither kept nor broken.
                    brokenPlaces += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
                    broken = brokenPlaces == 0 ? 0 : Math.max(1, broken + after - before);
                }
            }
        }

        private int brokenPlaces;

        @Override
        String wrong(int p) {
            for (int outer : model.places.chain[p]) {
                if (model.amounts.capacity[resource][outer] >= 0 && over(outer) > 0) {
                    String name = model.amounts.resources[resource];
                    return model.places.ids[outer] + " would give "
                            + Words.amount(name, model.amounts.amount(resource, load[outer])) + " to these, at most "
                            + Words.amount(name, model.amounts.amount(resource, (long) most(outer))) + " may be";
                }
            }
            return "it is kept";
        }

        @Override
        boolean wrongAt(int p) {
            return Arrays.stream(model.places.chain[p])
                    .anyMatch(outer -> model.amounts.capacity[resource][outer] >= 0 && over(outer) > 0);
        }
    }

    /** Numbers of agents in two groups differ by no more than so many. */
    static final class Spread extends Rule {
        private final Grouping grouping;
        /** Groups in which some of the nodes may be. */
        private final int[] open;

        private final int[] count;
        private final int skew;

        Spread(Constraint.Spread constraint, int[] nodes, Model model) {
            super(constraint, nodes);
            grouping = new Grouping(model.places, constraint.by());
            skew = constraint.maxSkew();
            count = new int[grouping.names.size()];
            open = Arrays.stream(nodes)
                    .flatMap(n -> Arrays.stream(model.allowed[n]))
                    .map(p -> grouping.group[p])
                    .filter(g -> g >= 0)
                    .distinct()
                    .sorted()
                    .toArray();
        }

        private int least() {
            int least = Integer.MAX_VALUE;
            for (int g : open) {
                least = Math.min(least, count[g]);
            }
            return open.length == 0 ? 0 : least;
        }

        @Override
        void change(int n, int p, int by) {
            if (grouping.group[p] < 0) {
                return;
            }
            count[grouping.group[p]] += by;
            int most = least() + skew;
            int over = 0;
            for (int g : open) {
                over += Math.max(0, count[g] - most);
            }
            broken = over;
        }

        @Override
        boolean hopeful(int more) {
            int most = 0;
            for (int g : open) {
                most = Math.max(most, count[g]);
            }
            long missing = 0;
            for (int g : open) {
                missing += Math.max(0, most - skew - count[g]);
            }
            return missing <= more;
        }

        @Override
        String wrong(int p) {
            int fewest = open.length == 0 ? 0 : open[0];
            for (int g : open) {
                fewest = count[g] < count[fewest] ? g : fewest;
            }
            int here = grouping.group[p];
            return "'" + grouping.names.get(here) + "' has " + Words.agents(count[here]) + " of these and '"
                    + grouping.names.get(fewest) + "' has " + count[fewest] + ", they may differ by " + skew;
        }

        @Override
        boolean wrongAt(int p) {
            return grouping.group[p] >= 0 && count[grouping.group[p]] > least() + skew;
        }
    }

    /** All in one group. */
    static final class Together extends Rule {
        final Grouping grouping;
        private final int[] count;
        private int all;

        Together(Constraint.CoLocation constraint, int[] nodes, Places places) {
            super(constraint, nodes);
            grouping = new Grouping(places, constraint.by());
            count = new int[grouping.names.size()];
        }

        @Override
        void change(int n, int p, int by) {
            if (grouping.group[p] >= 0) {
                count[grouping.group[p]] += by;
                all += by;
                int most = 0;
                for (int each : count) {
                    most = Math.max(most, each);
                }
                broken = all - most;
            }
        }

        private int largest() {
            int largest = 0;
            for (int g = 1; g < count.length; g++) {
                largest = count[g] > count[largest] ? g : largest;
            }
            return largest;
        }

        @Override
        String wrong(int p) {
            int largest = largest();
            return "the others are in '" + grouping.names.get(largest) + "', " + Words.agents(count[largest]);
        }

        @Override
        boolean wrongAt(int p) {
            return broken > 0 && grouping.group[p] >= 0 && grouping.group[p] != largest();
        }
    }

    /** No two of different nodes in one group. */
    static final class Apart extends Rule {
        private final Model model;
        private final Grouping grouping;
        private final Map<Integer, Integer> slot = new HashMap<>();
        /** By group and node. */
        private final int[][] count;

        private final int[] kinds;

        Apart(Constraint.Forbidden constraint, int[] nodes, Model model) {
            super(constraint, nodes);
            this.model = model;
            grouping = new Grouping(model.places, constraint.by());
            for (int n : nodes) {
                slot.put(n, slot.size());
            }
            count = new int[grouping.names.size()][nodes.length];
            kinds = new int[grouping.names.size()];
        }

        @Override
        void change(int n, int p, int by) {
            int g = grouping.group[p];
            if (g < 0) {
                return;
            }
            int k = slot.getOrDefault(n, 0);
            int before = count[g][k];
            count[g][k] += by;
            if (before == 0 || count[g][k] == 0) {
                broken -= Math.max(0, kinds[g] - 1);
                kinds[g] += by;
                broken += Math.max(0, kinds[g] - 1);
            }
        }

        @Override
        String wrong(int p) {
            StringBuilder text = new StringBuilder("'" + grouping.names.get(grouping.group[p]) + "' has agents of ");
            String comma = "";
            for (int n : nodes) {
                if (count[grouping.group[p]][slot.getOrDefault(n, 0)] > 0) {
                    text.append(comma).append(model.problem.nodes().get(n).id());
                    comma = " and ";
                }
            }
            return text.toString();
        }

        @Override
        boolean wrongAt(int p) {
            return grouping.group[p] >= 0 && kinds[grouping.group[p]] > 1;
        }
    }
}
