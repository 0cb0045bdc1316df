package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One agent as the journal tells it. An instance that is in a map is never changed: the fold edits a {@link #copy} and puts it
 * in its place, so that readers on other threads see whole states.
 */
final class AgentState implements Cloneable {
    /** What follows a stop. */
    enum Then {
        NONE,
        /** Stays down until an operator starts it. */
        DOWN,
        /** Stays down until the next start of the daemon. */
        SHUTDOWN,
        /** Starts again. */
        RESTART,
        /** Counts as a failure: the restart policy decides. */
        POLICY,
        /** Is removed. */
        REMOVE
    }

    /**
     * A lease.
     *
     * @param until nanoseconds since 1970
     * @param millis for which it was given
     */
    record LeaseState(String holder, long until, long millis, String reason) {
        /** Whether this actor is the holder, wherever it comes from: an address may follow its name. */
        boolean heldBy(String actor) {
            return actor.equals(holder) || actor.startsWith(holder + "@");
        }
    }

    /** What the restart policy has to know of an end. */
    record HeldEnd(boolean success, long ranMillis) {}

    private static final long[] NO_TIMES = {};

    final String id;
    final String graph;
    final String node;
    final int replica;

    AgentPhase phase = AgentPhase.WAITING;
    String reason = "declared";
    long since;
    /** The last incarnation that was requested; before the first start, the highest that an agent of this name may have had. */
    long incarnation;
    /** Version of the node's spec that the last incarnation was started with; 0 before the first start. */
    int specVersion;

    int pid;
    long started;
    boolean ready;
    boolean healthy;
    /** Which of its declared limits this host could not set, in words for people; empty where all hold. */
    String unlimited = "";

    /** Where it was placed; empty where its graph asks for no placement. */
    String place = "";
    /** Processors and NUMA nodes that its place confines it to, from its next start on; empty for no such confinement. */
    List<Integer> cpus = List.of();

    List<Integer> memoryNodes = List.of();

    /** The last run ended with status 0. */
    boolean completed;
    /** Stopped with the daemon; starts with it again. */
    boolean resume;

    Then then = Then.NONE;
    long restarts;
    /** Restarts since the last healthy period. */
    int streak;
    /** When the restart is due, in phase BACKOFF. */
    long due;
    /** Times of the restarts that the intensity limit still counts. */
    long[] recent = NO_TIMES;

    /** Inputs of the present incarnation that were ended. */
    Set<String> endedInputs = Set.of();

    /** Who holds it; null while nobody does. */
    @Nullable
    LeaseState lease;
    /** An end whose consequence waits for the end of the lease; null where none does. In phase BACKOFF alone. */
    @Nullable
    HeldEnd held;

    String lastExit = "";
    /** Sequence of the last event about it; the recorded cause of the next one. */
    long sequence = -1;

    AgentState(String id, String graph, String node, int replica) {
        this.id = id;
        this.graph = graph;
        this.node = node;
        this.replica = replica;
    }

    AgentState copy() {
        try {
            return (AgentState) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether a process of it may exist. */
    boolean up() {
        return phase == AgentPhase.STARTING || phase.running();
    }

    boolean everStarted() {
        return specVersion > 0;
    }
}
