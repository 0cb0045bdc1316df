package io.stratoswarm.core.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.graph.BuiltinCodec;
import io.stratoswarm.core.graph.FlowCodec;
import io.stratoswarm.core.graph.GraphRules;
import io.stratoswarm.core.graph.NodeCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Canonical bytes of {@link AgentsState}: JSON, graphs and agents by sorted id, fields in a fixed order, every field present. */
final class StateCodec {
    private static final JsonFactory FACTORY = new JsonFactory(Json.MAPPER);

    private StateCodec() {}

    static byte[] encode(AgentsState state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        try (JsonGenerator g = FACTORY.createGenerator(out)) {
            g.writeStartObject();
            g.writeStringField("bootId", state.bootId);
            g.writeNumberField("daemonStarts", state.daemonStarts);
            g.writeNumberField("incarnationFloor", state.incarnationFloor);
            g.writeObjectFieldStart("retired");
            for (Map.Entry<String, Long> graph : new TreeMap<>(state.retired).entrySet()) {
                g.writeNumberField(graph.getKey(), graph.getValue());
            }
            g.writeEndObject();
            g.writeArrayFieldStart("graphs");
            for (GraphState graph : new TreeMap<>(state.graphs).values()) {
                graph(g, graph);
            }
            g.writeEndArray();
            g.writeArrayFieldStart("agents");
            for (AgentState agent : new TreeMap<>(state.agents).values()) {
                agent(g, agent);
            }
            g.writeEndArray();
            g.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void graph(JsonGenerator g, GraphState graph) throws IOException {
        g.writeStartObject();
        g.writeStringField("name", graph.name());
        g.writeNumberField("generation", graph.generation());
        g.writeStringField("description", graph.description());
        g.writeStringField("source", graph.source());
        g.writeBooleanField("deleting", graph.deleting());
        g.writeArrayFieldStart("nodes");
        for (NodeState node : graph.nodes().values()) {
            g.writeStartObject();
            g.writeStringField("id", node.id());
            g.writeNumberField("version", node.version());
            g.writeNumberField("born", node.born());
            g.writeBooleanField("removed", node.removed());
            ArrayNode members = Json.object().putArray("members");
            MemberState.write(members, node.members().values());
            g.writeFieldName("members");
            g.writeTree(members);
            ObjectNode declared = Json.object();
            NodeCodec.write(declared, node.node());
            g.writeFieldName("declared");
            g.writeTree(declared);
            g.writeObjectFieldStart("specs");
            for (Map.Entry<Integer, AgentSpec> spec : new TreeMap<>(node.specs()).entrySet()) {
                g.writeFieldName(Integer.toString(spec.getKey()));
                g.writeTree(SpecCodec.write(spec.getValue()));
            }
            g.writeEndObject();
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeArrayFieldStart("flows");
        for (FlowSpec flow : graph.flows().values()) {
            g.writeTree(FlowCodec.write(flow));
        }
        g.writeEndArray();
        g.writeFieldName("rules");
        g.writeTree(graph.rules().write());
        g.writeObjectFieldStart("diverged");
        for (Map.Entry<String, SortedMap<String, String>> item :
                graph.diverged().entrySet()) {
            g.writeObjectFieldStart(item.getKey());
            for (Map.Entry<String, String> property : item.getValue().entrySet()) {
                g.writeStringField(property.getKey(), property.getValue());
            }
            g.writeEndObject();
        }
        g.writeEndObject();
        g.writeArrayFieldStart("held");
        for (String flow : graph.held()) {
            g.writeString(flow);
        }
        g.writeEndArray();
        g.writeEndObject();
    }

    private static void agent(JsonGenerator g, AgentState a) throws IOException {
        g.writeStartObject();
        g.writeStringField("id", a.id);
        g.writeStringField("graph", a.graph);
        g.writeStringField("node", a.node);
        g.writeNumberField("replica", a.replica);
        g.writeStringField("phase", a.phase.name());
        g.writeStringField("reason", a.reason);
        g.writeNumberField("since", a.since);
        g.writeNumberField("incarnation", a.incarnation);
        g.writeNumberField("specVersion", a.specVersion);
        g.writeNumberField("pid", a.pid);
        g.writeNumberField("started", a.started);
        g.writeBooleanField("ready", a.ready);
        g.writeBooleanField("healthy", a.healthy);
        g.writeStringField("unlimited", a.unlimited);
        g.writeStringField("place", a.place);
        numbers(g, "cpus", a.cpus);
        numbers(g, "memoryNodes", a.memoryNodes);
        g.writeBooleanField("completed", a.completed);
        g.writeBooleanField("resume", a.resume);
        g.writeStringField("then", a.then.name());
        g.writeNumberField("restarts", a.restarts);
        g.writeNumberField("streak", a.streak);
        g.writeNumberField("due", a.due);
        g.writeFieldName("recent");
        g.writeArray(a.recent, 0, a.recent.length);
        g.writeArrayFieldStart("endedInputs");
        for (String channel : new TreeSet<>(a.endedInputs)) {
            g.writeString(channel);
        }
        g.writeEndArray();
        if (a.lease == null) {
            g.writeNullField("lease");
        } else {
            g.writeObjectFieldStart("lease");
            g.writeStringField("holder", a.lease.holder());
            g.writeNumberField("until", a.lease.until());
            g.writeNumberField("millis", a.lease.millis());
            g.writeStringField("reason", a.lease.reason());
            g.writeEndObject();
        }
        if (a.held == null) {
            g.writeNullField("held");
        } else {
            g.writeObjectFieldStart("held");
            g.writeBooleanField("success", a.held.success());
            g.writeNumberField("ranMillis", a.held.ranMillis());
            g.writeEndObject();
        }
        g.writeStringField("lastExit", a.lastExit);
        g.writeNumberField("sequence", a.sequence);
        g.writeEndObject();
    }

    private static void numbers(JsonGenerator g, String name, List<Integer> numbers) throws IOException {
        g.writeArrayFieldStart(name);
        for (int number : numbers) {
            g.writeNumber(number);
        }
        g.writeEndArray();
    }

    private static List<Integer> numbers(JsonNode json) {
        return StreamSupport.stream(json.spliterator(), false)
                .map(JsonNode::intValue)
                .toList();
    }

    static AgentsState decode(byte[] bytes) {
        JsonNode json = Json.tree(bytes);
        AgentsState state = new AgentsState();
        state.bootId = json.path("bootId").textValue();
        state.daemonStarts = json.path("daemonStarts").longValue();
        state.incarnationFloor = json.path("incarnationFloor").longValue();
        json.path("retired")
                .properties()
                .forEach(graph ->
                        state.retired.put(graph.getKey(), graph.getValue().longValue()));
        json.path("graphs").forEach(graph -> graph(state, graph));
        json.path("agents").forEach(agent -> state.put(agent(agent)));
        return state;
    }

    private static void graph(AgentsState state, JsonNode json) {
        Map<String, NodeState> nodes = new TreeMap<>();
        for (JsonNode n : json.path("nodes")) {
            Map<Integer, AgentSpec> specs = new TreeMap<>();
            n.path("specs")
                    .properties()
                    .forEach(e -> specs.put(Integer.valueOf(e.getKey()), SpecCodec.read(e.getValue())));
            int version = n.path("version").intValue();
            AgentSpec spec = Objects.requireNonNull(specs.get(version), "the declared version has a spec");
            JsonNode declared = n.path("declared");
            NodeSpec node = new NodeSpec(
                    n.path("id").textValue(),
                    spec,
                    declared.path("replicas").intValue(),
                    NodeCodec.dependsOn(declared),
                    BuiltinCodec.read(spec),
                    NodeCodec.channels(declared),
                    NodeCodec.request(declared),
                    NodeCodec.policies(declared));
            nodes.put(
                    node.id(),
                    new NodeState(
                            node,
                            version,
                            n.path("born").longValue(),
                            specs,
                            MemberState.read(n.path("members"), node.replicas()),
                            n.path("removed").booleanValue()));
        }
        Map<String, FlowSpec> flows = new TreeMap<>();
        json.path("flows").forEach(flow -> flows.put(flow.path("id").textValue(), FlowCodec.read(flow)));
        Map<String, SortedMap<String, String>> diverged = new TreeMap<>();
        json.path("diverged").properties().forEach(item -> {
            SortedMap<String, String> properties = new TreeMap<>();
            item.getValue()
                    .properties()
                    .forEach(property -> properties.put(
                            property.getKey(), property.getValue().textValue()));
            diverged.put(item.getKey(), properties);
        });
        Set<String> held = new TreeSet<>();
        json.path("held").forEach(flow -> held.add(flow.textValue()));
        String name = json.path("name").textValue();
        state.graphs.put(
                name,
                new GraphState(
                        name,
                        json.path("generation").longValue(),
                        json.path("description").textValue(),
                        json.path("source").textValue(),
                        json.path("deleting").booleanValue(),
                        nodes,
                        flows,
                        GraphRules.read(json.path("rules")),
                        diverged,
                        held));
    }

    private static AgentState agent(JsonNode json) {
        AgentState a = new AgentState(
                json.path("id").textValue(),
                json.path("graph").textValue(),
                json.path("node").textValue(),
                json.path("replica").intValue());
        a.phase = AgentPhase.valueOf(json.path("phase").textValue());
        a.reason = json.path("reason").textValue();
        a.since = json.path("since").longValue();
        a.incarnation = json.path("incarnation").longValue();
        a.specVersion = json.path("specVersion").intValue();
        a.pid = json.path("pid").intValue();
        a.started = json.path("started").longValue();
        a.ready = json.path("ready").booleanValue();
        a.healthy = json.path("healthy").booleanValue();
        a.unlimited = json.path("unlimited").textValue();
        a.place = json.path("place").asText();
        a.cpus = numbers(json.path("cpus"));
        a.memoryNodes = numbers(json.path("memoryNodes"));
        a.completed = json.path("completed").booleanValue();
        a.resume = json.path("resume").booleanValue();
        a.then = AgentState.Then.valueOf(json.path("then").textValue());
        a.restarts = json.path("restarts").longValue();
        a.streak = json.path("streak").intValue();
        a.due = json.path("due").longValue();
        a.recent = StreamSupport.stream(json.path("recent").spliterator(), false)
                .mapToLong(JsonNode::longValue)
                .toArray();
        a.endedInputs = StreamSupport.stream(json.path("endedInputs").spliterator(), false)
                .map(JsonNode::textValue)
                .collect(Collectors.toUnmodifiableSet());
        JsonNode lease = json.path("lease");
        if (lease.isObject()) {
            a.lease = new AgentState.LeaseState(
                    lease.path("holder").textValue(),
                    lease.path("until").longValue(),
                    lease.path("millis").longValue(),
                    lease.path("reason").textValue());
        }
        JsonNode held = json.path("held");
        if (held.isObject()) {
            a.held = new AgentState.HeldEnd(
                    held.path("success").booleanValue(), held.path("ranMillis").longValue());
        }
        a.lastExit = json.path("lastExit").textValue();
        a.sequence = json.path("sequence").longValue();
        return a;
    }
}
