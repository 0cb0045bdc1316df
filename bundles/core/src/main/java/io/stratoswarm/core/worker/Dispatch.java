package io.stratoswarm.core.worker;

import java.util.function.LongSupplier;

/**
 * Sends to a worker what can be sent now. Guarded by the lock of its group.
 *
 * <p>Where a worker ended and it cannot be told which of several scripts ended it, the next worker is used with care: one thing at a
 * time, until what was in flight has been run again. So the second time it can be told.
 */
final class Dispatch {
    private final Roster roster;
    private final LongSupplier nanos;
    private boolean careful;

    Dispatch(Roster roster, LongSupplier nanos) {
        this.roster = roster;
        this.nanos = nanos;
    }

    void care(boolean needed) {
        careful = needed;
    }

    boolean careful() {
        return careful;
    }

    /** The short way for a batch that nothing stands before; false where there is something. */
    boolean sendNow(WorkerProcess worker, Slot slot, Batch batch) {
        if (careful || !slot.there) {
            return false;
        }
        send(worker, slot, batch);
        return true;
    }

    void pump(WorkerProcess worker) {
        if (careful && !pumpCarefully(worker)) {
            return;
        }
        for (Slot slot : roster.all()) {
            if (slot.broken == null && !slot.sent) {
                load(worker, slot);
            }
            if (slot.there) {
                for (Batch batch : slot.batches) {
                    if (!batch.sent) {
                        send(worker, slot, batch);
                    }
                }
            }
        }
    }

    /** Sends at most one thing; true once what had been in flight is done and everything may go on. */
    private boolean pumpCarefully(WorkerProcess worker) {
        if (!roster.busy().isEmpty()) {
            return false;
        }
        for (Slot slot : roster.all()) {
            Batch first = slot.batches.peekFirst();
            boolean suspect = slot.ends > 0 && !slot.there || first != null && first.ends > 0;
            if (suspect && slot.broken == null) {
                if (slot.there && first != null) {
                    send(worker, slot, first);
                } else {
                    load(worker, slot);
                }
                return false;
            }
        }
        careful = false;
        return true;
    }

    private void load(WorkerProcess worker, Slot slot) {
        slot.sinceNanos = nanos.getAsLong();
        worker.send(slot.frame());
    }

    private void send(WorkerProcess worker, Slot slot, Batch batch) {
        if (slot.inFlight() == null) {
            slot.sinceNanos = nanos.getAsLong();
        }
        roster.sent(slot, batch);
        worker.send(batch.frame(slot.id));
    }

    void unload(WorkerProcess worker, Slot slot) {
        if (slot.sent) {
            Frame frame = new Frame(Wire.UNLOAD, 4).u32(slot.id);
            worker.send(frame);
            // Neither this nor what the script still had is answered.
            int open = slot.there ? 0 : slot.bytes;
            for (Batch batch : slot.batches) {
                open += batch.sent ? batch.bytes : 0;
            }
            worker.answered(frame.length() + open);
        }
    }
}
