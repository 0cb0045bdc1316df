package io.stratoswarm.core.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A listener that remembers what it was told and lets a test wait for it. */
final class Recorder implements ProcessHost.Listener {
    /** One thing told. */
    record Told(String what, String agent, long incarnation, int pid, ExitStatus status, String text) {}

    private final List<Told> told = new ArrayList<>();

    private synchronized void add(Told one) {
        told.add(one);
        notifyAll();
    }

    synchronized List<Told> all() {
        return List.copyOf(told);
    }

    /** The first thing told that fits; fails after ten seconds. */
    synchronized Told await(Predicate<Told> wanted) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (true) {
            for (Told one : told) {
                if (wanted.test(one)) {
                    return one;
                }
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not told within ten seconds; told was " + told);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    Told await(String what, String agent, long incarnation) {
        return await(t -> t.what().equals(what) && t.agent().equals(agent) && t.incarnation() == incarnation);
    }

    /** How it ended, one way or the other. */
    Told awaitEnd(String agent, long incarnation) {
        return await(t -> (t.what().equals("exited") || t.what().equals("setupFailed"))
                && t.agent().equals(agent)
                && t.incarnation() == incarnation);
    }

    @Override
    public void started(String agent, long incarnation, int pid, long startedNanos) {
        add(new Told("started", agent, incarnation, pid, ExitStatus.UNKNOWN, ""));
    }

    @Override
    public void setupFailed(String agent, long incarnation, String message) {
        add(new Told("setupFailed", agent, incarnation, 0, ExitStatus.UNKNOWN, message));
    }

    @Override
    public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {
        add(new Told("exited", agent, incarnation, 0, status, ""));
    }

    @Override
    public void ready(String agent, long incarnation) {
        add(new Told("ready", agent, incarnation, 0, ExitStatus.UNKNOWN, ""));
    }

    @Override
    public void watchdog(String agent, long incarnation) {
        add(new Told("watchdog", agent, incarnation, 0, ExitStatus.UNKNOWN, ""));
    }

    @Override
    public void outputDropped(String agent, long bytes, long lines) {
        add(new Told("dropped", agent, 0, 0, ExitStatus.UNKNOWN, bytes + " " + lines));
    }

    @Override
    public void limited(String agent, long incarnation, List<String> unavailable) {
        add(new Told("limited", agent, incarnation, 0, ExitStatus.UNKNOWN, String.join("; ", unavailable)));
    }

    @Override
    public void note(String agent, long incarnation, String message) {
        add(new Told("note", agent, incarnation, 0, ExitStatus.UNKNOWN, message));
    }
}
