package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementRefused;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
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

    private Graphs.Revision second(String place) {
        Graphs.Declaration now = rig.graphs.declaration("g").orElseThrow();
        List<Member> two = List.of(Member.of(0, ""), Member.of(1, ""));
        return new Graphs.Revision(
                now.nodes().stream()
                        .map(node -> node.id().equals("c") ? node.withReplicas(2) : node)
                        .toList(),
                now.flows(),
                Map.of("c", two),
                now.held(),
                Map.of("c", Map.of(1, place)),
                OptionalLong.of(now.generation()),
                "");
    }

    @Test
    void shouldPutWhoComesWhereTheRevisionHasItOrSayWhyNotBeforehand() {
        apply(PINNED.formatted(1, "cpu1"));
        long before = rig.journal.events().size();
        StratoswarmException unknown =
                assertThrows(StratoswarmException.class, () -> rig.graphs.plan("g", second("cpu7")));
        assertTrue(String.valueOf(unknown.getMessage()).contains("no such place; it has host, here, cpu0, cpu1"));
        rig.graphs.plan("g", second("cpu0"));
        assertEquals(before, rig.journal.events().size(), "a plan does nothing");
        rig.await(rig.graphs.revise("g", second("cpu0"), Rig.ACTOR));
        rig.settle();
        assertEquals("cpu0", agent("g/c.1").place);
        assertEquals("host", agent("g/c").place);
        rig.assertFoldsAgree();
    }

    /** All that may move is better on {@code cpu0}, by a quarter. */
    private Relocation relocation(double movingWeight) {
        PinningSolver present = new PinningSolver(false);
        PlacementSolver better = new PlacementSolver() {
            @Override
            public String name() {
                return "twin";
            }

            @Override
            public Placement solve(PlacementProblem problem, Budget budget, BooleanSupplier cancelled) {
                Placement now = present.solve(problem, budget, cancelled);
                if (budget.steps().isPresent()) {
                    return now;
                }
                double all = problem.nodes().stream()
                        .flatMap(node -> node.agents().stream())
                        .mapToDouble(PlacementProblem.Agent::movingCost)
                        .sum();
                Map<String, String> places = new LinkedHashMap<>(now.places());
                double moved = 0;
                for (PlacementProblem.Group node : problem.nodes()) {
                    for (PlacementProblem.Agent agent : node.agents()) {
                        boolean moves = agent.movingCost() <= 1 && "cpu1".equals(places.get(agent.id()));
                        moved += moves ? agent.movingCost() : 0;
                        if (moves) {
                            places.put(agent.id(), "cpu0");
                        }
                    }
                }
                double share = moved / all;
                return new Placement(
                        places,
                        List.of(),
                        share,
                        (moved > 0 ? 0 : 0.25) + problem.movingWeight() * share,
                        List.of(),
                        false,
                        now.end(),
                        1,
                        1,
                        name());
            }

            @Override
            public Explanation explain(PlacementProblem problem, Map<String, String> places, String agent) {
                return present.explain(problem, places, agent);
            }
        };
        return new Placer(() -> rig.site, () -> Optional.of(better))
                .service(() -> rig.supervisor.context.ledger.durable)
                .relocation("g", movingWeight);
    }

    @Test
    void shouldMoveWhereTheGainIsLargerThanTheCostAndOnlyWhoDeclaresItsState() {
        apply(PINNED.formatted(2, "cpu1"));
        Relocation none = relocation(0.1);
        assertEquals(List.of(), none.moves(), "no node says what its agents keep");
        assertEquals(3, none.refused().size());
        assertTrue(
                none.refused().getFirst().contains("label state"),
                none.refused().getFirst());
        apply(PINNED.formatted(2, "cpu1").replace("\"replicas\"", "\"labels\": {\"state\": \"none\"}, \"replicas\""));
        Relocation two = relocation(0.1);
        assertEquals(
                List.of("g/a.0", "g/a.1"),
                two.moves().stream().map(Relocation.Move::agent).toList());
        assertEquals(0.25, two.gain(), 1e-9);
        assertEquals(0.05, two.cost(), 1e-9, "two of four agents");
        assertEquals(1, two.refused().size(), "b says nothing");
        assertEquals(List.of(), relocation(1).moves(), "they would cost a half");
    }
}
