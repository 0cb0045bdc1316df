package io.stratoswarm.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.graph.NodeSpec.Dependency;
import io.stratoswarm.api.graph.PlaceRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What a node is beside its agents' spec, as canonical JSON and back. */
public final class NodeCodec {
    private NodeCodec() {}

    /** Everything but id and spec; what is not declared is left out, so that nodes of before keep their bytes. */
    public static void write(ObjectNode json, NodeSpec node) {
        json.put("replicas", node.replicas());
        ArrayNode dependsOn = json.putArray("dependsOn");
        for (Dependency dependency : node.dependsOn()) {
            dependsOn
                    .addObject()
                    .put("node", dependency.node())
                    .put("condition", dependency.condition().name());
        }
        if (!node.channels().isEmpty()) {
            ArrayNode channels = json.putArray("channels");
            for (Channel channel : node.channels()) {
                ObjectNode item =
                        channels.addObject().put("name", channel.name()).put("out", channel.out());
                channel.data().ifPresent(data -> item.put("data", data));
            }
        }
        if (!node.request().equals(PlaceRequest.NONE)) {
            json.set("request", request(node.request()));
        }
        if (!node.policies().isEmpty()) {
            ArrayNode policies = json.putArray("policies");
            node.policies().forEach(policies::add);
        }
    }

    private static ObjectNode request(PlaceRequest request) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        request.cpuCores().ifPresent(v -> json.put("cpuCores", v));
        request.memoryBytes().ifPresent(v -> json.put("memoryBytes", v));
        request.gpus().ifPresent(v -> json.put("gpus", v));
        request.gpuMemoryBytes().ifPresent(v -> json.put("gpuMemoryBytes", v));
        request.diskBytes().ifPresent(v -> json.put("diskBytes", v));
        request.bandwidth().ifPresent(v -> json.put("bandwidth", v));
        ObjectNode custom = json.putObject("custom");
        new TreeMap<>(request.custom()).forEach(custom::put);
        return json;
    }

    public static List<Dependency> dependsOn(JsonNode json) {
        List<Dependency> dependencies = new ArrayList<>();
        json.path("dependsOn")
                .forEach(d -> dependencies.add(new Dependency(
                        d.path("node").textValue(),
                        Condition.valueOf(d.path("condition").textValue()))));
        return dependencies;
    }

    public static List<Channel> channels(JsonNode json) {
        List<Channel> channels = new ArrayList<>();
        json.path("channels")
                .forEach(c -> channels.add(new Channel(
                        c.path("name").textValue(),
                        c.path("out").booleanValue(),
                        Optional.ofNullable(c.path("data").textValue()))));
        return channels;
    }

    public static PlaceRequest request(JsonNode json) {
        JsonNode request = json.path("request");
        if (!request.isObject()) {
            return PlaceRequest.NONE;
        }
        Map<String, Double> custom = new LinkedHashMap<>();
        request.path("custom")
                .properties()
                .forEach(amount -> custom.put(amount.getKey(), amount.getValue().doubleValue()));
        return new PlaceRequest(
                decimal(request, "cpuCores"),
                number(request, "memoryBytes"),
                decimal(request, "gpus"),
                number(request, "gpuMemoryBytes"),
                number(request, "diskBytes"),
                number(request, "bandwidth"),
                custom);
    }

    public static List<String> policies(JsonNode json) {
        List<String> policies = new ArrayList<>();
        json.path("policies").forEach(policy -> policies.add(policy.textValue()));
        return policies;
    }

    private static Optional<Double> decimal(JsonNode json, String name) {
        return json.has(name) ? Optional.of(json.path(name).doubleValue()) : Optional.empty();
    }

    private static OptionalLong number(JsonNode json, String name) {
        return json.has(name) ? OptionalLong.of(json.path(name).longValue()) : OptionalLong.empty();
    }
}
