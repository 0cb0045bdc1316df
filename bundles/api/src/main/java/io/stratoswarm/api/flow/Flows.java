package io.stratoswarm.api.flow;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** What is known of the flows that run. */
@ProviderType
public interface Flows {
    /**
     * The flows of a graph, in the order in which they are declared; one that was just declared may lack for a moment.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND for an unknown graph
     */
    List<FlowStatus> status(String graph);

    /**
     * What waits at the channels of a graph's agents that flows are connected to, all looked at in one moment for each flow; a channel
     * whose agent has not been started yet has nothing.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND for an unknown graph, kind UNAVAILABLE while a flow that may
     *     have taken something is not open
     */
    List<Waiting> waiting(String graph);

    /**
     * What is left to do before flows may lead elsewhere and agents may go. Nothing is left only where what is declared at the time of
     * the call, and how far agents are, is known to the flows.
     *
     * @return one line that tells what is waited for; empty where nothing is
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND for an unknown graph
     */
    Optional<String> drain(String graph, Drain asked);

    /**
     * What has to come to rest, by the ids of flows and agents; a flow that is not declared is at rest.
     *
     * @param by who asks: what one was granted is taken back when another asks for a flow of it
     * @param held flows that have to be held as the graph declares, with all that they routed delivered, and acknowledged where it is
     * @param last flows that will go: they are told to route what they took, and that has to be delivered as well
     * @param ended agents that have ended, and all of whose output has to be delivered
     * @param then by id of a held flow, how it goes on at once when nothing is left, for as long as it is declared as held; all of its
     *     ends then have to be among those that are declared
     * @param members by id of their node, as they are then
     */
    record Drain(
            String by,
            Set<String> held,
            Set<String> last,
            Set<String> ended,
            Map<String, FlowSpec> then,
            Map<String, List<Graphs.Member>> members) {
        public Drain {
            held = Set.copyOf(held);
            last = Set.copyOf(last);
            ended = Set.copyOf(ended);
            then = Map.copyOf(then);
            members = Map.copyOf(members);
        }

        /** After it everything waits for what is declared next. */
        public Drain(String by, Set<String> held, Set<String> last, Set<String> ended) {
            this(by, held, last, ended, Map.of(), Map.of());
        }
    }

    /**
     * What waits at a channel.
     *
     * @param out whether the agent writes to it
     * @param unread bytes in the channel's pipe: of an input, that the agent has not read; of an output, that no flow has taken
     * @param onTheWay bytes that flows have taken: of an input, for it and not in its pipe; of an output, from it and not delivered
     * @param ended of an input, whether its end was told to the present start of the agent
     */
    record Waiting(String agent, String channel, boolean out, long unread, long onTheWay, boolean ended) {}
}
