package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.flow.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/** The flows of one graph, with the channels that they share. On its worker's thread. */
final class GraphFlows {
    private final String graph;
    private final Shop shop;
    private final Worker worker;
    private final StrandMaker maker;
    private final Durables durables;
    private final Map<String, Flow> flows = new LinkedHashMap<>();
    private final Map<Port, Source> sources = new HashMap<>();
    private final Map<Port, Receiver> receivers = new HashMap<>();
    /** Start of the agent whose input was ended last, for receivers that get nothing more. */
    private final Map<Port, Long> inputsEnded = new HashMap<>();

    private GraphNow now;
    private boolean unsettled;

    GraphFlows(String graph, Shop shop, Worker worker) {
        this.graph = graph;
        this.shop = shop;
        this.worker = worker;
        this.durables = new Durables(graph, shop, worker);
        this.maker = new StrandMaker(graph, shop, worker, durables);
        this.now = new GraphNow(graph, List.of(), Map.of());
    }

    String graph() {
        return graph;
    }

    List<Flow> flows() {
        return List.copyOf(flows.values());
    }

    Map<Port, Receiver> receivers() {
        return receivers;
    }

    /** Runs what is declared now; what is there already goes on. */
    void apply(GraphNow next) {
        now = next;
        Set<String> wanted = new HashSet<>();
        next.flows().forEach(it -> wanted.add(it.spec().id()));
        List.copyOf(flows.keySet()).stream().filter(it -> !wanted.contains(it)).forEach(this::remove);
        shareSources(next);
        Map<String, Flow> ordered = new LinkedHashMap<>();
        for (Wired wired : next.flows()) {
            Flow flow = flows.get(wired.spec().id());
            if (flow == null) {
                flow = new Flow(graph, wired, shop, maker);
            } else if (!flow.wired().equals(wired)) {
                flow.change();
            }
            ordered.put(wired.spec().id(), flow);
        }
        flows.clear();
        flows.putAll(ordered);
        durables.apply(flows.values().stream().map(Flow::wired).toList());
        tick();
    }

    /** A source that several flows read gets a trunk, and keeps it. */
    private void shareSources(GraphNow next) {
        Map<Port, Integer> readers = new HashMap<>();
        next.flows().forEach(it -> it.sources().forEach(port -> readers.merge(port, 1, Integer::sum)));
        readers.forEach((port, count) -> {
            Source source = sources.computeIfAbsent(port, Source::new);
            String name = "trunk." + Shop.part(port.toString().replace('/', '.'));
            Path file = shop.folderOf(graph).resolve(name + ".cells");
            if (source.trunk() == null && (count > 1 || Files.exists(file))) {
                // Strands that took from the channel themselves are opened again, and then take from the trunk.
                List.copyOf(flows.values()).stream()
                        .filter(it -> it.wired().sources().contains(port))
                        .forEach(this::close);
                Cells cells = Cells.open(file, Trunk.WORDS, 0);
                source.share(new Trunk(
                        source, new Store(shop.pipes(), Shop.pipesOf(graph) + name, cells, 0, shop.scratch())));
            }
        });
    }

    /** Does what has become possible: opens pipes that have come, tries flows again, ends what is done. */
    void tick() {
        changeSettled();
        List<Flow> begun = new ArrayList<>();
        for (Flow flow : flows.values()) {
            flow.wired().sources().forEach(it -> sources.computeIfAbsent(it, Source::new));
            flow.wired().receivers().forEach(it -> receivers.computeIfAbsent(it, Receiver::new));
            if (!flow.open() && (flow.state() != State.FAILED || flow.retries())) {
                durables.apply(flows.values().stream().map(Flow::wired).toList());
                flow.start(sources, receivers);
                flow.strands().forEach(it -> register(flow, it));
                begun.add(flow);
                if (flow.open() && flow.wired().durable()) {
                    durables.whenRoom(flow.wired(), flows.values());
                }
            }
        }
        for (Flow flow : flows.values()) {
            flow.look(now.agents());
        }
        connect();
        for (Flow flow : List.copyOf(flows.values())) {
            flow.strands().forEach(worker::again);
            if (flow.ends(now.agents())) {
                worker.log(graph, flow);
            }
            flow.explain(now.agents());
        }
        endInputs();
        durables.update(flows.values(), now.agents());
        unsettled = findUnsettled();
    }

    private void changeSettled() {
        Map<String, Wired> next = new HashMap<>();
        now.flows().forEach(it -> next.put(it.spec().id(), it));
        for (Flow flow : flows.values()) {
            Wired becomes = Objects.requireNonNull(next.get(flow.id()));
            if (flow.changing() && flow.settled(becomes)) {
                close(flow);
                flow.becomes(becomes);
            }
        }
        forgetUnused();
    }

    private void register(Flow flow, Strand strand) {
        worker.own(strand, this, flow);
        int index = flow.strands().indexOf(strand);
        Objects.requireNonNull(sources.get(flow.wired().sources().get(index)))
                .readers()
                .add(strand);
        for (Outlet outlet : strand.outlets) {
            outlet.receiver().writers().add(strand);
        }
    }

    /** Closes its strands; what is in their pipes stays. */
    private void close(Flow flow) {
        flow.strands().forEach(this::unregister);
        flow.close();
    }

    private void unregister(Strand strand) {
        worker.disown(strand);
        sources.values().forEach(it -> it.readers().remove(strand));
        receivers.values().forEach(it -> it.writers().remove(strand));
    }

    /** Says of each flow what it waits for. */
    void explain() {
        flows.values().forEach(it -> it.explain(now.agents()));
    }

    /** A strand threw: its flow stops, and no other one. */
    void failed(Flow flow, RuntimeException e) {
        flow.strands().forEach(this::unregister);
        flow.fail(e);
        unsettled = true;
        worker.log(graph, flow);
    }

    private void remove(String id) {
        Flow flow = Objects.requireNonNull(flows.remove(id));
        flow.strands().forEach(this::unregister);
        for (Port port : flow.wired().sources()) {
            Trunk trunk = Objects.requireNonNull(sources.get(port)).trunk();
            if (trunk != null) {
                trunk.remove(StrandMaker.reader(flow.wired(), port));
            }
        }
        flow.removed("it is no longer declared");
        shop.pipes().removeKept(Shop.pipesOf(graph, id));
        Folders.delete(StrandMaker.state(shop.folderOf(graph), id));
        forgetUnused();
    }

    private void forgetUnused() {
        Set<Port> usedSources = new HashSet<>();
        Set<Port> usedReceivers = new HashSet<>();
        for (Flow flow : flows.values()) {
            usedSources.addAll(flow.wired().sources());
            usedReceivers.addAll(flow.wired().receivers());
        }
        now.flows().forEach(it -> usedSources.addAll(it.sources()));
        List.copyOf(sources.keySet()).stream()
                .filter(it -> !usedSources.contains(it))
                .forEach(it -> {
                    Source source = Objects.requireNonNull(sources.remove(it));
                    worker.disconnect(source);
                    if (source.trunk() != null) {
                        source.trunk().close();
                    }
                });
        List.copyOf(receivers.keySet()).stream()
                .filter(it -> !usedReceivers.contains(it))
                .forEach(it -> worker.disconnect(Objects.requireNonNull(receivers.remove(it))));
    }

    private void connect() {
        for (Flow flow : flows.values()) {
            if (!flow.open()) {
                continue;
            }
            for (Port port : flow.wired().sources()) {
                Source source = Objects.requireNonNull(sources.get(port));
                connect(port, source);
            }
            if (flow.wired().durable()) {
                continue;
            }
            for (Port port : flow.wired().receivers()) {
                Receiver receiver = Objects.requireNonNull(receivers.get(port));
                long incarnation = incarnation(port);
                if (port.fresh() && receiver.there() && receiver.incarnation() != incarnation) {
                    worker.disconnect(receiver); // What its predecessor did not read is gone with it.
                }
                if (!receiver.there() && flow.state() != State.ENDED) {
                    receiver.incarnation(incarnation);
                    open(port, incarnation).ifPresent(receiver::connect);
                }
            }
        }
    }

    private long incarnation(Port port) {
        GraphNow.Agent agent = now.agents().get(port.agent());
        return agent == null ? 0 : agent.incarnation();
    }

    /** Where each start of the agent has a pipe of its own, the next one follows when the last one is read out. */
    private void connect(Port port, Source source) {
        long latest = incarnation(port);
        source.latest(latest);
        if (!port.fresh()) {
            if (!source.there()) {
                open(port, latest).ifPresent(source::connect);
            }
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

    private void begin(Port port, Source source, long incarnation) {
        worker.disconnect(source);
        source.incarnation(incarnation);
        if (incarnation > 0) {
            source.readers().forEach(it -> it.incarnation(incarnation));
            open(port, incarnation).ifPresent(source::connect);
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

    private java.util.Optional<Pipe> open(Port port, long incarnation) {
        try {
            return java.util.Optional.of(shop.pipes()
                    .open(
                            port.agent(),
                            port.channel(),
                            port.fresh() ? OptionalLong.of(incarnation) : OptionalLong.empty()));
        } catch (StratoswarmException e) {
            if (e.kind() == StratoswarmException.Kind.NOT_FOUND || e.kind() == StratoswarmException.Kind.CONFLICT) {
                return java.util.Optional.empty(); // Its agent has not started yet, or has not started again.
            }
            throw e;
        }
    }

    /** Ends the input of agents to which nothing comes any more, once for each of their starts. */
    private void endInputs() {
        receivers.forEach((port, receiver) -> {
            if (flows.values().stream()
                    .anyMatch(
                            it -> it.wired().durable() && it.wired().receivers().contains(port))) {
                return; // Its delivery does, when the queue is empty.
            }
            boolean all = flows.values().stream()
                    .filter(it -> it.wired().receivers().contains(port))
                    .allMatch(it -> it.state() == State.ENDED);
            if (!all) {
                inputsEnded.remove(port);
                return;
            }
            worker.disconnect(receiver);
            GraphNow.Agent agent = now.agents().get(port.agent());
            if (agent == null
                    || !agent.phase().running()
                    || inputsEnded.getOrDefault(port, -1L) == agent.incarnation()) {
                return;
            }
            inputsEnded.put(port, agent.incarnation());
            shop.notices().endInput(port.agent(), port.channel(), () -> worker.run(() -> inputsEnded.remove(port)));
        });
    }

    Source sourceOf(Flow flow, Strand strand) {
        int index = flow.strands().indexOf(strand);
        return Objects.requireNonNull(sources.get(flow.wired().sources().get(index)));
    }

    /** A strand of the flow has nothing to do: whether that was the end of it, or of what had to come before a change. */
    boolean endsNow(Flow flow) {
        if (flow.state() == State.ENDED || !flow.ending() && !flow.changing()) {
            return false;
        }
        if (flow.changing() && flow.settled(flow.wired())) {
            tick();
            return true;
        }
        flow.look(now.agents());
        if (flow.ends(now.agents())) {
            worker.log(graph, flow);
            endInputs();
            durables.update(flows.values(), now.agents());
            return true;
        }
        return false;
    }

    /** Whether it waits for something that nobody tells it of. */
    boolean unsettled() {
        return unsettled;
    }

    private boolean findUnsettled() {
        for (Flow flow : flows.values()) {
            if (!flow.open() || flow.changing()) {
                return true;
            }
            boolean lacks = flow.state() != State.ENDED
                    && (flow.wired().sources().stream()
                                    .anyMatch(it -> runs(it) && lacks(it, Objects.requireNonNull(sources.get(it))))
                            || !flow.wired().durable()
                                    && flow.wired().receivers().stream()
                                            .anyMatch(it -> runs(it)
                                                    && !Objects.requireNonNull(receivers.get(it))
                                                            .there()));
            if (lacks) {
                return true;
            }
        }
        return false;
    }

    private boolean lacks(Port port, Source source) {
        return !source.there() || port.fresh() && source.incarnation() < incarnation(port);
    }

    private boolean runs(Port port) {
        GraphNow.Agent agent = now.agents().get(port.agent());
        return agent != null && agent.phase().running();
    }

    /** Ends all, and removes what was kept. */
    void delete() {
        List.copyOf(flows.keySet()).forEach(this::remove);
        sources.values().forEach(it -> {
            if (it.trunk() != null) {
                it.trunk().close();
            }
        });
        durables.delete();
        shop.pipes().removeKept(Shop.pipesOf(graph));
        Folders.delete(shop.folderOf(graph));
    }

    /** Lets go of everything; what is kept stays for the next. */
    void close() {
        flows.values().forEach(this::close);
        durables.close();
        sources.values().forEach(it -> {
            worker.disconnect(it);
            if (it.trunk() != null) {
                it.trunk().close();
            }
        });
        receivers.values().forEach(worker::disconnect);
    }
}
