package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Declaration;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Graphs with flows: what is declared of them, and what it does to agents. */
class FlowApplyTest {
    private static final String PIPELINE = """
            {"name": "g", "labels": {"team": "x"}, "nodes": [
              {"id": "ingest", "type": "source", "file": {"path": "/var/log/syslog"}},
              {"id": "parse", "command": ["/bin/cat"]},
              {"id": "web", "command": ["/bin/sleep", "9"]}],
             "flows": [{"from": "ingest", "to": "parse", "buffer": "%s"}],
             "constraints": [{"kind": "pin", "nodes": ["parse"], "place": "here"}],
             "objectives": {"latency": 2}}""";

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

    @Test
    void shouldDeclareFlowsAndRules() {
        apply(PIPELINE.formatted("1MiB"));
        Declaration declared = rig.graphs.declaration("g").orElseThrow();
        assertEquals(1, declared.generation());
        assertEquals("ingest-parse", declared.flows().getFirst().id());
        assertEquals(List.of(new Constraint.Pin(List.of("parse"), "here")), declared.constraints());
        assertEquals(1, declared.objectives().size());
        assertEquals(
                List.of(new Wire("stdout", true, false)),
                declared.nodes().getFirst().agent().wires());
        assertEquals("source file /var/log/syslog", rig.status("g/ingest").command());
        assertEquals(
                List.of("start g/parse 1", "start g/web 1", "start g/ingest 1"),
                rig.host.calls.stream()
                        .filter(call -> call.startsWith("start "))
                        .toList(),
                "a reader starts before what writes to it");
        assertEquals(AgentPhase.RUNNING, rig.phase("g/ingest"), "it says itself when it is ready");
        rig.host.ready("g/ingest");
        rig.settle();
        assertEquals(AgentPhase.READY, rig.phase("g/ingest"));
        rig.assertFoldsAgree();
    }

    @Test
    void shouldChangeAFlowWithoutARestartAndRewireWithOne() {
        apply(PIPELINE.formatted("1MiB"));
        apply(PIPELINE.formatted("2MiB"));
        Declaration declared = rig.graphs.declaration("g").orElseThrow();
        assertEquals(2L << 20, declared.flows().getFirst().bufferBytes());
        assertEquals(2, declared.generation());
        assertEquals(1, rig.status("g/parse").incarnation());
        apply(PIPELINE.formatted("2MiB")
                .replace("\"flows\": [{\"from\": \"ingest\"", "\"flows\": [{\"from\": \"web\""));
        assertEquals(2, rig.status("g/web").incarnation(), "its output goes elsewhere now");
        assertEquals(1, rig.status("g/parse").incarnation(), "its input is as it was");
        assertEquals(
                List.of("web-parse"),
                rig.graphs.declaration("g").orElseThrow().flows().stream()
                        .map(FlowSpec::id)
                        .toList());
        rig.assertFoldsAgree();
        rig.restartDaemon();
        assertEquals(3, rig.graphs.declaration("g").orElseThrow().generation());
    }

    @Test
    void shouldWriteRulesThatFitNoSingleEvent() {
        GraphManifest small = parse(PIPELINE.formatted("1MiB"));
        List<Constraint> many = new ArrayList<>();
        IntStream.range(0, 3_000).forEach(i -> many.add(new Constraint.Pin(List.of("parse"), "place-" + i)));
        GraphManifest large = new GraphManifest(
                "g", "", Map.of("team", "x"), small.nodes(), small.flows(), many, small.objectives(), "{}");
        rig.solver = Optional.of(new PinningSolver(false));
        rig.await(rig.graphs.apply(large, Rig.ACTOR));
        assertTrue(rig.events(Events.GRAPH_RULES_DECLARED) > 1);
        assertTrue(rig.journal.events().stream().allMatch(event -> event.payload().length < 65_000));
        assertEquals(many, rig.graphs.declaration("g").orElseThrow().constraints());
        rig.assertFoldsAgree();
        rig.await(rig.graphs.apply(small, Rig.ACTOR));
        assertEquals(1, rig.graphs.declaration("g").orElseThrow().constraints().size());
        rig.assertFoldsAgree();
    }

    @Test
    void shouldRefuseFlowsThatLeadNowhere() {
        GraphManifest good = parse(PIPELINE.formatted("1MiB"));
        FlowSpec flow = good.flows().getFirst();
        for (FlowSpec wrong : List.of(
                with(flow, new FlowSpec.End("nope", "stdout"), flow.to()),
                with(flow, new FlowSpec.End("web", "stdin"), flow.to()),
                with(flow, flow.from(), List.of(new FlowSpec.End("parse", "nope"))),
                with(flow, flow.from(), List.of()))) {
            GraphManifest bad =
                    new GraphManifest("g", "", Map.of(), good.nodes(), List.of(wrong), List.of(), List.of(), "{}");
            StratoswarmException refused =
                    assertThrows(StratoswarmException.class, () -> rig.await(rig.graphs.apply(bad, Rig.ACTOR)));
            assertEquals(Kind.INVALID, refused.kind());
        }
        assertEquals(List.of(), rig.graphs.list());
    }

    private static FlowSpec with(FlowSpec f, FlowSpec.End from, List<FlowSpec.End> to) {
        return new FlowSpec(
                f.id(),
                from,
                to,
                f.data(),
                f.result(),
                f.transforms(),
                f.rate(),
                f.framing(),
                f.maxRecordBytes(),
                f.bufferBytes(),
                f.delivery(),
                f.routing(),
                f.labels());
    }

    @Test
    void shouldCompleteWhatRanToItsEndInsideOfTheDaemon() {
        apply(PIPELINE.formatted("1MiB"));
        rig.host.exits("g/ingest", 0);
        rig.settle();
        assertEquals(AgentPhase.COMPLETED, rig.phase("g/ingest"));
    }

    @Test
    void shouldTellWatchersOfGraphsThatChange() throws Exception {
        apply(PIPELINE.formatted("1MiB"));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (AutoCloseable watch = rig.graphs.watch(told::add)) {
            assertEquals("g", told.poll(30, TimeUnit.SECONDS), "what is there is told at once");
            rig.host.exits("g/web", 1);
            rig.settle();
            assertEquals("g", told.poll(30, TimeUnit.SECONDS));
        }
        told.clear();
        rig.host.exits("g/web", 1);
        rig.settle();
        assertEquals(null, told.poll(50, TimeUnit.MILLISECONDS), "a closed watch is told nothing");
    }
}
