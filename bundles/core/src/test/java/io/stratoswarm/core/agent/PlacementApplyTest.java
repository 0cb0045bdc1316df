package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.PlacementRefused;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a placement does to agents, their state and their starts. */
class PlacementApplyTest {
    private static final String PINNED = """
            {"name": "g", "nodes": [
              {"id": "a", "command": ["/bin/sleep", "9"], "replicas": %d},
              {"id": "b", "command": ["/bin/sleep", "9"], "affinity": [0]},
              {"id": "c", "command": ["/bin/sleep", "9"]}],
             "constraints": [{"kind": "pin", "nodes": ["a", "b"], "place": "%s"}]}""";

    private final Rig rig = new Rig();

    private static GraphManifest parse(String text) {
        var result = ManifestParser.parse("g.json", text);
        assertEquals(List.of(), result.errors());
        return result.manifest().orElseThrow();
    }

    private void apply(String text) {
        rig.await(rig.graphs.apply(parse(text), Rig.ACTOR));
        rig.settle();
    }

    private AgentState agent(String id) {
        return java.util.Objects.requireNonNull(rig.supervisor.context.ledger.durable.agent(id));
    }

    @Test
    void shouldPlaceAgentsAndKeepThemThere() {
        apply(PINNED.formatted(2, "cpu1"));
        assertEquals("cpu1", agent("g/a.0").place);
        assertEquals(List.of(1), agent("g/a.0").cpus);
        assertEquals(List.of(List.of(1), List.of(0)), rig.host.confined.get("g/a.0"));
        assertEquals("cpu1", agent("g/b").place);
        assertEquals(List.of(), agent("g/b").cpus, "it has an affinity of its own");
        assertEquals("host", agent("g/c").place, "it asks for nothing");
        assertEquals(List.of(List.of(), List.of()), rig.host.confined.get("g/c"));
        String told = rig.last("AgentPlaced").payloadText();
        for (String part : List.of("\"solver\":\"pinning\"", "\"seed\":1", "\"score\":0.25", "\"why\":\"the twin")) {
            assertTrue(told.contains(part), told);
        }
        rig.assertFoldsAgree();
    }

    @Test
    void shouldPlaceReplicasThatComeLaterAndTellNothingOfTheOthers() {
        apply(PINNED.formatted(1, "cpu1"));
        long before = rig.events("AgentPlaced");
        rig.await(rig.graphs.edit("g", "a", Map.of("replicas", "3"), Rig.ACTOR));
        rig.settle();
        assertEquals("cpu1", agent("g/a.2").place);
        assertEquals(List.of(1), agent("g/a.2").cpus);
        assertEquals(before + 2, rig.events("AgentPlaced"), "the first one is where it was");
        apply(PINNED.formatted(1, "cpu1"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldSayNothingWhereNothingChanges() {
        apply(PINNED.formatted(2, "cpu1"));
        long before = rig.journal.events().size();
        apply(PINNED.formatted(2, "cpu1"));
        assertEquals(before, rig.journal.events().size());
    }

    @Test
    void shouldTakePlacesBackWhereTheGraphAsksForNoneAnyMore() {
        apply(PINNED.formatted(2, "cpu1"));
        apply("""
                {"name": "g", "nodes": [{"id": "a", "command": ["/bin/sleep", "9"], "replicas": 2}]}""");
        assertEquals("", agent("g/a.0").place);
        assertEquals(List.of(), agent("g/a.0").cpus);
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseWhatNoPlaceCanGive() {
        apply(PINNED.formatted(2, "cpu1"));
        long before = rig.journal.events().size();
        PlacementRefused refused = assertThrows(PlacementRefused.class, () -> apply(PINNED.formatted(2, "cpu9")));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals(3, refused.violations().size());
        assertEquals("pin a to cpu9", refused.violations().getFirst().rule());
        assertEquals(before, rig.journal.events().size(), "nothing was done");
    }

    @Test
    void shouldRefuseWhereThereIsNoSolver() {
        rig.solver = Optional.empty();
        StratoswarmException refused =
                assertThrows(StratoswarmException.class, () -> apply(PINNED.formatted(2, "cpu1")));
        assertEquals(Kind.UNAVAILABLE, refused.kind());
        apply("""
                {"name": "g", "nodes": [{"id": "a", "command": ["/bin/sleep", "9"]}]}""");
        assertEquals("", agent("g/a").place, "a graph that asks for none needs none");
    }

    @Test
    void shouldKnowPlacesAfterTheDaemonWasStartedAgain() {
        apply(PINNED.formatted(2, "cpu1"));
        rig.crash();
        rig.restartDaemon();
        assertEquals(List.of(1), agent("g/a.1").cpus);
        rig.await(rig.agents.restart("g/a.1", Rig.ACTOR));
        rig.settle();
        assertEquals(List.of(List.of(1), List.of(0)), rig.host.confined.get("g/a.1"));
    }

    @Test
    void shouldExplainWhatRuns() {
        apply(PINNED.formatted(2, "cpu1"));
        var service = new Placer(() -> rig.site, () -> rig.solver).service(() -> rig.supervisor.context.ledger.durable);
        List<Explanation> told = service.explain("g", "a");
        assertEquals(
                List.of("g/a.0", "g/a.1"), told.stream().map(Explanation::agent).toList());
        assertEquals(Optional.of("cpu1"), told.getFirst().place());
        assertThrows(StratoswarmException.class, () -> service.explain("g", "z"));
        assertThrows(StratoswarmException.class, () -> service.explain("z", "a"));
        assertFalse(service.places().places().isEmpty());
    }
}
