package io.stratoswarm.core.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written of a graph into events and state is read back as it was, and written again to the same bytes. */
class CodecProperties {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static JsonNode reread(ObjectNode json) throws JsonProcessingException {
        return MAPPER.readTree(MAPPER.writeValueAsString(json));
    }

    @Property(tries = 500)
    void shouldKeepFlows(@ForAll long seed) throws JsonProcessingException {
        FlowSpec flow = new Specs(new Random(seed)).flow("f");
        ObjectNode json = FlowCodec.write(flow);
        FlowSpec read = FlowCodec.read(reread(json));
        assertEquals(flow, read);
        assertEquals(MAPPER.writeValueAsString(json), MAPPER.writeValueAsString(FlowCodec.write(read)));
    }

    @Property(tries = 500)
    void shouldKeepRules(@ForAll long seed) throws JsonProcessingException {
        GraphRules rules = new Specs(new Random(seed)).rules();
        GraphRules read = GraphRules.read(reread(rules.write()));
        assertEquals(rules, read);
        assertEquals(MAPPER.writeValueAsString(rules.write()), MAPPER.writeValueAsString(read.write()));
    }

    @Property(tries = 500)
    void shouldKeepNodesAndKinds(@ForAll long seed) throws JsonProcessingException {
        NodeSpec node = new Specs(new Random(seed)).node("n");
        NodeSpec derived = Wiring.derive(List.of(node), List.of()).getFirst();
        ObjectNode json = MAPPER.createObjectNode();
        NodeCodec.write(json, node);
        JsonNode read = reread(json);
        AgentSpec spec = derived.agent();
        assertEquals(
                derived,
                new NodeSpec(
                        "n",
                        spec,
                        read.path("replicas").intValue(),
                        NodeCodec.dependsOn(read),
                        BuiltinCodec.read(spec),
                        NodeCodec.channels(read),
                        NodeCodec.request(read),
                        NodeCodec.policies(read)));
    }
}
