package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says which receiver gets a record. Receivers are numbers, in the order of the flow's targets and their replicas. */
interface Router {
    /** Every receiver. */
    int ALL = -1;

    /** No receiver; {@link #refusal} says why. */
    int NONE = -2;

    /** Those that {@link #some} names. */
    int SOME = -3;

    /** None of those that it is for takes anything now, so it has to wait. */
    int WAIT = -4;

    /**
     * Chooses.
     *
     * @param turn how many records went before it, over all that the flow ever routed
     * @param loads bytes that wait for each receiver
     */
    int route(Records records, int index, long turn, long[] loads);

    /** Why the last record has no receiver. */
    default String refusal() {
        return "";
    }

    /** Whether {@link #route} looks at the loads. */
    default boolean byLoad() {
        return false;
    }

    /** Of {@link #SOME}: the receivers, of which {@link #count} are meant. */
    default int[] some() {
        throw new IllegalStateException("it names one receiver or all");
    }

    default int count() {
        return some().length;
    }

    /** @param targets the receivers, in order of their numbers */
    static Router of(FlowSpec spec, List<Target> targets) {
        Shares shares = new Shares(targets);
        if (!shares.steady()) {
            return SharedRouters.of(spec, shares);
        }
        int[] open = shares.first();
        return spec.routing() instanceof Routing.Copy && open.length > 1 && open.length == targets.size()
                ? (records, index, turn, loads) -> ALL
                : steady(spec, shares, open);
    }

    /** @param open receiver of each slot */
    static Router steady(FlowSpec spec, Shares shares, int[] open) {
        int count = open.length;
        if (count == 0) {
            return (records, index, turn, loads) -> WAIT;
        }
        return switch (spec.routing()) {
            case Routing.Copy copy -> count == 1 ? (records, index, turn, loads) -> open[0] : new Fixed(open);
            case Routing.RoundRobin round ->
                (records, index, turn, loads) -> open[(int) Math.floorMod(turn, (long) count)];
            case Routing.LeastLoaded least -> new LeastLoaded(open);
            case Routing.KeyHash key -> new ByKey(key.field(), shares.keys(), open);
            case Routing.Predicate predicate -> new ByCase(predicate.cases(), shares.ends(), open);
        };
    }

    /** Always the same ones. */
    final class Fixed implements Router {
        private final int[] some;

        Fixed(int[] some) {
            this.some = some;
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            return SOME;
        }

        @Override
        public int[] some() {
            return some;
        }
    }

    /** The one with the fewest bytes waiting; of several that are alike, the one whose turn it is. */
    final class LeastLoaded implements Router {
        private final int[] open;

        LeastLoaded(int[] open) {
            this.open = open;
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            int begin = (int) Math.floorMod(turn, (long) open.length);
            int best = open[begin];
            for (int i = 1; i < open.length; i++) {
                int other = open[(begin + i) % open.length];
                if (loads[other] < loads[best]) {
                    best = other;
                }
            }
            return best;
        }

        @Override
        public boolean byLoad() {
            return true;
        }
    }

    /**
     * By rendezvous hashing: the slot with the highest hash of key and slot. When a slot comes, only keys that are now its own move;
     * when one goes, only its keys do.
     */
    class ByKey implements Router {
        private final FieldValues fields = new FieldValues();
        private final Asked asked = new Asked(fields);
        private final Operand operand;
        private final String field;
        private final long[] slots;
        private final int[] open;
        private String refusal = "";

        ByKey(String field, long[] slots, int[] open) {
            this.field = field;
            this.slots = slots;
            this.open = open;
            operand = Operand.of(field, fields);
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            try {
                asked.about(records, index);
            } catch (NotJson e) {
                refusal = e.reason();
                return NONE;
            }
            if (!operand.there(asked)) {
                refusal = "the field '" + field + "', which decides the receiver, is not there";
                return NONE;
            }
            return choose(operand.key(asked));
        }

        int choose(long key) {
            int best = 0;
            long highest = Long.MIN_VALUE;
            for (int i = 0; i < slots.length; i++) {
                long hash = hash(key, i);
                if (hash > highest) {
                    highest = hash;
                    best = i;
                }
            }
            return open[best];
        }

        long hash(long key, int slot) {
            return mixed(key ^ slots[slot]);
        }

        private static long mixed(long z0) {
            long z = (z0 ^ (z0 >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            return z ^ (z >>> 31);
        }

        @Override
        public String refusal() {
            return refusal;
        }
    }

    /** The first case that holds decides the target; its replicas take turns. */
    final class ByCase implements Router {
        private record Choice(@Nullable Question when, int[] receivers) {}

        private final FieldValues fields = new FieldValues();
        private final Asked asked = new Asked(fields);
        private final List<Choice> choices = new ArrayList<>();
        private String refusal = "";

        ByCase(List<FlowSpec.Case> cases, List<FlowSpec.End> ends, int[] open) {
            Map<FlowSpec.End, List<Integer>> replicas = new HashMap<>();
            for (int i = 0; i < ends.size(); i++) {
                replicas.computeIfAbsent(ends.get(i), any -> new ArrayList<>()).add(open[i]);
            }
            for (FlowSpec.Case one : cases) {
                choices.add(new Choice(
                        one.when().map(it -> Question.of(it, fields)).orElse(null),
                        replicas.getOrDefault(one.to(), List.of()).stream()
                                .mapToInt(Integer::intValue)
                                .toArray()));
            }
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            try {
                asked.about(records, index);
            } catch (NotJson e) {
                refusal = e.reason();
                return NONE;
            }
            for (int i = 0; i < choices.size(); i++) {
                Choice choice = choices.get(i);
                if (choice.when() == null || choice.when().holds(asked)) {
                    int[] to = choice.receivers();
                    if (to.length == 0) {
                        return WAIT;
                    }
                    return to.length == 1 ? to[0] : to[(int) Math.floorMod(turn, (long) to.length)];
                }
            }
            refusal = "no case of the route holds for it";
            return NONE;
        }

        @Override
        public String refusal() {
            return refusal;
        }
    }
}
