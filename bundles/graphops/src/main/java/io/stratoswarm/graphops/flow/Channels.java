package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.flow.Pipe;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens the channels of agents, and those of their next starts. On the worker's thread. */
final class Channels {
    /** Start of a pipe that was opened before its agent ran, so that it may be that of an earlier one. */
    private static final long NOT_YET = -1;

    private final Shop shop;
    private final Worker worker;
    private final Durables durables;
    private final Ends ends;
    private Map<String, GraphNow.Agent> agents = Map.of();

    Channels(Shop shop, Worker worker, Durables durables, Ends ends) {
        this.shop = shop;
        this.worker = worker;
        this.durables = durables;
        this.ends = ends;
    }

    /** How far the agents are from now on. */
    void now(Map<String, GraphNow.Agent> next) {
        agents = next;
    }

    /** Opens what is there and is not open yet. */
    void connect(Collection<Flow> flows, Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        for (Flow flow : flows) {
            if (!flow.open()) {
                continue;
            }
            for (Port port : flow.wired().sources()) {
                connect(port, Objects.requireNonNull(sources.get(port)));
            }
            if (flow.wired().durable()) {
                continue;
            }
            for (Port port : flow.wired().receivers()) {
                connect(flow, port, Objects.requireNonNull(receivers.get(port)));
            }
        }
    }

    private void connect(Flow flow, Port port, Receiver receiver) {
        long incarnation = incarnation(port);
        if (receiver.there() && receiver.incarnation() != incarnation && (port.fresh() || runs(port))) {
            // The start may have a pipe of its own, and so has an agent that was removed and declared again under its
            // name.
            worker.disconnect(receiver);
        }
        if (!receiver.there() && flow.state() != State.ENDED && !ends.ended(port, incarnation)) {
            receiver.incarnation(port.fresh() || runs(port) ? incarnation : NOT_YET);
            open(shop, port, incarnation).ifPresent(receiver::connect);
        }
    }

    private long incarnation(Port port) {
        GraphNow.Agent agent = agents.get(port.agent());
        return agent == null ? 0 : agent.incarnation();
    }

    /** Where each start of the agent has a pipe of its own, the next one follows when the last one is read out. */
    private void connect(Port port, Source source) {
        long latest = incarnation(port);
        source.latest(latest);
        if (!port.fresh()) {
            connectAgain(port, source, latest);
            return;
        }
        if (!source.there()) {
            long read = source.incarnationRead();
            begin(port, source, read == 0 ? latest : read);
        }
        while (source.incarnation() < latest && readOut(source)) {
            begin(port, source, source.incarnation() + 1);
        }
    }

    /**
     * All starts of the agent have one pipe; but one that was removed and declared again has another under the same name. Which it
     * was is not known here, so the name is opened again once the one that is open is read out.
     */
    private void connectAgain(Port port, Source source, long latest) {
        if (source.there() && source.incarnation() != latest && runs(port) && !source.waiting()) {
            worker.disconnect(source);
        }
        if (!source.there()) {
            open(shop, port, latest).ifPresent(pipe -> {
                source.connect(pipe);
                source.incarnation(runs(port) ? latest : NOT_YET);
            });
        }
    }

    private void begin(Port port, Source source, long incarnation) {
        worker.disconnect(source);
        source.incarnation(incarnation);
        if (incarnation > 0) {
            source.readers().forEach(it -> it.incarnation(incarnation));
            open(shop, port, incarnation).ifPresent(source::connect);
        }
        durables.counted(source, false);
    }

    private boolean readOut(Source source) {
        if (!source.exhausted()) {
            return false;
        }
        durables.counted(source, true);
        boolean heard = durables.heard(source.port(), source.incarnation());
        return heard && source.readers().stream().map(Strand::cut).reduce(true, Boolean::logicalAnd);
    }

    /** A strand has done what it could. */
    void stepped(Source source) {
        if (source.port().fresh()) {
            durables.counted(source, source.incarnation() < incarnation(source.port()));
        }
    }

    static Optional<Pipe> open(Shop shop, Port port, long incarnation) {
        try {
            return Optional.of(shop.pipes()
                    .open(
                            port.agent(),
                            port.channel(),
                            port.fresh() ? OptionalLong.of(incarnation) : OptionalLong.empty()));
        } catch (StratoswarmException e) {
            if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.CONFLICT) {
                return Optional.empty(); // Its agent has not started yet, or has not started again.
            }
            throw e;
        }
    }

    /** Whether an agent runs whose channel is not open. */
    boolean lack(Wired wired, Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        return wired.sources().stream().anyMatch(it -> runs(it) && lacks(it, Objects.requireNonNull(sources.get(it))))
                || !wired.durable()
                        && wired.receivers().stream()
                                .anyMatch(it -> runs(it)
                                        && !Objects.requireNonNull(receivers.get(it))
                                                .there()
                                        && !ends.ended(it, incarnation(it)));
    }

    private boolean lacks(Port port, Source source) {
        return !source.there()
                || (port.fresh()
                        ? source.incarnation() < incarnation(port)
                        : source.incarnation() != incarnation(port));
    }

    private boolean runs(Port port) {
        GraphNow.Agent agent = agents.get(port.agent());
        return agent != null && agent.phase().running();
    }
}
