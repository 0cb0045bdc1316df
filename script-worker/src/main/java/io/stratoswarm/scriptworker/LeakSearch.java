package io.stratoswarm.scriptworker;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds the script that has come to hold more than it may, little by little over many calls. What a context holds cannot be asked, so
 * where the heap is nearly full even after a collection, contexts at rest are closed one at a time, that which has allocated most first,
 * and what each gives back is measured. A script that gave back more than its limit is told so at its next call; the others begin with a
 * fresh context, which they would have to do as well if the heap became full and the worker ended.
 */
final class LeakSearch {
    /** Of the part of the heap for what outlives collections. */
    private static final double NEARLY_FULL = 0.7;

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REST_SECONDS = 2;

    private final List<Script> scripts;
    private final MemoryPoolMXBean tenured = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .findFirst()
            .orElseThrow();
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
        if (now - searchedNanos < INTERVAL_NANOS || held() < Math.max(limit(), heldThen + heldThen / 10)) {
            return;
        }
        if (searching.compareAndSet(false, true)) {
            Thread thread = new Thread(this::search, "leak-search");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private long held() {
        return tenured.getUsage().getUsed();
    }

    private long limit() {
        return (long) (tenured.getUsage().getMax() * NEARLY_FULL);
    }

    private void search() {
        long before = collected();
        List<Script> suspects = scripts.stream()
                .sorted(Comparator.comparingLong(Script::allocatedInContext).reversed())
                .toList();
        for (Script suspect : suspects) {
            if (before < limit()) {
                break;
            }
            if (suspect.rest(REST_SECONDS)) {
                long after = collected();
                suspect.gaveBack(before - after);
                before = after;
            }
        }
        heldThen = before;
        searchedNanos = System.nanoTime();
        searching.set(false);
    }

    private long collected() {
        System.gc();
        return held();
    }
}
