package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Flows.Waiting;
import io.stratoswarm.api.flow.Pipe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks what waits at the channels of a graph, in one go. On the worker's thread. */
final class Waits {
    private final Shop shop;
    private final Durables durables;
    private final Ends ends;
    private final GraphNow now;
    private final Collection<Flow> flows;

    Waits(Shop shop, Durables durables, Ends ends, GraphNow now, Collection<Flow> flows) {
        this.shop = shop;
        this.durables = durables;
        this.ends = ends;
        this.now = now;
        this.flows = flows;
    }

    List<Waiting> all(Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        Set<Port> outputs = new LinkedHashSet<>();
        Set<Port> inputs = new LinkedHashSet<>();
        for (Flow flow : flows) {
            outputs.addAll(flow.wired().sources());
            inputs.addAll(flow.wired().receivers());
        }
        List<Waiting> all = new ArrayList<>();
        outputs.forEach(it -> all.add(output(it, sources.get(it))));
        inputs.forEach(it -> all.add(input(it, receivers.get(it))));
        return all;
    }

    /** What waits at channels of agents that have ended, in a line; empty for nothing. */
    Optional<String> of(Set<String> ended, Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        for (Map.Entry<Port, Source> each : sources.entrySet()) {
            Port port = each.getKey();
            long bytes =
                    ended.contains(port.agent()) ? output(port, each.getValue()).unread() : 0;
            if (bytes > 0) {
                return Optional.of(bytes + " bytes of " + port + " to be taken");
            }
        }
        for (Port port : receivers.keySet()) {
            long bytes = ended.contains(port.agent()) ? onTheWay(port) : 0;
            if (bytes > 0) {
                return Optional.of(bytes + " bytes for " + port + " that were not delivered or acknowledged");
            }
        }
        return Optional.empty();
    }

    private long incarnation(Port port) {
        GraphNow.Agent agent = now.agents().get(port.agent());
        return agent == null ? 0 : agent.incarnation();
    }

    private Waiting output(Port port, @Nullable Source source) {
        long unread = 0;
        long onTheWay = 0;
        if (source != null) {
            unread = source.there() ? source.pipe().waiting() : look(port);
            unread += source.trunk() == null ? 0 : source.trunk().waiting();
            for (Strand strand : source.readers()) {
                onTheWay += strand.onTheWay();
            }
        }
        return new Waiting(port.agent(), port.channel(), true, unread, onTheWay, false);
    }

    private Waiting input(Port port, @Nullable Receiver receiver) {
        long onTheWay = onTheWay(port);
        long incarnation = incarnation(port);
        boolean ended = ends.ended(port, incarnation) || durables.ended(port, incarnation);
        long unread = receiver != null && receiver.there() ? receiver.pipe().waiting() : ended ? 0 : look(port);
        return new Waiting(port.agent(), port.channel(), false, unread, onTheWay, ended);
    }

    /** Bytes that flows have taken for a receiver, and that are not in its pipe or not acknowledged. */
    long onTheWay(Port port) {
        long bytes = durables.waiting(port);
        for (Flow flow : flows) {
            for (Strand strand : flow.strands()) {
                for (Outlet outlet : strand.outlets) {
                    bytes += outlet.receiver().port().equals(port) ? outlet.planned() : 0;
                }
            }
        }
        return bytes;
    }

    /** In a pipe that is not open here. */
    private long look(Port port) {
        long incarnation = incarnation(port);
        if (incarnation == 0) {
            return 0;
        }
        try (Pipe pipe = Channels.open(shop, port, incarnation).orElse(null)) {
            return pipe == null ? 0 : pipe.waiting();
        }
    }
}
