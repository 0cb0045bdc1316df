package io.stratoswarm.core.worker;

import io.stratoswarm.api.host.Capability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All workers. One thread starts the processes and looks after them; it is made at the first load and lives to the end, because the
 * kernel ends a worker with the thread that started it.
 */
final class Workers implements WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long SPARE_DELAY_MILLIS = 2_000;
    private static final long IDLE_MILLIS = 60_000;
    private static final long START_MILLIS = 180_000;
    private static final long MEBIBYTE = 1 << 20;
    /** Room for scripts in the smallest worker. */
    private static final long LEAST_BYTES = 128 * MEBIBYTE;

    private record Key(String language, String purpose) {}

    private final Installation installation;
    private final LongSupplier nanos;
    private final Map<Key, Group> groups = new HashMap<>();
    private final Map<String, WorkerProcess> spares = new HashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong starts = new AtomicLong();
    private @Nullable ScheduledThreadPoolExecutor thread;
    private volatile boolean closed;

    Workers(Installation installation, LongSupplier nanos) {
        this.installation = installation;
        this.nanos = nanos;
    }

    @Override
    public CompletableFuture<Load> load(ScriptCode code) {
        Optional<String> lack = installation.lacks(code.language());
        if (lack.isPresent()) {
            return CompletableFuture.completedFuture(new Load.Unavailable(lack.get()));
        }
        Group group;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(new Load.Unavailable("the daemon is ending"));
            }
            group = groups.computeIfAbsent(
                    new Key(code.language(), code.purpose()), key -> new Group(key.language(), key.purpose(), this));
        }
        return group.load(code);
    }

    @Override
    public List<Worker> workers() {
        List<Worker> all = new ArrayList<>();
        for (Group group : groups()) {
            Worker worker = group.describe();
            if (worker != null) {
                all.add(worker);
            }
        }
        synchronized (this) {
            spares.forEach((language, spare) -> all.add(new Worker(language, "", spare.pid(), 0, true)));
        }
        return all;
    }

    private synchronized List<Group> groups() {
        return List.copyOf(groups.values());
    }

    @Override
    public List<Capability> capabilities() {
        return installation.capabilities();
    }

    int nextId() {
        return ids.incrementAndGet();
    }

    long nextCall() {
        return calls.incrementAndGet();
    }

    long nanos() {
        return nanos.getAsLong();
    }

    boolean closed() {
        return closed;
    }

    /** Runs it on the workers' own thread, where nothing may take long. */
    void later(Runnable task, long delayMillis) {
        ScheduledThreadPoolExecutor executor;
        synchronized (this) {
            if (closed) {
                return;
            }
            executor = thread;
            if (executor == null) {
                executor = new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("script-workers").factory());
                executor.setRemoveOnCancelPolicy(true);
                executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
                thread = executor;
            }
        }
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("the care of script workers failed: {}", e.toString(), e);
            }
        };
        try {
            executor.schedule(guarded, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            LOG.debug("not done, since the daemon is ending: {}", task);
        }
    }

    /** Finds a worker for a group, the spare one or a new one, and gives it to it. */
    void start(Group group, long scriptBytes) {
        later(() -> startNow(group, Math.max(LEAST_BYTES, 2 * scriptBytes)), 0);
    }

    private void startNow(Group group, long bytes) {
        WorkerProcess spare;
        synchronized (this) {
            spare = spares.get(group.language);
            if (spare != null && spare.scriptBytes >= bytes) {
                spares.remove(group.language);
            } else {
                spare = null;
            }
        }
        try {
            group.take(spare != null ? spare : process(group.language, bytes, group));
        } catch (RuntimeException e) {
            group.notStarted(String.valueOf(e.getMessage()));
        }
    }

    private WorkerProcess process(String language, long bytes, WorkerProcess.Listener listener) {
        WorkerFolder.make(installation.work());
        WorkerProcess started =
                new WorkerProcess(installation, language, bytes, starts.getAndIncrement(), listener, nanos);
        later(() -> endUnlessReady(started), START_MILLIS);
        return started;
    }

    private static void endUnlessReady(WorkerProcess worker) {
        if (worker.stage() == WorkerProcess.Stage.STARTING) {
            LOG.warn(
                    "script worker {} of {} was not ready after {} s",
                    worker.pid(),
                    worker.language,
                    START_MILLIS / 1000);
            worker.kill();
        }
    }

    /** A script of this language is loaded, so a spare worker is worth its memory, a little later. */
    void used(String language) {
        later(() -> makeSpare(language), SPARE_DELAY_MILLIS);
    }

    private void makeSpare(String language) {
        synchronized (this) {
            if (closed || spares.containsKey(language)) {
                return;
            }
        }
        try {
            WorkerProcess spare = process(language, LEAST_BYTES, new SpareCare());
            synchronized (this) {
                spares.put(language, spare);
            }
            if (spare.stage() == WorkerProcess.Stage.ENDED) {
                forget(spare);
            }
        } catch (RuntimeException e) {
            LOG.warn("a spare script worker of {} could not be started: {}", language, e.getMessage());
        }
    }

    private synchronized void forget(WorkerProcess spare) {
        spares.remove(spare.language, spare);
    }

    /** A group has no scripts any more. */
    void idle(Group group) {
        later(group::endIfIdle, IDLE_MILLIS);
    }

    @Override
    public void close() {
        List<WorkerProcess> ending;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(spares.values());
            spares.clear();
        }
        groups().forEach(group -> group.shutDown("the daemon is ending"));
        ending.forEach(WorkerProcess::end);
        synchronized (this) {
            if (thread != null) {
                thread.shutdownNow();
            }
        }
    }

    /** Until a group takes it. */
    private final class SpareCare implements WorkerProcess.Listener {
        @Override
        public void ready(WorkerProcess worker) {}

        @Override
        public void frame(WorkerProcess worker, int type, FrameReader in) {}

        @Override
        public void ended(WorkerProcess worker) {
            forget(worker);
        }
    }
}
