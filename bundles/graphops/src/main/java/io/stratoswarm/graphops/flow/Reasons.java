package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.agent.AgentPhase;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a flow says about itself in one line. */
final class Reasons {
    /** Begins the reasons that are no trouble. */
    static final String BUSY = "at its limit";

    static final String NOBODY =
            "waits for a receiver: none of those that the next record may go to takes anything (share 0)";

    private Reasons() {}

    static String of(Flow flow, Map<String, GraphNow.Agent> agents) {
        if (flow.changing()) {
            return "changes once what was routed is delivered";
        }
        if (flow.wired().held()) {
            return "held: takes nothing from its source for now";
        }
        if (flow.wired().sources().isEmpty()) {
            return "waits for a source: its node has no agent";
        }
        for (Port port : flow.wired().sources()) {
            String why = down(port, agents, AgentPhase.COMPLETED);
            if (why != null) {
                return "waits for its source " + why;
            }
        }
        for (Strand strand : flow.strands()) {
            for (Outlet outlet : strand.outlets) {
                if (outlet.planned() == 0) {
                    continue;
                }
                String why = down(outlet.receiver().port(), agents, null);
                if (why != null) {
                    return "waits for " + why;
                }
                if (!outlet.receiver().there()) {
                    return "waits for the pipe of " + outlet.receiver();
                }
                if (outlet.receiver().blocked()) {
                    return "waits for " + outlet.receiver() + " to read";
                }
            }
        }
        String why = flow.trouble(agents);
        if (!why.isEmpty()) {
            return why;
        }
        return flow.strands().stream().anyMatch(Strand::limited) ? BUSY + " of rate" : "";
    }

    private static @Nullable String down(Port port, Map<String, GraphNow.Agent> agents, @Nullable AgentPhase fine) {
        GraphNow.Agent agent = agents.get(port.agent());
        AgentPhase phase = agent == null ? AgentPhase.WAITING : agent.phase();
        return phase.running() || phase == fine
                ? null
                : port.agent() + " (" + phase.name().toLowerCase(Locale.ROOT) + ")";
    }
}
