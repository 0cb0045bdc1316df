package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowStatus.State;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Ends the input of agents to which nothing comes any more, once for each of their starts. On the worker's thread. */
final class Ends {
    private final Shop shop;
    private final Worker worker;
    /** Start of the agent whose input was ended last, for receivers that get nothing more. */
    private final Map<Port, Long> told = new HashMap<>();

    Ends(Shop shop, Worker worker) {
        this.shop = shop;
        this.worker = worker;
    }

    /** Whether the end was told to this start of the agent, so that its channel must not be opened again. */
    boolean ended(Port port, long incarnation) {
        return incarnation > 0 && told.getOrDefault(port, -1L) == incarnation;
    }

    void forget(Port port) {
        told.remove(port);
    }

    void look(Collection<Flow> flows, Map<Port, Receiver> receivers, Map<String, GraphNow.Agent> agents) {
        receivers.forEach((port, receiver) -> {
            if (!over(flows, port)) {
                told.remove(port);
                return;
            }
            worker.disconnect(receiver);
            GraphNow.Agent agent = agents.get(port.agent());
            if (agent == null || !agent.phase().running() || ended(port, agent.incarnation())) {
                return;
            }
            told.put(port, agent.incarnation());
            shop.notices()
                    .endInput(
                            port.agent(),
                            agent.incarnation(),
                            port.channel(),
                            () -> worker.run(() -> told.remove(port)));
        });
    }

    private static boolean over(Collection<Flow> flows, Port port) {
        for (Flow flow : flows) {
            if (!flow.wired().receives(port)) {
                continue;
            }
            // Where it is durable its delivery ends the input, when the queue is empty.
            boolean ended = flow.wired().over()
                    || flow.state() == State.ENDED && flow.wired().endsFor(port);
            if (flow.wired().durable() || !ended && !flow.drained(port)) {
                return false;
            }
        }
        return true;
    }
}
