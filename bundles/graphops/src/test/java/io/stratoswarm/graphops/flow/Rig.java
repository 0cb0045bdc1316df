package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.fail;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.core.pipe.LinuxPipes;
import io.stratoswarm.graphops.flow.queue.Deliveries;
import io.stratoswarm.graphops.flow.queue.InMemoryQueues;
import io.stratoswarm.graphops.flow.queue.Problems;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** An engine on FIFOs of the kernel, with programs of the shell as agents. What is told goes to a list. */
final class Rig implements AutoCloseable {
    static final String GRAPH = "g";

    final Path folder;
    final LinuxPipes pipes;
    final List<String> told = new CopyOnWriteArrayList<>();
    final Map<String, GraphNow.Agent> agents = new HashMap<>();
    private final List<Process> processes = new ArrayList<>();
    private List<Wired> flows = List.of();
    final InMemoryQueues queues = new InMemoryQueues();
    private Deliveries deliveries;
    private Engine engine;

    Rig(Path folder) {
        this.folder = folder;
        this.pipes = new LinuxPipes(folder.resolve("pipes"));
        this.deliveries = newDeliveries();
        this.engine = newEngine();
    }

    private Deliveries newDeliveries() {
        return new Deliveries(
                        pipes, queues, folder.resolve("deliveries"), new Problems(System::nanoTime), System::nanoTime)
                .start();
    }

    private Engine newEngine() {
        return new Engine(
                1,
                worker -> new Shop(
                        pipes,
                        pipes.scratch(),
                        new Buffer(),
                        folder.resolve("flows"),
                        1,
                        InstantSource.system(),
                        System::nanoTime,
                        new Told(),
                        new StepMaker(() -> null),
                        deliveries));
    }

    private final class Told implements Notices {
        @Override
        public void started(String graph, String flow, long count) {
            told.add("started " + flow + " " + count);
        }

        @Override
        public void ended(String graph, String flow, long count, String reason, FlowLedger ledger) {
            told.add("ended " + flow + " " + count);
        }

        @Override
        public void endInput(String agent, long incarnation, String channel, Runnable failed) {
            told.add("end " + agent + "." + channel);
        }
    }

    static FlowSpec lines(String id, Routing routing, FlowSpec.Transform... transforms) {
        return flow(id, "a", List.of("b"), Framing.LINES, routing, Optional.empty(), 1 << 20, transforms);
    }

    static FlowSpec flow(
            String id,
            String from,
            List<String> to,
            Framing framing,
            Routing routing,
            Optional<Rate> rate,
            long buffer,
            FlowSpec.Transform... transforms) {
        return new FlowSpec(
                id,
                new End(from, "stdout"),
                to.stream().map(it -> new End(it, "stdin")).toList(),
                DataType.TEXT,
                DataType.TEXT,
                List.of(transforms),
                rate,
                framing,
                1 << 20,
                buffer,
                new Delivery.AtMostOnce(),
                routing,
                Map.of());
    }

    static Wired wired(FlowSpec spec, List<String> sources, List<String> receivers) {
        return new Wired(
                spec, sources.stream().map(it -> port(it, "stdout")).toList(), targets(receivers, false), false);
    }

    /** Each stands for a slot of its own; {@code g/b.1} for slot 1 of {@code b}. */
    static List<Target> targets(List<String> receivers, boolean fresh) {
        return receivers.stream()
                .map(it -> {
                    String[] parts = it.substring(it.indexOf('/') + 1).split("\\.");
                    int number = parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
                    return Target.of(new Port(it, "stdin", fresh), new End(parts[0], "stdin"), Member.of(number, it));
                })
                .toList();
    }

    static Port port(String agent, String channel) {
        return new Port(agent, channel, false);
    }

    /** An agent that is only a FIFO. */
    Path channel(String agent, String channel) {
        agents.put(agent, new GraphNow.Agent(AgentPhase.READY, 1, false));
        return pipes.makeChannel(agent, channel, OptionalLong.empty());
    }

    /** An agent that is a program; its channel is there before. */
    Process start(String agent, String channel, String script, Path output) throws IOException {
        Path fifo = channel(agent, channel);
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
        if (channel.equals("stdout")) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(fifo.toFile()));
        } else {
            // Opened for both, as a holder keeps it, so that the program starts before anybody writes.
            builder = new ProcessBuilder("sh", "-c", "exec 0<>\"$0\"; " + script, fifo.toString());
            builder.redirectOutput(output.toFile());
        }
        Process process =
                builder.redirectError(folder.resolve("errors").toFile()).start();
        processes.add(process);
        return process;
    }

    long unread(String agent, String channel) {
        try (var pipe = pipes.open(agent, channel, OptionalLong.empty())) {
            return pipe.waiting();
        }
    }

    void phase(String agent, AgentPhase phase, long incarnation) {
        agents.put(agent, new GraphNow.Agent(phase, incarnation, false));
        apply(flows);
    }

    void apply(List<Wired> wired) {
        flows = wired;
        engine.apply(new GraphNow(GRAPH, wired, agents));
    }

    /** Another engine goes on with what this one left, as after an update of the bundle. */
    void restart() {
        restart(flows);
    }

    void restart(List<Wired> wired) {
        engine.close();
        deliveries.close();
        deliveries = newDeliveries();
        engine = newEngine();
        apply(wired);
    }

    void stopEngine() {
        engine.close();
    }

    Engine engine() {
        return engine;
    }

    FlowStatus status(String flow) {
        return engine.status(GRAPH).stream()
                .filter(it -> it.flow().equals(flow))
                .findFirst()
                .orElseThrow();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("rig.seconds", 60));
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within a minute: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        // What a shell has started would wait for its pipe for good.
        processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.forEach(Process::destroyForcibly);
        engine.close();
        deliveries.close();
        pipes.close();
    }
}
