package io.stratoswarm.core.testing;

import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.process.ExitStatus;
import io.stratoswarm.core.process.ProcessHost;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The boundary to the operating system in memory. The test says what processes do; the host keeps the rules of the contract: one
 * running incarnation an agent, rising incarnations, none started twice. It outlives a supervisor, as processes do.
 */
public final class ScriptedProcessHost implements ProcessHost {
    /** By agent: processors and NUMA nodes that it was confined to last. */
    public final Map<String, List<List<Integer>>> confined = new java.util.HashMap<>();

    /** One process. */
    public static final class Process {
        public final String agent;
        public final long incarnation;
        public final AgentSpec spec;
        public final int pid;
        public final long startedNanos;
        public final List<Integer> signals = new ArrayList<>();
        private boolean running;
        private boolean heard;
        private @Nullable ExitStatus status;
        private @Nullable String setupFailure;
        private @Nullable String lost;
        private @Nullable String displaced;
        private long endedNanos;

        Process(String agent, long incarnation, AgentSpec spec, int pid, long startedNanos) {
            this.agent = agent;
            this.incarnation = incarnation;
            this.spec = spec;
            this.pid = pid;
            this.startedNanos = startedNanos;
        }

        public boolean running() {
            return running;
        }
    }

    /** A hook or exec probe that waits for the test to end it. */
    public record Exec(String agent, List<String> command, CompletableFuture<ExecResult> result) {
        public void ends(int code) {
            result.complete(new ExecResult(new ExitStatus(code, 0), false, "output"));
        }
    }

    private final InstantSource clock;
    private @Nullable Listener listener;
    private int nextPid = 100;

    /** The newest process of each agent. */
    public final Map<String, Process> processes = new HashMap<>();
    /** Every call that changes something, in order. */
    public final List<String> calls = new ArrayList<>();

    public final List<Exec> execs = new ArrayList<>();
    public final Map<String, List<LogLine>> logs = new HashMap<>();
    private final Map<String, List<Consumer<LogLine>>> followers = new HashMap<>();
    /** Programs run at once when started; else the test calls {@link #runs}. */
    public boolean startsAtOnce = true;
    /** An input cannot be ended at the moment. */
    public boolean endInputFails;
    /** Programs end by the stop signal at once. */
    public boolean obeysSignals = true;

    public ScriptedProcessHost(InstantSource clock) {
        this.clock = clock;
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private Listener told() {
        if (listener == null) {
            throw new IllegalStateException("no listener");
        }
        return listener;
    }

    /** The daemon dies: nobody is told any more. */
    public void disconnect() {
        listener = null;
        execs.clear();
        followers.clear();
    }

    @Override
    public void listener(Listener newListener) {
        listener = newListener;
    }

    @Override
    public void start(String agent, long incarnation, AgentSpec spec) {
        Process old = processes.get(agent);
        if (old != null && old.running) {
            throw new AssertionError(agent + " would run twice: " + old.incarnation + " and " + incarnation);
        }
        if (old != null && incarnation <= old.incarnation) {
            throw new AssertionError(agent + " incarnation " + incarnation + " after " + old.incarnation);
        }
        calls.add("start " + agent + " " + incarnation);
        Process process = new Process(agent, incarnation, spec, nextPid++, now());
        process.running = true;
        processes.put(agent, process);
        if (startsAtOnce) {
            runs(agent);
        }
    }

    /** The program of the agent runs. */
    public void runs(String agent) {
        Process p = process(agent);
        p.heard = true;
        if (listener != null) {
            listener.started(agent, p.incarnation, p.pid, p.startedNanos);
        }
    }

    /** Its start was asked for, and that its program runs was not told yet. */
    public boolean startedUnheard(String agent) {
        return running(agent) && !process(agent).heard;
    }

    public Process process(String agent) {
        Process p = processes.get(agent);
        if (p == null) {
            throw new AssertionError("no process of " + agent);
        }
        return p;
    }

    public boolean running(String agent) {
        Process p = processes.get(agent);
        return p != null && p.running;
    }

    public void exits(String agent, int code) {
        ends(agent, new ExitStatus(code, 0));
    }

    public void dies(String agent, int signal) {
        ends(agent, new ExitStatus(-1, signal));
    }

    private void ends(String agent, ExitStatus status) {
        Process p = process(agent);
        if (!p.running) {
            throw new AssertionError(agent + " does not run");
        }
        p.running = false;
        p.status = status;
        p.endedNanos = now();
        if (listener != null) {
            listener.exited(agent, p.incarnation, status, p.endedNanos);
        }
    }

    public void setupFails(String agent, String message) {
        Process p = process(agent);
        p.running = false;
        p.setupFailure = message;
        if (listener != null) {
            listener.setupFailed(agent, p.incarnation, message);
        }
    }

    /** As after a reboot: every process is gone without a status. */
    public void reboot() {
        for (Process p : processes.values()) {
            if (p.running) {
                p.running = false;
                p.lost = "the host was restarted";
            }
        }
    }

    public void ready(String agent) {
        told().ready(agent, process(agent).incarnation);
    }

    public void watchdog(String agent) {
        told().watchdog(agent, process(agent).incarnation);
    }

    public void limited(String agent, List<String> unavailable) {
        told().limited(agent, process(agent).incarnation, unavailable);
    }

    public void dropped(String agent, long bytes, long lines) {
        told().outputDropped(agent, bytes, lines);
    }

    public void prints(String agent, String text) {
        LogLine line = new LogLine(agent, now() / 1_000_000, "out", text);
        logs.computeIfAbsent(agent, k -> new ArrayList<>()).add(line);
        List.copyOf(followers.getOrDefault(agent, List.of())).forEach(f -> f.accept(line));
    }

    @Override
    public void confine(String agent, List<Integer> cpus, List<Integer> memoryNodes) {
        confined.put(agent, List.of(cpus, memoryNodes));
    }

    @Override
    public Recovered recover(String agent, long incarnation, AgentSpec spec) {
        Process p = processes.get(agent);
        if (p == null || p.incarnation != incarnation) {
            return new Recovered.NeverStarted();
        }
        if (p.running) {
            return new Recovered.Running(p.pid, p.startedNanos);
        }
        if (p.setupFailure != null) {
            return new Recovered.SetupFailed(p.setupFailure);
        }
        if (p.displaced != null) {
            return new Recovered.Displaced(p.displaced);
        }
        if (p.status != null) {
            return new Recovered.Exited(p.status, p.endedNanos);
        }
        return new Recovered.Lost(p.lost == null ? "nothing is known" : p.lost);
    }

    @Override
    public boolean signal(String agent, long incarnation, int signal) {
        Process p = processes.get(agent);
        if (p == null || p.incarnation != incarnation || !p.running) {
            return false;
        }
        calls.add("signal " + agent + " " + signal);
        p.signals.add(signal);
        if (obeysSignals && signal == 15) {
            dies(agent, 15);
        }
        return true;
    }

    @Override
    public Outcome control(String agent, long incarnation, Control control) {
        Process p = processes.get(agent);
        if (p == null || p.incarnation != incarnation || !p.running) {
            return Outcome.unavailable("it has ended");
        }
        calls.add("control " + agent + " " + control);
        return new Outcome(true, "done", "before", "after");
    }

    @Override
    public void endInput(String agent, long incarnation, String channel) {
        calls.add("endInput " + agent + " " + incarnation + " " + channel);
        if (endInputFails) {
            throw new io.stratoswarm.api.StratoswarmException(
                    io.stratoswarm.api.StratoswarmException.Kind.SYSTEM, "the holder was killed");
        }
    }

    /** What it ran in is gone. */
    public void displaces(String agent, String reason) {
        Process p = process(agent);
        p.running = false;
        p.displaced = reason;
        if (listener != null) {
            listener.displaced(agent, p.incarnation, reason);
        }
    }

    @Override
    public void endWithAgents() {
        calls.add("endWithAgents");
    }

    @Override
    public void killAll(String agent) {
        Process p = processes.get(agent);
        if (p != null && p.running) {
            calls.add("killAll " + agent);
            dies(agent, 9);
        }
    }

    @Override
    public CompletableFuture<ExecResult> exec(String agent, AgentSpec spec, List<String> command, long timeoutMillis) {
        calls.add("exec " + agent + " " + String.join(" ", command));
        Exec exec = new Exec(agent, command, new CompletableFuture<>());
        execs.add(exec);
        return exec.result;
    }

    @Override
    public void clear(String agent) {
        cleansUp("clear", agent);
    }

    @Override
    public void release(String agent) {
        cleansUp("release", agent);
    }

    @Override
    public void retain(Set<String> agents) {
        // Its channels are none.
    }

    private void cleansUp(String how, String agent) {
        Process p = processes.get(agent);
        if (p != null && p.running) {
            throw new AssertionError(how + " of " + agent + " while it runs");
        }
        calls.add(how + " " + agent);
    }

    @Override
    public List<LogLine> log(String agent, int lines) {
        List<LogLine> all = logs.getOrDefault(agent, List.of());
        return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    @Override
    public AutoCloseable followLog(String agent, int lines, Consumer<LogLine> consumer) {
        log(agent, lines).forEach(consumer);
        followers.computeIfAbsent(agent, k -> new CopyOnWriteArrayList<>()).add(consumer);
        return () -> followers.getOrDefault(agent, new CopyOnWriteArrayList<>()).remove(consumer);
    }

    @Override
    public List<Capability> capabilities() {
        return List.of();
    }

    @Override
    public void close() {
        disconnect();
    }
}
