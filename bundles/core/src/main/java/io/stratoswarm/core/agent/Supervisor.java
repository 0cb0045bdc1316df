package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.core.journal.LmdbJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of agents. Commands, notices of the process host, acknowledgements of the journal and timers are actions that
 * one thread runs one after the other; {@link #step} runs what is there, so that tests need no thread.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final int INBOX = 65_536;
    /** Commands leave this much of the inbox to notices and acknowledgements. */
    private static final int RESERVED = 16_384;

    private static final long LONGEST_WAIT_MILLIS = 60_000;
    /**
     * As in cron(8): where the clock is set back by less, no run of a schedule is repeated; a greater step corrects a clock that was
     * wrong, and times are counted anew.
     */
    private static final long CORRECTION_NANOS = Duration.ofHours(3).toNanos();

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    final Context context;
    final Commands commands;
    final GraphCommands graphs;
    final Inputs inputs;
    final Leasing leasing;
    final Controlling controls;
    private final Journal journal;
    private final Life life;
    private final Starts starts;
    private final Stops stops;
    private final Recovery recovery;
    private final BlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
    private long lastWall = Long.MIN_VALUE / 2;
    /** Actions taken from the inbox and still to be run. */
    private int waiting;

    private volatile boolean closed;
    private @Nullable Thread thread;

    Supervisor(SupervisorParts parts) {
        journal = parts.journal();
        Ledger ledger = new Ledger(parts.loaded(), parts.journal(), parts.clock(), parts.monotonic(), this::post);
        context = new Context(
                ledger,
                parts.host(),
                parts.monotonic(),
                parts.random(),
                parts.zone(),
                parts.prober(),
                parts.times(),
                this::post,
                parts.background());
        Hooks hooks = new Hooks(context);
        starts = new Starts(context, hooks, this::setupFailed);
        stops = new Stops(context, hooks, this::neverRan);
        Probing probing = new Probing(context, starts, stops);
        life = new Life(context, starts, stops, probing);
        leasing = new Leasing(context, life, starts, stops);
        controls = new Controlling(context);
        commands = new Commands(context, starts, stops, leasing);
        graphs = new GraphCommands(context, life, starts, stops, parts.keepSource());
        inputs = new Inputs(context);
        recovery = new Recovery(context, life, starts, stops, probing, inputs, leasing);
        context.ledger.afterRefusal(() -> {
            starts.resume();
            leasing.afterRefusal();
        });
        context.host.listener(new Notices(this, life, new Drops(context)));
    }

    private void setupFailed(String agent, long incarnation, String message) {
        life.setupFailed(agent, incarnation, message);
    }

    private void neverRan(String agent, long incarnation) {
        life.neverRan(agent, incarnation);
    }

    /** Takes over what an earlier daemon left; once, before {@link #start}. */
    void recover(String bootId, String version) {
        recovery.recover(bootId, version);
    }

    /** A bundle that runs nodes has come: what could not be started without it need not wait any longer. */
    void runnerCame() {
        post(starts::hurryBuiltins);
    }

    /** Whether the owner, who asks, has more to do. */
    boolean busy() {
        return waiting > 0 || !inbox.isEmpty();
    }

    void start() {
        Thread owner = Thread.ofPlatform().name("agents-supervisor").unstarted(this::loop);
        thread = owner;
        if (journal instanceof LmdbJournal lmdb) {
            // One agent's restart is quickest written down here; those of many, by the writer, many with one sync.
            lmdb.spare(owner, this::busy);
        }
        owner.start();
    }

    /** Runs an action on the owner's thread, later. Waits only where the inbox is full, which its bounds should prevent. */
    void post(Runnable action) {
        if (!inbox.offer(action) && !closed) {
            LOG.error("The inbox of the supervisor is full at {} actions; a notice waits", INBOX);
            try {
                inbox.put(action);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a notice waited for the supervisor", e);
            }
        }
    }

    /** Runs a command on the owner's thread; what it throws is the failure of its future. */
    <T> CompletableFuture<T> command(Consumer<CompletableFuture<T>> command) {
        CompletableFuture<T> done = new CompletableFuture<>();
        if (closed) {
            done.completeExceptionally(unavailable("the supervisor of agents has been closed; start the daemon again"));
        } else if (inbox.remainingCapacity() < RESERVED) {
            done.completeExceptionally(unavailable("too many commands are waiting; try again in a moment"));
        } else {
            post(() -> {
                try {
                    command.accept(done);
                } catch (StratoswarmException e) {
                    context.ledger.abandon();
                    done.completeExceptionally(e);
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                    throw e;
                }
            });
        }
        return done;
    }

    private static StratoswarmException unavailable(String message) {
        return new StratoswarmException(Kind.UNAVAILABLE, message);
    }

    /** Runs what is due and what is there; returns how much that was, and how much is left. */
    int step() {
        int done = runTimers();
        List<Runnable> batch = new ArrayList<>();
        waiting = inbox.drainTo(batch, 1_024);
        for (Runnable action : batch) {
            waiting--;
            guarded(action);
            done++;
        }
        guarded(this::settle);
        return done + inbox.size();
    }

    private int runTimers() {
        try {
            long wall = context.ledger.wall();
            if (wall < lastWall - CORRECTION_NANOS) {
                starts.scheduleAll();
            }
            lastWall = wall;
            return context.timers.run(context.monotonic.getAsLong()) + context.wallTimers.run(wall);
        } catch (RuntimeException e) {
            context.ledger.defect("A timer failed", e);
            return 1;
        }
    }

    /** What follows once for all the actions of a step. */
    private void settle() {
        stops.beginHeld();
        if (!context.dirty.isEmpty()) {
            List<String> dirty = List.copyOf(context.dirty);
            context.dirty.clear();
            Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
            starts.reconcile(d, dirty);
            context.commit(d, () -> context.dirty.addAll(dirty));
        }
        context.waiters.check();
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            context.ledger.defect("An action failed", e);
        }
    }

    private void loop() {
        while (!closed) {
            try {
                if (step() == 0) {
                    Runnable action = inbox.poll(waitMillis(), TimeUnit.MILLISECONDS);
                    if (action != null) {
                        guarded(action);
                        guarded(this::settle);
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private long waitMillis() {
        long nanos = Math.min(LONGEST_WAIT_MILLIS * Texts.MILLI, nanosToNext());
        return (nanos + Texts.MILLI - 1) / Texts.MILLI;
    }

    /** Until the next timer is due, if nobody sets the clock; Long.MAX_VALUE where there is none. */
    long nanosToNext() {
        long next = context.timers.next();
        long nextByWall = context.wallTimers.next();
        return Math.min(
                next == Long.MAX_VALUE ? next : Math.max(0, next - context.monotonic.getAsLong()),
                nextByWall == Long.MAX_VALUE ? nextByWall : Math.max(0, nextByWall - context.ledger.wall()));
    }

    /** Lets go: agents run on under their keepers. The process host is closed by its owner. */
    @Override
    public void close() {
        closed = true;
        Thread owner = thread;
        if (owner != null) {
            owner.interrupt();
            try {
                if (!owner.join(CLOSE_WAIT)) {
                    LOG.error("The supervisor did not end within {} s", CLOSE_WAIT.toSeconds());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        context.ledger.watches.close();
        context.waiters.failAll(unavailable("the daemon is going down; the agents run on"));
    }
}
