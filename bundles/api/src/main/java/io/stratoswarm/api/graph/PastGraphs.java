package io.stratoswarm.api.graph;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Reads encoded states of the projection {@link #PROJECTION}, of whatever moment, as the services of now are read. Pure. */
@ProviderType
public interface PastGraphs {
    /** The projection whose state graphs and agents are. */
    String PROJECTION = "agents";

    /**
     * @param state encoded
     * @param timeNanos the moment that it is looked at, for what is told as "in 3 s"
     */
    View view(byte[] state, long timeNanos);

    /**
     * What the restart policy of an agent says to its end, worked out anew.
     *
     * @param before the state that the end met
     * @param end the event of the end, or of a start that failed
     * @return empty where no policy is asked: the event is no end, the agent is not there, or its end was asked for
     */
    Optional<Ruling> ruling(byte[] before, Event end);

    /** What durable state says of one moment. */
    @ProviderType
    interface View {
        List<AgentStatus> agents();

        Optional<AgentSpec> spec(String agent);

        List<Graphs.Summary> graphs();

        Optional<Graphs.Declaration> declaration(String graph);
    }

    /** What a restart policy can say. */
    enum Verdict {
        RESTART_NOW,
        RESTART_LATER,
        QUARANTINE,
        COMPLETE,
        FAIL
    }

    /**
     * A verdict. The pause before a restart is drawn between its bounds.
     *
     * @param counted restarts that the limit of the policy counts
     * @param limit how many it allows
     */
    record Ruling(Verdict verdict, long leastDelayMillis, long mostDelayMillis, int counted, int limit) {}
}
