package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Numbered records from real programs to real programs that are killed again and again, while the engine is replaced.
 * {@code -Dstratoswarm.kills=N} makes it longer.
 */
class AtLeastOnceTest {
    private static final int KILLS = Integer.getInteger("stratoswarm.kills", 6);
    /** Not awk, which may wait for a whole block of input. */
    private static final String ACK_EACH = "exec perl -e 'open(O, \">>\", $ENV{OUT}); open(A, \">\", $ENV{DONE});"
            + " while (<STDIN>) { syswrite(O, $_); syswrite(A, \"$.\\n\") }'";

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Process> processes = new ArrayList<>();
    private Rig rig;
    private Path out;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
        out = folder.resolve("out");
    }

    @AfterEach
    void close() {
        // What a shell has started would wait for its pipe for good.
        processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.forEach(Process::destroyForcibly);
        rig.close();
    }

    private static FlowSpec flow(String id, String from, String to, Delivery delivery, Routing routing) {
        return new FlowSpec(
                id,
                new End(from, "stdout"),
                List.of(new End(to, "stdin")),
                DataType.TEXT,
                DataType.TEXT,
                List.of(),
                Optional.empty(),
                Framing.LINES,
                1 << 20,
                8 << 20,
                delivery,
                routing,
                Map.of());
    }

    private static Delivery by(Ack ack) {
        return new Delivery.AtLeastOnce(ack);
    }

    private static Wired wired(FlowSpec spec, Port from, String... to) {
        return new Wired(spec, List.of(from), Rig.targets(List.of(to), true), false);
    }

    /** A start of an agent all whose channels are made anew. */
    private Process start(String agent, long incarnation, String script) throws IOException {
        Path in = rig.pipes.makeChannel(agent, "stdin", OptionalLong.of(incarnation));
        Path output = rig.pipes.makeChannel(agent, "stdout", OptionalLong.of(incarnation));
        Path done = rig.pipes.makeChannel(agent, "done", OptionalLong.of(incarnation));
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
        builder.environment().put("OUT", out.toString());
        builder.environment().put("DONE", done.toString());
        builder.redirectInput(in.toFile()).redirectOutput(output.toFile());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        rig.phase(agent, AgentPhase.READY, incarnation);
        return process;
    }

    private void await(String what, BooleanSupplier condition) {
        try {
            Rig.await(what, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + rig.engine().status(Rig.GRAPH) + rig.told, e);
        }
    }

    private List<String> lines() {
        try {
            return Files.exists(out) ? Files.readAllLines(out) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> seen() {
        return new HashSet<>(lines());
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    /** Each of them, in the order of their first coming, and no more doubles than the ledger says. */
    private void assertAllInOrder(List<String> wanted, long redelivered) {
        List<String> all = lines();
        assertEquals(wanted, all.stream().distinct().toList());
        assertTrue(
                all.size() - wanted.size() <= redelivered,
                all.size() - wanted.size() + " doubles, and " + redelivered + " were delivered again");
    }

    private void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldDeliverAllToAReceiverThatIsKilledAndByAnEngineThatIsReplaced() throws Exception {
        int count = 30_000 + 5_000 * KILLS;
        rig.start("g/a", "stdout", "seq 1 " + count, out);
        rig.apply(List.of(
                wired(flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.Copy()), port("g/a"), "g/b")));
        long incarnation = 1;
        Process receiver = start("g/b", incarnation, ACK_EACH);
        for (int i = 0; i < KILLS; i++) {
            int more = lines().size() + random.nextInt(2_000);
            await("some lines", () -> lines().size() >= more || seen().size() == count);
            if (random.nextBoolean()) {
                rig.restart();
            }
            if (random.nextInt(3) > 0) {
                kill(receiver);
                rig.phase("g/b", AgentPhase.BACKOFF, incarnation);
                receiver = start("g/b", ++incarnation, ACK_EACH);
            }
        }
        await("all lines", () -> seen().size() == count);
        rig.phase("g/a", AgentPhase.COMPLETED, 1);
        await("the end", () -> rig.told.contains("end g/b.stdin"));
        FlowLedger ledger = rig.status("f").ledger();
        assertEquals(
                List.of((long) count, (long) count, 0L), List.of(ledger.read(), ledger.delivered(), ledger.inFlight()));
        assertTrue(ledger.balanced(), ledger.toString());
        assertAllInOrder(numbers(1, count), ledger.receivers().getFirst().redelivered());
        await(
                "acknowledged",
                () -> rig.status("f").ledger().receivers().getFirst().unacknowledged() == 0);
    }

    private static Port port(String agent) {
        return new Port(agent, "stdout", false);
    }

    @Test
    void shouldAcknowledgeByTheOutputOfAFilterThatIsKilled() throws Exception {
        int count = 20_000;
        rig.start("g/a", "stdout", "seq 1 " + count, out);
        Wired first = wired(flow("f", "a", "b", by(new Ack.OneToOne()), new Routing.Copy()), port("g/a"), "g/b");
        Wired second = wired(
                flow("g", "b", "c", by(new Ack.OnChannel("done")), new Routing.Copy()),
                new Port("g/b", "stdout", true),
                "g/c");
        rig.apply(List.of(first, second));
        start("g/c", 1, ACK_EACH);
        String doubling = "exec perl -e 'while (<STDIN>) { syswrite(STDOUT, 2 * $_ . \"\\n\") }'";
        long incarnation = 1;
        Process filter = start("g/b", incarnation, doubling);
        for (int i = 0; i < KILLS; i++) {
            int more = lines().size() + random.nextInt(2_000);
            await("some lines", () -> lines().size() >= more || seen().size() == count);
            if (random.nextBoolean()) {
                rig.restart();
            }
            kill(filter);
            rig.phase("g/b", AgentPhase.BACKOFF, incarnation);
            filter = start("g/b", ++incarnation, doubling);
        }
        await("all lines", () -> seen().size() == count);
        await(
                "acknowledged",
                () -> rig.status("f").ledger().receivers().getFirst().unacknowledged() == 0);
        List<String> wanted = IntStream.rangeClosed(1, count)
                .mapToObj(it -> Integer.toString(2 * it))
                .toList();
        assertAllInOrder(wanted, rig.status("f").ledger().receivers().getFirst().redelivered());
    }

    @Test
    void shouldHoldTheSourceWhenTheQueueIsFullAndGoOnWhenTheReceiverComes() throws Exception {
        int count = 1_500_000;
        rig.start("g/a", "stdout", "seq 1 " + count, out);
        rig.apply(List.of(
                wired(flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.Copy()), port("g/a"), "g/b")));
        await("a full queue", () -> rig.status("f").ledger().readBytes() > (8 << 20) - (2 << 20));
        rig.queues.full = true;
        long before = rig.status("f").ledger().read();
        assertTrue(before < count, "the source was not held");
        rig.queues.full = false;
        start(
                "g/b",
                1,
                "exec perl -e 'open(O, \">>\", $ENV{OUT}); open(A, \">\", $ENV{DONE}); while (<STDIN>) {"
                        + " syswrite(A, ($. - 999) . \"-$.\\n\") if $. % 1000 == 0; syswrite(O, $_) if $. == 1500000 }'");
        await("the last line", () -> lines().contains("1500000"));
        await(
                "acknowledged",
                () -> rig.status("f").ledger().receivers().getFirst().unacknowledged() == 0);
    }

    @Test
    void shouldAcknowledgeAllAtTheEnd() throws Exception {
        rig.start("g/a", "stdout", "seq 1 1000", out);
        rig.apply(List.of(wired(flow("f", "a", "b", by(new Ack.OnEof()), new Routing.Copy()), port("g/a"), "g/b")));
        Process receiver = start("g/b", 1, "exec cat >> \"$OUT\"");
        await("all lines", () -> lines().size() == 1000);
        kill(receiver);
        rig.phase("g/b", AgentPhase.BACKOFF, 1);
        start("g/b", 2, "exec cat >> \"$OUT\"");
        await("all lines again", () -> lines().size() == 2000);
        rig.phase("g/a", AgentPhase.COMPLETED, 1);
        await("the end", () -> rig.told.contains("end g/b.stdin"));
        assertEquals(1000, rig.status("f").ledger().receivers().getFirst().unacknowledged());
        rig.phase("g/b", AgentPhase.COMPLETED, 2);
        await(
                "acknowledged",
                () -> rig.status("f").ledger().receivers().getFirst().unacknowledged() == 0);
        assertEquals(State.ENDED, rig.status("f").state());
        assertEquals(1000, rig.status("f").ledger().receivers().getFirst().redelivered());
    }

    @Test
    void shouldGoOnAfterAFullDisk() throws Exception {
        rig.queues.full = true;
        rig.start("g/a", "stdout", "seq 1 1000", out);
        rig.apply(List.of(
                wired(flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.Copy()), port("g/a"), "g/b")));
        start("g/b", 1, ACK_EACH);
        await("the reason", () -> rig.status("f").reason().contains("cannot be made durable"));
        assertEquals(0, rig.status("f").ledger().read());
        rig.queues.full = false;
        await("all lines", () -> lines().size() == 1000);
        assertEquals(numbers(1, 1000), lines());
        await("no reason", () -> rig.status("f").state() == State.RUNNING);
    }

    @Test
    void shouldKeepEachRecordForOneOfSeveralReceivers() throws Exception {
        int count = 5_000;
        rig.start("g/a", "stdout", "seq 1 " + count, out);
        rig.apply(List.of(wired(
                flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.RoundRobin()),
                port("g/a"),
                "g/b.0",
                "g/b.1")));
        start("g/b.0", 1, ACK_EACH);
        Process other = start("g/b.1", 1, "exec sleep 1000");
        await("half of them", () -> lines().size() == count / 2);
        kill(other);
        rig.phase("g/b.1", AgentPhase.BACKOFF, 1);
        rig.restart();
        start("g/b.1", 2, ACK_EACH);
        await("all", () -> lines().size() == count);
        List<String> odd =
                lines().stream().filter(it -> Integer.parseInt(it) % 2 == 1).toList();
        List<String> even =
                lines().stream().filter(it -> Integer.parseInt(it) % 2 == 0).toList();
        assertEquals(
                numbers(1, count).stream()
                        .filter(it -> Integer.parseInt(it) % 2 == 1)
                        .toList(),
                odd);
        assertEquals(
                numbers(1, count).stream()
                        .filter(it -> Integer.parseInt(it) % 2 == 0)
                        .toList(),
                even);
    }

    @Test
    void shouldDrainAReceiverAndItsQueue() throws Exception {
        int count = 20_000;
        // Slowly, so that not all is in the queues before it drains.
        String slow =
                "$|++; for (1.." + count + ") { print \"$_\\n\"; select(undef, undef, undef, 0.001) if $_ % 10 == 0 }";
        rig.start("g/a", "stdout", "exec perl -e '" + slow + "'", out);
        Wired both = wired(
                flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.RoundRobin()),
                port("g/a"),
                "g/b.0",
                "g/b.1");
        rig.apply(List.of(both));
        Process silent = start("g/b.0", 1, "exec sleep 1000");
        start("g/b.1", 1, ACK_EACH);
        await("some lines", () -> lines().size() > 1_000);
        kill(silent);
        rig.phase("g/b.0", AgentPhase.BACKOFF, 1);
        Process first = start("g/b.0", 2, ACK_EACH);
        await(
                "some lines again",
                () -> rig.status("f").ledger().receivers().getFirst().redelivered() > 0);
        Target going = both.targets().getFirst();
        Target drained = new Target(going.port(), going.end(), going.number(), going.slot(), 0, true);
        rig.apply(List.of(new Wired(
                both.spec(), both.sources(), List.of(drained, both.targets().get(1)), false)));
        await("the end", () -> rig.told.contains("end g/b.0.stdin"));
        await(
                "what it has",
                () -> rig.engine().waiting(Rig.GRAPH).stream()
                        .filter(it -> it.agent().equals("g/b.0"))
                        .allMatch(it -> it.ended() && it.onTheWay() == 0));
        long its = rig.status("f").ledger().receivers().getFirst().delivered();
        assertTrue(its < count / 2, its + " of " + count);
        assertTrue(first.isAlive());
        await("all lines", () -> lines().size() == count);
        assertEquals(count, seen().size());
        assertEquals(its, rig.status("f").ledger().receivers().getFirst().routed());
        long again = rig.status("f").ledger().receivers().getFirst().redelivered();
        rig.apply(List.of(
                new Wired(both.spec(), both.sources(), List.of(both.targets().get(1)), false)));
        await(
                "its removal",
                () -> rig.status("f").ledger().receivers().getFirst().agent().equals("g/b.1"));
        List<FlowLedger.Receiver> all = rig.status("f").ledger().receivers();
        assertEquals(2, all.size(), "what was counted of the one that went stays: " + all);
        assertEquals(
                List.of(its, 0L, again),
                List.of(
                        all.get(1).delivered(),
                        all.get(1).inFlight(),
                        all.get(1).redelivered()));
        assertEquals(
                count, all.stream().mapToLong(FlowLedger.Receiver::delivered).sum());
    }

    @Test
    void shouldServeTheShellProgramOfTheDocumentation() throws Exception {
        String doc = Files.readString(Path.of("../../docs/flows.md"));
        String program = doc.substring(doc.indexOf("# keep.sh"), doc.indexOf("```", doc.indexOf("# keep.sh")));
        rig.start("g/a", "stdout", "seq 1 500", out);
        rig.apply(List.of(
                wired(flow("f", "a", "b", by(new Ack.OnChannel("done")), new Routing.Copy()), port("g/a"), "g/b")));
        String here = "exec 7>\"$DONE\"; STRATOSWARM_CHANNEL_DONE=7\n" + program.replace("/srv/kept", "\"$OUT\"");
        Process receiver = start("g/b", 1, here);
        await("some lines", () -> lines().size() > 100);
        kill(receiver);
        rig.phase("g/b", AgentPhase.BACKOFF, 1);
        start("g/b", 2, here);
        await("all lines", () -> seen().size() == 500);
        assertAllInOrder(
                numbers(1, 500), rig.status("f").ledger().receivers().getFirst().redelivered());
        await(
                "acknowledged",
                () -> rig.status("f").ledger().receivers().getFirst().unacknowledged() == 0);
    }
}
