package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a graph declares becomes flows, and what flows do becomes events and commands. The services of core are twins in memory. */
class FlowControlTest {
    @TempDir
    Path folder;

    private final Map<String, AgentStatus> agents = new ConcurrentHashMap<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile Optional<Graphs.Declaration> declaration = Optional.empty();
    private volatile Consumer<String> changed = any -> {};
    private volatile LongSupplier monotonic = System::nanoTime;
    private LinuxPipes pipes;
    private FlowControl control;

    @BeforeEach
    void open() {
        pipes = new LinuxPipes(folder.resolve("pipes"));
        control = control();
    }

    @AfterEach
    void close() {
        control.close();
        pipes.close();
    }

    private static <T> T twin(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @SuppressWarnings("unchecked")
    private FlowControl control() {
        Graphs graphs = twin(Graphs.class, (self, method, given) -> switch (method.getName()) {
            case "declaration" -> declaration.filter(it -> it.name().equals(given[0]));
            case "list" ->
                declaration.stream()
                        .map(it -> new Graphs.Summary(it.name(), it.generation(), "", List.of()))
                        .toList();
            case "watch" -> {
                changed = (Consumer<String>) given[0];
                declaration.ifPresent(it -> changed.accept(it.name()));
                yield (AutoCloseable) () -> {};
            }
            default -> throw new UnsupportedOperationException(method.toString());
        });
        Agents there = twin(Agents.class, (self, method, given) -> switch (method.getName()) {
            case "get" -> Optional.ofNullable(agents.get(given[0]));
            case "endInput" -> {
                told.add("endInput " + given[0] + " " + given[2] + " of start " + given[1]);
                yield CompletableFuture.completedFuture(null);
            }
            default -> throw new UnsupportedOperationException(method.toString());
        });
        Journal journal = twin(Journal.class, (self, method, given) -> {
            Append append = (Append) given[0];
            append.events().forEach(it -> told.add(it.type() + " " + new String(it.payload(), StandardCharsets.UTF_8)));
            return CompletableFuture.completedFuture(null);
        });
        return new FlowControl(new FlowControl.Surroundings(
                pipes,
                twin(QueueStore.class, (self, method, given) -> {
                    throw new UnsupportedOperationException(method.toString());
                }),
                graphs,
                there,
                journal,
                Optional::empty,
                () -> null,
                folder.resolve("flows"),
                "this start of the host",
                InstantSource.system(),
                () -> monotonic.getAsLong()));
    }

    private void phase(String agent, AgentPhase phase) {
        agents.put(agent, status(agent, phase));
        changed.accept("g");
    }

    private static AgentStatus status(String agent, AgentPhase phase) {
        return new AgentStatus(
                agent,
                "g",
                agent.substring(2),
                0,
                phase,
                "",
                0,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "");
    }

    private void declare() {
        declare(1, Rig.lines("f", new Routing.Copy()), Set.of());
        changed.accept("g");
    }

    private void declare(long generation, FlowSpec flow, Set<String> held) {
        List<NodeSpec> nodes = List.of("a", "b").stream()
                .map(it -> new NodeSpec(it, AgentSpec.of(List.of("cat")), 1, List.of()))
                .toList();
        var plain = new Graphs.Declaration("g", generation, false, nodes, List.of(flow), List.of(), List.of());
        declaration = Optional.of(new Graphs.Declaration(
                "g", generation, false, nodes, List.of(flow), List.of(), List.of(), plain.members(), held));
    }

    @Test
    void shouldCarryTellAndEndAndForget() throws Exception {
        declare();
        assertEquals(State.WAITING, control.status("g").getFirst().state());
        assertEquals(
                "waits for its source g/a (waiting)",
                control.status("g").getFirst().reason());
        Path source = pipes.makeChannel("g/a", "stdout", OptionalLong.empty());
        pipes.makeChannel("g/b", "stdin", OptionalLong.empty());
        phase("g/a", AgentPhase.READY);
        phase("g/b", AgentPhase.READY);
        Files.writeString(source, "one\ntwo\n");
        Rig.await("both", () -> control.status("g").getFirst().ledger().delivered() == 2);
        assertEquals(State.RUNNING, control.status("g").getFirst().state());
        assertEquals(
                List.of(
                        new Flows.Waiting("g/a", "stdout", true, 0, 0, false),
                        new Flows.Waiting("g/b", "stdin", false, 8, 0, false)),
                control.waiting("g"));
        Rig.await("its start is told", () -> !told.isEmpty());
        assertEquals("FlowStarted {\"graph\":\"g\",\"flow\":\"f\",\"count\":1}", told.getFirst());
        control.close();
        control = control();
        Files.writeString(source, "three\n");
        Rig.await("the third", () -> control.status("g").getFirst().ledger().delivered() == 3);
        phase("g/a", AgentPhase.COMPLETED);
        Rig.await("the end", () -> told.contains("endInput g/b stdin of start 1"));
        Rig.await("the ledgers", () -> told.stream().anyMatch(it -> it.startsWith("FlowLedgersRecorded")));
        assertTrue(
                told.stream().anyMatch(it -> it.startsWith("FlowEnded") && it.contains("\"delivered\":3")),
                told.toString());
        assertEquals("one\ntwo\nthree\n", new String(read(), StandardCharsets.UTF_8));
        assertTrue(Files.exists(folder.resolve("flows/g/f")));
        declaration = Optional.empty();
        changed.accept("g");
        assertFalse(Files.exists(folder.resolve("flows/g")));
        try (var kept = Files.list(folder.resolve("pipes"))) {
            assertEquals(
                    List.of(),
                    kept.filter(it -> it.getFileName().toString().startsWith("kept."))
                            .toList());
        }
        StratoswarmException gone = assertThrows(StratoswarmException.class, () -> control.status("g"));
        assertEquals(StratoswarmException.Kind.NOT_FOUND, gone.kind());
        assertThrows(StratoswarmException.class, () -> control.waiting("g"));
    }

    @Test
    void shouldTellWhetherAFlowThatIsToBeHeldHasDeliveredAllThatItTook() throws Exception {
        AtomicLong nanos = new AtomicLong();
        monotonic = nanos::get;
        FlowSpec slow = Rig.flow(
                "f",
                "a",
                List.of("b"),
                FlowSpec.Framing.LINES,
                new Routing.Copy(),
                Optional.of(new Rate(false, 1, OptionalLong.of(2))),
                1 << 20);
        declare(1, slow, Set.of());
        changed.accept("g");
        Path source = pipes.makeChannel("g/a", "stdout", OptionalLong.empty());
        pipes.makeChannel("g/b", "stdin", OptionalLong.empty());
        phase("g/a", AgentPhase.READY);
        phase("g/b", AgentPhase.READY);
        Files.writeString(source, "one\ntwo\nthree\n");
        Rig.await("as many as may pass", () -> ledger().delivered() == 2);
        assertEquals(0, ledger().inFlight());
        Flows.Drain rest = new Flows.Drain("x", Set.of("f"), Set.of(), Set.of());
        declare(2, slow, Set.of("f"));
        assertEquals(
                Optional.empty(),
                control.drain("g", rest),
                "held as is declared, which nobody told it of; the third is routed nowhere");
        nanos.addAndGet(5_000_000_000L);
        Thread.sleep(20);
        assertEquals(2, ledger().passed(), "and will not be while it is held");
        nanos.addAndGet(-5_000_000_000L);
        Flows.Drain last = new Flows.Drain("x", Set.of("f"), Set.of("f"), Set.of());
        assertEquals(
                Optional.of("what flow f has taken to be delivered"),
                control.drain("g", last),
                "where it will go, nobody else would take the third");
        Files.writeString(source, "four\n");
        nanos.addAndGet(5_000_000_000L);
        Rig.await("the third", () -> control.drain("g", last).isEmpty());
        assertEquals(3, ledger().delivered());
        Flows.Drain ended = new Flows.Drain("x", Set.of(), Set.of(), Set.of("g/a"));
        assertEquals(
                Optional.of("what g/a.stdout gave to flow f to be delivered"),
                control.drain("g", ended),
                "the fourth is in its pipe");
        Flows.Drain then = new Flows.Drain("x", Set.of("f"), Set.of(), Set.of(), Map.of("f", slow), Map.of());
        assertEquals(Optional.empty(), control.drain("g", then));
        assertEquals(Optional.empty(), control.drain("g", then), "asked again, though it is not held any more");
        changed.accept("g");
        Rig.await("the fourth, while it is declared as held", () -> ledger().delivered() == 4);
        Flows.Drain other = new Flows.Drain("y", Set.of("f"), Set.of(), Set.of());
        assertEquals(Optional.empty(), control.drain("g", other));
        nanos.addAndGet(5_000_000_000L);
        Files.writeString(source, "more\n");
        Thread.sleep(20);
        assertEquals(4, ledger().read(), "it is held for another, though nobody saw it free in between");
        assertEquals(Optional.empty(), control.drain("g", then));
        Rig.await("the one that waited", () -> ledger().delivered() == 5);
        control.close();
        control = control();
        Files.writeString(source, "five\n");
        nanos.addAndGet(5_000_000_000L);
        Thread.sleep(20);
        assertEquals(5, ledger().read(), "held again, as it is declared");
        declare(3, slow, Set.of());
        changed.accept("g");
        Rig.await("the sixth", () -> control.drain("g", ended).isEmpty());
        Files.writeString(source, "si");
        nanos.addAndGet(5_000_000_000L);
        agents.put("g/a", status("g/a", AgentPhase.COMPLETED));
        Rig.await(
                "the end of the last record, though nobody told it that its source ended",
                () -> control.drain("g", ended).isEmpty());
        assertEquals("one\ntwo\nthree\nfour\nmore\nfive\nsi\n", new String(read(), StandardCharsets.UTF_8));
    }

    private FlowLedger ledger() {
        return control.status("g").getFirst().ledger();
    }

    private byte[] read() throws Exception {
        try (var pipe = pipes.open("g/b", "stdin", OptionalLong.empty());
                var arena = java.lang.foreign.Arena.ofConfined()) {
            var into = arena.allocate(100);
            long read = pipe.read(into);
            return into.asSlice(0, read).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
    }
}
