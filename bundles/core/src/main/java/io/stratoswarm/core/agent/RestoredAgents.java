package io.stratoswarm.core.agent;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import java.util.List;

/** The agents of a journal that is being restored, and the events that let none of them start with the next daemon. */
public final class RestoredAgents {
    /** Whose stored state it can begin with. */
    public static final String PROJECTION = AgentsProjection.ID;

    private final AgentsState state;

    public RestoredAgents() {
        this.state = new AgentsState();
    }

    /** @param state as the projection has encoded it, of what came before the events that follow */
    public RestoredAgents(byte[] state) {
        this.state = StateCodec.decode(state);
    }

    /** Takes in one event after the other, from the first on. */
    public void see(Event event) {
        AgentsFold.apply(state, event);
    }

    /** A stop of every agent that a daemon would start or take for running. */
    public List<EventDraft> stops(long nowNanos) {
        return state.agents.values().stream()
                .filter(RestoredAgents::wouldRun)
                .map(agent -> EventDraft.json(
                        Events.STOPPED,
                        Events.SOURCE,
                        Events.AGENT + agent.id,
                        Events.SYSTEM,
                        List.of(),
                        Json.text(Json.object()
                                .put("at", nowNanos)
                                .put("why", "restored from a backup without being started")
                                .put("restart", false))))
                .toList();
    }

    private static boolean wouldRun(AgentState agent) {
        return switch (agent.phase) {
            case COMPLETED, FAILED, QUARANTINED -> false;
            case STOPPED -> agent.resume;
            case WAITING, STARTING, RUNNING, READY, UNHEALTHY, BACKOFF, STOPPING -> true;
        };
    }
}
