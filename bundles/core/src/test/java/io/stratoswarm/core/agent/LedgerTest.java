package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The order of decision, durability and effect, and what happens where the journal refuses. */
class LedgerTest {
    private static final StratoswarmException FULL =
            new StratoswarmException(Kind.FULL, "the disk is full; nothing was written");

    private final Rig rig = new Rig();

    @Test
    void shouldNotActBeforeTheDecisionIsDurable() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.journal.hold();
        var stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        assertTrue(rig.host.running("shop/api"));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"), "observers see what is durable");
        assertFalse(stopped.isDone());
        rig.journal.release();
        rig.await(stopped);
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    /** Each round a node gets another spec, with which its agents start anew, so that the one before is kept no longer. */
    @Test
    void shouldShowReadersNothingOfAnAppendAlone() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        rig.apply("shop", node("api", sleeper().make()), node("web", sleeper().make()));
        CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> {
            long reads = 0;
            while (!over.get()) {
                assertEquals(2, rig.agents.list().size());
                reads++;
            }
            return reads;
        });
        try {
            for (int round = 0; round < 300; round++) {
                rig.apply(
                        "shop",
                        node("api", sleeper().command("sleep", "1" + round).make()),
                        node("web", sleeper().command("sleep", "2" + round).make()));
                for (String agent : List.of("shop/api", "shop/web")) {
                    if (rig.host.running(agent)) {
                        rig.host.exits(agent, 143);
                    }
                    rig.settle();
                }
            }
        } finally {
            over.set(true);
        }
        assertTrue(reader.get(30, TimeUnit.SECONDS) > 0);
    }

    @Test
    void shouldDecideAgainstWhatIsNotYetDurable() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.journal.hold();
        var first = rig.agents.stop("shop/api", "uid:1");
        var second = rig.agents.stop("shop/api", "uid:2");
        rig.settle();
        rig.journal.release();
        assertEquals(1, rig.await(first).size());
        assertEquals(0, rig.await(second).size());
        assertEquals(1, rig.events(Events.STOP_REQUESTED));
    }

    @Test
    void shouldRefuseCommandsAndKeepTheStateWhileTheDiskIsFull() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.journal.refuse(FULL);
        StratoswarmException e =
                assertThrows(StratoswarmException.class, () -> rig.await(rig.agents.stop("shop/api", Rig.ACTOR)));
        assertEquals(Kind.FULL, e.kind());
        assertTrue(rig.host.running("shop/api"));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
        rig.journal.refuse(null);
        rig.await(rig.agents.stop("shop/api", Rig.ACTOR));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRecordAnExitOnceTheDiskHasRoomAgain() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.advanceMillis(20_000);
        rig.journal.refuse(FULL);
        rig.host.dies("shop/api", 11);
        rig.advanceMillis(5_500);
        assertEquals(1, rig.status("shop/api").incarnation());
        rig.journal.refuse(null);
        rig.advanceMillis(1_000);
        assertEquals(2, rig.status("shop/api").incarnation());
        assertEquals("signal SEGV", rig.status("shop/api").lastExit().orElseThrow());
        assertTrue(rig.last(Events.EXITED).payloadText().contains("after 20 s"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldTellACallerThatWhatItWaitsForCannotBeRecorded() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.host.obeysSignals = false;
        var stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        rig.journal.refuse(FULL);
        rig.host.exits("shop/api", 0);
        rig.advanceMillis(9_000);
        assertFalse(stopped.isDone());
        rig.advanceMillis(2_000);
        StratoswarmException e = assertThrows(StratoswarmException.class, () -> rig.await(stopped));
        assertEquals(Kind.FULL, e.kind());
        assertTrue(String.valueOf(e.getMessage()).contains("the disk is full"), e.getMessage());
        rig.journal.refuse(null);
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldGoOnWithStartsOnceTheDiskHasRoomAgain() {
        rig.host.startsAtOnce = false;
        rig.apply("shop", node("api", sleeper().make()));
        rig.journal.refuse(FULL);
        rig.host.runs("shop/api");
        rig.advanceMillis(3_000);
        assertEquals(AgentPhase.STARTING, rig.phase("shop/api"));
        rig.journal.refuse(null);
        rig.advanceMillis(1_000);
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNotRecordWhatWasDecidedOnARefusedCommand() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.advanceMillis(20_000);
        rig.journal.hold();
        var stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        rig.host.dies("shop/api", 9);
        rig.settle();
        // The stop is refused; the exit, decided as the end of that stop, comes to a disk with room again.
        rig.journal.refuse(FULL);
        rig.journal.sync();
        rig.journal.refuse(null);
        rig.journal.release();
        rig.advanceMillis(1_000);
        assertTrue(stopped.isCompletedExceptionally());
        assertEquals(AgentPhase.READY, rig.phase("shop/api"), "an operator was told that nothing was stopped");
        assertEquals(2, rig.status("shop/api").incarnation());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldFailWaitersWhenItGoesDown() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("api", sleeper().make()));
        var stopped = rig.agents.stop("shop/api", Rig.ACTOR);
        rig.settle();
        rig.supervisor.close();
        assertTrue(stopped.isCompletedExceptionally());
        assertTrue(rig.agents.start("shop/api", Rig.ACTOR).isCompletedExceptionally());
    }
}
