package io.stratoswarm.itests;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what happens on other threads. */
final class Await {
    private static final long PAUSE_MILLIS = 10;

    private Await() {}

    static void until(String what, long limitMillis, Callable<Boolean> condition) throws Exception {
        until(what, limitMillis, condition, () -> "");
    }

    /** Returns how many milliseconds it took. */
    static long until(String what, long limitMillis, Callable<Boolean> condition, Supplier<Object> detail)
            throws Exception {
        long began = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - began > limitMillis * 1_000_000) {
                throw new AssertionError("not within " + limitMillis + " ms: " + what + " " + detail.get());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return (System.nanoTime() - began) / 1_000_000;
    }
}
