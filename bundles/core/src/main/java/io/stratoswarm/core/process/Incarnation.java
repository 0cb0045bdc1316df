package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import org.jspecify.annotations.Nullable;

/** The present incarnation of one agent: its main process, and what the listener is told of it. Guarded by the lock it is given. */
final class Incarnation {
    private final HostContext context;
    private final AgentFolder folder;
    private final String agent;
    private final Object lock;
    private final NoticeChannel notice;
    private final Leftovers leftovers;

    private @Nullable AgentSpec spec;
    /** The highest incarnation whose start was ordered. */
    private long begun;
    /** The incarnation that has not ended yet, or 0. */
    private long current;

    private MainProcess main;
    private boolean startedTold;
    private MemoryWatch memory;

    Incarnation(HostContext context, AgentFolder folder, String agent, Leftovers leftovers, Object lock) {
        this.context = context;
        this.folder = folder;
        this.agent = agent;
        this.lock = lock;
        this.leftovers = leftovers;
        this.notice = new NoticeChannel(context, folder);
        this.memory = MemoryWatch.start(context.cgroups(), folder.name(), AgentSpec.Resources.NONE);
        this.main = new MainProcess(context, folder);
    }

    long begun() {
        return begun;
    }

    void begun(long highest) {
        begun = highest;
    }

    /** What the present or last one runs. */
    @Nullable
    AgentSpec spec() {
        return spec;
    }

    long current() {
        return current;
    }

    MainProcess main() {
        return main;
    }

    /** @param fresh whether it is about to be started; one that runs already was told of by the daemon that started it */
    void begin(long incarnation, AgentSpec wanted, boolean fresh) {
        spec = wanted;
        begun = incarnation;
        current = incarnation;
        main.close();
        main = new MainProcess(context, folder);
        startedTold = !fresh;
        memory = MemoryWatch.start(context.cgroups(), folder.name(), wanted.resources());
        leftovers.mayBe();
        notice.open(wanted, fresh, this::onNotice);
    }

    void refuse(long incarnation, String message) {
        current = 0;
        begun = Math.max(begun, incarnation);
        context.tell(l -> l.setupFailed(agent, incarnation, message));
    }

    /** Waits for the moment at which the order to start it, sent next, has led to its program running. */
    void awaitExec() {
        long incarnation = current;
        main.awaitExec(() -> onExec(incarnation));
    }

    /** The starting process has closed its end: its program runs, or the start failed, or it ended. */
    private void onExec(long incarnation) {
        synchronized (lock) {
            if (current == incarnation && main.pid() != 0) {
                main.closeExec();
                if (main.wellStarted()) {
                    tellStarted();
                }
            }
        }
    }

    private void tellStarted() {
        if (!startedTold) {
            startedTold = true;
            long incarnation = current;
            int agentPid = main.pid();
            long now = context.nowNanos();
            context.tell(l -> l.started(agent, incarnation, agentPid, now));
            if (main.startTicks() >= 0) {
                KeeperState.append(folder, "ticks " + incarnation + " " + main.startTicks());
            }
        }
    }

    private void onNotice() {
        synchronized (lock) {
            tellReady();
        }
    }

    private void tellReady() {
        long incarnation = current;
        if (notice.newline() && incarnation != 0) {
            context.tell(l -> l.ready(agent, incarnation));
        }
    }

    /** Watches a process that no keeper will reap. */
    void watchOrphan() {
        long incarnation = current;
        boolean runs = main.awaitEnd(() -> {
            synchronized (lock) {
                if (current == incarnation) {
                    orphanEnded();
                }
            }
        });
        if (!runs) {
            orphanEnded();
        }
    }

    private void orphanEnded() {
        KeeperState.append(folder, "exit " + current + " -1 unknown");
        ended(ExitStatus.UNKNOWN);
    }

    /** Tells of its end; then, while the listener has this written down, looks at what it left. */
    void ended(ExitStatus status) {
        long incarnation = current;
        long now = context.nowNanos();
        KeeperState.Failure failed = main.failure();
        AgentSpec was = spec;
        main.close();
        if (failed == null) {
            tellStarted();
            // Of one that ends at once the end may be seen before what it said last.
            tellReady();
            memory.verdict().ifPresent(why -> context.tell(l -> l.note(agent, incarnation, why)));
            context.tell(l -> l.exited(agent, incarnation, status, now));
        } else {
            String message = SetupFailures.explain(failed, was);
            context.tell(l -> l.setupFailed(agent, incarnation, message));
        }
        main = new MainProcess(context, folder);
        current = 0;
        leftovers.due();
        context.watcher().tell(this::look);
        lock.notifyAll();
    }

    private void look() {
        synchronized (lock) {
            leftovers.look();
        }
    }

    void drop() {
        current = 0;
    }

    void close() {
        main.close();
        notice.close();
    }
}
