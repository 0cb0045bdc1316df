package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Routing;

/** Routes where several receivers share what comes to a slot: while a graph is being transformed. */
final class SharedRouters {
    private SharedRouters() {}

    static Router of(FlowSpec spec, Shares shares) {
        return switch (spec.routing()) {
            case Routing.Copy copy -> new Copy(shares);
            case Routing.LeastLoaded least -> new LeastLoaded(shares);
            case Routing.KeyHash key -> new Key(key.field(), shares);
            case Routing.RoundRobin round -> new Turns(Router.steady(spec, shares, shares.numbers()), shares);
            case Routing.Predicate predicate -> new Turns(Router.steady(spec, shares, shares.numbers()), shares);
        };
    }

    /** One of every slot. */
    private static final class Copy implements Router {
        private final Shares shares;
        private final int[] some;
        private int count;

        Copy(Shares shares) {
            this.shares = shares;
            this.some = new int[shares.count()];
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            count = 0;
            for (int slot = 0; slot < some.length; slot++) {
                int taker = shares.taker(slot, turn);
                if (taker >= 0) {
                    some[count++] = taker;
                }
            }
            return count == 0 ? WAIT : SOME;
        }

        @Override
        public int[] some() {
            return some;
        }

        @Override
        public int count() {
            return count;
        }
    }

    /** Slots take turns, all of them or those of the target that another router finds; one that takes nothing is passed over. */
    private static final class Turns implements Router {
        private final Router slots;
        private final Shares shares;

        Turns(Router slots, Shares shares) {
            this.slots = slots;
            this.shares = shares;
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            for (int i = 0; i < shares.count(); i++) {
                int slot = slots.route(records, index, turn + i, loads);
                if (slot < 0) {
                    return slot;
                }
                int taker = shares.taker(slot, turn);
                if (taker >= 0) {
                    return taker;
                }
            }
            return WAIT;
        }

        @Override
        public String refusal() {
            return slots.refusal();
        }
    }

    /** Of those that take it, one for each slot, the one with the fewest bytes waiting. */
    private static final class LeastLoaded implements Router {
        private final Shares shares;

        LeastLoaded(Shares shares) {
            this.shares = shares;
        }

        @Override
        public int route(Records records, int index, long turn, long[] loads) {
            int count = shares.count();
            int best = WAIT;
            for (int i = 0; i < count; i++) {
                int taker = shares.taker((int) Math.floorMod(turn + i, (long) count), turn);
                if (taker >= 0 && (best == WAIT || loads[taker] < loads[best])) {
                    best = taker;
                }
            }
            return best;
        }

        @Override
        public boolean byLoad() {
            return true;
        }
    }

    /** The key is what is drawn by, so that it stays with one receiver, and moves once while a share grows. */
    private static final class Key extends Router.ByKey {
        private final Shares shares;

        Key(String field, Shares shares) {
            super(field, shares.keys(), shares.numbers());
            this.shares = shares;
        }

        @Override
        int choose(long key) {
            int best = WAIT;
            long highest = Long.MIN_VALUE;
            for (int slot = 0; slot < shares.count(); slot++) {
                int taker = shares.taker(slot, key);
                long hash = hash(key, slot);
                if (taker >= 0 && (best == WAIT || hash > highest)) {
                    highest = hash;
                    best = taker;
                }
            }
            return best;
        }
    }
}
