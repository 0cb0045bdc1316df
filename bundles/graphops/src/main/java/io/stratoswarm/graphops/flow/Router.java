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

    /** @param receivers channel and agent of each */
    static Router of(FlowSpec spec, List<Receiver> receivers, List<FlowSpec.End> ends) {
        int count = receivers.size();
        return switch (spec.routing()) {
            case Routing.Copy copy ->
                count == 1 ? (records, index, turn, loads) -> 0 : (records, index, turn, loads) -> ALL;
            case Routing.RoundRobin round -> (records, index, turn, loads) -> (int) Math.floorMod(turn, (long) count);
            case Routing.LeastLoaded least -> new LeastLoaded();
            case Routing.KeyHash key -> new ByKey(key.field(), receivers);
            case Routing.Predicate predicate -> new ByCase(predicate.cases(), ends);
        };
    }

    /** The one with the fewest bytes waiting; of several that are alike, the one whose turn it is. */
    final class LeastLoaded implements Router {
        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            int begin = (int) Math.floorMod(turn, (long) loads.length);
            int best = begin;
            for (int i = 1; i < loads.length; i++) {
                int other = (begin + i) % loads.length;
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
     * By rendezvous hashing: the receiver with the highest hash of key and receiver. When a receiver comes, only keys that are now
     * its own move; when one goes, only its keys do.
     */
    final class ByKey implements Router {
        private final FieldValues fields = new FieldValues();
        private final Asked asked = new Asked(fields);
        private final Operand operand;
        private final String field;
        private final long[] receivers;
        private String refusal = "";

        ByKey(String field, List<Receiver> receivers) {
            this.field = field;
            operand = Operand.of(field, fields);
            this.receivers = receivers.stream().mapToLong(Receiver::key).toArray();
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
            long key = Receiver.key(operand.text(asked));
            int best = 0;
            long highest = Long.MIN_VALUE;
            for (int i = 0; i < receivers.length; i++) {
                long hash = mixed(key ^ receivers[i]);
                if (hash > highest) {
                    highest = hash;
                    best = i;
                }
            }
            return best;
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

        ByCase(List<FlowSpec.Case> cases, List<FlowSpec.End> ends) {
            Map<FlowSpec.End, List<Integer>> replicas = new HashMap<>();
            for (int i = 0; i < ends.size(); i++) {
                replicas.computeIfAbsent(ends.get(i), any -> new ArrayList<>()).add(i);
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
