package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.Graphs.Revision;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Steps of a change that goes on while a graph runs. */
class ReviseTest {
    private final Rig rig = new Rig();

    private Graphs.Declaration now() {
        return rig.graphs.declaration("shop").orElseThrow();
    }

    private List<Member> members() {
        return now().members().getOrDefault("api", List.of());
    }

    private void revise(List<NodeSpec> nodes, Map<String, List<Member>> members) {
        rig.await(rig.graphs.revise(
                "shop",
                new Revision(
                        nodes, now().flows(), members, Set.of(), OptionalLong.of(now().generation()), "step of a test"),
                Rig.ACTOR));
        rig.settle();
    }

    private static NodeSpec api(String command) {
        AgentSpec spec = sleeper().command(command).make();
        return node("api", spec);
    }

    @Test
    void shouldReplaceAnAgentAfterItsSuccessorRuns() {
        rig.apply("shop", api("/bin/old"));
        rig.settle();
        Member old = members().getFirst();
        assertEquals(Member.of(0, "shop/api"), old);
        Member kept = new Member(0, "", 0, true, Member.ALL, false);
        Member next = new Member(1, "", 0, false, 0, false);
        revise(List.of(api("/bin/new")), Map.of("api", List.of(kept, next)));
        assertEquals(1, rig.status("shop/api").incarnation(), "it runs on as it was");
        assertEquals("/bin/old", rig.status("shop/api").command());
        assertEquals("/bin/new", rig.status("shop/api.1").command());
        assertEquals(AgentPhase.READY, rig.phase("shop/api.1"));
        assertEquals(
                List.of(
                        new Member(0, "shop/api", 0, true, Member.ALL, false),
                        new Member(1, "shop/api.1", 0, false, 0, false)),
                members());
        rig.assertFoldsAgree();

        rig.host.exits("shop/api", 1);
        rig.settle();
        rig.advanceMillis(40_000);
        assertEquals("/bin/old", rig.status("shop/api").command(), "a restart is one of what it is kept at");

        revise(List.of(api("/bin/new")), Map.of("api", List.of(kept.drained(), next.withShare(Member.ALL))));
        assertEquals(AgentPhase.READY, rig.phase("shop/api"), "its inputs are ended by the flows");
        revise(List.of(api("/bin/new")), Map.of("api", List.of(next.withShare(Member.ALL))));
        assertEquals(
                List.of("shop/api.1"),
                rig.agents.list().stream().map(a -> a.id()).toList());
        assertEquals(1, rig.status("shop/api.1").incarnation());
        rig.assertFoldsAgree();

        rig.apply("shop", api("/bin/new"));
        rig.settle();
        assertEquals(1, rig.status("shop/api.1").incarnation(), "the manifest says what runs");
        assertEquals("step of a test", rig.graphs.history("shop", 9).get(1).what());
    }

    @Test
    void shouldGoBackToWhatRanAllTheTime() {
        rig.apply("shop", api("/bin/old"));
        rig.settle();
        Member kept = new Member(0, "", 0, true, Member.ALL, false);
        revise(List.of(api("/bin/new")), Map.of("api", List.of(kept, new Member(1, "", 0, false, 100, false))));
        revise(List.of(api("/bin/old")), Map.of("api", List.of(kept, new Member(1, "", 0, true, 0, true))));
        revise(List.of(api("/bin/old")), Map.of("api", List.of(kept)));
        assertEquals(1, rig.status("shop/api").incarnation(), "it was never stopped");
        assertEquals(List.of(Member.of(0, "shop/api")), members());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseOtherChangesInBetween() {
        rig.apply("shop", api("/bin/old"));
        rig.settle();
        revise(
                List.of(api("/bin/old")),
                Map.of("api", List.of(Member.of(0, ""), new Member(1, "", 1, false, 0, false))));
        for (Runnable change : List.<Runnable>of(
                () -> rig.apply("shop", api("/bin/other")),
                () -> rig.await(rig.graphs.edit("shop", "api", Map.of("replicas", "3"), Rig.ACTOR)),
                () -> rig.await(rig.graphs.rollback("shop", OptionalLong.empty(), OptionalLong.empty(), Rig.ACTOR)))) {
            Throwable refused = assertThrows(Throwable.class, change::run);
            String message = String.valueOf(refused.getCause() == null ? refused.getMessage() : refused.getCause());
            assertTrue(message.contains("is being transformed"), message);
        }
        rig.await(rig.graphs.delete("shop", Rig.ACTOR));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseWhatWouldBeNoGraph() {
        rig.apply("shop", api("/bin/old"));
        rig.settle();
        NodeSpec api = api("/bin/old");
        long generation = now().generation();
        for (Revision wrong : List.of(
                new Revision(List.of(api), List.of(), Map.of(), Set.of(), OptionalLong.of(generation + 1), ""),
                new Revision(List.of(api), List.of(), Map.of(), Set.of("f"), OptionalLong.of(generation), ""),
                new Revision(List.of(api), List.of(), Map.of("api", List.of()), Set.of(), OptionalLong.empty(), ""),
                new Revision(
                        List.of(api),
                        List.of(),
                        Map.of("api", List.of(new Member(4, "", 0, true, 0, false))),
                        Set.of(),
                        OptionalLong.empty(),
                        ""))) {
            CompletionException refused = assertThrows(CompletionException.class, () -> {
                var future = rig.graphs.revise("shop", wrong, Rig.ACTOR);
                rig.settle();
                future.join();
            });
            assertTrue(refused.getCause() instanceof StratoswarmException, () -> String.valueOf(refused.getCause()));
        }
        assertEquals(generation, now().generation());
    }
}
