package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.on;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DependencyTest {
    private static final Probe NOTIFY = Probe.of(new ProbeAction.NotifySocket());

    private final Rig rig = new Rig();

    @Test
    void shouldStartInOrderOfReadiness() {
        rig.apply(
                "shop",
                node("web", sleeper().make(), on("api", Condition.READY)),
                node("api", sleeper().readiness(NOTIFY).make(), on("db", Condition.READY)),
                node("db", sleeper().readiness(NOTIFY).make()));
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/db"));
        assertEquals("runs; waits for readiness: READY=1 on NOTIFY_SOCKET", rig.reason("shop/db"));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/api"));
        assertEquals("waits for shop/db to be ready; it is running", rig.reason("shop/api"));

        rig.host.ready("shop/db");
        rig.settle();
        assertEquals(AgentPhase.RUNNING, rig.phase("shop/api"));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        rig.host.ready("shop/api");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/web"));
        Event ready = rig.last(Events.READY);
        Event start = rig.last(Events.START_REQUESTED);
        assertEquals("agent/shop/web", start.subject());
        assertTrue(start.causes().contains(new Cause.OfEvent(rig.journal.id(), ready.sequence())));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldWaitForAllReplicas() {
        rig.apply(
                "shop",
                replicas("db", sleeper().readiness(NOTIFY).make(), 3),
                node("web", sleeper().make(), on("db", Condition.READY)));
        rig.host.ready("shop/db.0");
        rig.host.ready("shop/db.2");
        rig.settle();
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        assertEquals("waits for shop/db.1 to be ready; it is running", rig.reason("shop/web"));
        rig.host.ready("shop/db.1");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/web"));
    }

    @Test
    void shouldWaitForCompletionAndNameAFailedDependency() {
        rig.apply(
                "shop",
                node("migrate", sleeper().oneshot().mode(RestartMode.NEVER).make()),
                node("web", sleeper().make(), on("migrate", Condition.COMPLETED)));
        rig.host.exits("shop/migrate", 2);
        rig.settle();
        assertEquals(AgentPhase.FAILED, rig.phase("shop/migrate"));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        assertEquals(
                "waits for shop/migrate to complete; it is failed: exit 2 after 0 ms; its policy does not restart it",
                rig.reason("shop/web"));
        rig.await(rig.agents.start("shop/migrate", Rig.ACTOR));
        rig.host.exits("shop/migrate", 0);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/web"));
    }

    @Test
    void shouldWaitForHealth() {
        Probe liveness = new Probe(new ProbeAction.Tcp("127.0.0.1", 80), 0, 1_000, 500, 2, 3);
        rig.prober.answers.put("tcp 80", true);
        rig.apply(
                "shop",
                node("db", sleeper().liveness(liveness).make()),
                node("ready", sleeper().make(), on("db", Condition.READY)),
                node("healthy", sleeper().make(), on("db", Condition.HEALTHY)));
        assertEquals(AgentPhase.READY, rig.phase("shop/ready"));
        assertEquals(AgentPhase.WAITING, rig.phase("shop/healthy"));
        rig.advanceMillis(1_100);
        assertEquals(AgentPhase.READY, rig.phase("shop/healthy"));
        assertEquals(1, rig.events(Events.HEALTHY));
        rig.advanceMillis(60_000);
        assertEquals(1, rig.events(Events.HEALTHY), "single results are no events");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStopInReverseOrder() {
        rig.host.obeysSignals = false;
        rig.apply(
                "shop",
                node("db", sleeper().make()),
                node("api", sleeper().make(), on("db", Condition.STARTED)),
                node("web", sleeper().make(), on("api", Condition.READY)));
        rig.host.calls.clear();
        CompletableFuture<List<String>> stopped = rig.agents.stop("shop", Rig.ACTOR);
        rig.settle();
        assertEquals(List.of("signal shop/web 15", "signal shop/web 18"), rig.host.calls);
        assertEquals("stop requested by uid:0; waits until shop/web is down", rig.reason("shop/api"));
        assertFalse(stopped.isDone());
        rig.host.exits("shop/web", 0);
        rig.settle();
        assertTrue(rig.host.calls.contains("signal shop/api 15"));
        assertFalse(rig.host.calls.contains("signal shop/db 15"));
        rig.host.exits("shop/api", 0);
        rig.settle();
        rig.host.exits("shop/db", 0);
        assertEquals(List.of("shop/db", "shop/api", "shop/web"), rig.await(stopped));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/db"));
        assertEquals("stop requested by uid:0; exit 0 after 0 ms", rig.reason("shop/db"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRestartAGraphInOrder() {
        rig.apply(
                "shop",
                node("db", sleeper().readiness(NOTIFY).make()),
                node("web", sleeper().make(), on("db", Condition.READY)));
        rig.host.ready("shop/db");
        rig.settle();
        rig.host.calls.clear();
        CompletableFuture<List<String>> done = rig.agents.restart("shop", Rig.ACTOR);
        rig.settle();
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        rig.host.ready("shop/db");
        rig.settle();
        assertEquals(List.of("shop/db", "shop/web"), rig.await(done));
        assertEquals(
                List.of("signal shop/web 15", "signal shop/db 15", "start shop/db 2", "start shop/web 2"),
                rig.host.calls.stream().filter(c -> c.startsWith("s")).toList());
        assertEquals(0, rig.status("shop/web").restarts(), "a restart by an operator is none by policy");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldLetACrashedDependantWaitForItsDependency() {
        rig.apply(
                "shop",
                node("db", sleeper().mode(RestartMode.NEVER).make()),
                node("web", sleeper().make(), on("db", Condition.READY)));
        rig.host.exits("shop/db", 1);
        rig.host.exits("shop/web", 1);
        rig.settle();
        assertEquals(AgentPhase.WAITING, rig.phase("shop/web"));
        rig.await(rig.agents.start("shop/db", Rig.ACTOR));
        assertEquals(AgentPhase.READY, rig.phase("shop/web"));
    }
}
