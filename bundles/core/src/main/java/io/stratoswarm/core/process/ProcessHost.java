package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.host.Capability;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Runs the processes of agents under keepers. One agent id has at most one running incarnation. Calls do not block longer
 * than a local system call; outcomes come through the {@link Listener}.
 */
public interface ProcessHost extends AutoCloseable {
    /** Told what happens, on threads of the host; must not block. */
    interface Listener {
        /** The agent's own program runs (after a successful exec). */
        void started(String agent, long incarnation, int pid, long startedNanos);

        /** The agent's program could not be started; distinct from any exit status of its own. One line. */
        void setupFailed(String agent, long incarnation, String message);

        void exited(String agent, long incarnation, ExitStatus status, long timeNanos);

        /** The agent announced readiness, by descriptor or by NOTIFY_SOCKET. */
        void ready(String agent, long incarnation);

        /** The agent sent WATCHDOG=1. */
        void watchdog(String agent, long incarnation);

        /** The rate guard dropped output since the last call; at most once a minute for each agent. */
        void outputDropped(String agent, long bytes, long lines);

        /**
         * Limits that the spec asks for and that this host cannot set, each with its reason on one line. Told before
         * {@link #started}; the agent runs without them.
         */
        default void limited(String agent, long incarnation, List<String> unavailable) {}

        /**
         * Something an operator should know of this incarnation, one line, told before {@link #exited} where it explains the
         * exit: the kernel's out-of-memory killer struck its cgroup, or its keeper was killed.
         */
        default void note(String agent, long incarnation, String message) {}

        /**
         * It ended because what it ran in is gone, which is not its doing and no failure of it: inside of the daemon, whatever runs
         * there ends with the bundle that runs it. One line.
         */
        default void displaced(String agent, long incarnation, String reason) {}
    }

    /** What a new daemon finds of an incarnation that an earlier daemon started or was about to start. */
    sealed interface Recovered {
        /** It runs and has been adopted; its exit will be reported to the listener. */
        record Running(int pid, long startedNanos) implements Recovered {}

        /** It ended while no daemon was there; the keeper kept the status. */
        record Exited(ExitStatus status, long timeNanos) implements Recovered {}

        record SetupFailed(String message) implements Recovered {}

        /** No start of this incarnation ever began; it is safe to start it now. */
        record NeverStarted() implements Recovered {}

        /** It cannot run any more, for example after a reboot; the reason is one line. */
        record Lost(String reason) implements Recovered {}

        /** What it ran in is gone, which is not its doing: it is to be started anew, as another incarnation. */
        record Displaced(String reason) implements Recovered {}
    }

    /** How a hook or an exec probe ended; the output is its last 4 KiB. */
    record ExecResult(ExitStatus status, boolean timedOut, String output) {}

    void listener(Listener listener);

    /**
     * Starts an incarnation. Incarnations of an agent rise; one that was started before is not started again.
     *
     * @throws StratoswarmException kind SYSTEM where the keeper itself cannot be started
     */
    void start(String agent, long incarnation, AgentSpec spec);

    /**
     * From its next start on, the agent is kept on these processors and NUMA nodes, by a cgroup where there can be one; nothing in
     * particular where they are empty.
     */
    void confine(String agent, List<Integer> cpus, List<Integer> memoryNodes);

    /** Finds and, where it runs, adopts what an earlier daemon left. Blocks at most a second. */
    Recovered recover(String agent, long incarnation, AgentSpec spec);

    /** Sends a signal to the main process; false where it does not run any more. */
    boolean signal(String agent, long incarnation, int signal);

    /** Carries out a control on all processes of an incarnation that runs. May take seconds. */
    Outcome control(String agent, long incarnation, Control control);

    /** SIGKILL of all that the agent started, also of what daemonised, but not of its keeper. */
    void killAll(String agent);

    /**
     * Lets go of the writing end of an input, so that the agent reads what is left and then its end. Does nothing where the
     * incarnation has ended. Takes milliseconds.
     *
     * @throws StratoswarmException where it may not have happened; it can be called again
     */
    void endInput(String agent, long incarnation, String channel);

    /** The daemon ends for good, with all agents: so does whatever else this host keeps for the next daemon, when it is closed. */
    void endWithAgents();

    /** Runs a command as the agent's user, with its environment, folder and limits; killed after the time limit. */
    CompletableFuture<ExecResult> exec(String agent, AgentSpec spec, List<String> command, long timeoutMillis);

    /**
     * Kills what is left of an agent that is down, ends its keeper, and removes its working folder and cgroup. Its logs stay, and so
     * do its channels: what it wrote may not have been taken yet, and what it did not read is for its next start.
     */
    void clear(String agent);

    /** As {@link #clear}, of an agent that is no more: its channels go as well, with what is in them. */
    void release(String agent);

    /**
     * Drops the channels of agents that are not among these, where nothing else is left of them: an earlier daemon ended between the
     * end of an agent and that.
     */
    void retain(Set<String> agents);

    List<LogLine> log(String agent, int lines);

    AutoCloseable followLog(String agent, int lines, Consumer<LogLine> consumer);

    /** What this host offers to agents: cgroup controllers, users, limits, affinity, pidfd. */
    List<Capability> capabilities();

    /** Lets go of all agents and leaves them running under their keepers. */
    @Override
    void close();
}
