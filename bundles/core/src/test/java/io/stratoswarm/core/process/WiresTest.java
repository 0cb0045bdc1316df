package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real shells whose channels are real pipes, held by a real holder. */
@Timeout(120)
class WiresTest {
    private static final String AGENT = "shop/a'pi \"x\".0";
    private static final OptionalLong NONE = OptionalLong.empty();
    private static final Wire IN = new Wire("stdin", false, false);
    private static final Wire OUT = new Wire("stdout", true, false);

    @TempDir
    Path temporary;

    private DataFolder data;
    private LinuxProcessHost host;
    private final Recorder told = new Recorder();

    @BeforeEach
    void begin() {
        data = new DataFolder(temporary.resolve("it's a \"data\" $folder [of] `pipes`"));
        open();
    }

    private void open() {
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
    }

    /** As a kill of the daemon: its descriptors close, and nobody is told anything. */
    private void crash() {
        host.close();
        open();
    }

    @AfterEach
    void close() throws IOException {
        host.release(AGENT);
        host.pipes().removeKept("");
        host.close();
        assertFalse(Files.exists(AgentFolder.of(data, AGENT).runtime()), "the runtime folder is left");
        assertFalse(Files.exists(data.pipes().resolve("holder")), "a holder is left");
    }

    private static AgentSpec wired(String script, Wire... wires) {
        return SpecBuilder.shell(script).build().with(List.of(wires), Optional.empty());
    }

    private void start(long incarnation, AgentSpec spec) {
        host.start(AGENT, incarnation, spec);
        Recorder.Told first = told.await(t -> t.incarnation() == incarnation
                && (t.what().equals("started") || t.what().equals("setupFailed")));
        assertEquals("started", first.what(), first.text());
    }

    private Pipe pipe(String channel) {
        return host.pipes().open(AGENT, channel, NONE);
    }

    private Pipe pipe(String channel, long incarnation) {
        return host.pipes().open(AGENT, channel, OptionalLong.of(incarnation));
    }

    private static void write(Pipe pipe, String text) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertEquals(bytes.length, pipe.write(arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes)));
        }
    }

    /** Waits for so much text. */
    private static String read(Pipe pipe, int length) {
        await(() -> pipe.waiting() >= length, () -> "only " + pipe.waiting() + " of " + length + " bytes came");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(length);
            assertEquals(length, pipe.read(into));
            return new String(into.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    private static void await(BooleanSupplier wanted, java.util.function.Supplier<String> why) {
        for (int tries = 0; !wanted.getAsBoolean(); tries++) {
            assertTrue(tries < 6_000, why);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private int holder() throws IOException {
        return Integer.parseInt(Files.readString(data.pipes().resolve("holder")).split(" ")[0]);
    }

    @Test
    void shouldConnectInputOutputAndFurtherChannels() {
        start(
                1,
                wired(
                        "read a; read b <&$STRATOSWARM_CHANNEL_SIDE_IN; echo \"$a+$b\";"
                                + " echo bad >&$STRATOSWARM_CHANNEL_ERRORS; echo log >&2; exit 4",
                        IN,
                        OUT,
                        new Wire("errors", true, false),
                        new Wire("side-in", false, false)));
        try (Pipe in = pipe("stdin");
                Pipe side = pipe("side-in");
                Pipe out = pipe("stdout");
                Pipe errors = pipe("errors")) {
            write(in, "one\n");
            write(side, "two\n");
            assertEquals("one+two\n", read(out, 8));
            assertEquals("bad\n", read(errors, 4));
        }
        assertEquals(new ExitStatus(4, 0), told.awaitEnd(AGENT, 1).status());
        assertEquals(
                List.of("log"), host.log(AGENT, 10).stream().map(LogLine::text).toList());
    }

    @Test
    void shouldGiveOutputThatIsNotConnectedToTheLog() {
        start(1, wired("read a; echo \"to the log: $a\"", IN));
        try (Pipe in = pipe("stdin")) {
            write(in, "x\n");
        }
        told.awaitEnd(AGENT, 1);
        assertEquals(
                List.of("to the log: x"),
                host.log(AGENT, 10).stream().map(LogLine::text).toList());
    }

    @Test
    void shouldLeaveNoDescriptorOfTheKeeperOpen() {
        start(1, wired("exec readlink /proc/self/fd/* >&2", OUT, new Wire("errors", true, false)));
        told.awaitEnd(AGENT, 1);
        List<String> open = host.log(AGENT, 100).stream().map(LogLine::text).toList();
        assertEquals(4, open.size(), open::toString);
        assertTrue(open.get(3).endsWith("/ch.errors"), open::toString);
        assertTrue(
                open.stream().noneMatch(line -> line.endsWith("/state") || line.endsWith("control")), open::toString);
    }

    @Test
    void shouldReadToTheEndWhenItsInputIsEnded() {
        start(1, wired("cat; echo end", IN, OUT));
        try (Pipe in = pipe("stdin")) {
            write(in, "left in the pipe\n");
        }
        host.endInput(AGENT, 1, "stdin");
        assertEquals(new ExitStatus(0, 0), told.awaitEnd(AGENT, 1).status());
        try (Pipe out = pipe("stdout")) {
            assertEquals("left in the pipe\nend\n", read(out, 21));
        }
    }

    @Test
    void shouldKeepWhatWasNotReadOfAnEndedInputForTheNextStart() {
        AgentSpec spec = wired("read a; echo \"$a\"; read b || echo end", IN, OUT);
        start(1, wired("exec sleep 100", IN, OUT));
        try (Pipe in = pipe("stdin")) {
            write(in, "kept\n");
        }
        host.endInput(AGENT, 1, "stdin");
        host.endInput(AGENT, 1, "stdin");
        StratoswarmException late = assertThrows(StratoswarmException.class, () -> pipe("stdin"));
        assertEquals(StratoswarmException.Kind.CONFLICT, late.kind());
        host.signal(AGENT, 1, Linux.SIGKILL);
        told.awaitEnd(AGENT, 1);
        start(2, spec);
        try (Pipe out = pipe("stdout")) {
            assertEquals("kept\n", read(out, 5));
            host.endInput(AGENT, 2, "stdin");
            assertEquals("end\n", read(out, 4));
        }
        told.awaitEnd(AGENT, 2);
    }

    @Test
    void shouldEndAnInputAgainAfterACrashOfTheDaemon() {
        AgentSpec spec = wired("cat; echo end", IN, OUT);
        start(1, spec);
        crash();
        assertInstanceOf(ProcessHost.Recovered.Running.class, host.recover(AGENT, 1, spec));
        host.endInput(AGENT, 1, "stdin");
        assertEquals(new ExitStatus(0, 0), told.awaitEnd(AGENT, 1).status());
    }

    @Test
    void shouldLoseNothingInPipesWhenTheDaemonIsKilled() throws IOException {
        AgentSpec spec = wired("while read a; do echo \"got $a\"; done; echo eof", IN, OUT);
        start(1, spec);
        try (Pipe in = pipe("stdin");
                Pipe out = pipe("stdout");
                Pipe kept = host.pipes().kept("flow/1")) {
            write(in, "1\n");
            await(() -> out.waiting() == 6, () -> "no answer");
            write(kept, "kept");
            host.signal(AGENT, 1, 19);
            write(in, "2\n");
        }
        int before = holder();
        for (int round = 0; round < 3; round++) {
            crash();
            assertInstanceOf(ProcessHost.Recovered.Running.class, host.recover(AGENT, 1, spec));
        }
        assertEquals(before, holder());
        host.signal(AGENT, 1, Linux.SIGCONT);
        try (Pipe in = pipe("stdin");
                Pipe out = pipe("stdout");
                Pipe kept = host.pipes().kept("flow/1")) {
            write(in, "3\n");
            assertEquals("got 1\ngot 2\ngot 3\n", read(out, 18));
            assertEquals("kept", read(kept, 4));
        }
        assertTrue(told.all().stream().noneMatch(t -> t.what().equals("exited")), told.all()::toString);
    }

    @Test
    void shouldStartAnotherHolderWithAllPipesWhereItIsKilled() throws IOException {
        AgentSpec spec = wired("read a; echo \"got $a\"", IN, OUT);
        start(1, wired("exec sleep 100", IN, OUT));
        try (Pipe in = pipe("stdin");
                Pipe kept = host.pipes().kept("flow/1")) {
            write(in, "left\n");
            write(kept, "kept");
        }
        int before = holder();
        Linux.kill(before, Linux.SIGKILL);
        await(
                () -> {
                    try {
                        return holder() != before;
                    } catch (IOException | NumberFormatException betweenTheTwo) {
                        return false;
                    }
                },
                () -> "no other holder came");
        // Answers once it holds what it was told before.
        host.pipes().kept("flow/2").close();
        host.signal(AGENT, 1, Linux.SIGKILL);
        told.awaitEnd(AGENT, 1);
        crash();
        start(2, spec);
        try (Pipe out = pipe("stdout");
                Pipe kept = host.pipes().kept("flow/1")) {
            assertEquals("got left\n", read(out, 9));
            assertEquals("kept", read(kept, 4));
        }
    }

    @Test
    void shouldKeepPipesOfAnAgentThatIsDownWhileTheDaemonIsKilled() {
        AgentSpec spec = wired("read a; echo \"got $a\"", IN, OUT);
        start(1, spec);
        try (Pipe in = pipe("stdin")) {
            write(in, "1\n2\n");
        }
        told.awaitEnd(AGENT, 1);
        crash();
        // Dash takes a line byte by byte, so what it did not want is still there.
        start(2, spec);
        try (Pipe out = pipe("stdout")) {
            assertEquals("got 1\ngot 2\n", read(out, 12));
        }
    }

    @Test
    void shouldGiveEachStartFreshPipesAndKeepThoseOfTheLast() {
        Wire in = new Wire("stdin", false, true);
        Wire out = new Wire("stdout", true, true);
        AgentSpec spec = wired("read a; echo \"$STRATOSWARM_INCARNATION $a\"", in, out);
        for (long incarnation = 1; incarnation <= 4; incarnation++) {
            start(incarnation, spec);
            try (Pipe input = pipe("stdin", incarnation)) {
                write(input, "a\nnot for the next\n");
            }
            told.awaitEnd(AGENT, incarnation);
        }
        try (Pipe last = pipe("stdout", 4);
                Pipe before = pipe("stdout", 3)) {
            assertEquals("4 a\n", read(last, 4));
            assertEquals("3 a\n", read(before, 4));
        }
        for (long gone = 1; gone <= 2; gone++) {
            long incarnation = gone;
            StratoswarmException none = assertThrows(StratoswarmException.class, () -> pipe("stdout", incarnation));
            assertEquals(StratoswarmException.Kind.NOT_FOUND, none.kind());
        }
        assertThrows(StratoswarmException.class, () -> pipe("stdout", 5));
    }

    @Test
    void shouldConnectAProcessOfAnotherUser() {
        assumeTrue(Linux.effectiveUser() == 0, "needs root");
        AgentSpec spec = SpecBuilder.shell("read a; read b <&$STRATOSWARM_CHANNEL_SIDE; echo \"$(id -un) $a $b\";"
                        + " echo bad >&$STRATOSWARM_CHANNEL_ERRORS; exec readlink /proc/self/fd/* >&2")
                .user("nobody")
                .build()
                .with(
                        List.of(
                                IN,
                                OUT,
                                new Wire("side", false, true),
                                new Wire("errors", true, true),
                                new Wire("third", true, false),
                                new Wire("fourth", true, false)),
                        Optional.empty());
        start(1, spec);
        try (Pipe in = pipe("stdin");
                Pipe side = pipe("side", 1);
                Pipe out = pipe("stdout");
                Pipe errors = pipe("errors", 1)) {
            write(in, "one\n");
            write(side, "two\n");
            assertEquals("nobody one two\n", read(out, 15));
            assertEquals("bad\n", read(errors, 4));
        }
        told.awaitEnd(AGENT, 1);
        List<String> open = host.log(AGENT, 100).stream()
                .map(text -> text.text().substring(text.text().lastIndexOf('/') + 1))
                .toList();
        assertEquals(List.of("ch.stdin", "err", "err", "ch.side.1", "ch.errors.1", "ch.third", "ch.fourth"), open);
    }

    @Test
    void shouldLeaveTheDescriptorOfReadinessItsNumber() {
        for (int fd : new int[] {3, 9}) {
            AgentSpec spec = SpecBuilder.shell("read a; echo >&" + fd + "; echo \"$a\" >&$STRATOSWARM_CHANNEL_SIDE")
                    .readiness(new AgentSpec.ProbeAction.NotifyFd(fd))
                    .build()
                    .with(List.of(IN, new Wire("side", true, false)), Optional.empty());
            start(fd, spec);
            try (Pipe in = pipe("stdin");
                    Pipe side = pipe("side")) {
                write(in, "ready\n");
                assertEquals("ready\n", read(side, 6));
            }
            told.await("ready", AGENT, fd);
            told.awaitEnd(AGENT, fd);
        }
    }

    @Test
    void shouldRefuseMoreChannelsThanThereAreDescriptors() {
        List<Wire> wires = new ArrayList<>(IntStream.range(0, 7)
                .mapToObj(i -> new Wire("c" + i, true, false))
                .toList());
        start(1, SpecBuilder.shell("exit 0").build().with(wires, Optional.empty()));
        told.awaitEnd(AGENT, 1);
        wires.add(new Wire("c7", true, false));
        host.start(AGENT, 2, SpecBuilder.shell("exit 0").build().with(wires, Optional.empty()));
        Recorder.Told end = told.awaitEnd(AGENT, 2);
        assertEquals("setupFailed", end.what());
        assertTrue(end.text().contains("than the 7 descriptors"), end.text());
        host.start(AGENT, 3, wired("exit 0", new Wire("a-b", true, false), new Wire("a_b", true, false)));
        assertTrue(told.awaitEnd(AGENT, 3).text().contains("STRATOSWARM_CHANNEL_A_B"));
    }

    @Test
    void shouldKeepWhatIsInTheChannelsOfAnAgentThatIsDown() {
        start(1, wired("read a; echo \"$a\"", IN, OUT));
        write(pipe("stdin"), "first\nsecond\n");
        told.awaitEnd(AGENT, 1);
        host.clear(AGENT);
        crash();
        // The shell reads byte by byte, so the second line was left.
        assertEquals("first\n", read(pipe("stdout"), 6));
        start(2, wired("read a; echo \"$a\"", IN, OUT));
        assertEquals("second\n", read(pipe("stdout"), 7));
        told.awaitEnd(AGENT, 2);
        host.retain(java.util.Set.of());
        assertTrue(AgentFolder.of(data, AGENT).state().toFile().exists(), "something else is left of it");
        host.clear(AGENT);
        host.retain(java.util.Set.of(AGENT));
        assertEquals(0, pipe("stdout").waiting());
        host.retain(java.util.Set.of());
        assertEquals(
                StratoswarmException.Kind.NOT_FOUND,
                assertThrows(StratoswarmException.class, () -> pipe("stdout")).kind());
    }

    @Test
    void shouldEndTheHolderWithTheLastPipe() throws IOException {
        start(1, wired("exit 0", OUT));
        told.awaitEnd(AGENT, 1);
        int pid = holder();
        assertTrue(ProcFs.host().stat(pid).isPresent());
        host.release(AGENT);
        assertFalse(ProcFs.host().stat(pid).filter(ProcFs.Stat::alive).isPresent());
        start(2, wired("exit 0", OUT));
        assertNotEquals(pid, holder());
        told.awaitEnd(AGENT, 2);
    }

    @Test
    void shouldEndTheHolderWithTheDaemonWhenAllIsToEnd() throws IOException {
        host.pipes().kept("flow/1").close();
        int pid = holder();
        host.endWithAgents();
        crash();
        assertFalse(ProcFs.host().stat(pid).filter(ProcFs.Stat::alive).isPresent());
    }

    @Test
    void shouldServeEachDataFolderByAHolderOfItsOwn() throws IOException {
        start(1, wired("read a; echo \"$a\"", IN, OUT));
        DataFolder other = new DataFolder(temporary.resolve("other"));
        try (LinuxProcessHost second = LinuxProcessHost.open(other, InstantSource.system(), new SecureRandom())) {
            second.listener(told);
            second.pipes().kept("a").close();
            String its = Files.readString(other.pipes().resolve("holder"));
            assertNotEquals(Files.readString(data.pipes().resolve("holder")), its);
            second.pipes().removeKept("");
        }
        try (Pipe in = pipe("stdin");
                Pipe out = pipe("stdout")) {
            write(in, "still\n");
            assertEquals("still\n", read(out, 6));
        }
        told.awaitEnd(AGENT, 1);
    }

    @Test
    void shouldHoldManyPipesAtOnce() {
        for (int i = 0; i < 400; i++) {
            try (Pipe pipe = host.pipes().kept("many/" + i)) {
                write(pipe, "n" + i);
            }
        }
        crash();
        for (int i = 0; i < 400; i++) {
            String text = "n" + i;
            try (Pipe pipe = host.pipes().kept("many/" + i)) {
                assertEquals(text, read(pipe, text.length()));
            }
        }
    }
}
