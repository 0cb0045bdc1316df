package io.stratoswarm.core.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Builtin;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WiringTest {
    private static GraphManifest parse(String text) {
        var result = ManifestParser.parse("g.json", text);
        assertEquals(List.of(), result.errors());
        return result.manifest().orElseThrow();
    }

    private static Map<String, AgentSpec> derived(String text) {
        GraphManifest manifest = parse(text);
        Map<String, AgentSpec> specs = new TreeMap<>();
        for (NodeSpec node : Wiring.derive(manifest.nodes(), manifest.flows())) {
            specs.put(node.id(), node.agent());
        }
        return specs;
    }

    private static AgentSpec of(Map<String, AgentSpec> specs, String node) {
        return Objects.requireNonNull(specs.get(node), node);
    }

    @Test
    void shouldLeaveNodesWithoutFlowsAsTheyAre() {
        GraphManifest manifest =
                parse("{\"name\": \"g\", \"nodes\": [{\"id\": \"a\", \"command\": [\"/bin/sleep\", \"9\"]}]}");
        assertEquals(manifest.nodes(), Wiring.derive(manifest.nodes(), manifest.flows()));
    }

    @Test
    void shouldWireTheEndsOfFlowsAndGiveTheOthersAProgram() {
        Map<String, AgentSpec> specs = derived("""
                {"name": "g", "nodes": [
                  {"id": "log", "type": "source", "file": {"path": "/var/log/syslog"}},
                  {"id": "parse", "command": ["/bin/cat"], "channels": {"errors": {"direction": "out"}, "unused": {"direction": "out"}}},
                  {"id": "rich", "type": "script", "script": "enrich"},
                  {"id": "out", "type": "sink", "file": {"path": "/tmp/out", "append": true}},
                  {"id": "bad", "type": "sink", "http": {"url": "http://localhost:9/"}}],
                 "flows": [{"from": "log", "to": "parse"}, {"from": "parse", "to": "rich"}, {"from": "rich", "to": "out"},
                           {"from": "parse.errors", "to": "bad"}]}""");
        assertEquals(
                Map.of(
                        "log", List.of(new Wire("stdout", true, false)),
                        "parse",
                                List.of(
                                        new Wire("errors", true, false),
                                        new Wire("stdin", false, false),
                                        new Wire("stdout", true, false)),
                        "rich", List.of(new Wire("stdin", false, false), new Wire("stdout", true, false)),
                        "out", List.of(new Wire("stdin", false, false)),
                        "bad", List.of(new Wire("stdin", false, false))),
                specs.entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(
                                Map.Entry::getKey, spec -> spec.getValue().wires())));
        AgentSpec log = of(specs, "log");
        assertEquals(
                Optional.of(new Builtin(
                        "source", "{\"file\":{\"path\":\"/var/log/syslog\",\"follow\":true,\"from\":\"start\"}}")),
                log.builtin());
        assertEquals(Lifecycle.ONESHOT, log.lifecycle());
        assertTrue(log.command().isEmpty());
        assertEquals("source file /var/log/syslog", BuiltinCodec.text(log));
        assertEquals(
                "{\"script\":\"enrich\",\"batch\":256}",
                of(specs, "rich").builtin().orElseThrow().settings());
        assertEquals(
                "{\"file\":{\"path\":\"/tmp/out\",\"append\":true}}",
                of(specs, "out").builtin().orElseThrow().settings());
        assertEquals("sink http http://localhost:9/", BuiltinCodec.text(of(specs, "bad")));
        assertEquals(Optional.empty(), of(specs, "parse").builtin());
        assertEquals("/bin/cat", BuiltinCodec.text(of(specs, "parse")));
    }

    @Test
    void shouldGiveReceiversThatAcknowledgeFreshPipes() {
        Map<String, AgentSpec> specs = derived("""
                {"name": "g", "nodes": [
                  {"id": "a", "command": ["/bin/cat"]},
                  {"id": "b", "command": ["/bin/cat"], "channels": {"done": {"direction": "out"}}},
                  {"id": "c", "command": ["/bin/cat"]},
                  {"id": "d", "command": ["/bin/cat"]}],
                 "flows": [
                   {"from": "a", "to": "b", "delivery": "at-least-once", "ack": "channel", "ackChannel": "done"},
                   {"from": "b", "to": "c"},
                   {"from": "c", "to": "d", "delivery": "at-least-once", "ack": "one-to-one"}]}""");
        assertEquals(List.of(new Wire("stdout", true, false)), of(specs, "a").wires());
        assertEquals(
                List.of(new Wire("done", true, true), new Wire("stdin", false, true), new Wire("stdout", true, true)),
                of(specs, "b").wires());
        assertEquals(
                List.of(new Wire("stdin", false, false), new Wire("stdout", true, false)),
                of(specs, "c").wires());
        assertEquals(
                List.of(new Wire("stdin", false, true), new Wire("stdout", true, true)),
                of(specs, "d").wires());
    }

    @Test
    void shouldOrderReadersBeforeWritersWhereNothingElseIsDeclared() {
        Map<String, List<NodeSpec.Dependency>> none = Map.of("a", List.of(), "b", List.of(), "c", List.of());
        assertEquals(List.of("a", "b", "c"), Topology.order(none));
        assertEquals(List.of("c", "b", "a"), Topology.order(none, Map.of("a", Set.of("b"), "b", Set.of("c"))));
        Map<String, List<NodeSpec.Dependency>> declared = Map.of(
                "a", List.of(), "b", List.of(new NodeSpec.Dependency("a", NodeSpec.Condition.STARTED)), "c", List.of());
        assertEquals(
                List.of("c", "a", "b"),
                Topology.order(declared, Map.of("a", Set.of("b", "c"))),
                "what is declared holds, and the wish for the rest");
    }
}
