package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.core.manifest.ManifestParser;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that run inside of the daemon, and processes with channels, on the real journal with real pipes. */
@Timeout(120)
class BuiltinAgentsTest {
    private static final String A = "g/a";

    @TempDir
    Path folder;

    private RealDaemon daemon;
    private final Runner runner = new Runner();

    /** Runs nodes that do nothing but what the test says; the status they end with after a stop is 0. */
    private static final class Runner implements NodeRunner {
        final Map<String, Listener> running = new ConcurrentHashMap<>();
        volatile String endedInput = "";

        @Override
        public void start(String agent, long incarnation, AgentSpec spec, Listener listener) {
            running.put(agent + " " + incarnation, listener);
            listener.started();
            listener.ready();
            listener.log("start " + incarnation + " of a "
                    + spec.builtin().orElseThrow().type());
        }

        Listener of(String agent, long incarnation) throws InterruptedException {
            RealDaemon.until("start " + incarnation, () -> running.containsKey(agent + " " + incarnation));
            return Objects.requireNonNull(running.get(agent + " " + incarnation));
        }

        void ends(String agent, long incarnation, int status, String message) throws InterruptedException {
            Listener listener = of(agent, incarnation);
            running.remove(agent + " " + incarnation);
            listener.ended(status, message);
        }

        @Override
        public void stop(String agent, long incarnation) {
            Listener listener = running.remove(agent + " " + incarnation);
            if (listener != null) {
                listener.ended(0, "");
            }
        }

        @Override
        public void kill(String agent, long incarnation) {
            Listener listener = running.remove(agent + " " + incarnation);
            if (listener != null) {
                listener.ended(137, "killed");
            }
        }

        @Override
        public void endInput(String agent, long incarnation, String channel) {
            endedInput = agent + " " + incarnation + " " + channel;
        }
    }

    @BeforeEach
    void open() throws Exception {
        daemon = new RealDaemon(folder);
        daemon.host.pipes();
    }

    @AfterEach
    void close() throws Exception {
        daemon.end();
        assertFalse(folder.resolve("pipes/holder").toFile().exists(), "a holder is left");
    }

    private static final String SINK = """
            {"name": "g", "nodes": [
              {"id": "x", "command": ["/bin/sleep", "1000"]},
              {"id": "a", "type": "sink", "file": {"path": "/tmp/none"}}],
             "flows": [{"from": "x", "to": "a"}]}""";
    private static final String PROCESS = """
            {"name": "g", "nodes": [
              {"id": "a", "command": ["/bin/sh", "-c", "echo process; exec sleep 1000"]}]}""";
    private static final String CAT = """
            {"name": "g", "nodes": [
              {"id": "x", "command": ["/bin/sleep", "1000"]},
              {"id": "a", "command": ["/bin/cat"], "restart": {"policy": "always"}}],
             "flows": [{"from": "x", "to": "a"}]}""";

    private void apply(String text) throws Exception {
        var result = ManifestParser.parse("g.json", text);
        assertEquals(List.of(), result.errors());
        daemon.apply(result.manifest().orElseThrow());
    }

    private void write(String channel, OptionalLong incarnation, String text) {
        try (Pipe pipe = daemon.host.pipes().open(A, channel, incarnation);
                Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertEquals(bytes.length, pipe.write(arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes)));
        }
    }

    private long waiting(String channel) {
        try (Pipe pipe = daemon.host.pipes().open(A, channel, OptionalLong.empty())) {
            return pipe.waiting();
        }
    }

    @Test
    void shouldRunStopAndRestartWhatHasNoProcess() throws Exception {
        daemon.runners.add(runner);
        apply(SINK);
        daemon.untilPhase(A, AgentPhase.READY);
        assertTrue(daemon.status(A).pid().isEmpty());
        assertTrue(daemon.status(A).startedNanos().isPresent());
        assertEquals(0, waiting("stdin"));
        runner.ends(A, 1, 3, "the file is gone");
        runner.of(A, 2);
        daemon.untilPhase(A, AgentPhase.READY);
        assertEquals(1, daemon.status(A).restarts());
        assertEquals("exit 3", daemon.status(A).lastExit().orElseThrow());
        daemon.running.agents().stop(A, "test").get(30, TimeUnit.SECONDS);
        assertEquals(AgentPhase.STOPPED, daemon.status(A).phase());
        assertEquals(Map.of(), runner.running);
        assertEquals(
                List.of("start 1 of a sink", "ended: the file is gone", "start 2 of a sink"),
                daemon.running.agents().log(A, 10).stream().map(LogLine::text).toList());
        daemon.running.agents().start(A, "test").get(30, TimeUnit.SECONDS);
        runner.ends(A, 3, 0, "");
        daemon.untilPhase(A, AgentPhase.COMPLETED);
        daemon.assertFoldsAgree();
    }

    @Test
    void shouldStartWhatHasNoRunnerOnceThereIsOne() throws Exception {
        apply(SINK);
        daemon.untilPhase(A, AgentPhase.BACKOFF);
        assertTrue(
                daemon.status(A).reason().contains("no bundle here runs nodes of type 'sink'"),
                daemon.status(A).reason());
        daemon.runners.add(runner);
        daemon.untilPhase(A, AgentPhase.READY);
        daemon.assertFoldsAgree();
    }

    @Test
    void shouldStartAnewInTheNextRunner() throws Exception {
        daemon.runners.add(runner);
        apply(SINK);
        daemon.untilPhase(A, AgentPhase.READY);
        write("stdin", OptionalLong.empty(), "left");
        daemon.runners.remove(runner);
        // As it does when its bundle is stopped; that is no end of the node's own.
        runner.ends(A, 1, 0, "");
        Runner next = new Runner();
        daemon.runners.add(next);
        next.of(A, 2);
        daemon.untilPhase(A, AgentPhase.READY);
        assertEquals(0, daemon.status(A).restarts());
        assertEquals(4, waiting("stdin"));
        daemon.running
                .agents()
                .endInput(A, daemon.status(A).incarnation(), "stdin", "test")
                .get(30, TimeUnit.SECONDS);
        assertEquals("g/a 2 stdin", next.endedInput);
        daemon.assertFoldsAgree();
    }

    @Test
    void shouldStartAnewInTheNextDaemonWithWhatIsInItsPipes() throws Exception {
        daemon.runners.add(runner);
        apply(SINK);
        daemon.untilPhase(A, AgentPhase.READY);
        write("stdin", OptionalLong.empty(), "left");
        daemon.close();
        daemon = new RealDaemon(folder);
        Runner next = new Runner();
        daemon.runners.add(next);
        next.of(A, 2);
        daemon.untilPhase(A, AgentPhase.READY);
        assertEquals(0, daemon.status(A).restarts());
        assertEquals(4, waiting("stdin"));
        daemon.assertFoldsAgree();
    }

    @Test
    void shouldBecomeAProcessAndBack() throws Exception {
        daemon.runners.add(runner);
        apply(SINK);
        daemon.untilPhase(A, AgentPhase.READY);
        apply(PROCESS);
        RealDaemon.until("it is a process", () -> daemon.status(A).pid().isPresent());
        apply(SINK);
        runner.of(A, 3);
        daemon.untilPhase(A, AgentPhase.READY);
        RealDaemon.until(
                "its log is complete",
                () -> daemon.running.agents().log(A, 10).stream()
                        .map(LogLine::text)
                        .toList()
                        .containsAll(List.of("start 1 of a sink", "process", "start 3 of a sink")));
    }

    @Test
    void shouldCompleteAProcessThatReadToTheEndOfItsInput() throws Exception {
        apply(CAT);
        daemon.untilPhase(A, AgentPhase.READY);
        write("stdin", OptionalLong.empty(), "the last words");
        daemon.running
                .agents()
                .endInput(A, daemon.status(A).incarnation(), "stdin", "test")
                .get(30, TimeUnit.SECONDS);
        daemon.untilPhase(A, AgentPhase.COMPLETED);
        daemon.assertFoldsAgree();
    }
}
