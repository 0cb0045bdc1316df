package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.ProcessMemory;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies processes that stand still together. All calls of ptrace are made by one thread, begun for this and ended after it, so that
 * the kernel lets go of whatever could not be let go of by a call.
 */
final class StopCopy {
    private static final List<String> FILES =
            List.of("maps", "auxv", "cmdline", "environ", "status", "stat", "limits", "cgroup");
    private static final List<String> LINKS = List.of("exe", "cwd", "root");
    private static final long SLACK = 16L << 20;
    /** Of a process that was captured before, so small a part is expected to have changed. */
    private static final long CHANGED_SHARE = 16;

    /**
     * Bounds.
     *
     * @param stopMillis by when all threads must have stopped
     * @param copyMillis how long memory may be copied
     * @param memory bytes that a copy may take
     */
    record Bounds(long stopMillis, long copyMillis, long memory) {}

    /**
     * A process.
     *
     * @param before what the last capture of it held; its pages that are still the same are not kept a second time
     */
    record Target(String agent, int pid, Map<Long, Seen> before) {
        Target(String agent, int pid) {
            this(agent, pid, Map.of());
        }
    }

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
    private final PageHash hash;
    private final Moment moment;

    /** @param hash the one that told what was seen before */
    StopCopy(Proc proc, LongSupplier nanos, Bounds bounds, PageHash hash, Moment moment) {
        this.proc = proc;
        this.nanos = nanos;
        this.bounds = bounds;
        this.hash = hash;
        this.moment = moment;
    }

    /** @throws LinuxFailure where memory for the copy cannot be had; nothing was stopped then */
    Copied copy(List<Target> targets) throws LinuxFailure, InterruptedException {
        Map<Integer, byte[]> before = new HashMap<>();
        long expected = SLACK;
        for (Target target : targets) {
            before.put(target.pid(), program(target.pid()));
            long all = estimate(target.pid());
            expected += target.before().isEmpty() ? all : all / CHANGED_SHARE;
        }
        ChangedPages changed = new ChangedPages(hash, bounds.memory());
        NativeBuffer buffer = NativeBuffer.reserve(Math.max(bounds.memory(), PageScan.PAGE));
        AtomicReference<Copied> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try {
            buffer.populate(Math.min(expected, bounds.memory()));
            Thread tracer = Thread.ofPlatform()
                    .name("capture-ptrace")
                    .daemon()
                    .uncaughtExceptionHandler((thread, thrown) -> failure.set(thrown))
                    .start(() -> result.set(trace(targets, before, buffer, changed)));
            join(tracer);
            Copied copied = result.get();
            if (copied == null) {
                throw new IllegalStateException("the tracing thread ended without a result", failure.get());
            }
            return copied;
        } catch (RuntimeException | InterruptedException e) {
            buffer.close();
            throw e;
        } finally {
            changed.close();
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
    private long estimate(int pid) {
        Image rehearsal = new Image("", pid);
        facts(rehearsal);
        rehearsal.areas = Area.parse(proc.text(pid + "/maps"));
        Ptrace.poll(pid);
        Ptrace.waiting(pid, -1);
        Ptrace.registers(pid, Ptrace.NT_PRSTATUS);
        Ptrace.signalInfo(pid);
        try {
            scan(rehearsal, 0, bounds.memory());
        } catch (LinuxFailure e) {
            // It has ended or may not be looked at; what stops it will say so.
            return 0;
        }
        return rehearsal.bytes();
    }

    private Copied trace(List<Target> targets, Map<Integer, byte[]> before, NativeBuffer buffer, ChangedPages changed) {
        Map<Integer, Map<Long, Seen>> known = new HashMap<>();
        targets.forEach(it -> known.put(it.pid(), it.before()));
        List<Image> images =
                targets.stream().map(it -> new Image(it.agent(), it.pid())).toList();
        Ptrace.hurry();
        long began = nanos.getAsLong();
        Tracer tracer = new Tracer(proc, nanos, began + bounds.stopMillis() * 1_000_000);
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
            long offset = 0;
            long until = nanos.getAsLong() + bounds.copyMillis() * 1_000_000;
            for (Image image : images) {
                if (held.contains(image.pid)) {
                    late.stream()
                            .filter(it -> it.contains("process " + image.pid + " "))
                            .forEach(image.problems::add);
                    registers(image, tracer);
                    if (image.threads.isEmpty()) {
                        image.problems.add("process " + image.pid + " ended while it was being captured");
                        continue;
                    }
                    facts(image);
                    image.areas = Area.parse(text(image, "maps"));
                    offset = memory(image, known.getOrDefault(image.pid, Map.of()), buffer, offset, until, changed);
                    byte[] first = before.getOrDefault(image.pid, new byte[0]);
                    byte[] now = image.files.getOrDefault("auxv", new byte[0]);
                    if (first.length > 0 && now.length > 0 && !Arrays.equals(first, now)) {
                        image.problems.add(
                                "process " + image.pid
                                        + " executed another program while it was being captured; what was captured is the new one");
                    }
                }
            }
            moment.stopped();
        } finally {
            tracer.release();
        }
        return new Copied(buffer, images, began, nanos.getAsLong() - began);
    }

    private void registers(Image image, Tracer tracer) {
        for (int tid : tracer.stopped(image.pid)) {
            registers(image, tid, tracer.signal(tid));
        }
    }

    /** @return where in the buffer the next process's memory may begin */
    private long memory(
            Image image, Map<Long, Seen> before, NativeBuffer buffer, long from, long until, ChangedPages changed) {
        long end = from;
        try (ProcessMemory memory = new ProcessMemory(image.pid, true)) {
            BooleanSupplier more = () -> nanos.getAsLong() - until < 0;
            if (before.isEmpty()) {
                scan(image, from, bounds.memory());
                image.unread = memory.copy(image.runs, buffer.segment(), more);
                end += image.bytes();
            } else {
                scan(image, 0, Long.MAX_VALUE);
                end = changed.take(image, before, memory, buffer.segment(), from, more);
            }
            if (!image.unread.isEmpty()) {
                long bytes = image.unread.stream().mapToLong(Run::length).sum();
                image.problems.add(bytes + " bytes of the memory of process " + image.pid
                        + (more.getAsBoolean()
                                ? " could not be read"
                                : " were not copied within " + bounds.copyMillis() + " ms"));
            }
        } catch (LinuxFailure e) {
            image.problems.add("process " + image.pid + " ended while its memory was being captured (" + e.getMessage()
                    + "); none of it is kept");
            image.runs = new ArrayList<>();
        }
        return end;
    }

    private void registers(Image image, int tid, int signal) {
        Map<Integer, byte[]> sets = new LinkedHashMap<>();
        for (int set : Ptrace.regsets()) {
            Ptrace.registers(tid, set).ifPresent(bytes -> sets.put(set, bytes));
        }
        if (!sets.containsKey(Ptrace.NT_PRSTATUS)) {
            image.problems.add("thread " + tid + " of process " + image.pid + " ended while it was being captured");
            return;
        }
        String task = image.pid + "/task/" + tid;
        image.threads.add(new Image.ThreadState(
                tid,
                proc.text(task + "/comm").strip(),
                List.of(proc.stat(task)),
                signal,
                sets,
                Ptrace.signalInfo(tid)));
    }

    private void facts(Image image) {
        for (String name : FILES) {
            image.files.put(name, proc.bytes(image.pid + "/" + name).orElse(new byte[0]));
        }
        for (String name : LINKS) {
            image.files.put(name, proc.link(image.pid + "/" + name).getBytes(StandardCharsets.UTF_8));
        }
        for (int number : proc.numbers(image.pid + "/fd")) {
            String target = proc.link(image.pid + "/fd/" + number);
            OptionalInt waiting = target.startsWith("pipe:") || isFifo(target)
                    ? Ptrace.waiting(image.pid, number)
                    : OptionalInt.empty();
            image.descriptors.add(
                    new Image.Descriptor(number, target, proc.text(image.pid + "/fdinfo/" + number), waiting));
        }
    }

    /** Channels of agents are FIFOs with a name. A count of what is no pipe would say something else, so only these are asked. */
    private static boolean isFifo(String target) {
        try {
            return target.startsWith("/")
                    && (((Number) java.nio.file.Files.getAttribute(java.nio.file.Path.of(target), "unix:mode"))
                                            .intValue()
                                    & 0170000)
                            == 0010000;
        } catch (java.io.IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    static String text(Image image, String file) {
        return new String(image.files.getOrDefault(file, new byte[0]), StandardCharsets.UTF_8);
    }

    /** Finds what is to be copied: all that the process has changed or made, and no page that can be had from a file. */
    private void scan(Image image, long from, long limit) throws LinuxFailure {
        long[] offset = {from};
        long[] left = {0};
        List<Run> runs = image.runs;
        try (PageScan scan = PageScan.of(image.pid)) {
            for (Area area : image.areas) {
                if (area.foreign()) {
                    continue;
                }
                if (area.vdso()) {
                    add(runs, area.start(), area.end(), offset, limit, left);
                    continue;
                }
                // The head of a program's file says which build it is; without it a debugger does not find its symbols.
                boolean head = area.hasFile() && area.fileOffset() == 0;
                scan.scan(area.start(), area.end(), (start, end, file) -> {
                    if (!file || !area.hasFile()) {
                        add(runs, start, end, offset, limit, left);
                    } else if (head && start == area.start()) {
                        add(runs, start, start + PageScan.PAGE, offset, limit, left);
                    }
                });
            }
        }
        leftOut(image, left[0], limit);
    }

    static void leftOut(Image image, long bytes, long limit) {
        if (bytes > 0) {
            image.problems.add(
                    bytes + " bytes of the memory of process " + image.pid
                            + " were left out: a capture may take " + limit / (1 << 20)
                            + " MiB at a time (capture.memory.mebibytes in stratoswarm.audit.cfg, and half of what the host has free)");
        }
    }

    private static void add(List<Run> runs, long start, long end, long[] offset, long limit, long[] left) {
        long fits = Math.min(end - start, limit - offset[0]) / PageScan.PAGE * PageScan.PAGE;
        left[0] += end - start - Math.max(0, fits);
        if (fits <= 0) {
            return;
        }
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).end() == start) {
            Run before = runs.get(last);
            runs.set(last, new Run(before.address(), before.length() + fits, before.offset()));
        } else {
            runs.add(new Run(start, fits, offset[0]));
        }
        offset[0] += fits;
    }
}
