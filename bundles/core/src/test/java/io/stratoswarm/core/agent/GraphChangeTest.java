package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Conflict;
import io.stratoswarm.api.graph.Graphs.Generation;
import io.stratoswarm.api.graph.Graphs.Options;
import io.stratoswarm.api.graph.Graphs.Plan;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Changes of a graph that runs, what a manifest then does, and the way back. */
class GraphChangeTest {
    private static final String PIPE = """
            {"name": "g", "nodes": [{"id": "a", "command": ["/bin/cat"]}, {"id": "b", "command": ["/bin/cat"]}],
             "flows": [{"from": "a", "to": "b", "rate": "100/s"}]}""";

    private final Rig rig = new Rig();

    private Applied edit(String graph, String id, Map<String, String> changes) {
        return rig.await(rig.graphs.edit(graph, id, changes, "uid:7"));
    }

    private int count(String graph, String node) {
        return (int) rig.agents.list().stream()
                .filter(agent -> agent.graph().equals(graph) && agent.node().equals(node))
                .count();
    }

    private Applied apply(GraphManifest manifest, boolean force) {
        return rig.await(rig.graphs.apply(manifest, new Options(force, OptionalLong.empty()), Rig.ACTOR));
    }

    @Test
    void shouldNotSendKeysToAgentsWithoutTheirState() {
        SpecMaker keyed = sleeper().labels(Map.of("state", "by-key", "state-key", "user"));
        apply(Rig.manifest("shop", replicas("api", keyed.make(), 2)), false);
        GraphManifest three = Rig.manifest("shop", replicas("api", keyed.make(), 3));
        for (Runnable change :
                List.<Runnable>of(() -> apply(three, true), () -> edit("shop", "api", Map.of("replicas", "1")))) {
            StratoswarmException refusal = assertThrows(StratoswarmException.class, change::run);
            assertEquals(Kind.CONFLICT, refusal.kind());
            assertTrue(String.valueOf(refusal.getMessage()).contains("keep state by key"), refusal.getMessage());
        }
        rig.await(rig.agents.stop("shop", Rig.ACTOR));
        assertEquals(2, apply(three, false).generation(), "nothing is kept by agents that are down");
    }

    @Test
    void shouldKeepWhatWasSetByHandUntilTheManifestChangesTheSame() {
        GraphManifest three = Rig.manifest("shop", replicas("api", sleeper().make(), 3));
        apply(three, false);
        assertEquals(2, edit("shop", "api", Map.of("replicas", "5")).generation());
        assertEquals(5, count("shop", "api"));
        Plan again = rig.graphs.plan(three, false);
        assertEquals(
                "unchanged; set while the graph ran, and kept: replicas 5 (the manifest says 3)",
                again.steps().getFirst().reason());
        assertEquals(false, again.touches());
        assertEquals(2, apply(three, false).generation(), "nothing to do");
        GraphManifest labelled = Rig.manifest(
                "shop", replicas("api", sleeper().labels(Map.of("x", "y")).make(), 3));
        assertEquals(3, apply(labelled, false).generation());
        assertEquals(5, count("shop", "api"), "the manifest did not change it");
        GraphManifest four = Rig.manifest("shop", replicas("api", sleeper().make(), 4));
        Plan refused = rig.graphs.plan(four, false);
        assertEquals(List.of(new Conflict("node", "api", "replicas", "3", "5", "4")), refused.conflicts());
        long events = rig.journal.size();
        StratoswarmException conflict = assertThrows(StratoswarmException.class, () -> apply(four, false));
        assertEquals(Kind.CONFLICT, conflict.kind());
        assertTrue(
                String.valueOf(conflict.getMessage()).contains("node api replicas (was 3, runs 5, manifest 4)"),
                conflict.getMessage());
        assertEquals(events, rig.journal.size());
        apply(four, true);
        rig.settle();
        assertEquals(4, count("shop", "api"));
        assertEquals(List.of(), rig.graphs.plan(four, false).conflicts());
        assertEquals(
                "unchanged", rig.graphs.plan(four, false).steps().getFirst().reason());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldForgetWhatWasSetOnceTheManifestSaysTheSame() {
        apply(Rig.manifest("shop", replicas("api", sleeper().make(), 3)), false);
        edit("shop", "api", Map.of("replicas", "5"));
        GraphManifest five = Rig.manifest("shop", replicas("api", sleeper().make(), 5));
        assertEquals(3, apply(five, false).generation(), "what the manifest says is new, though nothing else changes");
        apply(Rig.manifest("shop", replicas("api", sleeper().make(), 2)), false);
        rig.settle();
        assertEquals(2, count("shop", "api"));
        rig.assertFoldsAgree();
        rig.restartDaemon();
        assertEquals(2, count("shop", "api"));
    }

    @Test
    void shouldSetRateAndBufferOfAFlow() {
        GraphManifest manifest = ManifestParser.parse("g.json", PIPE).manifest().orElseThrow();
        apply(manifest, false);
        edit("g", "a-b", Map.of("rate", "16MiB/s", "burst", "1MiB", "buffer", "4MiB"));
        var flow = rig.graphs.declaration("g").orElseThrow().flows().getFirst();
        assertEquals(16.0 * (1 << 20), flow.rate().orElseThrow().perSecond());
        assertEquals(OptionalLong.of(1 << 20), flow.rate().orElseThrow().burst());
        assertEquals(4L << 20, flow.bufferBytes());
        assertEquals(1, rig.status("g/a").incarnation());
        edit("g", "a-b", Map.of("rate", "none"));
        assertTrue(rig.graphs
                .declaration("g")
                .orElseThrow()
                .flows()
                .getFirst()
                .rate()
                .isEmpty());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldSayWhatBecomesOfRecordsInFlight() {
        GraphManifest manifest = ManifestParser.parse("g.json", PIPE).manifest().orElseThrow();
        assertEquals(
                List.of("records go from a.stdout to b.stdin"),
                rig.graphs.plan(manifest, false).steps().stream()
                        .flatMap(step -> step.effect().notes().stream())
                        .toList());
        apply(manifest, false);
        GraphManifest other = ManifestParser.parse(
                        "g.json", PIPE.replaceFirst("/bin/cat\"]}, ", "/bin/cat\", \"-u\"]}, "))
                .manifest()
                .orElseThrow();
        Plan plan = rig.graphs.plan(other, false);
        assertEquals(List.of("g/a"), plan.steps().getFirst().effect().restarts());
        assertTrue(plan.steps().getFirst().effect().notes().getFirst().startsWith("flow a-b pauses meanwhile"));
        assertEquals(List.of(), plan.steps().get(1).effect().notes(), "b runs on");
    }

    @Test
    void shouldRefuseWhatCannotBeSet() {
        GraphManifest manifest = ManifestParser.parse("g.json", PIPE).manifest().orElseThrow();
        apply(manifest, false);
        long events = rig.journal.size();
        Map<Map<String, String>, Kind> ofNode = Map.of(
                Map.of(), Kind.INVALID,
                Map.of("command", "x"), Kind.INVALID,
                Map.of("replicas", "0"), Kind.INVALID,
                Map.of("replicas", "many"), Kind.INVALID,
                Map.of("replicas", "2", "rate", "1/s"), Kind.INVALID,
                Map.of("rate", "1/s"), Kind.NOT_FOUND);
        ofNode.forEach((changes, kind) -> assertEquals(
                kind,
                assertThrows(StratoswarmException.class, () -> edit("g", "b", changes))
                        .kind(),
                changes::toString));
        for (Map<String, String> changes :
                List.of(Map.of("rate", "fast"), Map.of("buffer", "0"), Map.of("rate", "none", "burst", "5"))) {
            assertEquals(
                    Kind.INVALID,
                    assertThrows(StratoswarmException.class, () -> edit("g", "a-b", changes))
                            .kind());
        }
        StratoswarmException copies =
                assertThrows(StratoswarmException.class, () -> edit("g", "b", Map.of("replicas", "2")));
        assertEquals(Kind.CONFLICT, copies.kind(), "two receivers would each get every record");
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(StratoswarmException.class, () -> edit("h", "b", Map.of("replicas", "2")))
                        .kind());
        assertEquals(events, rig.journal.size());
    }

    @Test
    void shouldTellTheHistoryAndGoBack() {
        rig.apply("shop", node("api", sleeper().command("/bin/one").make()));
        rig.apply(
                "shop",
                node("api", sleeper().command("/bin/two").make()),
                node("web", sleeper().make()));
        edit("shop", "web", Map.of("replicas", "2"));
        Applied back = rig.await(rig.graphs.rollback("shop", OptionalLong.empty(), OptionalLong.of(3), Rig.ACTOR));
        rig.settle();
        assertEquals(4, back.generation());
        assertEquals(1, count("shop", "web"), "the generation before had one");
        rig.await(rig.graphs.rollback("shop", OptionalLong.of(1), OptionalLong.empty(), Rig.ACTOR));
        rig.settle();
        assertEquals(0, count("shop", "web"));
        assertEquals(List.of("/bin/one"), rig.host.process("shop/api").spec.command());
        rig.await(rig.graphs.rollback("shop", OptionalLong.of(3), OptionalLong.empty(), Rig.ACTOR));
        rig.settle();
        assertEquals(2, count("shop", "web"), "with what was set by hand then");
        List<Generation> history = rig.graphs.history("shop", 100);
        assertEquals(
                List.of(
                        "6 rolled back to generation 3",
                        "5 rolled back to generation 1",
                        "4 rolled back to generation 2",
                        "3 edited",
                        "2 applied",
                        "1 applied"),
                history.stream().map(it -> it.generation() + " " + it.what()).toList());
        assertEquals("uid:7", history.get(3).actor());
        assertEquals(
                List.of("replace node api: changed: command", "create node web: new"),
                history.get(4).changes());
        assertEquals(2, rig.graphs.history("shop", 2).size());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldNeverGiveAGenerationTwice() {
        rig.apply("shop", node("api", sleeper().make()));
        rig.apply("shop", node("api", sleeper().command("/bin/two").make()));
        rig.await(rig.graphs.delete("shop", Rig.ACTOR));
        assertEquals(3, rig.apply("shop", node("api", sleeper().make())).generation());
        assertEquals(
                List.of(3L, 0L, 2L, 1L),
                rig.graphs.history("shop", 10).stream()
                        .map(Generation::generation)
                        .toList());
        StratoswarmException none =
                assertThrows(StratoswarmException.class, () -> rig.graphs.planRollback("shop", OptionalLong.empty()));
        assertEquals(Kind.NOT_FOUND, none.kind(), "before the present one it was deleted");
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseToApplyAPlanOfAnotherGeneration() {
        GraphManifest manifest = Rig.manifest("shop", node("api", sleeper().make()));
        rig.await(rig.graphs.apply(manifest, new Options(false, OptionalLong.of(0)), Rig.ACTOR));
        StratoswarmException late = assertThrows(
                StratoswarmException.class,
                () -> rig.await(rig.graphs.apply(manifest, new Options(false, OptionalLong.of(0)), Rig.ACTOR)));
        assertEquals(Kind.CONFLICT, late.kind());
        assertTrue(String.valueOf(late.getMessage()).contains("is at generation 1, and not new"), late.getMessage());
        StratoswarmException unknown =
                assertThrows(StratoswarmException.class, () -> rig.graphs.planRollback("shop", OptionalLong.of(9)));
        assertEquals(Kind.NOT_FOUND, unknown.kind());
        assertThrows(StratoswarmException.class, () -> rig.graphs.history("nope", 10));
    }
}
