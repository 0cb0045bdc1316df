package io.stratoswarm.api.agent;

/** Where an agent is in its life. */
public enum AgentPhase {
    /** Declared; waits for a dependency or for its schedule. */
    WAITING,
    /** A start was requested and the process does not run yet. */
    STARTING,
    /** The process runs and is not ready yet. */
    RUNNING,
    /** Runs and is ready; without a readiness probe an agent is ready as soon as it runs. */
    READY,
    /** Runs, and its liveness probe fails. */
    UNHEALTHY,
    /** A stop was requested and the process still runs. */
    STOPPING,
    /** Stopped on request. */
    STOPPED,
    /** Ended and will be restarted after a delay. */
    BACKOFF,
    /** A one-shot that ended with status 0. */
    COMPLETED,
    /** Ended or could not be started, and the policy says not to restart. */
    FAILED,
    /** Restarted too often; stays down until {@code start} or {@code restart} releases it. */
    QUARANTINED;

    /** Whether a process of the agent runs in this phase. */
    public boolean running() {
        return this == RUNNING || this == READY || this == UNHEALTHY || this == STOPPING;
    }
}
