package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The main process of one incarnation, as far as it is known. Guarded by the lock of its agent. */
final class MainProcess {
    private final HostContext context;
    private final AgentFolder folder;
    private int pid;
    private long startTicks = -1;
    private int descriptor = -1;
    private long watched;
    private int exec = -1;
    private long execWatched;
    private boolean switching;
    private KeeperState.@Nullable Failure failure;

    MainProcess(HostContext context, AgentFolder folder) {
        this.context = context;
        this.folder = folder;
    }

    int pid() {
        return pid;
    }

    long startTicks() {
        return startTicks;
    }

    /** Whether nothing says that the start failed or is not complete. */
    boolean wellStarted() {
        return pid != 0 && failure == null && !switching;
    }

    KeeperState.@Nullable Failure failure() {
        return failure;
    }

    void failed(KeeperState.Failure why) {
        failure = why;
    }

    /** The starting process is about to become another user, or has become it. */
    void switching(boolean now) {
        switching = now;
    }

    /** An end in the middle of becoming the user is a failure of the start. */
    void endedWith(int code) {
        if (switching && failure == null) {
            failure = new KeeperState.Failure(code, "become the user");
        }
    }

    void is(int itsPid) {
        // Where it has ended and been reaped already, the line that says so is the next one in the FIFO.
        is(itsPid, context.proc().stat(itsPid).map(ProcFs.Stat::startTicks).orElse(-1L));
    }

    void is(int itsPid, long itsStartTicks) {
        pid = itsPid;
        startTicks = itsStartTicks;
        take();
    }

    private boolean take() {
        int taken = Linux.pidfdOpen(pid);
        boolean same = same();
        if (taken >= 0 && same) {
            descriptor = taken;
        } else if (taken >= 0) {
            Linux.close(taken);
        }
        return same;
    }

    private boolean same() {
        Optional<ProcFs.Stat> stat = context.proc().stat(pid);
        return stat.isPresent() && stat.get().alive() && stat.get().startTicks() == startTicks;
    }

    /** Waits for the close of the FIFO that the starting process holds until its exec. */
    void awaitExec(Runnable then) {
        closeExec();
        exec = Linux.open(folder.exec(), Linux.O_RDONLY | Linux.O_NONBLOCK, 0);
        execWatched = context.watcher().watch(exec, Epoll.IN | Epoll.EDGE, () -> {
            // What the starting process said before it closed its end is in the FIFO of events by now.
            context.drainEvents().run();
            then.run();
        });
    }

    /** Waits for the end of a process that no keeper reaps; false where it is gone already. */
    boolean awaitEnd(Runnable then) {
        if (descriptor < 0 && !take() || descriptor < 0) {
            return false;
        }
        watched = context.watcher().watch(descriptor, Epoll.IN, then);
        return true;
    }

    boolean signal(int signal) {
        if (pid == 0) {
            return false;
        }
        if (descriptor >= 0) {
            return Linux.pidfdSignal(descriptor, signal) == 0;
        }
        return same() && Linux.kill(pid, signal) == 0;
    }

    void closeExec() {
        if (exec >= 0) {
            context.watcher().forget(execWatched, exec);
            Linux.close(exec);
            exec = -1;
        }
    }

    void close() {
        closeExec();
        if (descriptor >= 0) {
            context.watcher().forget(watched, descriptor);
            Linux.close(descriptor);
            descriptor = -1;
        }
    }
}
