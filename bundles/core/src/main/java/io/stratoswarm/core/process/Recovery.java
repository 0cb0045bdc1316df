package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.process.ProcessHost.Recovered;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Decides what became of an incarnation that an earlier daemon started, from the keeper's file and from the processes that are
 * there. A process is taken for the agent only where its start time is the recorded one in the same boot, where its own keeper
 * is still there and has not reaped it, or where its environment carries the incarnation's mark.
 *
 * @param otherBoot whether the host was restarted since
 * @param kept whether the keeper lives
 */
record Recovery(
        HostContext context,
        AgentFolder folder,
        long incarnation,
        KeeperState state,
        boolean otherBoot,
        boolean kept,
        String mark,
        @Nullable AgentSpec spec) {

    /** A process that is the agent's; an orphan has no keeper that will reap it. */
    record Found(int pid, long startTicks, boolean orphan) {}

    /** What the keeper's file says once an order that was still under way has been carried out; waits less than a second. */
    static KeeperState settle(AgentFolder folder, long incarnation, @Nullable KeeperLink keeper, long serial)
            throws IOException {
        KeeperState state = KeeperState.read(folder.state());
        String token = Long.toString(serial);
        boolean asked = false;
        for (int waited = 0; keeper != null && waited < 400; waited++) {
            boolean idle = state.begun() == 0 || state.end().isPresent();
            if (idle && state.begun() < incarnation && !state.synced(token)) {
                if (!asked) {
                    // Orders are read in turn: once this one is answered, any start before it has begun.
                    keeper.send("sync " + token);
                    asked = true;
                }
            } else if (idle || state.run().isPresent() || state.begun() < incarnation) {
                return state;
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return state;
            }
            state = KeeperState.read(folder.state());
        }
        return state;
    }

    /** The agent's process, where it runs. */
    Optional<Found> find() {
        if (otherBoot || state.begun() != incarnation || state.end().isPresent()) {
            return Optional.empty();
        }
        if (state.run().isPresent()) {
            KeeperState.Run run = state.run().get();
            boolean orphan = !kept || state.orphan();
            return context.proc()
                    .stat(run.pid())
                    .filter(stat -> isTheAgent(stat, run, orphan))
                    .map(stat -> new Found(run.pid(), stat.startTicks(), orphan));
        }
        OptionalInt marked = context.proc().pids().stream()
                .filter(pid -> context.proc().started(pid, marked()))
                .mapToInt(Integer::intValue)
                .min();
        return marked.isEmpty()
                ? Optional.empty()
                : context.proc().stat(marked.getAsInt()).map(s -> new Found(s.pid(), s.startTicks(), true));
    }

    private boolean isTheAgent(ProcFs.Stat stat, KeeperState.Run run, boolean orphan) {
        if (run.startTicks() >= 0) {
            // What has ended and is not reaped yet is its keeper's to report in a moment.
            return stat.startTicks() == run.startTicks() && (stat.alive() || !orphan);
        }
        // Its own keeper has not reaped it, so that its number cannot have been given to another.
        return !orphan || stat.alive() && context.proc().started(run.pid(), marked());
    }

    private String marked() {
        return "STRATOSWARM_MARK=" + mark + incarnation + "\0";
    }

    /** What is to be said of an incarnation whose process does not run. */
    Recovered verdict() throws IOException {
        if (state.begun() < incarnation) {
            return new Recovered.NeverStarted();
        }
        if (state.begun() > incarnation) {
            return new Recovered.Lost("incarnation " + state.begun() + " was started after it");
        }
        if (state.end().isPresent()) {
            KeeperState.End end = state.end().get();
            long when = KeeperState.lastNanos(folder.state());
            return end.failure()
                    .<Recovered>map(f -> new Recovered.SetupFailed(SetupFailures.explain(f, spec)))
                    .orElseGet(() -> new Recovered.Exited(end.status(), when));
        }
        if (otherBoot) {
            return new Recovered.Lost("the host was restarted while it ran");
        }
        if (state.run().isEmpty()) {
            return new Recovered.Lost("its keeper was killed while it started it");
        }
        return new Recovered.Lost("it ended while neither the daemon nor its keeper was there to learn how");
    }
}
