package io.stratoswarm.core.agent;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import org.osgi.service.component.annotations.Component;

/** Graphs and agents as a projection, so that the journal folds and snapshots them. */
@Component(service = Projection.class)
public final class AgentsProjection implements Projection<AgentsState> {
    public static final String ID = "agents";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int version() {
        return 6;
    }

    @Override
    public AgentsState initial() {
        return new AgentsState();
    }

    @Override
    public AgentsState apply(AgentsState state, Event event) {
        AgentsFold.apply(state, event);
        return state;
    }

    @Override
    public byte[] encode(AgentsState state) {
        return StateCodec.encode(state);
    }

    @Override
    public AgentsState decode(byte[] bytes) {
        return StateCodec.decode(bytes);
    }
}
