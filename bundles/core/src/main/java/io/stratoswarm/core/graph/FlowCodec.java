package io.stratoswarm.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.DataType.Schema;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Case;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.FlowSpec.Transform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A flow as canonical JSON and back: fields in a fixed order, what is absent left out, so equal flows give equal bytes. */
public final class FlowCodec {
    private FlowCodec() {}

    public static ObjectNode write(FlowSpec flow) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", flow.id());
        json.set("from", end(flow.from()));
        ArrayNode to = json.putArray("to");
        flow.to().forEach(end -> to.add(end(end)));
        json.set("data", type(flow.data()));
        json.set("result", type(flow.result()));
        ArrayNode transforms = json.putArray("transforms");
        flow.transforms().forEach(transform -> transforms.add(transform(transform)));
        flow.rate().ifPresent(rate -> {
            ObjectNode limit = json.putObject("rate").put("bytes", rate.bytes()).put("perSecond", rate.perSecond());
            rate.burst().ifPresent(burst -> limit.put("burst", burst));
        });
        json.put("framing", flow.framing().name());
        json.put("maxRecordBytes", flow.maxRecordBytes());
        json.put("bufferBytes", flow.bufferBytes());
        if (flow.delivery() instanceof Delivery.AtLeastOnce(Ack ack)) {
            ObjectNode contract = json.putObject("atLeastOnce");
            switch (ack) {
                case Ack.OnChannel(String channel) ->
                    contract.put("ack", "channel").put("channel", channel);
                case Ack.OneToOne each -> contract.put("ack", "oneToOne");
                case Ack.OnEof end -> contract.put("ack", "onEof");
            }
        }
        json.set("routing", routing(flow.routing()));
        ObjectNode labels = json.putObject("labels");
        new TreeMap<>(flow.labels()).forEach(labels::put);
        return json;
    }

    private static ObjectNode end(End end) {
        return JsonNodeFactory.instance.objectNode().put("node", end.node()).put("channel", end.channel());
    }

    private static ObjectNode type(DataType type) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", type.name())
                .put("format", type.format().name());
        type.schema().ifPresent(schema -> {
            switch (schema) {
                case Schema.InFile(String path) -> json.put("schemaFile", path);
                case Schema.Inline(String text) -> json.put("schema", text);
            }
        });
        return json;
    }

    private static ObjectNode transform(Transform transform) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (transform) {
            case Transform.Script(String script, int batch) ->
                json.put("script", script).put("batch", batch);
            case Transform.Filter(Condition condition) -> json.set("filter", ConditionCodec.write(condition));
            case Transform.Project(List<String> fields) -> {
                ArrayNode array = json.putArray("project");
                fields.forEach(array::add);
            }
            case Transform.Rename(Map<String, String> names) -> {
                // Pairs, since their order counts and that of the members of an object does not.
                ArrayNode array = json.putArray("rename");
                names.forEach((name, field) -> array.addArray().add(name).add(field));
            }
            case Transform.Sample(double share) -> json.put("sample", share);
        }
        return json;
    }

    private static ObjectNode routing(Routing routing) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (routing) {
            case Routing.Copy copy -> json.put("by", "copy");
            case Routing.RoundRobin turn -> json.put("by", "roundRobin");
            case Routing.LeastLoaded load -> json.put("by", "leastLoaded");
            case Routing.KeyHash(String field) -> json.put("by", "keyHash").put("field", field);
            case Routing.Predicate(List<Case> cases) -> {
                ArrayNode array = json.put("by", "predicate").putArray("cases");
                for (Case each : cases) {
                    ObjectNode item = array.addObject();
                    item.set("to", end(each.to()));
                    each.when().ifPresent(when -> item.set("when", ConditionCodec.write(when)));
                }
            }
        }
        return json;
    }

    /** The flow of what {@link #write} gave. */
    public static FlowSpec read(JsonNode json) {
        List<End> to = new ArrayList<>();
        json.path("to").forEach(end -> to.add(end(end)));
        List<Transform> transforms = new ArrayList<>();
        json.path("transforms").forEach(transform -> transforms.add(transform(transform)));
        Map<String, String> labels = new LinkedHashMap<>();
        json.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().textValue()));
        JsonNode rate = json.path("rate");
        return new FlowSpec(
                json.path("id").textValue(),
                end(json.path("from")),
                to,
                type(json.path("data")),
                type(json.path("result")),
                transforms,
                rate.isObject()
                        ? Optional.of(new Rate(
                                rate.path("bytes").booleanValue(),
                                rate.path("perSecond").doubleValue(),
                                rate.has("burst")
                                        ? OptionalLong.of(rate.path("burst").longValue())
                                        : OptionalLong.empty()))
                        : Optional.empty(),
                Framing.valueOf(json.path("framing").textValue()),
                json.path("maxRecordBytes").longValue(),
                json.path("bufferBytes").longValue(),
                delivery(json.path("atLeastOnce")),
                routing(json.path("routing")),
                labels);
    }

    private static End end(JsonNode json) {
        return new End(json.path("node").textValue(), json.path("channel").textValue());
    }

    private static DataType type(JsonNode json) {
        Optional<Schema> schema = json.has("schemaFile")
                ? Optional.of(new Schema.InFile(json.path("schemaFile").textValue()))
                : json.has("schema")
                        ? Optional.of(new Schema.Inline(json.path("schema").textValue()))
                        : Optional.empty();
        return new DataType(
                json.path("name").textValue(),
                DataType.Format.valueOf(json.path("format").textValue()),
                schema);
    }

    private static Transform transform(JsonNode json) {
        String kind = json.properties().iterator().next().getKey();
        JsonNode value = json.path(kind);
        return switch (kind) {
            case "script" ->
                new Transform.Script(value.textValue(), json.path("batch").intValue());
            case "filter" -> new Transform.Filter(ConditionCodec.read(value));
            case "project" -> {
                List<String> fields = new ArrayList<>();
                value.forEach(field -> fields.add(field.textValue()));
                yield new Transform.Project(fields);
            }
            case "rename" -> {
                Map<String, String> names = new LinkedHashMap<>();
                value.forEach(
                        pair -> names.put(pair.path(0).textValue(), pair.path(1).textValue()));
                yield new Transform.Rename(names);
            }
            case "sample" -> new Transform.Sample(value.doubleValue());
            default -> throw new IllegalArgumentException("unknown kind of transform in a stored flow: " + kind);
        };
    }

    private static Delivery delivery(JsonNode json) {
        return switch (json.path("ack").asText()) {
            case "" -> new Delivery.AtMostOnce();
            case "channel" ->
                new Delivery.AtLeastOnce(new Ack.OnChannel(json.path("channel").textValue()));
            case "oneToOne" -> new Delivery.AtLeastOnce(new Ack.OneToOne());
            default -> new Delivery.AtLeastOnce(new Ack.OnEof());
        };
    }

    private static Routing routing(JsonNode json) {
        String by = json.path("by").asText();
        return switch (by) {
            case "copy" -> new Routing.Copy();
            case "roundRobin" -> new Routing.RoundRobin();
            case "leastLoaded" -> new Routing.LeastLoaded();
            case "keyHash" -> new Routing.KeyHash(json.path("field").textValue());
            case "predicate" -> {
                List<Case> cases = new ArrayList<>();
                json.path("cases")
                        .forEach(each -> cases.add(new Case(
                                end(each.path("to")),
                                each.has("when")
                                        ? Optional.of(ConditionCodec.read(each.path("when")))
                                        : Optional.empty())));
                yield new Routing.Predicate(cases);
            }
            default -> throw new IllegalArgumentException("unknown routing in a stored flow: " + by);
        };
    }
}
