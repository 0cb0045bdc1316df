package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The scripts of a group and what waits for them. Guarded by the lock of its group. */
final class Roster {
    private final Consumer<Slot> onBroken;
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();
    /** Who has sent which call to the present worker. */
    private final Map<Long, Slot> flying = new HashMap<>();

    /** @param onBroken told of a script that could not be loaded again */
    Roster(Consumer<Slot> onBroken) {
        this.onBroken = onBroken;
    }

    void add(Slot slot) {
        slots.put(slot.id, slot);
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    int size() {
        return slots.size();
    }

    @Nullable
    Slot get(int id) {
        return slots.get(id);
    }

    /** A copy, since what is done with one may take it out. */
    List<Slot> all() {
        return List.copyOf(slots.values());
    }

    /** Those that the worker is at now. */
    List<Slot> busy() {
        return slots.values().stream().filter(Slot::busy).toList();
    }

    long mostMemory() {
        return slots.values().stream()
                .mapToLong(slot -> slot.code.limits().memoryBytes())
                .max()
                .orElse(0);
    }

    void sent(Slot slot, Batch batch) {
        flying.put(batch.number, slot);
    }

    void remove(Slot slot, Load answer, Status status, String why, Later later) {
        slot.closed = true;
        slots.remove(slot.id);
        finishAll(slot, status, why, later);
        later.add(() -> slot.loading.complete(answer));
    }

    void finishAll(Slot slot, Status status, String why, Later later) {
        for (Batch batch : List.copyOf(slot.batches)) {
            batch.fillUp(status, why);
            finish(slot, batch, later);
        }
    }

    private void finish(Slot slot, Batch batch, Later later) {
        slot.batches.remove(batch);
        slot.inputs -= batch.inputs.size();
        flying.remove(batch.number);
        later.add(() -> batch.future.complete(List.copyOf(batch.outcomes)));
    }

    /** A first load that fails takes the script out; a later one leaves it broken, so that each call says why. */
    void reject(Slot slot, Load.Rejected rejected, Later later) {
        if (slot.loading.isDone()) {
            String why = "it could not be loaded again after its worker had ended: " + rejected.message();
            slot.broken = why;
            finishAll(slot, Status.THREW, why, later);
            onBroken.accept(slot);
        } else {
            remove(slot, rejected, Status.REFUSED, rejected.message(), later);
        }
    }

    /** Takes in outcomes; the batch that they complete, or null. */
    @Nullable
    Batch result(FrameReader in, long now, Later later) throws IOException {
        long number = in.u64();
        int first = in.u32();
        int count = in.u32();
        Slot slot = flying.get(number);
        Batch batch = slot == null ? null : slot.batches.peekFirst();
        if (slot == null || batch == null) {
            return null; // It was unloaded meanwhile.
        }
        if (batch.number != number || batch.base + first != batch.outcomes.size() || count > batch.left()) {
            throw new IOException("outcomes came out of their order");
        }
        for (int i = 0; i < count; i++) {
            batch.outcomes.add(Outcomes.read(in));
        }
        slot.sinceNanos = now;
        if (batch.left() > 0) {
            return null;
        }
        finish(slot, batch, later);
        return batch;
    }

    void alive(FrameReader in, long now) throws IOException {
        for (int count = in.u32(); count > 0; count--) {
            Slot slot = slots.get(in.u32());
            in.u64();
            in.u32();
            long ran = in.u64();
            if (slot != null) {
                slot.sinceNanos = now - ran;
            }
        }
    }

    /** What this script was doing ends as a breach. */
    void blame(Slot slot, String reason, Later later) {
        Batch batch = slot.inFlight();
        if (!slot.there) {
            reject(slot, new Load.Rejected(0, 0, reason), later);
        } else if (batch != null) {
            batch.fillUp(Status.BREACHED, reason);
            finish(slot, batch, later);
        }
    }

    /** What this script was doing is run once more, unless that was done already. */
    void again(Slot slot, String end, Later later) {
        Batch batch = slot.inFlight();
        if (!slot.there) {
            if (++slot.ends > 1) {
                reject(slot, new Load.Rejected(0, 0, "its worker ended twice while it was loaded: " + end), later);
            }
        } else if (batch != null && ++batch.ends > 1) {
            batch.fillUp(Status.LOST, "its worker ended twice while it ran: " + end);
            finish(slot, batch, later);
        }
    }

    /** Nothing is with a worker any more. */
    void forgetWorker() {
        flying.clear();
        for (Slot slot : slots.values()) {
            slot.sent = false;
            slot.there = false;
            for (Batch batch : slot.batches) {
                batch.sent = false;
            }
        }
    }
}
