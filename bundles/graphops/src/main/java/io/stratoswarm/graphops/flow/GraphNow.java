package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.agent.AgentPhase;
import java.util.List;
import java.util.Map;

/** What a graph declares of flows, and how far its agents are. */
record GraphNow(String graph, List<Wired> flows, Map<String, Agent> agents) {
    /** An agent that nothing is known of yet. */
    static final Agent UNKNOWN = new Agent(AgentPhase.WAITING, 0, false);

    GraphNow {
        flows = List.copyOf(flows);
        agents = Map.copyOf(agents);
    }

    /** @param scheduled whether it runs again by itself after it has completed */
    record Agent(AgentPhase phase, long incarnation, boolean scheduled) {
        /** Whether nothing more comes from it. */
        boolean done() {
            return phase == AgentPhase.COMPLETED && !scheduled;
        }
    }
}
