package io.stratoswarm.api.agent;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The agents of this host. A selector names what a command is for: an agent id ({@code shop/api.0}), a node
 * ({@code shop/api}: all its replicas) or a graph ({@code shop}). Commands become events before they take effect.
 *
 * <p>Kinds of failure: NOT_FOUND for a selector that names nothing, INVALID for an unknown signal, CONFLICT where the present
 * phase does not allow the command.
 */
@ProviderType
public interface Agents {
    List<AgentStatus> list();

    /** Status of one agent id. */
    Optional<AgentStatus> get(String id);

    /** What was declared for one agent id; secrets are named by file only. */
    Optional<AgentSpec> spec(String id);

    /** Starts what is stopped, completed, failed or quarantined; completes once the start is durable and requested. */
    CompletableFuture<List<String>> start(String selector, String actor);

    /** Stops by signal and grace time; completes once all are down. They stay down until started again. */
    CompletableFuture<List<String>> stop(String selector, String actor);

    /** Stops and starts; completes once the new processes run. */
    CompletableFuture<List<String>> restart(String selector, String actor);

    /** SIGKILL of all that the agent started; the restart policy then applies. */
    CompletableFuture<List<String>> kill(String selector, String actor);

    /** Sends a signal, by name (HUP, SIGHUP) or number, to the agent's main process. */
    CompletableFuture<List<String>> signal(String selector, String signal, String actor);

    /**
     * Ends an input of a running agent: once the event is durable nothing holds the pipe's writing end any more, so that the agent
     * reads what is left and then the end. Close the channel's {@code Pipe} before. An agent whose input was ended and that then
     * exits with status 0 has completed, whatever its restart policy. Does nothing where it was ended already, or where that start
     * is over: the next one may have more to read.
     *
     * @param incarnation start of the agent that it is the end for
     * @param channel {@code stdin} or another channel that the agent reads
     */
    CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor);

    /** The last {@code lines} lines of captured output of one agent, oldest first. */
    List<LogLine> log(String id, int lines);

    /**
     * As {@link #log}, then every further line until closed. The consumer is called on a thread of the follower and may block.
     *
     * @throws StratoswarmException kind NOT_FOUND
     */
    AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer);

    /** Stops all agents of all graphs, in reverse order of dependency; completes once all are down. */
    CompletableFuture<List<String>> stopAll(String actor);
}
