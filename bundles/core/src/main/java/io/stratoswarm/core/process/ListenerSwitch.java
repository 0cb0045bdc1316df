package io.stratoswarm.core.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands on to whoever is the listener at that time; until one is set nothing is told. */
final class ListenerSwitch implements ProcessHost.Listener {
    private volatile ProcessHost.@Nullable Listener to;

    void set(ProcessHost.Listener listener) {
        to = listener;
    }

    private void tell(java.util.function.Consumer<ProcessHost.Listener> what) {
        ProcessHost.Listener now = to;
        if (now != null) {
            what.accept(now);
        }
    }

    @Override
    public void started(String agent, long incarnation, int pid, long startedNanos) {
        tell(l -> l.started(agent, incarnation, pid, startedNanos));
    }

    @Override
    public void setupFailed(String agent, long incarnation, String message) {
        tell(l -> l.setupFailed(agent, incarnation, message));
    }

    @Override
    public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {
        tell(l -> l.exited(agent, incarnation, status, timeNanos));
    }

    @Override
    public void ready(String agent, long incarnation) {
        tell(l -> l.ready(agent, incarnation));
    }

    @Override
    public void watchdog(String agent, long incarnation) {
        tell(l -> l.watchdog(agent, incarnation));
    }

    @Override
    public void outputDropped(String agent, long bytes, long lines) {
        tell(l -> l.outputDropped(agent, bytes, lines));
    }

    @Override
    public void limited(String agent, long incarnation, List<String> unavailable) {
        tell(l -> l.limited(agent, incarnation, unavailable));
    }

    @Override
    public void note(String agent, long incarnation, String message) {
        tell(l -> l.note(agent, incarnation, message));
    }

    @Override
    public void displaced(String agent, long incarnation, String reason) {
        tell(l -> l.displaced(agent, incarnation, reason));
    }
}
