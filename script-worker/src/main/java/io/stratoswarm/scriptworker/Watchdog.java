package io.stratoswarm.scriptworker;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at what runs every few milliseconds, ends what is over its limits, tells the daemon that this process still lives, and ends
 * the process where a guest cannot be ended. Sleeps while nothing runs.
 *
 * <p>Memory is judged by two numbers together, since neither alone says what a script holds: what its thread has allocated during
 * the call, garbage included, and how much the heap's part for what outlives collections has grown meanwhile.
 */
final class Watchdog {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long a guest may take to end after it was told to. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Replies replies;
    private final List<Script> scripts = new CopyOnWriteArrayList<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<MemoryPoolMXBean> longLived = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && !pool.getName().contains("Eden"))
            .toList();
    private final LeakSearch leaks = new LeakSearch(scripts);
    private final Thread thread = new Thread(this::loop, "watchdog");
    private volatile boolean asleep;
    private volatile long held;
    private long lastAlive;

    Watchdog(Replies replies) {
        this.replies = replies;
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    void start() {
        held = measureHeld();
        thread.start();
    }

    void add(Script script) {
        scripts.add(script);
    }

    void remove(Script script) {
        scripts.remove(script);
    }

    /** What the long-lived part of the heap held at the last look. */
    long held() {
        return held;
    }

    /** Closes a context, not to find out what it holds. */
    void close(Runnable close) {
        leaks.close(close);
    }

    /** Closes the context of a script that found no room; whether it held more than it may. */
    boolean heldTooMuch(Script script, Runnable close) {
        return leaks.heldTooMuch(script, close);
    }

    /** Finds out which other script has filled the heap. */
    void makeRoom() {
        leaks.search();
    }

    long cpuOfThisThread() {
        return threads.getCurrentThreadCpuTime();
    }

    long allocatedBy(long threadId) {
        return threads.getThreadAllocatedBytes(threadId);
    }

    long allocatedByThisThread() {
        return threads.getCurrentThreadAllocatedBytes();
    }

    /** Called at the begin of each run, after it can be seen. */
    void wake() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    private void loop() {
        long lastBusy = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            if (step(now)) {
                lastBusy = now;
            }
            if (now - lastBusy < IDLE_NANOS) {
                LockSupport.parkNanos(TICK_NANOS);
            } else {
                asleep = true;
                if (scripts.stream().noneMatch(script -> script.meter().running())) {
                    LockSupport.park(this);
                }
                asleep = false;
            }
        }
    }

    /** One look at everything; whether anything runs. */
    boolean step(long now) {
        boolean busy = false;
        held = measureHeld();
        for (Script script : scripts) {
            Meter meter = script.meter();
            if (meter.running()) {
                busy = true;
                look(script, meter, now);
            }
        }
        if (busy && now - lastAlive >= ALIVE_NANOS) {
            lastAlive = now;
            leaks.look(now);
            sayAlive(now);
        }
        return busy;
    }

    private void look(Script script, Meter meter, long now) {
        long run = meter.run();
        if (meter.breached()) {
            if (now - meter.breachedNanos() > GRACE_NANOS) {
                doom(script, meter);
            }
            return;
        }
        if (run <= 0) {
            return;
        }
        long wall = meter.wallMillis();
        if (now - meter.startedNanos() > TimeUnit.MILLISECONDS.toNanos(wall) && !waits(script, meter, now)) {
            meter.breach(run, "wallMillis: it ran longer than " + wall + " ms", now);
            return;
        }
        long limit = script.code().limits().memoryBytes();
        if (held - meter.heldBefore() > limit
                && threads.getThreadAllocatedBytes(script.threadId()) - meter.allocatedBefore() > limit) {
            meter.breach(run, "memoryBytes: it held more than " + limit + " bytes", now);
        }
    }

    /** Whether a first call is late because others have the processors, which is no fault of the script. */
    private boolean waits(Script script, Meter meter, long now) {
        long extra = meter.extraMillis();
        long wall = meter.wallMillis();
        return extra > 0
                && now - meter.startedNanos() <= TimeUnit.MILLISECONDS.toNanos(wall + extra)
                && threads.getThreadCpuTime(script.threadId()) - meter.cpuBefore()
                        < TimeUnit.MILLISECONDS.toNanos(wall);
    }

    private long measureHeld() {
        long sum = 0;
        for (MemoryPoolMXBean pool : longLived) {
            sum += pool.getUsage().getUsed();
        }
        return sum;
    }

    private void sayAlive(long now) {
        Frame frame = new Frame();
        frame.reset(Wire.ALIVE);
        int place = frame.length();
        frame.u32(0);
        int count = 0;
        for (Script script : scripts) {
            Meter meter = script.meter();
            if (meter.running()) {
                frame.u32(script.code().id())
                        .u64(meter.call())
                        .u32(meter.input())
                        .u64(now - meter.startedNanos());
                count++;
            }
        }
        frame.set32(place, count);
        replies.send(frame);
    }

    /** The guest does not hear: only the end of the process ends it. The daemon does the same where not even this thread runs. */
    private void doom(Script script, Meter meter) {
        script.flush();
        Frame frame = new Frame();
        frame.reset(Wire.DOOMED);
        frame.u32(script.code().id()).u64(meter.call()).u32(meter.input()).text(String.valueOf(meter.reason()));
        replies.send(frame);
        Main.end(Main.DOOMED);
    }
}
