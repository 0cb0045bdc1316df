package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies processes that stand still together. All calls of ptrace are made by one thread, begun for this and ended after it, so that
 * the kernel lets go of whatever could not be let go of by a call.
 */
final class StopCopy {
    private static final long SLACK = 16L << 20;

    /**
     * Bounds.
     *
     * @param stopMillis by when all threads must have stopped
     * @param copyMillis how long memory may be copied
     * @param memory bytes that a copy may take
     */
    record Bounds(long stopMillis, long copyMillis, long memory) {}

    record Target(String agent, int pid) {}

    /** What came of it; the buffer belongs to who asked. */
    record Copied(NativeBuffer buffer, List<Image> images, long beganNanos, long stoppedNanos)
            implements AutoCloseable {
        @Override
        public void close() {
            buffer.close();
        }
    }

    /** Called by the tracing thread while everything is stopped and copied; for tests. */
    interface Moment {
        void stopped();
    }

    private final Proc proc;
    private final LongSupplier nanos;
    private final Bounds bounds;
    private final Moment moment;
    private final Taking taking;
    private final Facts facts;

    StopCopy(Proc proc, LongSupplier nanos, Bounds bounds, Moment moment) {
        this(proc, nanos, bounds, moment, Taking.WHILE_STOPPED);
    }

    StopCopy(Proc proc, LongSupplier nanos, Bounds bounds, Moment moment, Taking taking) {
        this.proc = proc;
        this.nanos = nanos;
        this.bounds = bounds;
        this.moment = moment;
        this.taking = taking;
        this.facts = new Facts(proc);
    }

    /** @throws LinuxFailure where memory for the copy cannot be had; nothing was stopped then */
    Copied copy(List<Target> targets) throws LinuxFailure, InterruptedException {
        Map<Integer, byte[]> before = new HashMap<>();
        long expected = SLACK;
        for (Target target : targets) {
            before.put(target.pid(), program(target.pid()));
            expected += estimate(target);
        }
        NativeBuffer buffer = NativeBuffer.reserve(Math.max(bounds.memory(), PageScan.PAGE));
        AtomicReference<Copied> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try {
            buffer.populate(Math.min(expected, bounds.memory()));
            Thread tracer = Thread.ofPlatform()
                    .name("capture-ptrace")
                    .daemon()
                    .uncaughtExceptionHandler((thread, thrown) -> failure.set(thrown))
                    .start(() -> result.set(trace(targets, before, buffer)));
            join(tracer);
            Copied copied = result.get();
            if (copied == null) {
                throw new IllegalStateException("the tracing thread ended without a result", failure.get());
            }
            return copied;
        } catch (RuntimeException | InterruptedException e) {
            buffer.close();
            throw e;
        }
    }

    /** An interrupt is kept for later: the buffer may not go while the thread writes to it, and all its waits are bounded. */
    private static void join(Thread tracer) throws InterruptedException {
        boolean interrupted = false;
        while (true) {
            try {
                tracer.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            throw new InterruptedException("interrupted while processes were copied; they run again");
        }
    }

    /** What changes when a process executes another program: the kernel lays out its memory anew. */
    private byte[] program(int pid) {
        return proc.bytes(pid + "/auxv").orElse(new byte[0]);
    }

    /** Also loads and links everything that is needed while processes are stopped: the first foreign calls take 300 ms. */
    private long estimate(Target target) {
        int pid = target.pid();
        Image rehearsal = new Image(target.agent(), pid);
        facts.read(rehearsal);
        rehearsal.areas = Area.parse(text(rehearsal, "maps"));
        Ptrace.poll(pid);
        Ptrace.waiting(pid, -1);
        Ptrace.registers(pid, Ptrace.NT_PRSTATUS);
        Ptrace.signalInfo(pid);
        try {
            if (!taking.prepare(rehearsal)) {
                return 0;
            }
            PageRuns runs = new PageRuns(0, bounds.memory());
            runs.scan(pid, rehearsal.areas, false);
            return runs.bytes();
        } catch (LinuxFailure e) {
            // It has ended or may not be looked at; what stops it will say so.
            return 0;
        }
    }

    private Copied trace(List<Target> targets, Map<Integer, byte[]> before, NativeBuffer buffer) {
        List<Image> images =
                targets.stream().map(it -> new Image(it.agent(), it.pid())).toList();
        Ptrace.hurry();
        long began = nanos.getAsLong();
        Tracer tracer = new Tracer(proc, nanos, began + bounds.stopMillis() * 1_000_000);
        long until = began + (bounds.stopMillis() + bounds.copyMillis()) * 1_000_000;
        Memory memory = new Memory(buffer, bounds, () -> nanos.getAsLong() - until < 0);
        try {
            List<Integer> held = new ArrayList<>();
            for (Image image : images) {
                @Nullable String refused = tracer.seize(image.pid);
                if (refused == null) {
                    held.add(image.pid);
                } else {
                    image.problems.add("process " + image.pid + " was not captured: " + refused);
                }
            }
            List<String> late = tracer.await(held);
            for (Image image : images) {
                if (held.contains(image.pid)) {
                    late.stream()
                            .filter(it -> it.contains("process " + image.pid + " "))
                            .forEach(image.problems::add);
                    if (look(image, tracer, before.getOrDefault(image.pid, new byte[0]))) {
                        take(image, tracer, memory);
                    }
                }
            }
            moment.stopped();
        } finally {
            tracer.release();
        }
        long stopped = nanos.getAsLong() - began;
        return new Copied(buffer, images, began, stopped + taking.finish(memory));
    }

    /** Everything but memory; false where nothing is there any more. */
    private boolean look(Image image, Tracer tracer, byte[] program) {
        for (int tid : tracer.stopped(image.pid)) {
            facts.registers(image, tid, tracer.signal(tid));
        }
        if (image.threads.isEmpty()) {
            image.problems.add("process " + image.pid + " ended while it was being captured");
            return false;
        }
        facts.read(image);
        image.areas = Area.parse(text(image, "maps"));
        byte[] now = image.files.getOrDefault("auxv", new byte[0]);
        if (program.length > 0 && now.length > 0 && !Arrays.equals(program, now)) {
            image.problems.add("process " + image.pid
                    + " executed another program while it was being captured; what was captured is the new one");
        }
        return true;
    }

    private void take(Image image, Tracer tracer, Memory memory) {
        try {
            taking.take(image, tracer, memory);
        } catch (LinuxFailure e) {
            memory.lost(image, e);
        }
    }

    static String text(Image image, String file) {
        return new String(image.files.getOrDefault(file, new byte[0]), StandardCharsets.UTF_8);
    }
}
