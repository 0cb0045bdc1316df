package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.Graphs.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who takes what comes to a slot. Whether a receiver takes a record is drawn from what is the same again after a crash: the turn or
 * the key.
 */
final class Shares {
    private static final int NOBODY = -1;

    /** Slots that somebody may take something of, in the order of the flow's targets and of their numbers. */
    private final List<Slot> slots = new ArrayList<>();

    /**
     * Those that may take something of a slot, in the order in which they are asked.
     *
     * @param receivers numbers of the flow's receivers
     */
    private record Slot(End end, int number, long key, List<Integer> receivers, List<Target> targets) {
        boolean whole() {
            return targets.size() == 1 && targets.getFirst().share() == Member.ALL;
        }
    }

    private final int[][] receivers;
    private final int[][] shares;
    private final long[][] seeds;

    Shares(List<Target> targets) {
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            Slot its = slots.stream()
                    .filter(it -> it.end.equals(target.end()) && it.number == target.slot())
                    .findFirst()
                    .orElse(null);
            if (its == null) {
                its = new Slot(target.end(), target.slot(), target.slotKey(), new ArrayList<>(), new ArrayList<>());
                slots.add(its);
            }
            if (target.share() > 0) {
                int at = 0;
                while (at < its.targets.size() && its.targets.get(at).number() > target.number()) {
                    at++;
                }
                its.targets.add(at, target);
                its.receivers.add(at, i);
            }
        }
        slots.removeIf(it -> it.targets.isEmpty());
        List<End> ends = targets.stream().map(Target::end).distinct().toList();
        slots.sort(Comparator.comparingInt((Slot it) -> ends.indexOf(it.end)).thenComparingInt(it -> it.number));
        for (Slot slot : slots) {
            int last = 0;
            while (last < slot.targets.size() - 1 && slot.targets.get(last).share() < Member.ALL) {
                last++;
            }
            // Nothing is left for those behind one that takes all.
            slot.targets.subList(last + 1, slot.targets.size()).clear();
            slot.receivers.subList(last + 1, slot.receivers.size()).clear();
        }
        int count = slots.size();
        receivers = new int[count][];
        shares = new int[count][];
        seeds = new long[count][];
        for (int i = 0; i < count; i++) {
            Slot slot = slots.get(i);
            receivers[i] = slot.receivers.stream().mapToInt(Integer::intValue).toArray();
            shares[i] = slot.targets.stream().mapToInt(Target::share).toArray();
            seeds[i] = slot.targets.stream()
                    .mapToLong(it ->
                            Receiver.key(it.port().agent() + " " + it.port().channel()))
                    .toArray();
        }
    }

    /** Whether each slot has one receiver that takes all, so that nothing has to be drawn. */
    boolean steady() {
        return slots.stream().allMatch(Slot::whole);
    }

    int count() {
        return receivers.length;
    }

    /** The first receiver of each slot. */
    int[] first() {
        int[] first = new int[receivers.length];
        for (int i = 0; i < first.length; i++) {
            first[i] = receivers[i][0];
        }
        return first;
    }

    /** 0, 1, 2, ... */
    int[] numbers() {
        int[] numbers = new int[receivers.length];
        java.util.Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    long[] keys() {
        return slots.stream().mapToLong(Slot::key).toArray();
    }

    List<End> ends() {
        return slots.stream().map(Slot::end).toList();
    }

    /**
     * Which receiver of a slot takes a record; -1 for none.
     *
     * @param drawn turn or key
     */
    int taker(int slot, long drawn) {
        int[] its = shares[slot];
        for (int i = 0; i < its.length; i++) {
            if (its[i] == Member.ALL
                    || Long.remainderUnsigned(mixed(mixed(drawn) ^ seeds[slot][i]), Member.ALL) < its[i]) {
                return receivers[slot][i];
            }
        }
        return NOBODY;
    }

    static long mixed(long from) {
        long z = from + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
