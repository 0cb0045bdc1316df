package io.stratoswarm.core.agent;

import org.jspecify.annotations.Nullable;

/** What the owner keeps in memory of one incarnation; nothing of it is needed after a crash of the daemon. */
final class Run {
    final String agent;
    final long incarnation;

    /** The process host was asked to start it. */
    boolean issued;
    /** Its program runs, as far as the process host told. */
    boolean started;
    /** It announced readiness before its start was recorded. */
    boolean announcedReady;
    /** Its probes have begun. */
    boolean probed;
    /** Its stop has begun. */
    boolean stopBegun;
    /** The stop signal is due as soon as it runs. */
    boolean stopSignalDue;
    /** That a run of its schedule was skipped has been said. */
    boolean skipSaid;

    /** When the host was asked to start it, by the clock on the wall. */
    long issuedNanos;
    /** Time of the last WATCHDOG=1, by the monotonic clock. */
    long watchdogNanos;

    /** When its program began, by the monotonic clock; known once its probes have begun. */
    long beganNanos;

    /** What the host told that explains the exit; empty where nothing did. */
    String note = "";

    private @Nullable AutoCloseable logWatch;
    private long ran = -1;
    private boolean ended;

    Run(String agent, long incarnation) {
        this.agent = agent;
        this.incarnation = incarnation;
    }

    void watchesLog(AutoCloseable watch) throws Exception {
        if (ended) {
            watch.close();
        } else {
            logWatch = watch;
        }
    }

    @Nullable
    AutoCloseable takeLogWatch() {
        AutoCloseable watch = logWatch;
        logWatch = null;
        return watch;
    }

    /** How long it ran until its end was first heard of; recording that may have to be tried again. */
    long ranNanos(long now) {
        if (ran < 0) {
            ran = Math.max(0, now - beganNanos);
        }
        return ran;
    }

    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }
}
