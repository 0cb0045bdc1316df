package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.graph.Transforms.State;
import io.stratoswarm.api.graph.Transforms.Transform;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.predict.Cause;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
    private static final String WORK = "shop/work";
    private static final String NEXT = "shop/work.1";

    @TempDir
    Path folder;

    private Rig rig;
    private final List<Transforms.Request> asked = new ArrayList<>();
    private final List<Transform> transforms = new ArrayList<>();
    private String member = WORK;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
        rig.agents.add(WORK);
        rig.graphs = Optional.of(graphs());
        rig.transforms = Optional.of(transforms());
        rig.metrics.tell(WORK, "cpu_seconds_total", 1);
        rig.forecasts.put(WORK, Rig.doom(Cause.DESCRIPTOR_LEAK, 0.9, 50));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Graphs graphs() {
        return (Graphs) Proxy.newProxyInstance(
                Graphs.class.getClassLoader(), new Class<?>[] {Graphs.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("declaration") && arguments.length == 1) {
                        return Optional.of(declaration());
                    }
                    throw new AssertionError(method.getName());
                });
    }

    private Graphs.Declaration declaration() {
        FlowSpec flow = new FlowSpec(
                "gen-work",
                new FlowSpec.End("gen", "stdout"),
                List.of(new FlowSpec.End("work", "stdin")),
                DataType.TEXT,
                DataType.TEXT,
                List.of(),
                Optional.empty(),
                FlowSpec.Framing.LINES,
                1_000,
                10_000,
                new FlowSpec.Delivery.AtMostOnce(),
                new FlowSpec.Routing.Copy(),
                Map.of());
        return new Graphs.Declaration(
                "shop",
                1,
                false,
                List.of(new NodeSpec("work", AgentSpec.of(List.of("cat")), 1, List.of())),
                List.of(flow),
                List.of(),
                List.of(),
                Map.of("work", List.of(Graphs.Member.of(0, member))),
                java.util.Set.of());
    }

    private Transforms transforms() {
        return (Transforms) Proxy.newProxyInstance(
                Transforms.class.getClassLoader(),
                new Class<?>[] {Transforms.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "plan" -> transform(State.RUNNING).plan();
                    case "start" -> {
                        asked.add((Transforms.Request) arguments[0]);
                        transforms.add(transform(State.RUNNING));
                        yield CompletableFuture.completedFuture(transforms.getFirst());
                    }
                    case "list" -> List.copyOf(transforms);
                    default -> throw new AssertionError(method.getName());
                });
    }

    private Transform transform(State state) {
        return new Transform(
                1,
                new Transforms.Plan("replace", "shop", 1, List.of("start"), 1, List.of(NEXT), List.of(WORK), List.of()),
                state,
                0,
                "it did not get ready",
                Means.ACTOR,
                rig.now * 1_000_000,
                0,
                List.of());
    }

    @Test
    void shouldHaveAnotherOneReadyBeforeItEnds() {
        rig.pass(20);
        assertEquals(Map.of("node", "work", "renew", "true"), asked.getFirst().arguments());
        assertEquals(1, asked.size(), "it is waited for");
        assertEquals("acting", rig.last().state());
        rig.agents.remove(WORK);
        rig.agents.add(NEXT);
        member = NEXT;
        rig.pass(2);
        assertEquals("acting", rig.last().state(), "that the old one is gone is meant so");
        transforms.set(0, transform(State.DONE));
        rig.pass(1);
        assertEquals("acted", rig.last().state());
        assertEquals(List.of(), rig.agents.restarted);
        rig.agents.crash(NEXT);
        rig.pass(5);
        assertEquals("failed-anyway", rig.last().outcome(), "the one that follows it is looked at");
    }

    @Test
    void shouldRestartInPlaceWhereTheNewOneDoesNotGetReady() {
        rig.pass(20);
        assertEquals(1, asked.size());
        transforms.set(0, transform(State.ROLLED_BACK));
        rig.pass(2);
        assertTrue(
                rig.events(PredictionFold.ACTED).getFirst().payloadText().contains("went back: it did not get ready"));
        assertEquals(List.of(WORK + " by healing"), rig.agents.restarted);
        assertEquals(1, asked.size(), "once is enough");
    }
}
