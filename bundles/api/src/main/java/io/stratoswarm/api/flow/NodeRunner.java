package io.stratoswarm.api.flow;

import io.stratoswarm.api.agent.AgentSpec;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Runs agents that are no processes: sources, sinks, scripts and the node types of bundles. Register it as an OSGi service. To its
 * supervisor such an agent is like any other: it starts, becomes ready, ends with a status, is restarted by policy. One whose
 * runner goes away ends; it is started again when there is a runner.
 */
@ConsumerType
public interface NodeRunner {
    /** Told what happens, on any thread; does not block. */
    @org.osgi.annotation.versioning.ProviderType
    interface Listener {
        /** It runs. Told once, before anything else. */
        void started();

        void ready();

        /** A line for the agent's log. */
        void log(String line);

        /**
         * It runs, but cannot do what it is for now; its records wait.
         *
         * @param reason one line; empty where it goes on
         */
        void waiting(String reason);

        /**
         * It has ended; nothing follows.
         *
         * @param status 0 where it did all there was to do, else 1..255
         * @param message one line: why; empty where the status is 0
         */
        void ended(int status, String message);
    }

    /**
     * Starts an incarnation on a thread of its own and returns.
     *
     * @param spec with {@link AgentSpec#builtin} and the wires of its channels, whose pipes are there
     */
    void start(String agent, long incarnation, AgentSpec spec, Listener listener);

    /** Asks it to end soon, as a signal asks a process; it ends with status 0. */
    void stop(String agent, long incarnation);

    /** Ends it at once. */
    void kill(String agent, long incarnation);

    /**
     * Says that nothing more comes by this channel. What is in its pipe is read, then the input ends. Said again for each
     * incarnation, right after its start.
     */
    void endInput(String agent, long incarnation, String channel);
}
