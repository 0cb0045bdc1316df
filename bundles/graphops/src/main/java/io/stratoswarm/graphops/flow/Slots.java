package io.stratoswarm.graphops.flow;

import java.util.Arrays;
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

    /** Receivers that are gone get nothing more: what was meant for them is counted as dropped. */
    static void dropOthers(Cells cells, Store in, int[] slots, String pipes, Shop shop) {
        for (int slot = 0; slot < count(cells); slot++) {
            int its = slot;
            long key = cells.get(at(slot, Words.KEY));
            boolean used = cells.get(at(slot, Words.PLAN_LEFT)) > 0 || cells.get(at(slot, Words.JUNK)) > 0;
            if (key == 0 || !used || Arrays.stream(slots).anyMatch(it -> it == its)) {
                continue;
            }
            cells.add(at(slot, Words.DROPPED), cells.get(at(slot, Words.PLAN_RECORDS)));
            long planned = cells.get(at(slot, Words.PLAN_LEFT));
            for (int word : new int[] {Words.PLAN_LEFT, Words.PLAN_RECORDS, Words.JUNK, Words.OPEN}) {
                cells.set(at(slot, word), 0);
            }
            try (Store store = new Store(
                    shop.pipes(),
                    pipes + "to." + Long.toHexString(key),
                    cells,
                    at(slot, Words.STORE),
                    shop.scratch())) {
                store.recover();
                if (store.waiting() > 0) {
                    store.discard(store.waiting());
                } else {
                    in.discard(planned); // It went from there without a store between.
                }
            }
            cells.commit();
        }
    }
}
