package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.core.manifest.ManifestParser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ends of inputs, and ends of what runs inside of the daemon. */
class InputsTest {
    private static final String A = "g/a";
    private static final String CALL = "endInput g/a %d stdin";

    private final Rig rig = new Rig();

    private static final String WIRED = """
            {"name": "g", "nodes": [
              {"id": "x", "command": ["/bin/sleep", "9"]},
              {"id": "a", "command": ["/bin/cat"], "restart": {"policy": "always"}}],
             "flows": [{"from": "x", "to": "a"}]}""";
    private static final String BUILTIN = """
            {"name": "g", "nodes": [{"id": "a", "type": "source", "file": {"path": "/var/log/syslog"}}]}""";

    private void apply(String text) {
        var result = ManifestParser.parse("g.json", text);
        assertEquals(List.of(), result.errors());
        rig.await(rig.graphs.apply(result.manifest().orElseThrow(), Rig.ACTOR));
        rig.settle();
        if (text.equals(BUILTIN) && rig.host.startsAtOnce) {
            becomeReady();
        }
    }

    private void becomeReady() {
        rig.host.ready(A);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase(A));
    }

    private long ends() {
        return rig.host.calls.stream()
                .filter(CALL.formatted(incarnation())::equals)
                .count();
    }

    private void end(String channel) {
        end(incarnation(), channel);
    }

    private void end(long incarnation, String channel) {
        rig.await(rig.agents.endInput(A, incarnation, channel, Rig.ACTOR));
    }

    private long incarnation() {
        return rig.agents.get(A).orElseThrow().incarnation();
    }

    @Test
    void shouldTellNoLaterStartTheEndThatWasMeantForOneThatIsOver() {
        apply(WIRED);
        long first = incarnation();
        rig.host.exits(A, 1);
        rig.advance(Duration.ofSeconds(1));
        assertEquals(AgentPhase.READY, rig.phase(A));
        end(first, "stdin");
        assertEquals(0, ends());
        assertEquals(0, rig.events("AgentInputEnded"));
        end("stdin");
        assertEquals(1, ends());
    }

    @Test
    void shouldCompleteWhatEndsWellAfterTheEndOfItsInput() {
        apply(WIRED);
        end("stdin");
        assertEquals(1, ends());
        end("stdin");
        assertEquals(1, ends());
        assertEquals(1, rig.events("AgentInputEnded"));
        rig.host.exits(A, 0);
        rig.settle();
        assertEquals(AgentPhase.COMPLETED, rig.phase(A));
        assertTrue(rig.reason(A).contains("told the end of stdin"), rig.reason(A));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRestartWhatFailsAfterTheEndOfItsInputAndForgetTheEnd() {
        apply(WIRED);
        end("stdin");
        rig.host.exits(A, 1);
        rig.advance(Duration.ofSeconds(1));
        assertEquals(AgentPhase.READY, rig.phase(A));
        rig.host.exits(A, 0);
        rig.settle();
        assertEquals(0, rig.events("AgentCompleted"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldEndAnInputAgainAfterACrashBetweenEventAndDeed() {
        apply(WIRED);
        rig.host.endInputFails = true;
        StratoswarmException failed = assertThrows(StratoswarmException.class, () -> end("stdin"));
        assertEquals(Kind.SYSTEM, failed.kind());
        assertEquals(1, ends());
        rig.advance(Duration.ofMillis(1_100));
        assertEquals(2, ends());
        rig.crash();
        rig.host.endInputFails = false;
        rig.restartDaemon();
        assertEquals(3, ends());
        rig.advance(Duration.ofSeconds(5));
        assertEquals(3, ends());
        rig.host.exits(A, 0);
        rig.settle();
        assertEquals(AgentPhase.COMPLETED, rig.phase(A));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseToEndWhatIsNoInputOrDoesNotRun() {
        rig.host.startsAtOnce = false;
        apply(WIRED);
        assertEquals(Kind.CONFLICT, kind("stdin"));
        rig.host.runs(A);
        rig.settle();
        assertEquals(Kind.NOT_FOUND, kind("stdout"));
        assertEquals(Kind.NOT_FOUND, kind("other"));
        rig.await(rig.agents.stop(A, Rig.ACTOR));
        assertEquals(Kind.CONFLICT, kind("stdin"));
        assertEquals(0, rig.events("AgentInputEnded"));
    }

    private Kind kind(String channel) {
        return assertThrows(StratoswarmException.class, () -> end(channel)).kind();
    }

    @Test
    void shouldStartAnewWhatWasDisplacedWithoutCountingIt() {
        apply(BUILTIN);
        for (int i = 0; i < 50; i++) {
            rig.host.displaces(A, "the bundle that ran it was stopped");
            rig.settle();
            becomeReady();
        }
        assertEquals(0, rig.status(A).restarts());
        assertEquals(51, rig.status(A).incarnation());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStartAnewWhatRanInsideOfAnEarlierDaemon() {
        apply(BUILTIN);
        rig.crash();
        rig.host.displaces(A, "the daemon inside of which it ran has ended");
        rig.restartDaemon();
        becomeReady();
        assertEquals(2, rig.status(A).incarnation());
        assertEquals(0, rig.status(A).restarts());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNotStartAnewWhatWasDisplacedWhileItWasStopped() {
        rig.host.obeysSignals = false;
        apply(BUILTIN);
        var stopped = rig.agents.stop(A, Rig.ACTOR);
        rig.settle();
        rig.host.displaces(A, "the bundle that ran it was stopped");
        rig.await(stopped);
        assertEquals(AgentPhase.STOPPED, rig.phase(A));
        rig.assertFoldsAgree();
    }
}
