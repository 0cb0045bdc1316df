package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Hook;
import io.stratoswarm.api.agent.AgentSpec.Hooks;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.AgentSpec.Secret;
import io.stratoswarm.api.agent.AgentSpec.StopPolicy;
import io.stratoswarm.api.journal.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FoldTest {
    private static AgentSpec everything(ProbeAction readiness, ProbeAction liveness) {
        return new AgentSpec(
                List.of("/bin/x", "a b", "\"q\""),
                Map.of("B", "2", "A", "1"),
                Map.of("TOKEN", new Secret("/run/token")),
                Optional.of("/srv"),
                Optional.of("www"),
                Optional.of("adm"),
                OptionalInt.of(18),
                Map.of("nofile", new Rlimit(1_024, -1)),
                new Resources(Optional.of(0.5), OptionalLong.of(1L << 40), OptionalLong.of(100)),
                OptionalInt.of(-5),
                List.of(1, 3),
                Lifecycle.CRON,
                Optional.of("*/5 * * * *"),
                new Hooks(
                        Optional.of(new Hook(List.of("/h", "1"), 100)),
                        Optional.empty(),
                        Optional.of(new Hook(List.of("/h", "2"), 200)),
                        Optional.of(new Hook(List.of("/h", "3"), 300))),
                new RestartPolicy(RestartMode.ON_FAILURE, 1, 2, 1.5, 0.25, 3, 4, 5),
                new StopPolicy("INT", 77),
                Optional.of(new Probe(readiness, 1, 2, 3, 4, 5)),
                Optional.of(new Probe(liveness, 1, 2, 3, 4, 5)),
                OptionalLong.of(9),
                new LogPolicy(1, 2, 3),
                Map.of("team", "ü"));
    }

    @Test
    void shouldKeepEverySpecThroughItsJson() {
        List<AgentSpec> specs = List.of(
                AgentSpec.of(List.of("/bin/true")),
                everything(new ProbeAction.NotifyFd(3), new ProbeAction.Tcp("localhost", 80)),
                everything(new ProbeAction.NotifySocket(), new ProbeAction.Http("http://x/y")),
                everything(new ProbeAction.LogPattern("a.*b"), new ProbeAction.Exec(List.of("/bin/c", "d"))));
        for (AgentSpec spec : specs) {
            String json = Json.text(SpecCodec.write(spec));
            assertEquals(spec, SpecCodec.read(Json.tree(json.getBytes(StandardCharsets.UTF_8))));
        }
        assertTrue(Json.text(SpecCodec.write(specs.get(1))).contains("{\"TOKEN\":{\"file\":\"/run/token\"}}"));
    }

    private static Event event(long sequence, String source, String type, String subject, String payload) {
        return new Event(
                new UUID(1, 1),
                sequence,
                sequence,
                type,
                1,
                source,
                subject,
                "system",
                List.of(),
                "application/json",
                payload.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldIgnoreWhatIsNotItsOwn() {
        Rig rig = new Rig();
        rig.apply("shop", node("api", sleeper().make()));
        AgentsProjection projection = new AgentsProjection();
        AgentsState state = Rig.refold(rig.journal);
        byte[] before = projection.encode(state);
        projection.apply(state, event(900, "plugin", Events.EXITED, "agent/shop/api", "not json"));
        projection.apply(state, event(901, Events.SOURCE, Events.EXITED, "agent/no/such", "{}"));
        projection.apply(state, event(902, Events.SOURCE, "Whatever", "graph/shop", "{}"));
        projection.apply(state, event(903, "core.journal", "SnapshotTaken", "projection/agents", "{}"));
        assertArrayEquals(before, projection.encode(state));
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> projection.apply(state, event(904, Events.SOURCE, Events.EXITED, "agent/shop/api", "not json")));
        assertTrue(e.toString().contains("event 904 (AgentExited of agent/shop/api)"), e.toString());
    }

    @Test
    void shouldFoldFast() {
        Rig rig = new Rig();
        rig.apply("shop", Rig.replicas("api", sleeper().make(), 1_000));
        List<Event> restart = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String subject = "agent/shop/api." + i;
            restart.add(event(
                    0,
                    Events.SOURCE,
                    Events.EXITED,
                    subject,
                    "{\"at\":1,\"incarnation\":1,\"code\":-1,\"signal\":9,\"exit\":\"signal KILL\",\"ended\":1,"
                            + "\"ranMillis\":20000,\"why\":\"signal KILL after 20 s\"}"));
            restart.add(event(
                    0,
                    Events.SOURCE,
                    Events.START_REQUESTED,
                    subject,
                    "{\"at\":1,\"why\":\"restart 1 after signal KILL after 20 s\",\"restart\":true,\"streak\":1,"
                            + "\"keepFrom\":2,\"incarnation\":2,\"spec\":1}"));
            restart.add(event(
                    0,
                    Events.SOURCE,
                    Events.STARTED,
                    subject,
                    "{\"at\":1,\"incarnation\":2,\"pid\":4711,\"started\":1,\"ready\":true}"));
        }
        AgentsState state = Rig.refold(rig.journal);
        for (int round = 0; round < 30; round++) {
            restart.forEach(e -> AgentsFold.apply(state, e));
        }
        long from = System.nanoTime();
        int rounds = 50;
        for (int round = 0; round < rounds; round++) {
            restart.forEach(e -> AgentsFold.apply(state, e));
        }
        double perSecond = rounds * restart.size() / ((System.nanoTime() - from) / 1e9);
        System.out.printf("fold of agents: %.0f events/s%n", perSecond);
        assertTrue(perSecond > 50_000, "far below what a start after many events needs: " + perSecond);
    }
}
