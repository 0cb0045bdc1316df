package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;

/**
 * Moves whole records from a store to a receiver. What goes next is a plan: so many bytes at the front of the store, in which so
 * many records end. It is committed before the first byte moves, so that after a crash the bytes that are gone tell how many
 * records were delivered.
 */
final class Outlet implements AutoCloseable {
    private final Cells cells;
    private final int at;
    private final int notesAt;
    private final int mostNotes;
    private final Store store;
    private final boolean ownStore;
    private final Framer framer;
    private final Receiver receiver;
    private final Buffer buffer;

    /**
     * @param at where its words begin
     * @param notesAt where its notes of the ends of records begin, of which there are {@code mostNotes}
     * @param ownStore whether nothing but whole records that are meant for this receiver is written to the store
     */
    Outlet(
            Cells cells,
            int at,
            int notesAt,
            int mostNotes,
            Store store,
            boolean ownStore,
            Framer framer,
            Receiver receiver,
            Buffer buffer) {
        this.cells = cells;
        this.at = at;
        this.notesAt = notesAt;
        this.mostNotes = mostNotes;
        this.store = store;
        this.ownStore = ownStore;
        this.framer = framer;
        this.receiver = receiver;
        this.buffer = buffer;
    }

    Receiver receiver() {
        return receiver;
    }

    Store store() {
        return store;
    }

    long get(int word) {
        return cells.get(at + word);
    }

    /** Bytes that were planned and are not moved yet. */
    long planned() {
        return get(Words.PLAN_LEFT);
    }

    /** Whether nothing is left to be moved or discarded. */
    boolean idle() {
        return planned() == 0 && get(Words.JUNK) == 0;
    }

    /** Most records of a plan. */
    long mostRecords() {
        return framer.selfEvident() ? Long.MAX_VALUE : mostNotes;
    }

    /** Notes where a record of the next plan ends, in order; needed only where its bytes do not show it. */
    void noteEnd(int index, long end) {
        cells.note(notesAt + index, end);
    }

    /** Plans what lies at the front of the store. The caller commits. */
    void plan(long bytes, long records, int notes) {
        if (planned() != 0) {
            throw new IllegalStateException("a plan is being carried out");
        }
        cells.set(at + Words.PLAN, bytes);
        cells.set(at + Words.PLAN_LEFT, bytes);
        cells.set(at + Words.PLAN_RECORDS, records);
        cells.set(at + Words.NOTES, notes);
        cells.add(at + Words.ROUTED, records);
    }

    /** Says that the plan ends within a record, or that none is open any more. The caller commits. */
    void open(long open) {
        cells.set(at + Words.OPEN, open);
    }

    long open() {
        return get(Words.OPEN);
    }

    /** Moves what there is room for; whether anything moved. */
    boolean move() {
        if (planned() == 0) {
            return discardJunk();
        }
        if (!receiver.there() || receiver.heldByOther(this)) {
            return false;
        }
        long moved = store.moveTo(receiver.pipe(), planned());
        if (moved == 0) {
            return false;
        }
        gone(moved);
        return true;
    }

    private boolean discardJunk() {
        long junk = get(Words.JUNK);
        if (junk == 0) {
            return false;
        }
        store.discard(junk);
        cells.set(at + Words.JUNK, 0);
        cells.commit();
        return true;
    }

    /** Counts bytes of the plan that have moved; they are no longer in the store. Commits. */
    private void gone(long moved) {
        long left = planned() - moved;
        long records = left == 0 ? get(Words.PLAN_RECORDS) : recordsIn(moved);
        cells.set(at + Words.PLAN_LEFT, left);
        cells.add(at + Words.PLAN_RECORDS, -records);
        cells.add(at + Words.DELIVERED, records);
        cells.add(at + Words.DELIVERED_BYTES, moved);
        cells.commit();
        if (left == 0 && open() == 0) {
            receiver.letGo(this);
        } else {
            receiver.hold(this);
        }
    }

    private long recordsIn(long moved) {
        long before = get(Words.PLAN) - planned();
        if (!framer.selfEvident()) {
            return endsUpTo(before + moved) - endsUpTo(before);
        }
        if (buffer.shows(this, before + moved)) {
            return framer.ends(buffer.memory(), before, before + moved);
        }
        // Another strand has used the buffer since, or this is after a crash: what is still there tells the rest.
        long left = planned() - moved;
        MemorySegment rest = buffer.borrow(left);
        if (store.peek(rest) != left) {
            throw new IllegalStateException("the pipe to " + receiver + " lacks bytes that were planned");
        }
        return get(Words.PLAN_RECORDS) - framer.ends(rest, 0, left);
    }

    private long endsUpTo(long place) {
        int low = 0;
        int high = (int) get(Words.NOTES);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cells.note(notesAt + middle) <= place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Settles what a crash left unsettled.
     *
     * @param difference what {@link Store#recover} found
     * @return bytes that went and cannot be explained
     */
    long recover(long difference) {
        if (difference > 0 && ownStore) {
            cells.add(at + Words.JUNK, difference);
        }
        long gone = Math.max(0, -difference);
        if (gone > planned() + (ownStore ? get(Words.JUNK) : 0)) {
            return gone; // Not what a crash of the daemon leaves: the pipe itself was lost.
        }
        long moved = Math.min(gone, planned());
        if (moved > 0) {
            gone(moved);
            gone -= moved;
        }
        if (gone > 0 && ownStore) {
            long junk = Math.min(gone, get(Words.JUNK));
            cells.add(at + Words.JUNK, -junk);
            gone -= junk;
        }
        if (open() != 0 || planned() > 0 && planned() < get(Words.PLAN)) {
            receiver.hold(this);
        }
        return gone;
    }

    /** Gives up what was planned: it is counted as dropped. The caller discards the bytes and commits. */
    void drop() {
        cells.add(at + Words.DROPPED, get(Words.PLAN_RECORDS));
        cells.set(at + Words.PLAN_LEFT, 0);
        cells.set(at + Words.PLAN_RECORDS, 0);
        cells.set(at + Words.OPEN, 0);
        cells.set(at + Words.JUNK, 0);
        receiver.letGo(this);
    }

    /** Records that are planned and not delivered. */
    long inFlight() {
        return get(Words.PLAN_RECORDS);
    }

    @Override
    public void close() {
        receiver.letGo(this);
        if (ownStore) {
            store.close();
        }
    }
}
