package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts of one language and purpose, and the worker that runs them. Everything here happens under one lock; futures are
 * completed after it was left.
 */
final class Group implements WorkerProcess.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Group.class);
    private static final int MAX_STARTS = 2;
    private static final long RETRY_MILLIS = 2_000;
    private static final Load UNLOADED = new Load.Rejected(0, 0, "the script was unloaded");

    final String language;
    final String purpose;

    private final Workers workers;
    private final Roster roster = new Roster(this::retryLater);
    private final Silence silence = new Silence();
    private final Dispatch dispatch;
    private @Nullable WorkerProcess worker;
    /** Whether the next worker was asked for and is not there yet. */
    private boolean asked;

    private boolean ready;
    /** Whether the worker is being ended, by itself or from here, for a reason that is known. */
    private boolean settled;

    private int failedStarts;
    private boolean watched;
    private long lastTick;

    Group(String language, String purpose, Workers workers) {
        this.language = language;
        this.purpose = purpose;
        this.workers = workers;
        dispatch = new Dispatch(roster, workers::nanos);
    }

    CompletableFuture<Load> load(ScriptCode code) {
        Later later = new Later();
        Slot slot = new Slot(workers.nextId(), code, this);
        synchronized (this) {
            roster.add(slot);
            pump();
        }
        later.run();
        return slot.loading;
    }

    CompletableFuture<List<ScriptOutcome>> call(Slot slot, List<String> inputs) {
        if (inputs.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Batch batch = new Batch(workers.nextCall(), inputs);
        synchronized (this) {
            String refusal = slot.refusal(batch);
            if (refusal != null) {
                return CompletableFuture.completedFuture(Batch.all(inputs, Status.REFUSED, refusal));
            }
            if (slot.broken != null) {
                return CompletableFuture.completedFuture(Batch.all(inputs, Status.THREW, slot.broken));
            }
            slot.batches.add(batch);
            slot.inputs += inputs.size();
            WorkerProcess present = worker;
            if (ready && present != null && dispatch.sendNow(present, slot, batch)) {
                watch();
            } else {
                pump();
            }
        }
        return batch.future;
    }

    void close(Slot slot) {
        Later later = new Later();
        synchronized (this) {
            remove(slot, UNLOADED, Status.REFUSED, "the script was unloaded", later);
        }
        later.run();
    }

    private void remove(Slot slot, Load answer, Status status, String why, Later later) {
        if (slot.closed) {
            return;
        }
        WorkerProcess present = worker;
        if (present != null) {
            dispatch.unload(present, slot);
        }
        roster.remove(slot, answer, status, why, later);
        if (roster.isEmpty()) {
            workers.idle(this);
        }
    }

    /** Does all that can be done now. */
    private void pump() {
        WorkerProcess present = worker;
        if (present != null && ready) {
            dispatch.pump(present);
            watch();
        } else if (present == null && !asked && !roster.isEmpty()) {
            asked = true;
            workers.start(this, roster.mostMemory());
        }
    }

    /** A worker was found or started for this group. */
    synchronized void take(WorkerProcess found) {
        asked = false;
        worker = found;
        switch (found.attach(this)) {
            case READY -> {
                ready = true;
                pump();
            }
            case ENDED -> {
                worker = null;
                pump();
            }
            case STARTING -> {}
        }
    }

    @Override
    public synchronized void ready(WorkerProcess source) {
        if (source == worker && !ready && !settled) {
            ready = true;
            failedStarts = 0;
            pump();
        }
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
                case Wire.RESULT -> {
                    Batch done = roster.result(in, workers.nanos(), later);
                    if (done != null) {
                        source.answered(done.bytes);
                        if (dispatch.careful()) {
                            pump();
                        }
                    }
                }
                case Wire.ALIVE -> roster.alive(in, workers.nanos());
                case Wire.DOOMED -> doomed(in, later);
                default -> throw new IOException("frame of unknown type " + type);
            }
        }
        later.run();
    }

    private void loaded(WorkerProcess source, FrameReader in, Later later) throws IOException {
        Slot slot = roster.get(in.u32());
        boolean good = in.u8() == 0;
        Load.Rejected rejected = new Load.Rejected(in.u32(), in.u32(), in.text());
        if (slot == null || slot.there) {
            return;
        }
        source.answered(slot.bytes);
        slot.there = true;
        slot.ends = 0;
        if (good) {
            slot.retried = false;
            later.add(() -> slot.loading.complete(new Load.Loaded(slot)));
            workers.used(language);
        } else {
            dispatch.unload(source, slot);
            slot.sent = false;
            slot.there = false;
            roster.reject(slot, rejected, later);
        }
        pump();
    }

    /** What could be loaded once failed this time perhaps because the machine was busy. */
    private void retryLater(Slot slot) {
        if (!slot.retried) {
            slot.retried = true;
            workers.later(() -> retry(slot), RETRY_MILLIS);
        }
    }

    private synchronized void retry(Slot slot) {
        if (!slot.closed) {
            slot.broken = null;
            slot.ends = 0;
            pump();
        }
    }

    private void doomed(FrameReader in, Later later) throws IOException {
        Slot slot = roster.get(in.u32());
        in.u64();
        in.u32();
        String reason = in.text();
        giveUp();
        if (slot != null) {
            roster.blame(slot, reason + "; its worker had to be killed", later);
        }
    }

    /** The worker is about to end: nothing is sent to it any more, and nobody else is to blame for its end. */
    private void giveUp() {
        ready = false;
        settled = true;
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
                if (wasReady || failedStart(source.reason(), later)) {
                    pump();
                }
            }
        }
        later.run();
    }

    /** Decides, for all that was in flight, whether it is run again. */
    private void settle(WorkerProcess source, Later later) {
        String end = source.reason();
        List<Slot> busy = roster.busy();
        LOG.info(
                "script worker {} of {} for {} ended ({}); {} of its {} scripts were at work",
                source.pid(),
                language,
                purpose,
                end,
                busy.size(),
                roster.size());
        if (busy.size() == 1 && !settled && !source.killedFromOutside()) {
            roster.blame(busy.getFirst(), "its worker ended while it ran: " + end, later);
        } else {
            busy.forEach(slot -> roster.again(slot, end, later));
            dispatch.care(busy.size() > 1 && !settled);
        }
        settled = false;
        roster.forgetWorker();
    }

    /** No worker could be started; whether to try again at once. What is called after the last trial tries again by itself. */
    private boolean failedStart(String why, Later later) {
        LOG.warn("a script worker of {} for {} could not be started: {}", language, purpose, why);
        if (++failedStarts < MAX_STARTS) {
            return true;
        }
        failedStarts = 0;
        String reason = "no worker of " + language + " can be started: " + why;
        for (Slot slot : roster.all()) {
            if (slot.loading.isDone()) {
                roster.finishAll(slot, Status.UNAVAILABLE, reason, later);
            } else {
                remove(slot, new Load.Unavailable(reason), Status.UNAVAILABLE, reason, later);
            }
        }
        return false;
    }

    void notStarted(String why) {
        Later later = new Later();
        synchronized (this) {
            asked = false;
            if (failedStart(why, later)) {
                pump();
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
            List<Slot> busy = roster.busy();
            watched = present != null && !busy.isEmpty();
            if (!watched || present == null) {
                return;
            }
            // Where this process itself was held up, what the worker said meanwhile has still to be read.
            if (!late && !settled && silence.mustEnd(present, busy, now)) {
                giveUp();
                for (Slot slot : busy) {
                    if (Silence.over(slot, now)) {
                        roster.blame(slot, Silence.reason(slot), later);
                    }
                }
                present.kill();
            }
            workers.later(this::tick, Silence.TICK_MILLIS);
        }
        later.run();
    }

    synchronized WorkerPool.@Nullable Worker describe() {
        WorkerProcess present = worker;
        return present == null ? null : new WorkerPool.Worker(language, purpose, present.pid(), roster.size(), false);
    }

    /** Gives up the worker where there are no scripts for it any more. */
    synchronized void endIfIdle() {
        WorkerProcess present = worker;
        if (roster.isEmpty() && present != null) {
            worker = null;
            ready = false;
            present.kill();
        }
    }

    void shutDown(String why) {
        Later later = new Later();
        WorkerProcess present;
        synchronized (this) {
            roster.all().forEach(slot -> remove(slot, new Load.Unavailable(why), Status.REFUSED, why, later));
            present = worker;
        }
        if (present != null) {
            present.end();
        }
        later.run();
    }
}
