package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One agent that runs inside of the daemon. Has folder, channels and log as one that is a process, and no keeper. */
final class BuiltinAgent {
    /** What is written at once to a FIFO is not mixed with what others write. */
    private static final int PIECE = 4096;

    final String agent;
    final AgentFolder folder;
    private final HostContext context;
    private final OutputHolder output;
    private int log = -1;
    private long droppedLines;
    private @Nullable Run current;

    BuiltinAgent(HostContext context, String agent) {
        this.context = context;
        this.agent = agent;
        this.folder = AgentFolder.of(context.data(), agent);
        this.output = new OutputHolder(context, folder, agent);
    }

    /** One incarnation, and what is told of it. */
    final class Run implements NodeRunner.Listener {
        final long incarnation;
        final AgentSpec spec;
        private @Nullable NodeRunner runner;
        private boolean startedTold;
        private boolean displaced;
        private boolean over;

        Run(long incarnation, AgentSpec spec) {
            this.incarnation = incarnation;
            this.spec = spec;
        }

        @Override
        public void started() {
            synchronized (BuiltinAgent.this) {
                if (!startedTold && current == this && !displaced) {
                    startedTold = true;
                    long now = context.nowNanos();
                    context.tell(l -> l.started(agent, incarnation, 0, now));
                }
            }
        }

        @Override
        public void ready() {
            synchronized (BuiltinAgent.this) {
                if (current == this && !displaced) {
                    context.tell(l -> l.ready(agent, incarnation));
                }
            }
        }

        @Override
        public void log(String line) {
            synchronized (BuiltinAgent.this) {
                write(line);
            }
        }

        @Override
        public void waiting(String reason) {
            log(reason.isEmpty() ? "goes on" : "waits: " + reason);
        }

        @Override
        public void ended(int status, String message) {
            synchronized (BuiltinAgent.this) {
                over = true;
                BuiltinAgent.this.notifyAll();
                if (current != this || displaced) {
                    return;
                }
                started();
                current = null;
                String why = message.replace('\n', ' ');
                if (!why.isEmpty()) {
                    write("ended: " + why);
                    context.tell(l -> l.note(agent, incarnation, why));
                }
                long now = context.nowNanos();
                context.tell(l -> l.exited(agent, incarnation, new ExitStatus(status, 0), now));
            }
        }
    }

    synchronized Run begin(long incarnation, AgentSpec spec) {
        Run before = current;
        if (before != null) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + before.incarnation
                            + "; stop it before starting another");
        }
        Run run = new Run(incarnation, spec);
        current = run;
        return run;
    }

    /** Makes what it needs before it runs; does nothing where it was ended meanwhile. Takes milliseconds. */
    void prepare(Run run) throws IOException {
        List<Path> made;
        synchronized (this) {
            if (current != run) {
                return;
            }
            Files.createDirectories(folder.runtime());
            Files.createDirectories(folder.work());
            Linux.mkfifo(folder.out());
            Linux.mkfifo(folder.err());
            Files.writeString(folder.boot(), context.bootId());
            output.open(run.spec.log());
            if (log < 0) {
                log = Linux.open(folder.err(), Linux.O_WRONLY | Linux.O_NONBLOCK, 0);
            }
            made = wires().make(run.incarnation, run.spec);
        }
        if (!made.isEmpty()) {
            context.channels().holder().hold(made);
        }
        List<Path> old = wires().dropOld(run.incarnation, run.spec);
        if (!old.isEmpty()) {
            context.channels().holder().letGo(old);
        }
    }

    private Wires wires() {
        return context.channels().of(folder, agent);
    }

    /** Hands it to a runner; false where it was ended meanwhile. */
    boolean hand(Run run, NodeRunner runner) {
        synchronized (this) {
            if (current != run) {
                return false;
            }
            run.runner = runner;
        }
        runner.start(agent, run.incarnation, run.spec, run);
        return true;
    }

    /** It could not be started. */
    synchronized void refuse(Run run, String message) {
        if (current == run) {
            current = null;
            context.tell(l -> l.setupFailed(agent, run.incarnation, message));
        }
    }

    /** Asks it to end, or ends it; false where it does not run. */
    boolean signal(long incarnation, int signal, int stopSignal) {
        Run run;
        NodeRunner runner;
        synchronized (this) {
            run = current;
            runner = run == null ? null : run.runner;
            if (run == null || runner == null || run.incarnation != incarnation) {
                return false;
            }
        }
        if (signal == Linux.SIGKILL) {
            runner.kill(agent, incarnation);
            return true;
        }
        if (signal == stopSignal || signal == Linux.SIGTERM || signal == 2 || signal == 3) {
            runner.stop(agent, incarnation);
            return true;
        }
        return false;
    }

    void kill() {
        Run run;
        synchronized (this) {
            run = current;
            if (run != null && run.runner == null) {
                // It waits for a runner.
                current = null;
                context.tell(l -> l.setupFailed(agent, run.incarnation, "killed before it ran"));
                return;
            }
        }
        if (run != null) {
            signal(run.incarnation, Linux.SIGKILL, Linux.SIGKILL);
        }
    }

    void endInput(long incarnation, String channel) {
        NodeRunner runner;
        synchronized (this) {
            if (current == null || current.incarnation != incarnation || current.runner == null) {
                return;
            }
            runner = current.runner;
        }
        runner.endInput(agent, incarnation, channel);
    }

    /** From now on its end is not told as its own, where it runs in this runner. */
    synchronized @Nullable Run displace(NodeRunner runner) {
        if (current == null || current.runner != runner) {
            return null;
        }
        current.displaced = true;
        return current;
    }

    /** Tells that what it ran in is gone, once its thread has ended; waits for that at most so long. */
    synchronized void displaced(Run run, String reason, long mostMillis) throws InterruptedException {
        for (long left = mostMillis; !run.over && left > 0; left -= 100) {
            wait(100);
        }
        if (current == run) {
            current = null;
            context.tell(l -> l.displaced(agent, run.incarnation, reason));
        }
    }

    /** Does not wait: where its log takes no more, lines are dropped and counted. */
    private void write(String line) {
        String before =
                droppedLines == 0 ? "" : "[stratoswarm] dropped " + droppedLines + " lines: they came too fast\n";
        byte[] bytes = (before + line + "\n").getBytes(StandardCharsets.UTF_8);
        if (log < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            var all = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            for (int at = 0; at < bytes.length; at += PIECE) {
                if (Linux.write(log, all.asSlice(at, Math.min(PIECE, bytes.length - at))) < 0) {
                    droppedLines++;
                    return;
                }
            }
            droppedLines = 0;
        }
    }

    void drainOutput() {
        output.drain();
    }

    /** Closes what this process has open; what its runner does with it is told no more. */
    synchronized void letGo() {
        current = null;
        if (log >= 0) {
            Linux.close(log);
            log = -1;
        }
        output.close();
    }
}
