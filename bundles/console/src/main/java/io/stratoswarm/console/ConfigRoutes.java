package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Configurations of components: read, and changed while they run. */
final class ConfigRoutes {
    /** Keys that the framework sets by itself. */
    private static final List<String> INTERNAL =
            List.of("service.pid", "service.factoryPid", "service.bundleLocation", "felix.fileinstall.filename");

    private final Services services;
    private final Waiting waiting;

    ConfigRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("config")
                .on("GET", "config", Role.ADMIN, this::list)
                .on("GET", "config/*", Role.ADMIN, this::get)
                .on("PUT", "config/*", Role.ADMIN, this::put);
    }

    private Settings settings() {
        return Services.need(services.settings(), "config");
    }

    private Reply list(Request request) {
        request.only();
        Settings settings = settings();
        ObjectNode all = Json.object();
        for (String pid : settings.pids()) {
            settings.get(pid).ifPresent(properties -> all.set(pid, shape(properties)));
        }
        ObjectNode answer = Json.object();
        answer.set("config", all);
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        request.only();
        return Reply.ok(answer(request.rest(), known(request.rest())));
    }

    private Map<String, Object> known(String pid) {
        Settings settings = settings();
        return settings.get(pid)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "no configuration has the PID '" + pid + "'; there are "
                                + (settings.pids().isEmpty() ? "none" : String.join(", ", settings.pids()))));
    }

    /** Merges the given keys into a configuration; null removes a key. */
    private Reply put(Request request) throws InterruptedException {
        request.only("create");
        String pid = request.rest();
        Map<String, Object> properties =
                new LinkedHashMap<>(request.flag("create") ? settings().get(pid).orElse(Map.of()) : known(pid));
        ObjectNode body = request.bodyObject(List.of());
        if (body.isEmpty()) {
            throw Request.invalid("the body names no key to set, for example {\"level\": \"debug\"}");
        }
        List<String> changed = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : body.properties()) {
            if (INTERNAL.contains(entry.getKey())) {
                throw Request.invalid("'" + entry.getKey() + "' is set by the framework and cannot be changed");
            }
            changed.add(entry.getKey());
            if (entry.getValue().isNull()) {
                properties.remove(entry.getKey());
            } else {
                properties.put(entry.getKey(), value(entry.getKey(), entry.getValue()));
            }
        }
        record(pid, changed, request.actor());
        settings().put(pid, properties);
        return Reply.ok(answer(pid, properties));
    }

    /** The event names keys only: a value may be a secret. It comes first, so that no change goes unrecorded. */
    private void record(String pid, List<String> keys, String actor) throws InterruptedException {
        ObjectNode payload = Json.object().put("pid", pid);
        payload.set("keys", Json.texts(keys));
        waiting.on(Services.need(services.journal(), "journal")
                .append(Append.of(EventDraft.json(
                        "ConfigChangeRequested", "console", "config/" + pid, actor, List.of(), payload.toString()))));
    }

    private static Object value(String key, JsonNode node) {
        if (node instanceof ArrayNode array) {
            List<Object> items = new ArrayList<>();
            array.forEach(item -> items.add(scalar(key, item)));
            return items;
        }
        return scalar(key, node);
    }

    private static Object scalar(String key, JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        throw Request.invalid("'" + key + "' must be a string, a number, true, false or an array of these");
    }

    private static ObjectNode answer(String pid, Map<String, Object> properties) {
        ObjectNode answer = Json.object().put("pid", pid);
        answer.set("properties", shape(properties));
        return answer;
    }

    private static ObjectNode shape(Map<String, Object> properties) {
        ObjectNode node = Json.object();
        new TreeMap<>(properties).forEach((key, value) -> {
            if (!INTERNAL.contains(key)) {
                node.set(key, shape(value));
            }
        });
        return node;
    }

    private static JsonNode shape(Object value) {
        if (value instanceof Collection<?> items) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            items.forEach(item -> array.add(shape(item)));
            return array;
        }
        if (value.getClass().isArray()) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            for (int i = 0; i < Array.getLength(value); i++) {
                array.add(shape(Array.get(value, i)));
            }
            return array;
        }
        return switch (value) {
            case Boolean flag -> Json.MAPPER.getNodeFactory().booleanNode(flag);
            case Double number -> Json.MAPPER.getNodeFactory().numberNode(number);
            case Float number -> Json.MAPPER.getNodeFactory().numberNode(number);
            case Number number -> Json.MAPPER.getNodeFactory().numberNode(number.longValue());
            default -> Json.MAPPER.getNodeFactory().textNode(String.valueOf(value));
        };
    }
}
