package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows between real programs through real FIFOs. */
class EngineTest {
    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static void assertBalanced(FlowLedger ledger) {
        assertTrue(ledger.balanced(), ledger.toString());
    }

    private static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    private static boolean holds(Path file, long lines) {
        try (var all = Files.lines(file)) {
            return all.count() >= lines;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldCarryLinesInOrderAndEndTheReceiversInput() throws Exception {
        Path out = folder.resolve("out");
        rig.start("g/b", "stdin", "cat", out);
        rig.start("g/a", "stdout", "seq 1 200000", out);
        rig.apply(List.of(Rig.wired(Rig.lines("f", new Routing.Copy()), List.of("g/a"), List.of("g/b"))));
        Rig.await("all lines", () -> holds(out, 200_000));
        assertEquals(numbers(200_000), Files.readAllLines(out));
        rig.phase("g/a", AgentPhase.COMPLETED, 1);
        Rig.await("the end", () -> rig.told.contains("end g/b.stdin"));
        assertEquals(List.of("started f 1", "ended f 1", "end g/b.stdin"), rig.told);
        FlowLedger ledger = rig.status("f").ledger();
        assertEquals(State.ENDED, rig.status("f").state());
        assertEquals(200_000, ledger.read());
        assertEquals(200_000, ledger.delivered());
        assertEquals(0, ledger.waitingBytes());
        assertBalanced(ledger);
    }

    @Test
    void shouldGoOnWhereAnotherEngineStopped() throws Exception {
        Path out = folder.resolve("out");
        rig.start("g/b", "stdin", "while read line; do echo $line; done", out);
        rig.start("g/a", "stdout", "seq 1 100000", out);
        rig.apply(List.of(Rig.wired(Rig.lines("f", new Routing.Copy()), List.of("g/a"), List.of("g/b"))));
        for (int i = 0; i < 10; i++) {
            long goal = 9_000L * (i + 1);
            Rig.await("some lines", () -> holds(out, goal));
            rig.restart();
        }
        Rig.await("all lines", () -> holds(out, 100_000));
        assertEquals(numbers(100_000), Files.readAllLines(out));
        FlowLedger ledger = rig.status("f").ledger();
        assertEquals(100_000, ledger.delivered());
        assertBalanced(ledger);
        assertEquals(11, rig.told.stream().filter("started f 1"::equals).count(), "the same start each time");
    }

    @Test
    void shouldStopTheProducerWhenTheBufferIsFull() throws Exception {
        rig.channel("g/b", "stdin");
        Process producer = rig.start("g/a", "stdout", "seq 1 10000000", folder.resolve("none"));
        rig.apply(List.of(Rig.wired(
                Rig.flow("f", "a", List.of("b"), Framing.LINES, new Routing.Copy(), Optional.empty(), 100_000),
                List.of("g/a"),
                List.of("g/b"))));
        Rig.await("it stands", () -> {
            long before = rig.status("f").ledger().readBytes();
            rig.engine().measure();
            return rig.status("f").reason().startsWith("waits for g/b.stdin") && before > 0;
        });
        assertTrue(
                rig.status("f").lagBytes() <= 100_000, "lag " + rig.status("f").lagBytes());
        assertTrue(producer.isAlive());
        assertBalanced(rig.status("f").ledger());
    }

    @Test
    void shouldSpreadOverReceiversAndOverSources() throws Exception {
        List<Path> outs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            outs.add(folder.resolve("out" + i));
            rig.start("g/b." + i, "stdin", "cat", outs.get(i));
        }
        rig.start("g/a.0", "stdout", "seq 1 50000", folder);
        rig.start("g/a.1", "stdout", "seq 50001 100000", folder);
        rig.apply(List.of(Rig.wired(
                Rig.lines("f", new Routing.RoundRobin()),
                List.of("g/a.0", "g/a.1"),
                List.of("g/b.0", "g/b.1", "g/b.2"))));
        Rig.await("all lines", () -> {
            FlowLedger ledger = rig.status("f").ledger();
            return ledger.delivered() == 100_000 && ledger.waitingBytes() == 0;
        });
        List<Integer> all = new ArrayList<>();
        Rig.await(
                "all are written",
                () -> outs.stream().mapToLong(EngineTest::count).sum() == 100_000);
        for (Path out : outs) {
            List<Integer> lines =
                    Files.readAllLines(out).stream().map(Integer::valueOf).toList();
            assertSorted(lines.stream().filter(it -> it <= 50_000).toList());
            assertSorted(lines.stream().filter(it -> it > 50_000).toList());
            all.addAll(lines);
        }
        assertEquals(
                IntStream.rangeClosed(1, 100_000).boxed().toList(),
                all.stream().sorted().toList());
        assertBalanced(rig.status("f").ledger());
    }

    private static long count(Path file) {
        try (var all = Files.lines(file)) {
            return all.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertSorted(List<Integer> numbers) {
        assertEquals(numbers.stream().sorted().toList(), numbers);
    }

    @Test
    void shouldCarryEachRecordOnEveryFlowOfAChannelAndMergeOnlyWholeOnes() throws Exception {
        Path both = folder.resolve("both");
        Path one = folder.resolve("one");
        rig.start("g/b", "stdin", "cat", both);
        rig.start("g/c", "stdin", "cat", one);
        String wide =
                "awk 'BEGIN { for (i = 0; i < 20000; i++) { s = sprintf(\"%s%06d\", \"X\", i); while (length(s) < 300)"
                        + " s = s s; print s } }'";
        rig.start("g/a", "stdout", wide, folder);
        rig.start("g/d", "stdout", wide.replace("X", "Y"), folder);
        rig.apply(List.of(
                Rig.wired(Rig.lines("f1", new Routing.Copy()), List.of("g/a"), List.of("g/b")),
                Rig.wired(
                        Rig.flow("f2", "a", List.of("c"), Framing.LINES, new Routing.Copy(), Optional.empty(), 1 << 20),
                        List.of("g/a"),
                        List.of("g/c")),
                Rig.wired(
                        Rig.flow("f3", "d", List.of("b"), Framing.LINES, new Routing.Copy(), Optional.empty(), 1 << 20),
                        List.of("g/d"),
                        List.of("g/b"))));
        Rig.await("all lines", () -> holds(both, 40_000) && holds(one, 20_000));
        assertEquals(20_000, Files.readAllLines(one).stream().distinct().count());
        for (String line : Files.readAllLines(both)) {
            String part = line.substring(0, 7);
            assertEquals(part.repeat(line.length() / 7), line);
        }
        assertEquals(40_000, Files.readAllLines(both).stream().distinct().count());
        for (String flow : List.of("f1", "f2", "f3")) {
            assertBalanced(rig.status(flow).ledger());
            assertEquals(20_000, rig.status(flow).ledger().delivered());
        }
    }

    @Test
    void shouldKeepToTheRate() throws Exception {
        Path out = folder.resolve("out");
        rig.start("g/b", "stdin", "cat", out);
        rig.start("g/a", "stdout", "seq 1 10000000", folder);
        long begun = System.nanoTime();
        rig.apply(List.of(Rig.wired(
                Rig.flow(
                        "f",
                        "a",
                        List.of("b"),
                        Framing.LINES,
                        new Routing.Copy(),
                        Optional.of(new Rate(false, 2_000, OptionalLong.of(100))),
                        1 << 20),
                List.of("g/a"),
                List.of("g/b"))));
        Rig.await("a second's worth", () -> rig.status("f").ledger().delivered() > 3_000);
        double seconds = (System.nanoTime() - begun) / 1e9;
        long delivered = rig.status("f").ledger().delivered();
        double most = 100 + 2_000 * ((System.nanoTime() - begun) / 1e9) + 1;
        assertTrue(delivered <= most, delivered + " in " + seconds + " s");
    }

    @Test
    void shouldGoOnWithTheNewPipeOfASourceThatWasStopped() throws Exception {
        Path out = folder.resolve("out");
        rig.start("g/b", "stdin", "cat", out);
        rig.start("g/a", "stdout", "seq 1 100", folder);
        rig.apply(List.of(Rig.wired(Rig.lines("f", new Routing.Copy()), List.of("g/a"), List.of("g/b"))));
        Rig.await("what it gave first", () -> holds(out, 100));
        rig.phase("g/a", AgentPhase.STOPPED, 1);
        Files.delete(rig.channel("g/a", "stdout"));
        rig.channel("g/a", "stdout");
        try (Pipe holder = rig.pipes.open("g/a", "stdout", OptionalLong.empty())) {
            rig.start("g/a", "stdout", "seq 101 200", folder).waitFor();
            assertTrue(holder.waiting() > 0);
            rig.phase("g/a", AgentPhase.READY, 2);
            Rig.await("that it is taken", () -> holder.waiting() == 0);
        }
        Rig.await("what it gave then", () -> holds(out, 200));
        assertEquals(numbers(200), Files.readAllLines(out));
        assertBalanced(rig.status("f").ledger());
    }

    @Test
    void shouldGiveALastLineItsEnd() throws Exception {
        Path out = folder.resolve("out");
        rig.start("g/b", "stdin", "cat", out);
        rig.start("g/a", "stdout", "printf 'one\\ntwo'", folder);
        rig.apply(List.of(Rig.wired(Rig.lines("f", new Routing.Copy()), List.of("g/a"), List.of("g/b"))));
        Rig.await("the first line", () -> holds(out, 1));
        rig.phase("g/a", AgentPhase.COMPLETED, 1);
        Rig.await("the end", () -> rig.told.contains("end g/b.stdin"));
        Rig.await("the last line", () -> holds(out, 2));
        assertEquals("one\ntwo\n", Files.readString(out));
        assertEquals(2, rig.status("f").ledger().delivered());
    }
}
