package io.stratoswarm.scriptworker;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds the script that has come to hold more than it may, little by little over many calls. What a context holds cannot be asked, so
 * where the heap is nearly full even after a collection, contexts at rest are closed one at a time, that which has allocated most first,
 * and what each gives back is measured. A script that gave back more than its limit is told so at its next call; the others begin with a
 * fresh context, which they would have to do as well if the heap became full and the worker ended.
 */
final class LeakSearch {
    /** Of the part of the heap for what outlives collections. */
    private static final double NEARLY_FULL = 0.7;
    /** There is no time left to wait for the next interval. */
    private static final double FULL = 0.85;

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REST_SECONDS = 2;
    /** How often what a context gave back is looked for. */
    private static final int LOOKS = 5;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<Script> scripts;
    private final MemoryPoolMXBean tenured = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .findFirst()
            .orElseThrow();
    private final AtomicLong closing = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicBoolean searching = new AtomicBoolean();
    private volatile long searchedNanos;
    /** What was held after the last search; looking again is worth it only once it has grown. */
    private volatile long heldThen;

    LeakSearch(List<Script> scripts) {
        this.scripts = scripts;
        searchedNanos = System.nanoTime() - INTERVAL_NANOS;
    }

    /** Called often; looks for a leak where that is worth it. */
    void look(long now) {
        long held = held();
        boolean due = now - searchedNanos >= INTERVAL_NANOS || held >= share(FULL);
        if (due
                && held >= Math.max(share(NEARLY_FULL), heldThen + heldThen / 10)
                && searching.compareAndSet(false, true)) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            search();
                        } finally {
                            searching.set(false);
                        }
                    },
                    "leak-search");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private long held() {
        return tenured.getUsage().getUsed();
    }

    private long share(double part) {
        return (long) (tenured.getUsage().getMax() * part);
    }

    /** Closes a context for another reason. What that gives back is nobody's leak. */
    void close(Runnable close) {
        closing.incrementAndGet();
        try {
            close.run();
        } finally {
            closed.incrementAndGet();
        }
    }

    /**
     * Closes the context of a script that found no room; whether it held more than it may. Waits while a search closes others, which
     * would be taken for this one's.
     */
    synchronized boolean heldTooMuch(Script script, Runnable close) {
        Held before = collected();
        close.run();
        afterClosing(script, before);
        return script.takeLeak() != null;
    }

    /** Returns once there is room again, or nothing is left that could be closed. */
    synchronized void search() {
        Held before = collected();
        // What they have allocated grows meanwhile, so it is asked once for each.
        List<Suspect> suspects = scripts.stream()
                .map(script -> new Suspect(script, script.allocatedInContext()))
                .sorted(Comparator.comparingLong(Suspect::allocated).reversed())
                .toList();
        for (Suspect suspect : suspects) {
            if (before.bytes() < share(NEARLY_FULL)) {
                break;
            }
            try (Script.Rest rest = suspect.script().rest()) {
                if (rest.closed(REST_SECONDS)) {
                    before = afterClosing(suspect.script(), before);
                }
            }
        }
        heldThen = before.bytes();
        searchedNanos = System.nanoTime();
    }

    private record Suspect(Script script, long allocated) {}

    /**
     * What outlived a collection.
     *
     * @param closing contexts whose closing had begun before
     * @param quiet whether none was being closed
     */
    private record Held(long bytes, long closing, boolean quiet) {}

    private Held collected() {
        long begun = closing.get();
        boolean quiet = closed.get() == begun;
        System.gc();
        return new Held(held(), begun, quiet);
    }

    /**
     * Tells a script how much its context gave back; nothing where another was closed meanwhile, so that nobody can tell. A thread that
     * compiles its code may still have it for a moment, and no script gives back more than it had allocated.
     */
    private Held afterClosing(Script script, Held before) {
        for (int i = 1; ; i++) {
            Held after = collected();
            boolean alone = before.quiet() && after.quiet() && before.closing() == after.closing();
            long freed = Math.min(before.bytes() - after.bytes(), script.allocatedInContext());
            if (!alone || script.gaveBack(freed) || i == LOOKS || script.allocatedInContext() <= script.limit()) {
                return after;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
