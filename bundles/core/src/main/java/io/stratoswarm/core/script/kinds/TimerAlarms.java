package io.stratoswarm.core.script.kinds;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Alarms of one timer thread, which is there only while something waits; what it rings runs on a virtual thread. */
final class TimerAlarms implements Alarms, AutoCloseable {
    private static final long KEEP_SECONDS = 60;

    private final ScheduledThreadPoolExecutor timer;

    TimerAlarms() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("scripts-timer").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(KEEP_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    @Override
    public Alarm after(long millis, Runnable action) {
        try {
            ScheduledFuture<?> waiting = timer.schedule(
                    () -> {
                        Thread.ofVirtual().name("script-timer").start(action);
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
            return () -> waiting.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {}; // Closed: nothing rings any more.
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
