package io.stratoswarm.graphops.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** What a strand has of receivers, or a flow of sources, that are not declared any more. Counts what was delivered, and drops what was not. */
final class Rest {
    private final Shop shop;
    private final Cells cells;
    private final String pipes;
    private final Framer framer;
    private final int notes;

    /**
     * @param pipes prefix of the strand's pipes
     * @param notes for each receiver
     */
    Rest(Shop shop, Cells cells, String pipes, Framer framer, int notes) {
        this.shop = shop;
        this.cells = cells;
        this.pipes = pipes;
        this.framer = framer;
        this.notes = notes;
    }

    /** Name of the pipe that leads to a receiver. */
    static String lane(String pipes, long key) {
        return pipes + "to." + Long.toHexString(key);
    }

    /** Receivers that get nothing more: their counts go to the account, and their places are free. */
    void dropReceivers(String strand, LongPredicate gone, Account account) {
        List<Integer> slots = goners(gone);
        if (slots.isEmpty()) {
            return;
        }
        if (slots.stream().anyMatch(this::used)) {
            drop(gone);
        }
        for (int at : slots) {
            long key = cells.get(at + Words.KEY);
            boolean had = Store.opened(cells, at + Words.STORE);
            account.takeReceiver(strand, cells, at);
            if (had) {
                shop.pipes().removeKept(lane(pipes, key));
            }
        }
    }

    /** The strand as a whole will not go on: how many bytes that it had taken come to nothing. */
    long dropAll() {
        drop(any -> true);
        try (Store in = in()) {
            return in.waiting();
        }
    }

    private List<Integer> goners(LongPredicate gone) {
        return Slots.all(cells).stream()
                .filter(at -> gone.test(cells.get(at + Words.KEY)))
                .toList();
    }

    private boolean used(int at) {
        return Slots.plainLeft(cells, at) || Slots.laneLeft(cells, at);
    }

    private Store in() {
        return new Store(shop.pipes(), pipes + StrandMaker.IN, cells, Words.IN, shop.scratch());
    }

    private void drop(LongPredicate gone) {
        List<Outlet> outlets = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        try (Store in = in()) {
            try {
                for (int at : Slots.all(cells)) {
                    if (used(at)) {
                        places.add(at);
                        outlets.add(outlet(at, in));
                    }
                }
                Recovery.recover(cells, in, outlets, shop.boot());
                for (int i = 0; i < places.size(); i++) {
                    if (gone.test(cells.get(places.get(i) + Words.KEY))) {
                        drop(places.get(i), outlets.get(i), in);
                    }
                }
            } finally {
                outlets.forEach(Outlet::close);
            }
        }
    }

    private Outlet outlet(int at, Store in) {
        boolean plain = Slots.plainLeft(cells, at);
        Store store = plain
                ? in
                : new Store(
                        shop.pipes(), lane(pipes, cells.get(at + Words.KEY)), cells, at + Words.STORE, shop.scratch());
        Receiver nobody = new Receiver(new Port("", "", false));
        return new Outlet(
                cells,
                at,
                notes * ((at - Words.OUTLETS) / Words.OUTLET),
                notes,
                store,
                !plain,
                framer,
                nobody,
                shop.buffer());
    }

    /** First that its bytes do not count any more, then they go: after a crash in between they are not taken for delivered. */
    private void drop(int at, Outlet outlet, Store in) {
        long planned = outlet.planned();
        long junk = cells.get(at + Words.JUNK);
        outlet.drop();
        if (outlet.store() == in) {
            cells.set(Words.TAKE, planned);
            cells.commit();
            in.discard(planned);
            cells.set(Words.TAKE, 0);
        } else {
            cells.set(at + Words.JUNK, planned + junk);
            cells.commit();
            outlet.store().discard(planned + junk);
            cells.set(at + Words.JUNK, 0);
        }
        cells.commit();
    }
}
