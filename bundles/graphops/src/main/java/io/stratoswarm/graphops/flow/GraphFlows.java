package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.flow.Flows.Waiting;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    private final Channels channels;
    private final Ends ends;

    private GraphNow now;
    private boolean unsettled;
    private boolean applied;

    GraphFlows(String graph, Shop shop, Worker worker) {
        this.graph = graph;
        this.shop = shop;
        this.worker = worker;
        this.durables = new Durables(graph, shop, worker);
        this.maker = new StrandMaker(graph, shop, worker, durables);
        this.ends = new Ends(shop, worker);
        this.channels = new Channels(shop, worker, durables, ends);
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
        channels.now(next.agents());
        if (flows.isEmpty() && sources.isEmpty()) {
            removeTrunks(next);
        }
        Set<String> wanted = new HashSet<>();
        next.flows().forEach(it -> wanted.add(it.spec().id()));
        List.copyOf(flows.keySet()).stream().filter(it -> !wanted.contains(it)).forEach(this::remove);
        Map<String, Flow> ordered = new LinkedHashMap<>();
        for (Wired wired : next.flows()) {
            Flow flow = flows.get(wired.spec().id());
            if (flow == null) {
                flow = new Flow(graph, wired, shop, maker);
            } else {
                flow.declare(wired, next.agents());
            }
            ordered.put(wired.spec().id(), flow);
        }
        flows.clear();
        flows.putAll(ordered);
        shareSources(next);
        durables.apply(flows.values().stream().map(Flow::wired).toList());
        applied = true;
        tick();
    }

    /** Those of channels that went while no engine ran. */
    private void removeTrunks(GraphNow next) {
        Set<String> known = new HashSet<>();
        next.flows().forEach(it -> it.sources().forEach(port -> known.add(trunk(port))));
        Path folder = shop.folderOf(graph);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "trunk.*.cells")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String its = name.substring(0, name.length() - ".cells".length());
                if (!known.contains(its)) {
                    removeTrunk(its);
                }
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read " + folder + ": " + e, e);
        }
    }

    /** A source that several flows read gets a trunk, and keeps it. */
    private void shareSources(GraphNow next) {
        Map<Port, Integer> readers = new HashMap<>();
        next.flows().forEach(it -> it.sources().forEach(port -> readers.merge(port, 1, Integer::sum)));
        readers.forEach((port, count) -> {
            Source source = sources.computeIfAbsent(port, Source::new);
            String name = trunk(port);
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
        sources.forEach((port, source) -> {
            if (source.trunk() != null) {
                source.trunk()
                        .expect(next.flows().stream()
                                .filter(it -> it.sources().contains(port))
                                .map(it -> StrandMaker.reader(it, port))
                                .collect(Collectors.toSet()));
            }
        });
    }

    static String trunk(Port port) {
        return "trunk." + Shop.part(port.toString().replace('/', '.'));
    }

    /** An agent that later has the same name must not find the bytes of this one. */
    private void removeTrunk(String name) {
        shop.pipes().removeKept(Shop.pipesOf(graph) + name);
        try {
            Files.deleteIfExists(shop.folderOf(graph).resolve(name + ".cells"));
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot remove the state of " + name + ": " + e, e);
        }
    }

    /** Does what has become possible: opens pipes that have come, tries flows again, ends what is done. */
    void tick() {
        changeSettled();
        for (Flow flow : flows.values()) {
            flow.wired().sources().forEach(it -> sources.computeIfAbsent(it, Source::new));
            flow.wired().receivers().forEach(it -> receivers.computeIfAbsent(it, Receiver::new));
            if (flow.lacks() && (flow.state() != State.FAILED || flow.retries())) {
                durables.apply(flows.values().stream().map(Flow::wired).toList());
                List<Strand> there = List.copyOf(flow.strands());
                flow.start(sources, receivers);
                there.stream().filter(it -> !flow.open()).forEach(this::unregister);
                flow.strands().stream().filter(it -> !there.contains(it)).forEach(it -> register(flow, it));
                if (flow.open() && flow.wired().durable()) {
                    durables.whenRoom(flow.wired(), flows.values());
                }
            }
        }
        for (Flow flow : flows.values()) {
            flow.look(now.agents());
        }
        channels.connect(flows.values(), sources, receivers);
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
        for (Flow flow : flows.values()) {
            if (flow.changing() && flow.settled()) {
                Wired before = flow.wired();
                flow.goers().forEach(this::unregister);
                flow.becomes(now.agents());
                before.sources().stream()
                        .filter(it -> !flow.wired().sources().contains(it))
                        .forEach(it -> leaveTrunk(before, it));
            }
        }
        forgetUnused();
    }

    private void leaveTrunk(Wired wired, Port port) {
        Source source = sources.get(port);
        Trunk trunk = source == null ? null : source.trunk();
        if (trunk != null) {
            trunk.remove(StrandMaker.reader(wired, port));
        }
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
        flow.wired().sources().forEach(it -> leaveTrunk(flow.wired(), it));
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
                        removeTrunk(trunk(it));
                    }
                });
        List.copyOf(receivers.keySet()).stream()
                .filter(it -> !usedReceivers.contains(it))
                .forEach(it -> {
                    worker.disconnect(Objects.requireNonNull(receivers.remove(it)));
                    ends.forget(it);
                });
    }

    /** A strand has done what it could. */
    void stepped(Source source) {
        channels.stepped(source);
    }

    /** Ends the input of agents to which nothing comes any more. */
    void endInputs() {
        ends.look(flows.values(), receivers, now.agents());
    }

    Source sourceOf(Flow flow, Strand strand) {
        int index = flow.strands().indexOf(strand);
        return Objects.requireNonNull(sources.get(flow.wired().sources().get(index)));
    }

    /** A strand of the flow has nothing to do: whether that was the end of it, or of what had to come before a change. */
    boolean endsNow(Flow flow, Strand strand) {
        if (flow.finish(strand, now.agents())) {
            worker.again(strand);
            return false;
        }
        if (flow.changing() && flow.settled()) {
            tick();
            return true;
        }
        if (flow.state() == State.ENDED || !flow.ending() || flow.changing()) {
            return false;
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

    /** What waits at its channels. Kind UNAVAILABLE where that cannot be told, since a flow that may have taken something is not open. */
    List<Waiting> waiting() {
        if (!applied) {
            throw new StratoswarmException(Kind.UNAVAILABLE, "the flows of graph " + graph + " are not open yet");
        }
        for (Flow flow : flows.values()) {
            if (!flow.open() && !flow.wired().sources().isEmpty()) {
                throw new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "flow " + flow.id() + " of graph " + graph + " is not open: " + flow.reason());
            }
        }
        return new Waits(shop, durables, ends, now, flows.values()).all(sources, receivers);
    }

    /** What of these flows, and of what these agents gave, is not where it belongs; empty where all is. */
    Optional<String> drain(Flows.Drain asked) {
        if (!applied) {
            return Optional.of("the flows of graph " + graph + " to be open");
        }
        for (Flow flow : flows.values()) {
            boolean last = asked.last().contains(flow.id());
            String what = last || asked.held().contains(flow.id()) ? flow.moving(last) : "";
            if (last && !what.isEmpty()) {
                flow.strands().forEach(worker::again);
            }
            if (what.isEmpty()) {
                what = flow.undelivered(asked.ended(), now.agents());
            }
            if (!what.isEmpty()) {
                return Optional.of(what);
            }
        }
        return new Waits(shop, durables, ends, now, flows.values()).of(asked.ended(), sources, receivers);
    }

    /** Whether it waits for something that nobody tells it of. */
    boolean unsettled() {
        return unsettled;
    }

    private boolean findUnsettled() {
        for (Flow flow : flows.values()) {
            if (!flow.open() && !flow.wired().sources().isEmpty() || flow.changing()) {
                return true;
            }
            if (flow.state() != State.ENDED && channels.lack(flow.wired(), sources, receivers)) {
                return true;
            }
        }
        return false;
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
