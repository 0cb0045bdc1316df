package io.stratoswarm.core.agent;

import io.stratoswarm.core.process.ExitStatus;
import io.stratoswarm.core.process.ProcessHost;
import java.util.List;

/** Hands what the process host tells to the owner's thread. */
final class Notices implements ProcessHost.Listener {
    private final Supervisor supervisor;
    private final Life life;
    private final Drops drops;

    Notices(Supervisor supervisor, Life life, Drops drops) {
        this.supervisor = supervisor;
        this.life = life;
        this.drops = drops;
    }

    @Override
    public void started(String agent, long incarnation, int pid, long startedNanos) {
        supervisor.post(() -> life.started(agent, incarnation, pid, startedNanos));
    }

    @Override
    public void setupFailed(String agent, long incarnation, String message) {
        supervisor.post(() -> life.setupFailed(agent, incarnation, message));
    }

    @Override
    public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {
        supervisor.post(() -> life.exited(agent, incarnation, status, timeNanos));
    }

    @Override
    public void ready(String agent, long incarnation) {
        supervisor.post(() -> life.announcedReady(agent, incarnation));
    }

    @Override
    public void watchdog(String agent, long incarnation) {
        supervisor.post(() -> life.watchdog(agent, incarnation));
    }

    @Override
    public void outputDropped(String agent, long bytes, long lines) {
        supervisor.post(() -> drops.dropped(agent, bytes, lines));
    }

    @Override
    public void limited(String agent, long incarnation, List<String> unavailable) {
        List<String> copy = List.copyOf(unavailable);
        supervisor.post(() -> life.limited(agent, incarnation, copy));
    }

    @Override
    public void displaced(String agent, long incarnation, String reason) {
        supervisor.post(() -> life.displaced(agent, incarnation, reason));
    }

    @Override
    public void note(String agent, long incarnation, String message) {
        supervisor.post(() -> life.note(agent, incarnation, message));
    }
}
