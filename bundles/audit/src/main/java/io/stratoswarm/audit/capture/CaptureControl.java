package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.audit.capture.elf.CoreExport;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.Manifest;
import io.stratoswarm.audit.capture.store.Objects;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service. One capture at a time is taken, by a thread of its own with a short queue; readers do not wait for it, but nothing is
 * removed while somebody reads.
 */
public final class CaptureControl implements Captures, AutoCloseable {
    static final String SOURCE = "audit.capture";
    static final String CAPTURED = "StateCaptured";
    private static final int QUEUED = 8;
    private static final long PATIENCE_SECONDS = 60;
    private static final String NOT_REMOVED = "old captures are not removed now";
    private static final Logger LOG = LoggerFactory.getLogger(CaptureControl.class);

    private final CaptureFolder folder;
    private final CaptureReader reader;
    private final Agents agents;
    private final Journal journal;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final CaptureRun.Tools tools;
    private final ReadTrail trail;
    private final Restoring restoring;
    private final Map<Long, Capture> known = new LinkedHashMap<>();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ThreadPoolExecutor lane = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED),
            Thread.ofPlatform().name("capture").daemon().factory());
    private volatile CaptureSettings settings;

    /** What it works with. */
    public record Surroundings(
            Agents agents,
            Journal journal,
            InstantSource clock,
            LongSupplier nanos,
            java.util.random.RandomGenerator random,
            Supplier<Optional<ProcessImages>> images) {}

    public CaptureControl(CaptureFolder folder, CaptureSettings settings, Surroundings surroundings) {
        this(folder, settings, surroundings, () -> {});
    }

    CaptureControl(CaptureFolder folder, CaptureSettings settings, Surroundings surroundings, StopCopy.Moment moment) {
        this.folder = folder;
        this.reader = new CaptureReader(folder);
        this.agents = surroundings.agents();
        this.journal = surroundings.journal();
        this.clock = surroundings.clock();
        this.nanos = surroundings.nanos();
        this.trail = new ReadTrail(journal, nanos);
        this.restoring = new Restoring(Proc.host(), folder, agents, surroundings.images());
        this.settings = settings;
        this.tools = new CaptureRun.Tools(
                Proc.host(),
                folder,
                new SeenPages(),
                new Trackers(),
                new PageHash(surroundings.random()),
                nanos,
                moment);
        try {
            PrivateFolder.delete(folder.making());
        } catch (IOException e) {
            LOG.warn("what a dump left behind cannot be removed: {}", e.getMessage());
        }
        lane.execute(this::makeUp);
    }

    public void configure(CaptureSettings changed) {
        settings = changed;
        later(this::retain, NOT_REMOVED);
    }

    /** A daemon that was killed between a capture and its event has only the capture; the event is made up for. */
    private void makeUp() {
        try {
            for (long number : folder.captures()) {
                Capture capture = get(number);
                if (capture.event().isEmpty()) {
                    record(capture, "system", List.of());
                }
            }
            retain();
        } catch (StratoswarmException e) {
            LOG.warn("captures of before could not be looked through: {}", e.getMessage());
        }
    }

    @Override
    public CompletableFuture<Capture> capture(Request request, String actor) {
        CaptureRun.check(request);
        // Who asked does not wait for what makes room.
        return queued(() -> take(request, actor), () -> guarded(this::retain, NOT_REMOVED));
    }

    private <T> CompletableFuture<T> queued(Callable<T> work) {
        return queued(work, () -> {});
    }

    /** @param then what is done when the answer was given */
    private <T> CompletableFuture<T> queued(Callable<T> work, Runnable then) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            lane.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    result.completeExceptionally(
                            new StratoswarmException(Kind.UNAVAILABLE, "the daemon ends, so this was given up", e));
                } catch (Exception | Error e) {
                    result.completeExceptionally(e);
                }
                then.run();
            });
        } catch (RejectedExecutionException e) {
            throw new StratoswarmException(
                    Kind.CONFLICT, QUEUED + " captures wait already; try again when they are done", e);
        }
        return result;
    }

    @Override
    public CompletableFuture<Optional<Capture>> beforeRisky(List<String> named, String reason, String actor) {
        if (!settings.beforeRisky()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        try {
            return capture(new Request(named, STOP_COPY, true, false, "before: " + reason, List.of()), actor)
                    .handle((capture, failure) -> {
                        if (failure != null) {
                            LOG.warn("no capture was taken before '{}': {}", reason, failure.getMessage());
                        }
                        return Optional.ofNullable(capture);
                    });
        } catch (StratoswarmException e) {
            LOG.warn("no capture was taken before '{}': {}", reason, e.getMessage());
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    private Capture take(Request request, String actor) throws InterruptedException {
        Map<String, Integer> chosen = new LinkedHashMap<>();
        if (!request.hostOnly()) {
            for (AgentStatus status :
                    AgentProcesses.select(agents.list(), request.agents()).values()) {
                chosen.put(status.id(), status.pid().orElseThrow());
            }
        }
        lock.readLock().lock();
        Capture capture;
        try {
            long number = folder.nextNumber();
            Receipt asked = append(
                    "CaptureRequested",
                    number,
                    actor,
                    request.causes(),
                    Json.text(Json.object()
                            .put("number", number)
                            .put("mode", request.mode())
                            .put("consistent", request.consistent())
                            .put("hostOnly", request.hostOnly())
                            .put("agents", chosen.size())
                            .put("reason", request.reason())));
            CaptureRun.Order order = new CaptureRun.Order(
                    number,
                    request,
                    chosen,
                    actor,
                    TimeUnit.MILLISECONDS.toNanos(clock.millis()),
                    journal.checkpoint());
            Cause cause = new Cause.OfEvent(asked.journal(), asked.firstSequence());
            try {
                Capture taken = new CaptureRun(tools, settings, order).take();
                capture = record(taken, actor, List.of(cause));
            } catch (RuntimeException e) {
                String why = e.getMessage() == null ? e.toString() : e.getMessage();
                append(
                        "CaptureFailed",
                        number,
                        actor,
                        List.of(cause),
                        Json.text(Json.object().put("number", number).put("reason", why)));
                later(this::sweep, "what was written of the capture is not removed now");
                throw e;
            }
        } finally {
            lock.readLock().unlock();
        }
        return capture;
    }

    private Receipt append(String type, long number, String actor, List<Cause> causes, String payload) {
        EventDraft draft = EventDraft.json(type, SOURCE, "capture/" + number, actor, causes, payload);
        return journal.append(Append.of(draft))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** The root becomes durable in the journal. */
    private Capture record(Capture capture, String actor, List<Cause> causes) {
        Receipt receipt = append(CAPTURED, capture.number(), actor, causes, CaptureCodec.event(capture));
        Capture recorded = CaptureCodec.read(
                capture.number(),
                CaptureCodec.meta(capture),
                capture.root(),
                capture.parts(),
                OptionalLong.of(receipt.firstSequence()));
        synchronized (known) {
            known.put(capture.number(), recorded);
        }
        return recorded;
    }

    @Override
    public List<Capture> list(int limit) {
        List<Long> numbers = new ArrayList<>(folder.captures().reversed());
        List<Capture> found = new ArrayList<>();
        for (long number : numbers.subList(0, Math.min(limit, numbers.size()))) {
            try {
                found.add(get(number));
            } catch (StratoswarmException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return found;
    }

    @Override
    public Capture get(long number) {
        synchronized (known) {
            Capture capture = known.get(number);
            if (capture != null) {
                return capture;
            }
        }
        Manifest manifest = folder.manifest(number);
        Capture capture = CaptureCodec.read(
                number,
                manifest.meta(),
                manifest.root(),
                manifest.leaves().size(),
                event(number).map(it -> OptionalLong.of(it.sequence())).orElse(OptionalLong.empty()));
        synchronized (known) {
            if (capture.event().isPresent()) {
                known.put(number, capture);
            }
            return capture;
        }
    }

    private Optional<Event> event(long number) {
        return journal
                .read(EventQuery.all()
                        .subject("capture/" + number)
                        .type(CAPTURED)
                        .limit(1))
                .stream()
                .findFirst();
    }

    /** Nothing is removed while this works. */
    private <T> T reading(Supplier<T> work) {
        lock.readLock().lock();
        try {
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<PartInfo> parts(long number, String prefix) {
        return reading(() -> reader.parts(number, prefix));
    }

    @Override
    public Content part(long number, String name, String actor) {
        return reading(() -> {
            CaptureReader.index(folder.manifest(number), name);
            trail.read(actor, number, name.replaceFirst("/memory/.*", "/memory"));
            return reader.content(number, name);
        });
    }

    @Override
    public Diff diff(long before, long after, String actor) {
        return reading(() -> {
            get(before);
            get(after);
            trail.read(actor, before, "diff");
            trail.read(actor, after, "diff");
            return reader.diff(before, after);
        });
    }

    @Override
    public Verification verify(long number) {
        return reading(() -> reader.verify(
                number,
                event(number)
                        .map(it -> Json.parse(it.payloadText()).path("root").asText())
                        .orElse("")));
    }

    @Override
    public Proof prove(long number, String name) {
        return reading(() -> {
            Manifest manifest = folder.manifest(number);
            int index = CaptureReader.index(manifest, name);
            return new Proof(
                    number,
                    CaptureReader.info(index, manifest.leaves().get(index)),
                    manifest.leaves().size(),
                    reader.path(manifest, index),
                    manifest.root(),
                    get(number).event());
        });
    }

    @Override
    public void export(long number, String agent, Optional<Integer> pid, Sink sink, String actor) throws IOException {
        Capture capture = get(number);
        Agent captured = capture.agents().stream()
                .filter(it -> it.id().equals(agent))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "the capture " + number + " does not hold the agent '" + agent + "'"));
        int chosen = pid.orElseGet(
                () -> captured.pids().isEmpty() ? 0 : captured.pids().getFirst());
        if (!captured.pids().contains(chosen)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "of '" + agent + "' the capture " + number + " holds the processes " + captured.pids() + ", not "
                            + chosen);
        }
        lock.readLock().lock();
        try (Objects objects = folder.objects()) {
            trail.read(actor, number, "export of " + agent + " " + chosen);
            new CoreExport(folder.manifest(number), objects, ProcessParts.prefix(agent, chosen)).write(sink);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public CompletableFuture<Integer> restore(long number, String agent, String actor) {
        Restoring.Plan plan = restoring.plan(get(number), agent);
        return queued(() -> reading(() -> restoring.carryOut(
                plan, actor, (type, causes, told) -> append(type, number, actor, causes, Json.text(told)))));
    }

    @Override
    public CompletableFuture<Void> remove(long number, String actor) {
        folder.manifest(number);
        return queued(() -> {
                    drop(number, actor, "asked for");
                    sweep();
                    return number;
                })
                .thenAccept(removed -> {});
    }

    private void drop(long number, String actor, String why) {
        append(
                "CaptureRemoved",
                number,
                actor,
                List.of(),
                Json.text(Json.object().put("number", number).put("reason", why)));
        lock.writeLock().lock();
        try {
            folder.remove(number);
        } finally {
            lock.writeLock().unlock();
        }
        synchronized (known) {
            known.remove(number);
        }
    }

    private void sweep() {
        lock.writeLock().lock();
        try {
            folder.sweep();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Keeps what the settings say; the newest one always. */
    private void retain() {
        CaptureSettings now = settings;
        List<Long> numbers = new ArrayList<>(folder.captures());
        while (numbers.size() > 1) {
            long oldest = numbers.getFirst();
            String why;
            if (numbers.size() > now.keepCount()) {
                why = "more than " + now.keepCount() + " captures";
            } else if (TimeUnit.NANOSECONDS.toMillis(get(oldest).timeNanos()) < clock.millis() - now.keepMillis()) {
                why = "older than " + now.keepMillis() / 3_600_000 + " h";
            } else if (folder.bytes() > now.keepBytes()) {
                why = "captures take more than " + (now.keepBytes() >> 20) + " MiB";
            } else {
                return;
            }
            drop(oldest, "system", why);
            sweep();
            numbers.removeFirst();
        }
    }

    private void later(Runnable work, String otherwise) {
        try {
            lane.execute(() -> guarded(work, otherwise));
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: too much waits", otherwise, e);
        }
    }

    /** A boundary: nobody waits for what this does. */
    private static void guarded(Runnable work, String otherwise) {
        try {
            work.run();
        } catch (StratoswarmException e) {
            LOG.warn("{}: {}", otherwise, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}", otherwise, e);
        }
    }

    /** Called now and then: writes what was read, and removes what is too old. */
    public void step() {
        trail.step();
        later(this::retain, NOT_REMOVED);
    }

    @Override
    public void close() {
        lane.shutdownNow();
        try {
            if (!lane.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a capture is still being written while the bundle goes; it is removed at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tools.trackers().close();
        trail.flush();
    }
}
