package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.graphops.flow.queue.Deliveries;
import io.stratoswarm.graphops.flow.queue.Destination;
import io.stratoswarm.graphops.flow.queue.DurableQueue;
import io.stratoswarm.graphops.flow.queue.Outputs;
import io.stratoswarm.graphops.flow.queue.ReceiverState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The receivers of a graph's flows that deliver at least once. On its worker's thread. */
final class Durables {
    private final String graph;
    private final Shop shop;
    private final Worker worker;
    private final Map<Port, Destination> destinations = new HashMap<>();
    private final Map<String, Count> counts = new HashMap<>();

    Durables(String graph, Shop shop, Worker worker) {
        this.graph = graph;
        this.shop = shop;
        this.worker = worker;
    }

    /** What was taken from an agent's output, for the thread that delivers to the agent. */
    private static final class Count implements Outputs {
        private record Now(long incarnation, long records, boolean all) {}

        private volatile Now now = new Now(0, 0, false);

        @Override
        public Taken taken(long incarnation) {
            Now seen = now;
            if (seen.incarnation == incarnation) {
                return new Taken(seen.records, seen.all);
            }
            // A source goes on to the next start once this one was heard to the end.
            return new Taken(0, seen.incarnation > incarnation);
        }

        boolean set(long incarnation, long records, boolean all) {
            Now next = new Now(incarnation, records, all);
            boolean changed = !next.equals(now);
            now = next;
            return changed;
        }
    }

    /** Opens what these flows need and are not open yet, and lets go of what none needs. */
    void apply(Collection<Wired> flows) {
        Set<Port> used = new HashSet<>();
        for (Wired wired : flows) {
            if (!(wired.spec().delivery() instanceof Delivery.AtLeastOnce contract)) {
                continue;
            }
            for (Port port : wired.receivers()) {
                used.add(port);
                long limit = flows.stream()
                        .filter(it -> it.durable() && it.receivers().contains(port))
                        .mapToLong(it -> it.spec().bufferBytes())
                        .sum();
                Optional<Outputs> outputs = flows.stream()
                                .anyMatch(it -> it.sources().stream()
                                        .anyMatch(from -> from.agent().equals(port.agent())))
                        ? Optional.of(counts.computeIfAbsent(port.agent(), any -> new Count()))
                        : Optional.empty();
                destinations.put(
                        port,
                        shop.deliveries()
                                .open(
                                        graph,
                                        port.agent(),
                                        port.channel(),
                                        contract.ack(),
                                        limit,
                                        outputs,
                                        start -> endInput(port, start)));
            }
        }
        List.copyOf(destinations.keySet()).stream()
                .filter(it -> !used.contains(it))
                .forEach(it -> shop.deliveries().close(Objects.requireNonNull(destinations.remove(it))));
    }

    private void endInput(Port port, long start) {
        shop.notices()
                .endInput(
                        port.agent(),
                        start,
                        port.channel(),
                        () -> worker.run(() -> {
                            Destination there = destinations.get(port);
                            if (there != null) {
                                there.endAgain();
                            }
                        }));
    }

    List<DurableQueue> queues(Wired wired) {
        return wired.receivers().stream()
                .map(it -> Objects.requireNonNull(destinations.get(it)).queue())
                .toList();
    }

    /** Wakes a strand up when there is room for it again. */
    void whenRoom(Wired wired, Collection<Flow> flows) {
        for (Port port : wired.receivers()) {
            DurableQueue queue = Objects.requireNonNull(destinations.get(port)).queue();
            queue.whenRoom(() -> worker.run(() -> flows.stream()
                    .filter(it -> it.wired().receivers().contains(port))
                    .forEach(it -> worker.again(it.strands()))));
        }
    }

    /** Tells the deliveries what their agents do. */
    void update(Collection<Flow> flows, Map<String, GraphNow.Agent> agents) {
        destinations.forEach((port, destination) -> {
            GraphNow.Agent agent = agents.get(port.agent());
            boolean ended = flows.stream()
                    .filter(it -> it.wired().receives(port))
                    .allMatch(it -> it.state() == State.ENDED && it.wired().endsFor(port) || it.drained(port));
            destination.update(
                    agent == null
                            ? ReceiverState.NONE
                            : new ReceiverState(
                                    agent.incarnation(), agent.phase().running(), agent.done(), ended));
        });
    }

    /** Tells what was taken from a source that acknowledges by its output. */
    void counted(Source source, boolean dead) {
        Count count = counts.get(source.port().agent());
        if (count != null
                && source.port().fresh()
                && count.set(source.incarnation(), source.taken(), dead && source.exhausted())) {
            of(source.port().agent()).forEach(Destination::look);
        }
    }

    /** Whether all who acknowledge by the output of this start have heard of it to the end. */
    boolean heard(Port source, long incarnation) {
        return !counts.containsKey(source.agent())
                || of(source.agent()).stream().noneMatch(it -> it.incarnation() == incarnation);
    }

    private List<Destination> of(String agent) {
        List<Destination> found = new ArrayList<>();
        destinations.forEach((port, destination) -> {
            if (port.agent().equals(agent)) {
                found.add(destination);
            }
        });
        return found;
    }

    FlowLedger.Receiver ledger(FlowSpec spec, Port port) {
        Destination destination = destinations.get(port);
        if (destination == null) {
            return new FlowLedger.Receiver(port.agent(), port.channel(), 0, 0, 0, 0, 0);
        }
        // In this order, so that what is appended or delivered meanwhile is not counted twice.
        io.stratoswarm.graphops.flow.queue.Delivery.Counts counts = destination.counts();
        long[] account = destination.queue().account(spec.id(), counts.delivered(), counts.acked());
        return new FlowLedger.Receiver(
                port.agent(),
                port.channel(),
                account[0],
                account[0] - account[1],
                0,
                account[1],
                0,
                counts.redelivered(),
                account[2]);
    }

    /** Bytes in the queue of a receiver that are not acknowledged. */
    long waiting(Port port) {
        Destination destination = destinations.get(port);
        return destination == null
                        || destination.counts().acked() >= destination.queue().end()
                ? 0
                : Math.max(1, destination.queue().bytes());
    }

    /** Whether the end of its input was told to this start of the agent. */
    boolean ended(Port port, long incarnation) {
        Destination destination = destinations.get(port);
        return destination != null && incarnation > 0 && destination.endedFor() == incarnation;
    }

    /** Why a receiver gets nothing that waits for it; empty where none waits in vain. */
    String trouble(Wired wired, Map<String, GraphNow.Agent> agents) {
        for (Port port : wired.receivers()) {
            Destination destination = destinations.get(port);
            if (destination == null) {
                continue;
            }
            if (!destination.problem().isEmpty()) {
                return port + " gets nothing: " + destination.problem();
            }
            boolean waits =
                    destination.counts().delivered() < destination.queue().end();
            GraphNow.Agent agent = agents.get(port.agent());
            if (waits && (agent == null || !agent.phase().running())) {
                return "waits for " + port.agent();
            }
            if (destination.queue().room() == 0) {
                return "waits for " + port.agent() + " to acknowledge";
            }
        }
        return "";
    }

    void close() {
        destinations.values().forEach(shop.deliveries()::close);
        destinations.clear();
    }

    void delete() {
        close();
        shop.deliveries().delete(graph);
    }

    Deliveries deliveries() {
        return shop.deliveries();
    }
}
