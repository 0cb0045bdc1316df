package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts of one language and purpose, and the worker that runs them. Everything here happens under one lock; futures are
 * completed after it was left.
 *
 * <p>Where a worker ends and it cannot be told which of several scripts ended it, the next worker is used with care: one thing at a
 * time, until what was in flight has been run again. So the second time it can be told.
 */
final class Group implements WorkerProcess.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Group.class);
    private static final int MAX_STARTS = 2;

    final String language;
    final String purpose;

    private final Workers workers;
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();
    private final Map<Long, Slot> flying = new HashMap<>();
    private @Nullable WorkerProcess worker;
    /** Whether the next worker was asked for and is not there yet. */
    private boolean asked;

    private boolean ready;
    /** Whether the worker is being ended, by itself or from here, for a reason that is known. */
    private boolean settled;

    private boolean careful;
    private int failedStarts;
    private boolean watched;
    private long lastTick;

    Group(String language, String purpose, Workers workers) {
        this.language = language;
        this.purpose = purpose;
        this.workers = workers;
    }

    CompletableFuture<Load> load(ScriptCode code) {
        Later later = new Later();
        Slot slot = new Slot(workers.nextId(), code, this);
        synchronized (this) {
            slots.put(slot.id, slot);
            pump(later);
        }
        later.run();
        return slot.loading;
    }

    CompletableFuture<List<ScriptOutcome>> call(Slot slot, List<String> inputs) {
        if (inputs.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Batch batch = new Batch(workers.nextCall(), inputs);
        Later later = new Later();
        synchronized (this) {
            String refusal = refusal(slot, inputs.size());
            if (refusal != null) {
                return CompletableFuture.completedFuture(Batch.all(inputs, Status.REFUSED, refusal));
            }
            if (slot.broken != null) {
                return CompletableFuture.completedFuture(Batch.all(inputs, Status.THREW, slot.broken));
            }
            slot.batches.add(batch);
            slot.inputs += inputs.size();
            if (ready && !careful && slot.there) {
                send(slot, batch);
                watch();
            } else {
                pump(later);
            }
        }
        later.run();
        return batch.future;
    }

    private static @Nullable String refusal(Slot slot, int more) {
        if (slot.closed) {
            return "the script was unloaded";
        }
        int limit = slot.code.limits().queue();
        return slot.inputs + more > limit
                ? "queue: " + slot.inputs + " calls wait, and " + more + " more would be over the limit of " + limit
                : null;
    }

    void close(Slot slot) {
        Later later = new Later();
        synchronized (this) {
            remove(slot, Status.REFUSED, "the script was unloaded", later);
        }
        later.run();
    }

    private void remove(Slot slot, Status status, String why, Later later) {
        if (slot.closed) {
            return;
        }
        slot.closed = true;
        slots.remove(slot.id);
        WorkerProcess present = worker;
        if (slot.sent && present != null) {
            present.send(new Frame(Wire.UNLOAD, 4).u32(slot.id));
            present.answered(9 + (slot.there ? 0 : slot.bytes));
        }
        for (Batch batch : List.copyOf(slot.batches)) {
            batch.fillUp(status, why);
            finish(slot, batch, later);
        }
        later.add(() -> slot.loading.complete(new Load.Rejected(0, 0, why)));
        if (slots.isEmpty()) {
            workers.idle(this);
        }
    }

    /** Does all that can be done now. */
    private void pump(Later later) {
        if (slots.isEmpty()) {
            return;
        }
        if (worker == null) {
            if (!asked) {
                asked = true;
                workers.start(this, scriptBytes());
            }
            return;
        }
        if (!ready) {
            return;
        }
        if (careful && !pumpCarefully()) {
            watch();
            return;
        }
        for (Slot slot : List.copyOf(slots.values())) {
            pump(slot);
        }
        watch();
    }

    private void pump(Slot slot) {
        if (slot.broken == null && !slot.sent) {
            send(slot);
        }
        if (slot.there) {
            for (Batch batch : slot.batches) {
                if (!batch.sent) {
                    send(slot, batch);
                }
            }
        }
    }

    /** Sends at most one thing; true once what had been in flight is done and everything may go on. */
    private boolean pumpCarefully() {
        if (slots.values().stream().anyMatch(Slot::busy)) {
            return false;
        }
        for (Slot slot : slots.values()) {
            Batch first = slot.batches.peekFirst();
            boolean suspect = slot.ends > 0 && !slot.there || first != null && first.ends > 0;
            if (suspect && slot.broken == null) {
                if (slot.there && first != null) {
                    send(slot, first);
                } else {
                    send(slot);
                }
                return false;
            }
        }
        careful = false;
        return true;
    }

    private void send(Slot slot) {
        WorkerProcess present = worker;
        if (present != null) {
            slot.sinceNanos = workers.nanos();
            present.send(slot.frame());
        }
    }

    private void send(Slot slot, Batch batch) {
        WorkerProcess present = worker;
        if (present == null) {
            return;
        }
        if (slot.inFlight() == null) {
            slot.sinceNanos = workers.nanos();
        }
        flying.put(batch.number, slot);
        present.send(batch.frame(slot.id));
    }

    private long scriptBytes() {
        long most = 0;
        for (Slot slot : slots.values()) {
            most = Math.max(most, slot.code.limits().memoryBytes());
        }
        return most;
    }

    /** A worker was found or started for this group. */
    void take(WorkerProcess found) {
        Later later = new Later();
        synchronized (this) {
            asked = false;
            worker = found;
            switch (found.attach(this)) {
                case READY -> {
                    ready = true;
                    pump(later);
                }
                case ENDED -> {
                    worker = null;
                    pump(later);
                }
                case STARTING -> {}
            }
        }
        later.run();
    }

    @Override
    public void ready(WorkerProcess source) {
        Later later = new Later();
        synchronized (this) {
            if (source != worker) {
                return;
            }
            ready = true;
            failedStarts = 0;
            pump(later);
        }
        later.run();
    }

    @Override
    public void frame(WorkerProcess source, int type, FrameReader in) throws IOException {
        Later later = new Later();
        synchronized (this) {
            if (source != worker) {
                return;
            }
            switch (type) {
                case Wire.LOADED -> loaded(source, in, later);
                case Wire.RESULT -> result(source, in, later);
                case Wire.ALIVE -> alive(in);
                case Wire.DOOMED -> doomed(in, later);
                default -> throw new IOException("frame of unknown type " + type);
            }
        }
        later.run();
    }

    private void loaded(WorkerProcess source, FrameReader in, Later later) throws IOException {
        Slot slot = slots.get(in.u32());
        boolean good = in.u8() == 0;
        Load.Rejected rejected = new Load.Rejected(in.u32(), in.u32(), in.text());
        if (slot == null || slot.there) {
            return;
        }
        source.answered(slot.bytes);
        slot.there = true;
        slot.ends = 0;
        if (good) {
            later.add(() -> slot.loading.complete(new Load.Loaded(slot)));
            workers.used(language);
        } else {
            reject(slot, rejected, later);
        }
        pump(later);
    }

    /** A first load that fails takes the script out; a later one leaves it broken, so that each call says why. */
    private void reject(Slot slot, Load.Rejected rejected, Later later) {
        if (!slot.loading.isDone()) {
            later.add(() -> slot.loading.complete(rejected));
            remove(slot, Status.REFUSED, rejected.message(), later);
            return;
        }
        slot.broken = "it could not be loaded again after its worker had ended: " + rejected.message();
        for (Batch batch : List.copyOf(slot.batches)) {
            batch.fillUp(Status.THREW, slot.broken);
            finish(slot, batch, later);
        }
    }

    private void result(WorkerProcess source, FrameReader in, Later later) throws IOException {
        long number = in.u64();
        int first = in.u32();
        int count = in.u32();
        Slot slot = flying.get(number);
        Batch batch = slot == null ? null : slot.batches.peekFirst();
        if (slot == null || batch == null) {
            return; // It was unloaded meanwhile.
        }
        if (batch.number != number || batch.base + first != batch.outcomes.size() || count > batch.left()) {
            throw new IOException("outcomes came out of their order");
        }
        for (int i = 0; i < count; i++) {
            batch.outcomes.add(Outcomes.read(in));
        }
        if (batch.left() == 0) {
            source.answered(batch.bytes);
            finish(slot, batch, later);
            slot.sinceNanos = workers.nanos();
            if (careful) {
                pump(later);
            }
        }
    }

    private void finish(Slot slot, Batch batch, Later later) {
        slot.batches.remove(batch);
        slot.inputs -= batch.inputs.size();
        flying.remove(batch.number);
        later.add(() -> batch.future.complete(List.copyOf(batch.outcomes)));
    }

    private void alive(FrameReader in) throws IOException {
        long now = workers.nanos();
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

    private void doomed(FrameReader in, Later later) throws IOException {
        Slot slot = slots.get(in.u32());
        in.u64();
        in.u32();
        String reason = in.text();
        giveUp();
        if (slot != null) {
            blame(slot, reason + "; its worker had to be killed", later);
        }
    }

    /** The worker is about to end: nothing is sent to it any more, and nobody else is to blame for its end. */
    private void giveUp() {
        ready = false;
        settled = true;
    }

    /** What this script was doing ends as a breach. */
    private void blame(Slot slot, String reason, Later later) {
        Batch batch = slot.inFlight();
        if (!slot.there) {
            reject(slot, new Load.Rejected(0, 0, reason), later);
        } else if (batch != null) {
            batch.fillUp(Status.BREACHED, reason);
            finish(slot, batch, later);
        }
    }

    @Override
    public void ended(WorkerProcess source) {
        Later later = new Later();
        synchronized (this) {
            if (source != worker) {
                return;
            }
            worker = null;
            boolean wasReady = ready || settled;
            ready = false;
            if (!workers.closed()) {
                if (wasReady) {
                    settle(source, later);
                }
                if (wasReady || failedStart(source.end(), later)) {
                    pump(later);
                }
            }
        }
        later.run();
    }

    /** Decides, for all that was in flight, whether it is run again. */
    private void settle(WorkerProcess source, Later later) {
        String end = source.end();
        List<Slot> busy = slots.values().stream().filter(Slot::busy).toList();
        LOG.info(
                "the script worker {} of {} for {} ended ({}) while {} scripts were in it, {} of them at work",
                source.pid(),
                language,
                purpose,
                end,
                slots.size(),
                busy.size());
        if (busy.size() == 1 && !settled && !source.killedFromOutside()) {
            blame(busy.getFirst(), "its worker ended while it ran: " + end, later);
            busy = List.of();
        }
        for (Slot slot : busy) {
            again(slot, end, later);
        }
        careful = busy.size() > 1 && !settled;
        settled = false;
        for (Slot slot : slots.values()) {
            slot.sent = false;
            slot.there = false;
            for (Batch batch : slot.batches) {
                batch.sent = false;
            }
        }
        flying.clear();
    }

    private void again(Slot slot, String end, Later later) {
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

    /** No worker could be started; whether to try again at once. What is called after the last trial tries again by itself. */
    private boolean failedStart(String why, Later later) {
        LOG.warn("a script worker of {} for {} could not be started: {}", language, purpose, why);
        if (++failedStarts < MAX_STARTS) {
            return true;
        }
        failedStarts = 0;
        String reason = "no worker of " + language + " can be started: " + why;
        for (Slot slot : List.copyOf(slots.values())) {
            if (!slot.loading.isDone()) {
                later.add(() -> slot.loading.complete(new Load.Unavailable(reason)));
                remove(slot, Status.UNAVAILABLE, reason, later);
            }
            for (Batch batch : List.copyOf(slot.batches)) {
                batch.fillUp(Status.UNAVAILABLE, reason);
                finish(slot, batch, later);
            }
        }
        return false;
    }

    void notStarted(String why) {
        Later later = new Later();
        synchronized (this) {
            asked = false;
            if (failedStart(why, later)) {
                pump(later);
            }
        }
        later.run();
    }

    /** Sees to it that somebody looks at the worker while it is at work. */
    private void watch() {
        if (!watched) {
            watched = true;
            lastTick = workers.nanos();
            workers.later(this::tick, Silence.TICK_MILLIS);
        }
    }

    private void tick() {
        Later later = new Later();
        synchronized (this) {
            long now = workers.nanos();
            boolean late = now - lastTick > TimeUnit.MILLISECONDS.toNanos(4 * Silence.TICK_MILLIS);
            lastTick = now;
            WorkerProcess present = worker;
            List<Slot> busy = slots.values().stream().filter(Slot::busy).toList();
            if (present == null || busy.isEmpty()) {
                watched = false;
                return;
            }
            // Where this process itself was held up, what the worker said meanwhile has still to be read.
            if (!late && Silence.mustEnd(present, busy, now)) {
                busy.stream()
                        .filter(slot -> Silence.over(slot, now))
                        .forEach(slot -> blame(slot, Silence.reason(slot), later));
                present.kill();
            }
            workers.later(this::tick, Silence.TICK_MILLIS);
        }
        later.run();
    }

    synchronized WorkerPool.@Nullable Worker describe() {
        WorkerProcess present = worker;
        return present == null ? null : new WorkerPool.Worker(language, purpose, present.pid(), slots.size(), false);
    }

    /** Gives up the worker where there are no scripts for it any more. */
    synchronized void endIfIdle() {
        WorkerProcess present = worker;
        if (slots.isEmpty() && present != null) {
            worker = null;
            ready = false;
            present.kill();
        }
    }

    void shutDown(String why) {
        Later later = new Later();
        synchronized (this) {
            for (Slot slot : List.copyOf(slots.values())) {
                remove(slot, Status.REFUSED, why, later);
            }
            WorkerProcess present = worker;
            if (present != null) {
                present.kill();
            }
        }
        later.run();
    }
}
