package io.stratoswarm.graphops.flow;

import java.util.ArrayList;
import java.util.List;

/** Which words of a strand's state are whose: each receiver keeps its place for as long as the strand lives. */
final class Slots {
    private Slots() {}

    private static int count(Cells cells) {
        return (cells.size() - Words.OUTLETS) / Words.OUTLET;
    }

    private static int at(int slot, int word) {
        return Words.OUTLETS + Words.OUTLET * slot + word;
    }

    /** The place of each receiver; new ones get free places, which may lie behind the last that there is. */
    static int[] find(Cells cells, List<Receiver> receivers) {
        int count = count(cells);
        boolean[] taken = new boolean[count + receivers.size()];
        for (int slot = 0; slot < count; slot++) {
            taken[slot] = cells.get(at(slot, Words.KEY)) != 0;
        }
        int[] slots = new int[receivers.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = -1;
            for (int slot = 0; slot < count; slot++) {
                if (cells.get(at(slot, Words.KEY)) == receivers.get(i).key()) {
                    slots[i] = slot;
                }
            }
        }
        for (int i = 0; i < slots.length; i++) {
            for (int slot = 0; slots[i] < 0; slot++) {
                if (!taken[slot]) {
                    taken[slot] = true;
                    slots[i] = slot;
                }
            }
        }
        return slots;
    }

    static void mark(Cells cells, int[] slots, List<Receiver> receivers) {
        for (int i = 0; i < slots.length; i++) {
            cells.set(at(slots[i], Words.KEY), receivers.get(i).key());
        }
        cells.commit();
    }

    /** Where the words of each receiver begin that there is anything to tell of. */
    static List<Integer> all(Cells cells) {
        List<Integer> all = new ArrayList<>();
        for (int slot = 0; slot < count(cells); slot++) {
            if (cells.get(at(slot, Words.KEY)) != 0) {
                all.add(at(slot, 0));
            }
        }
        return all;
    }

    /** Whether a plan was begun for bytes that lie in the source's store. */
    static boolean plainLeft(Cells cells, int at) {
        return cells.get(at + Words.OPEN) != 0 || cells.get(at + Words.PLAN_LEFT) > 0 && laneBytes(cells, at) == 0;
    }

    /** Whether bytes lie in the lane. */
    static boolean laneLeft(Cells cells, int at) {
        return !plainLeft(cells, at)
                && (cells.get(at + Words.PLAN_LEFT) > 0 || cells.get(at + Words.JUNK) > 0 || laneBytes(cells, at) > 0);
    }

    private static long laneBytes(Cells cells, int at) {
        return Store.waiting(cells, at + Words.STORE);
    }

    /** The caller commits. */
    static void clear(Cells cells, int at) {
        for (int i = 0; i < Words.OUTLET; i++) {
            cells.set(at + i, 0);
        }
    }
}
