package io.stratoswarm.core.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Builtin;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeKind.Endpoint;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a node is, as the program that runs inside of the daemon for it, and back. Settings name their fields as the JSON form of
 * a manifest does: {@code {"file": {"path": "/var/log/syslog", "follow": true, "from": "start"}}}. Every field is there that has
 * a default, and times are in milliseconds: {@code "5000ms"}.
 */
public final class BuiltinCodec {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int SHOWN = 60;

    private BuiltinCodec() {}

    /** Empty for a process. */
    public static Optional<Builtin> write(NodeKind kind) {
        return switch (kind) {
            case NodeKind.Process process -> Optional.empty();
            case NodeKind.Script script -> {
                ObjectNode settings =
                        MAPPER.createObjectNode().put("script", script.script()).put("batch", script.batch());
                yield builtin(kind, settings.toString());
            }
            case NodeKind.Source source ->
                builtin(kind, endpoint(source.endpoint(), true).toString());
            case NodeKind.Sink sink ->
                builtin(kind, endpoint(sink.endpoint(), false).toString());
            case NodeKind.Plugin plugin -> builtin(kind, plugin.settings());
        };
    }

    private static Optional<Builtin> builtin(NodeKind kind, String settings) {
        return Optional.of(new Builtin(kind.type(), settings));
    }

    private static ObjectNode endpoint(Endpoint endpoint, boolean source) {
        ObjectNode settings = MAPPER.createObjectNode();
        switch (endpoint) {
            case Endpoint.File file -> {
                ObjectNode json = settings.putObject("file").put("path", file.path());
                if (source) {
                    json.put("follow", file.follow()).put("from", file.fromEnd() ? "end" : "start");
                } else {
                    json.put("append", file.append());
                }
            }
            case Endpoint.Socket socket ->
                settings.putObject("socket").put(socket.listen() ? "listen" : "connect", socket.address());
            case Endpoint.Http http -> {
                ObjectNode json = settings.putObject("http");
                http.listen().ifPresent(address -> json.put("listen", address));
                http.url().ifPresent(url -> json.put("url", url));
                http.intervalMillis().ifPresent(millis -> json.put("interval", millis + "ms"));
            }
        }
        return settings;
    }

    /** What {@link #write} was given; a process where there is no program of the daemon. */
    public static NodeKind read(AgentSpec spec) {
        if (spec.builtin().isEmpty()) {
            return NodeKind.PROCESS;
        }
        Builtin builtin = spec.builtin().get();
        return switch (builtin.type()) {
            case "script" -> {
                JsonNode json = settings(builtin);
                yield new NodeKind.Script(
                        json.path("script").asText(), json.path("batch").intValue());
            }
            case "source" -> new NodeKind.Source(endpoint(settings(builtin), true));
            case "sink" -> new NodeKind.Sink(endpoint(settings(builtin), false));
            default -> new NodeKind.Plugin(builtin.type(), builtin.settings());
        };
    }

    private static JsonNode settings(Builtin builtin) {
        try {
            return MAPPER.readTree(builtin.settings());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "settings of a " + builtin.type() + " are not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Fields that only the other direction has are as the manifest's reader leaves them. */
    private static Endpoint endpoint(JsonNode settings, boolean source) {
        JsonNode file = settings.path("file");
        if (file.isObject()) {
            return new Endpoint.File(
                    file.path("path").asText(),
                    source && file.path("follow").booleanValue(),
                    source && file.path("from").asText().equals("end"),
                    !source && file.path("append").booleanValue());
        }
        JsonNode socket = settings.path("socket");
        if (socket.isObject()) {
            boolean listen = socket.has("listen");
            return new Endpoint.Socket(
                    listen, socket.path(listen ? "listen" : "connect").asText());
        }
        JsonNode http = settings.path("http");
        String interval = http.path("interval").asText();
        return new Endpoint.Http(
                Optional.ofNullable(http.path("listen").textValue()),
                Optional.ofNullable(http.path("url").textValue()),
                interval.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(Long.parseLong(interval.substring(0, interval.length() - 2))));
    }

    /** What an agent runs, in one line for people: its command, or what runs inside of the daemon for it. */
    public static String text(AgentSpec spec) {
        return switch (read(spec)) {
            case NodeKind.Process process -> String.join(" ", spec.command());
            case NodeKind.Script script -> "script " + script.script();
            case NodeKind.Source source -> "source " + text(source.endpoint());
            case NodeKind.Sink sink -> "sink " + text(sink.endpoint());
            case NodeKind.Plugin plugin -> {
                String settings = plugin.settings();
                yield plugin.type() + " " + (settings.length() > SHOWN ? settings.substring(0, SHOWN) + "…" : settings);
            }
        };
    }

    private static String text(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.File file -> "file " + file.path();
            case Endpoint.Socket socket -> "socket " + (socket.listen() ? "listen " : "connect ") + socket.address();
            case Endpoint.Http http ->
                "http " + http.url().orElseGet(() -> "listen " + http.listen().orElse(""));
        };
    }
}
