package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class FlowChecksTest {
    /** A source, two workers that say what they take and give, a sink, and a graph's further parts. */
    private static String graph(String parts) {
        return """
                {"name": "g", "types": {"order": {"format": "json"}}, "nodes": [
                  {"id": "in", "type": "source", "file": {"path": "/srv"}},
                  {"id": "work", "command": ["sleep", "9"], "channels": {"stdin": {"data": "order"}, "stdout": {"data": "order"},
                    "errors": {"direction": "out"}, "acks": {"direction": "out"}, "orders": {"direction": "in"}}},
                  {"id": "many", "command": ["sleep", "9"], "replicas": 3},
                  {"id": "out", "type": "sink", "file": {"path": "/srv"}}],
                """ + parts + "}";
    }

    private static String rendered(ManifestResult result) {
        return result.errors().stream().map(ManifestProblem::render).collect(Collectors.joining("\n"));
    }

    private static ManifestResult parse(String text) {
        return ManifestParser.parse("g.json", text, new FixedHost());
    }

    @Test
    void shouldFillInWhatAFlowDoesNotSay() {
        ManifestResult result = parse(graph("\"flows\": [{\"from\": \"work\", \"to\": \"out\"}]"));
        assertEquals("", rendered(result));
        GraphManifest manifest = result.manifest().orElseThrow();
        FlowSpec flow = manifest.flows().getFirst();
        assertEquals("work-out", flow.id());
        assertEquals(new FlowSpec.End("work", "stdout"), flow.from());
        assertEquals(List.of(new FlowSpec.End("out", "stdin")), flow.to());
        assertEquals("order", flow.data().name());
        assertEquals(DataType.Format.JSON, flow.result().format());
        assertEquals(FlowSpec.Framing.LINES, flow.framing());
        assertEquals(new FlowSpec.Delivery.AtMostOnce(), flow.delivery());
        assertEquals(
                new NodeKind.Source(new NodeKind.Endpoint.File("/srv", true, false, false)),
                manifest.nodes().getFirst().kind());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', textBlock = """
            {"from": "inn", "to": "out"}~begins at 'inn', which is no node of this graph; did you mean 'in'?
            {"from": "in", "to": "nowhere"}~ends at 'nowhere', which is no node
            {"from": "out", "to": "work"}~the sink 'out' gives no records
            {"from": "work", "to": "in"}~the source 'in' takes no records
            {"from": "work.error", "to": "out"}~has no channel 'error'; did you mean 'errors'?
            {"from": "work.orders", "to": "out"}~has the direction in; a flow cannot begin there
            {"from": "many", "to": "work.errors"}~has the direction out; a flow cannot end there
            {"from": "work", "to": ["out", "out"], "route": "copy"}~'out.stdin' is named twice
            {"from": "in", "to": "many"}~has 3 receivers, so say with 'route'
            {"from": "many", "to": "work"}~delivers 'text', but 'work.stdin' takes 'order'
            {"from": "work", "to": "out", "data": "json"}~carries 'json', but 'work.stdout' gives 'order'
            {"from": "in", "to": "out", "data": "ordr"}~unknown data type 'ordr'; did you mean 'order'?
            {"from": "in", "to": "work", "data": "json", "result": "order"}~nothing on the way makes 'order' of 'json'
            {"from": "in", "to": "out", "transforms": [{"where": {"field": "x", "exists": true}}]}~must carry json, not text
            {"from": "in", "to": "out", "transforms": [{"project": ["$"]}]}~works on fields, not on the whole record
            {"from": "in", "to": "out", "delivery": "at-least-once"}~at-least-once needs an 'ack'
            {"from": "in", "to": "many", "route": "copy", "delivery": "at-least-once", "ack": "channel"}~has no channel 'ack' of direction out
            {"from": "in", "to": "out", "delivery": "at-least-once", "ack": "one-to-one"}~the sink 'out' gives no records
            {"from": "in", "to": "many", "route": "copy"}, {"id": "f", "from": "in", "to": "many", "route": "copy", "delivery": "at-least-once", "ack": "one-to-one"}~with another delivery
            {"from": "in", "to": "work", "data": "order", "delivery": "at-least-once", "ack": "one-to-one"}, {"from": "work", "to": "out"}, {"id": "f", "from": "work.errors", "to": "many", "route": "copy"}~flows begin at 'work' on errors and stdout
            {"from": "in", "to": "work", "data": "order", "delivery": "at-least-once", "ack": "one-to-one"}, {"id": "f", "from": "in", "to": "work.orders", "data": "order"}~flows come to 'work' on orders and stdin
            {"from": "in", "to": "out", "framing": "bytes", "rate": "9/s"}~knows no records; give the rate in bytes
            {"from": "in", "to": "out", "framing": "bytes", "delivery": "at-least-once", "ack": "on-eof"}~at-least-once cannot be kept
            {"from": "in", "to": "out", "framing": "bytes", "transforms": [{"sample": 1}]}~nothing can be transformed
            {"from": "in", "to": "many", "framing": "bytes", "route": "round-robin"}~nothing but copy can spread them
            {"from": "in", "to": "out", "data": "bytes"}~may hold newlines
            {"from": "in", "to": "many", "route": "key-hash", "key": "user"}~what is delivered must be json
            {"from": "in", "to": "many", "route": "predicate", "cases": [{"to": "out"}]}~which the flow does not name in 'to'
            {"from": "in", "to": "many", "route": "predicate", "cases": [{"to": "many"}, {"to": "many"}]}~so it must be the last one
            {"from": "in", "to": "out", "rate": "0/s"}~more than none
            {"from": "in", "to": "out", "burst": 5}~only for a flow with a 'rate'
            {"from": "in", "to": "out"}, {"from": "in", "to": "out"}~duplicate id 'in-out'
            {"from": "in", "to": "out"}, {"id": "f", "from": "in", "to": "out", "data": "json"}~they must agree
            {"from": "many", "to": "many", "route": "copy"}~flow cycle: many -> many
            {"from": "many", "to": "work", "data": "order"}, {"from": "work", "to": "many", "route": "copy"}~flow cycle: many -> work -> many
            """)
    void shouldRefuse(String flows, String part) {
        ManifestResult result = parse(graph("\"flows\": [" + flows + "]"));
        assertTrue(rendered(result).contains(part), "expected '" + part + "' in:\n" + rendered(result));
        assertTrue(result.manifest().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', textBlock = """
            {"kind": "spred"}~did you mean 'spread'?
            {"kind": "spread", "nodes": ["wrk"]}~which is no node of this graph; did you mean 'work'?
            {"kind": "pin", "nodes": ["work"], "place": "x", "by": "zone"}~'by' does not belong to a constraint of kind pin
            {"kind": "capacity", "agents": 2, "share": 0.5}~needs either 'agents'
            {"kind": "co-location", "nodes": ["work"]}~must name two or more
            {"kind": "affinity", "nodes": [], "label": "x"}~'nodes' names none
            """)
    void shouldRefuseConstraints(String constraint, String part) {
        ManifestResult result = parse(graph("\"constraints\": [" + constraint + "]"));
        assertTrue(rendered(result).contains(part), "expected '" + part + "' in:\n" + rendered(result));
    }

    @Test
    void shouldAskTheBundleOfATypeOfNode() {
        NodeType kafka = new NodeType() {
            @Override
            public String id() {
                return "acme.kafka";
            }

            @Override
            public List<String> check(String settings) {
                return settings.equals("{\"topic\":\"a\"}") ? List.of() : List.of("topic: is missing; name one");
            }

            @Override
            public void run(io.stratoswarm.api.flow.NodeContext context) {
                throw new UnsupportedOperationException("it is only checked here");
            }
        };
        String text =
                "{\"name\": \"g\", \"nodes\": [{\"id\": \"a\", \"type\": \"%s\", \"settings\": {\"topic\": \"%s\"}}]}";
        Extensions with = new Extensions(List.of(), List.of(kafka), true);
        assertEquals(
                new NodeKind.Plugin("acme.kafka", "{\"topic\":\"a\"}"),
                ManifestParser.parse(GraphSource.of("g.json", text.formatted("acme.kafka", "a")), with)
                        .manifest()
                        .orElseThrow()
                        .nodes()
                        .getFirst()
                        .kind());
        assertTrue(rendered(ManifestParser.parse(GraphSource.of("g.json", text.formatted("acme.kafka", "b")), with))
                .contains("topic: is missing"));
        assertTrue(rendered(ManifestParser.parse(GraphSource.of("g.json", text.formatted("acme.kafca", "a")), with))
                .contains("did you mean 'acme.kafka'?"));
        ManifestResult offline = parse(text.formatted("acme.kafka", "a"));
        assertEquals("", rendered(offline));
        assertTrue(offline.warnings().getFirst().message().contains("only the daemon can check it"));
    }
}
