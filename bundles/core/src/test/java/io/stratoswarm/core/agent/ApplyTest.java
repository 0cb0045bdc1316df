package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.on;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Effect;
import io.stratoswarm.api.graph.Graphs.Plan;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ApplyTest {
    private final Rig rig = new Rig();

    private static Step step(String action, String node, String reason, Effect effect) {
        return new Step(action, "node", node, reason, effect);
    }

    private static Effect effect(List<String> starts, List<String> restarts, List<String> stops) {
        return new Effect(starts, restarts, stops, List.of());
    }

    @Test
    void shouldKeepWhatIsUnchanged() {
        NodeSpec api = node("api", sleeper().make());
        assertEquals(
                new Applied(
                        "shop",
                        1,
                        List.of(step("create", "api", "new", effect(List.of("shop/api"), List.of(), List.of())))),
                rig.apply("shop", api));
        long events = rig.journal.size();
        assertEquals(
                new Applied("shop", 1, List.of(step("keep", "api", "unchanged", Effect.NONE))), rig.apply("shop", api));
        assertEquals(events, rig.journal.size());
        assertEquals(1, rig.status("shop/api").incarnation());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldReplaceUpdateCreateAndRemove() {
        rig.apply(
                "shop",
                node("a", sleeper().make()),
                node("b", sleeper().make()),
                node("c", sleeper().make()),
                node("d", sleeper().make()));
        Applied applied = rig.apply(
                "shop",
                node("a", sleeper().make()),
                node("b", sleeper().command("/bin/other").make()),
                node(
                        "c",
                        sleeper()
                                .labels(Map.of("team", "x"))
                                .mode(RestartMode.NEVER)
                                .make()),
                node("e", sleeper().make()));
        assertEquals(
                List.of(
                        step("keep", "a", "unchanged", Effect.NONE),
                        step("replace", "b", "changed: command", effect(List.of(), List.of("shop/b"), List.of())),
                        step("update", "c", "changed without a restart: labels, restart", Effect.NONE),
                        step("create", "e", "new", effect(List.of("shop/e"), List.of(), List.of())),
                        step("remove", "d", "no longer declared", effect(List.of(), List.of(), List.of("shop/d")))),
                applied.steps());
        assertEquals(2, applied.generation());
        rig.settle();
        assertEquals(1, rig.status("shop/a").incarnation());
        assertEquals(2, rig.status("shop/b").incarnation());
        assertEquals(List.of("/bin/other"), rig.host.process("shop/b").spec.command());
        assertEquals(1, rig.status("shop/c").incarnation());
        assertEquals(AgentPhase.READY, rig.phase("shop/e"));
        assertTrue(rig.agents.get("shop/d").isEmpty());
        assertFalse(rig.host.running("shop/d"));
        rig.host.exits("shop/c", 1);
        rig.settle();
        assertEquals(AgentPhase.FAILED, rig.phase("shop/c"), "the new policy holds for the process that ran on");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldStopByTheOldDeclarationAndStartByTheNew() {
        rig.host.obeysSignals = false;
        rig.apply(
                "shop",
                node("api", sleeper().command("/bin/old").hook("preStop").make()));
        rig.apply("shop", node("api", sleeper().command("/bin/new").make()));
        assertEquals("exec shop/api /hook/preStop", rig.host.calls.getLast(), "hooks change with the declaration");
    }

    @Test
    void shouldScaleWithoutRestarts() {
        rig.apply("shop", replicas("api", sleeper().make(), 2));
        rig.apply("shop", replicas("api", sleeper().make(), 4));
        assertEquals(List.of("shop/api.0", "shop/api.1", "shop/api.2", "shop/api.3"), ids());
        assertEquals(1, rig.status("shop/api.0").incarnation());
        rig.apply("shop", replicas("api", sleeper().make(), 1));
        rig.settle();
        assertEquals(List.of("shop/api.0"), ids());
        assertEquals(1, rig.status("shop/api.0").incarnation());
        rig.apply("shop", replicas("api", sleeper().make(), 3));
        rig.settle();
        assertEquals(List.of("shop/api.0", "shop/api.1", "shop/api.2"), ids());
        assertEquals(1, rig.status("shop/api.0").incarnation());
        assertEquals(
                3,
                rig.agents.list().stream()
                        .filter(a -> a.phase() == AgentPhase.READY)
                        .count());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldKeepTheNameOfAnOnlyReplicaWhenOthersCome() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.apply("shop", replicas("api", sleeper().make(), 2));
        rig.settle();
        assertEquals(List.of("shop/api", "shop/api.1"), ids());
        assertEquals(1, rig.status("shop/api").incarnation(), "it was not started anew");
        rig.await(rig.agents.stop("shop/api.0", Rig.ACTOR));
        assertEquals(AgentPhase.STOPPED, rig.phase("shop/api"), "the first one alone has this name");
        assertEquals(AgentPhase.READY, rig.phase("shop/api.1"));
        rig.assertFoldsAgree();
    }

    private List<String> ids() {
        return rig.agents.list().stream().map(a -> a.id()).toList();
    }

    @Test
    void shouldRaiseIncarnationsEvenOfARecreatedAgent() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.await(rig.agents.kill("shop/api", Rig.ACTOR));
        rig.await(rig.graphs.delete("shop", Rig.ACTOR));
        assertTrue(rig.agents.list().isEmpty());
        assertTrue(rig.graphs.list().isEmpty());
        rig.apply("shop", node("api", sleeper().make()));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldWantAgainWhatIsOnItsWayOut() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("a", sleeper().make()), node("b", sleeper().make()));
        rig.apply("shop", node("a", sleeper().make()));
        rig.settle();
        assertEquals(AgentPhase.STOPPING, rig.phase("shop/b"));
        rig.apply("shop", node("a", sleeper().make()), node("b", sleeper().make()));
        rig.host.exits("shop/b", 0);
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/b"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldReleaseAQuarantineByANewDeclaration() {
        rig.apply("shop", node("api", sleeper().mode(RestartMode.NEVER).make()));
        rig.host.exits("shop/api", 1);
        rig.settle();
        rig.apply(
                "shop",
                node(
                        "api",
                        sleeper().mode(RestartMode.NEVER).command("/bin/mended").make()));
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("shop/api"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldDeleteInReverseOrderAndRefuseMeanwhile() {
        rig.host.obeysSignals = false;
        rig.apply("shop", node("db", sleeper().make()), node("web", sleeper().make(), on("db", Condition.STARTED)));
        CompletableFuture<Void> deleted = rig.graphs.delete("shop", Rig.ACTOR);
        rig.settle();
        assertTrue(rig.host.calls.contains("signal shop/web 15"));
        for (Runnable command : List.<Runnable>of(
                () -> rig.apply("shop", node("db", sleeper().make())),
                () -> rig.await(rig.agents.start("shop/db", Rig.ACTOR)))) {
            assertEquals(
                    Kind.CONFLICT,
                    assertThrows(StratoswarmException.class, command::run).kind());
        }
        rig.host.exits("shop/web", 0);
        rig.settle();
        rig.host.exits("shop/db", 0);
        rig.await(deleted);
        assertEquals(1, rig.events(Events.GRAPH_DELETED));
        assertThrows(StratoswarmException.class, () -> rig.await(rig.graphs.delete("shop", Rig.ACTOR)));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseWhatBreaksTheRules() {
        Probe passive = Probe.of(new ProbeAction.NotifySocket());
        for (NodeSpec[] nodes : List.of(
                new NodeSpec[] {
                    node("a", sleeper().make(), on("b", Condition.READY)),
                    node("b", sleeper().make(), on("a", Condition.READY))
                },
                new NodeSpec[] {node("a", sleeper().make()), node("a", sleeper().make())},
                new NodeSpec[] {node("a", sleeper().make(), on("nope", Condition.READY))},
                new NodeSpec[] {node("A", sleeper().make())},
                new NodeSpec[] {node("a", sleeper().command().make())},
                new NodeSpec[] {node("a", sleeper().cron("61 * * * *").make())},
                new NodeSpec[] {node("a", sleeper().liveness(passive).make())},
                new NodeSpec[] {
                    node(
                            "a",
                            sleeper()
                                    .readiness(Probe.of(new ProbeAction.LogPattern("(")))
                                    .make())
                },
                new NodeSpec[] {replicas("a", sleeper().make(), 0)},
                new NodeSpec[] {
                    node(
                            "a",
                            sleeper().labels(Map.of("big", "x".repeat(70_000))).make())
                })) {
            StratoswarmException e = assertThrows(StratoswarmException.class, () -> rig.apply("bad", nodes));
            assertEquals(Kind.INVALID, e.kind(), e.getMessage());
        }
        StratoswarmException cycle = assertThrows(
                StratoswarmException.class,
                () -> rig.apply(
                        "bad",
                        node("a", sleeper().make(), on("b", Condition.READY)),
                        node("b", sleeper().make(), on("a", Condition.READY))));
        assertEquals("the dependencies form a cycle: a -> b -> a; take one of them out", cycle.getMessage());
        assertEquals(Optional.empty(), rig.agents.get("bad/a"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldPlanWithoutChanging() {
        rig.apply("shop", node("api", sleeper().make()));
        long events = rig.journal.size();
        Plan plan = rig.graphs.plan(Rig.manifest("shop", node("web", sleeper().make())), false);
        assertEquals(
                List.of("create", "remove"),
                plan.steps().stream().map(Step::action).toList());
        assertEquals(1, plan.generation());
        assertTrue(plan.touches());
        rig.settle();
        assertEquals(events, rig.journal.size());
        assertEquals("a test", rig.graphs.list().getFirst().description());
    }

    @Test
    void shouldChangeWhoDecidesForANodeWithoutARestart() {
        rig.apply("shop", node("web", sleeper().make()));
        assertTrue(rig.graphs.mayDecide("gentle", "shop", "web"));
        var manifest = ManifestParser.parse(
                        "shop.json",
                        "{\"name\": \"shop\", \"nodes\": [{\"id\": \"web\", \"command\": [\"/bin/sleep\", \"1000\"], \"policies\": [\"p\"]}]}")
                .manifest()
                .orElseThrow();
        assertEquals(
                List.of("update"),
                rig.graphs.plan(manifest, false).steps().stream()
                        .filter(step -> step.kind().equals("node"))
                        .map(Step::action)
                        .toList());
        rig.await(rig.graphs.apply(manifest, Rig.ACTOR));
        assertFalse(rig.graphs.mayDecide("gentle", "shop", "web"));
        assertTrue(rig.graphs.mayDecide("p", "shop", "web"));
        assertTrue(rig.graphs.mayDecide("gentle", "shop", "no-such-node"));
    }

    @Test
    void shouldGiveBackTheSourceOfEachGeneration() {
        rig.apply("shop", node("a", sleeper().make()));
        rig.apply("shop", node("b", sleeper().make()));
        assertEquals(
                "shop.json", rig.graphs.source("shop", OptionalLong.empty()).file());
        assertEquals(
                "{\"hash\": \"hash-of-source\"}",
                rig.graphs.source("shop", OptionalLong.of(1)).text());
        for (Runnable unknown : List.<Runnable>of(
                () -> rig.graphs.source("shop", OptionalLong.of(3)),
                () -> rig.graphs.source("shp", OptionalLong.empty()))) {
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(StratoswarmException.class, unknown::run).kind());
        }
    }
}
