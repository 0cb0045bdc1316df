package io.stratoswarm.core.agent;

/** Types of the events that the supervisor appends, and their source and subjects. */
final class Events {
    static final String SOURCE = "core.agent";
    static final String SYSTEM = "system";
    static final String AGENT = "agent/";
    static final String GRAPH = "graph/";
    static final String DAEMON = "daemon";

    static final String DAEMON_STARTED = "DaemonStarted";
    static final String ADOPTED = "AgentsAdopted";
    static final String OUTPUT_DROPPED = "OutputDropped";

    static final String GRAPH_APPLIED = "GraphApplied";
    static final String NODE_DECLARED = "NodeDeclared";
    static final String NODE_REMOVED = "NodeRemoved";
    static final String NODE_MEMBERS_CHANGED = "NodeMembersChanged";
    static final String FLOWS_HELD = "FlowsHeld";
    static final String FLOW_DECLARED = "FlowDeclared";
    static final String FLOW_REMOVED = "FlowRemoved";
    static final String GRAPH_EDITED = "GraphEdited";
    static final String DECLARATION_DIVERGED = "DeclarationDiverged";
    static final String GRAPH_RULES_DECLARED = "GraphRulesDeclared";
    static final String GRAPH_DELETE_REQUESTED = "GraphDeleteRequested";
    static final String GRAPH_DELETED = "GraphDeleted";

    static final String RELEASED = "AgentReleased";
    static final String START_REQUESTED = "AgentStartRequested";
    static final String SETUP_FAILED = "AgentSetupFailed";
    static final String STARTED = "AgentStarted";
    static final String READY = "AgentReady";
    static final String HEALTHY = "AgentHealthy";
    static final String UNHEALTHY = "AgentUnhealthy";
    static final String STOP_REQUESTED = "AgentStopRequested";
    static final String KILL_REQUESTED = "AgentKillRequested";
    static final String SIGNAL_REQUESTED = "AgentSignalRequested";
    static final String INPUT_ENDED = "AgentInputEnded";
    static final String EXITED = "AgentExited";
    static final String RESTART_SCHEDULED = "AgentRestartScheduled";
    static final String WAITING = "AgentWaiting";
    static final String STOPPED = "AgentStopped";
    static final String COMPLETED = "AgentCompleted";
    static final String FAILED = "AgentFailed";
    static final String QUARANTINED = "AgentQuarantined";
    static final String REMOVED = "AgentRemoved";
    static final String HOOK_FAILED = "AgentHookFailed";
    static final String RUN_SKIPPED = "AgentRunSkipped";
    static final String PLACED = "AgentPlaced";
    static final String LIMITED = "AgentLimited";
    static final String LEASED = "AgentLeased";
    static final String LEASE_ENDED = "AgentLeaseEnded";
    static final String HELD = "AgentHeld";
    static final String CONTROLLED = "AgentControlled";
    static final String NOTED = "AgentNoted";

    private Events() {}
}
