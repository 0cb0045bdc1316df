package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeKind.Endpoint;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.api.graph.PlaceRequest;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads what a node is, which channels it has, and what it asks of a place. */
final class KindReader {
    static final int MAX_BATCH = 100_000;
    static final int DEFAULT_BATCH = 256;
    private static final List<String> TYPES = List.of("process", "script", "source", "sink");
    private static final Pattern PLUGIN = Pattern.compile("[a-z0-9][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)+");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;
    private static final double MAX_AMOUNT = 1e15;

    private enum Direction {
        IN,
        OUT
    }

    private enum From {
        START,
        END
    }

    private final Problems problems;
    private final Extensions extensions;

    KindReader(Problems problems, Extensions extensions) {
        this.problems = problems;
        this.extensions = extensions;
    }

    /** A process where the node does not say, or does not say it right. */
    NodeKind kind(Fields node) {
        String type = node.text("type").orElse("process");
        NodeKind kind = switch (type) {
            case "process" -> NodeKind.PROCESS;
            case "script" -> script(node);
            case "source" ->
                endpoint(node, "source").<NodeKind>map(NodeKind.Source::new).orElse(NodeKind.PROCESS);
            case "sink" ->
                endpoint(node, "sink").<NodeKind>map(NodeKind.Sink::new).orElse(NodeKind.PROCESS);
            default -> plugin(node, type);
        };
        boolean known = TYPES.contains(type);
        if (!type.equals("process") && (known || PLUGIN.matcher(type).matches())) {
            only(node, Keys.PROCESS_ONLY, "is only for nodes of type process, which run a program");
        }
        if (known && !type.equals("script")) {
            only(node, List.of("script", "batch"), "is only for nodes of type script");
        }
        if (known && !type.equals("source") && !type.equals("sink")) {
            only(node, Keys.ENDPOINTS, "is only for nodes of type source or sink");
        }
        if (known) {
            only(node, List.of("settings"), "is only for types that a bundle adds, such as \"acme.kafka\"");
        }
        return kind;
    }

    private void only(Fields node, List<String> keys, String rule) {
        keys.stream().filter(node::has).forEach(key -> problems.error(node.keyPlace(key), "'" + key + "' " + rule));
    }

    private NodeKind script(Fields node) {
        node.require("script", "\"enrich\"");
        int batch = node.small("batch", 1, MAX_BATCH).orElse(DEFAULT_BATCH);
        return node.text("script")
                .filter(name -> Names.check(problems, node.place("script"), "script", name))
                .<NodeKind>map(name -> new NodeKind.Script(name, batch))
                .orElse(NodeKind.PROCESS);
    }

    private NodeKind plugin(Fields node, String type) {
        if (!PLUGIN.matcher(type).matches()) {
            problems.error(
                    node.place("type"),
                    "unknown type of node '" + Problems.clip(type, 60) + "'"
                            + Nearest.of(type, TYPES)
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; known are " + String.join(", ", TYPES)
                                            + ", and those of bundles, which have a dot in their name"));
            return NodeKind.PROCESS;
        }
        String settings = node.object("settings").map(Trees::json).orElse("{}");
        Optional<NodeType> found = extensions.types().stream()
                .filter(known -> known.id().equals(type))
                .findFirst();
        if (found.isPresent()) {
            found.get().check(settings).forEach(wrong -> problems.error(node.place("settings"), wrong));
        } else if (extensions.complete()) {
            List<String> known = extensions.types().stream().map(NodeType::id).toList();
            problems.error(
                    node.place("type"),
                    "no bundle here offers the type of node '" + Problems.clip(type, 60) + "'"
                            + Nearest.of(type, known)
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; 'stratoswarm plugins' tells which bundles are there"));
        } else {
            problems.warn(
                    node.place("type"),
                    "the type '" + Problems.clip(type, 60)
                            + "' comes from a bundle, so only the daemon can check it and its settings");
        }
        return new NodeKind.Plugin(type, settings);
    }

    private Optional<Endpoint> endpoint(Fields node, String type) {
        List<String> given = Keys.ENDPOINTS.stream().filter(node::has).toList();
        if (given.size() != 1) {
            problems.error(
                    node.place(),
                    "a " + type + " needs exactly one of file, socket, http"
                            + (given.isEmpty() ? "" : "; found " + String.join(" and ", given)));
            return Optional.empty();
        }
        boolean source = type.equals("source");
        return node.object(given.getFirst()).flatMap(object -> switch (given.getFirst()) {
            case "file" -> file(object, source);
            case "socket" -> socket(object);
            default -> http(object, source);
        });
    }

    private Optional<Endpoint> file(GraphTree.Obj object, boolean source) {
        Fields file = new Fields(
                problems,
                object,
                source ? "the file of a source" : "the file of a sink",
                source ? Keys.SOURCE_FILE : Keys.SINK_FILE);
        file.require("path", "\"/var/log/syslog\"");
        boolean follow = file.flag("follow").orElse(source);
        From from = file.word("from", From.class).orElse(From.START);
        boolean append = file.flag("append").orElse(!source);
        return file.absolute("path").map(path -> new Endpoint.File(path, follow, from == From.END, append));
    }

    private Optional<Endpoint> socket(GraphTree.Obj object) {
        Fields socket = new Fields(problems, object, "a socket", Keys.SOCKET);
        if (socket.has("listen") == socket.has("connect")) {
            problems.error(object.place(), "a socket needs exactly one of listen and connect");
            return Optional.empty();
        }
        String key = socket.has("listen") ? "listen" : "connect";
        return address(socket, key, true).map(address -> new Endpoint.Socket(key.equals("listen"), address));
    }

    private Optional<Endpoint> http(GraphTree.Obj object, boolean source) {
        Fields http =
                new Fields(problems, object, source ? "the http of a source" : "the http of a sink", Keys.HTTP_END);
        if (!source && http.has("listen")) {
            problems.error(http.keyPlace("listen"), "a sink posts to a 'url'; only a source can 'listen'");
            return Optional.empty();
        }
        if (http.has("listen") == http.has("url")) {
            problems.error(
                    object.place(),
                    source ? "an http source needs exactly one of listen and url" : "an http sink needs a 'url'");
            return Optional.empty();
        }
        if (http.has("interval") && (!source || http.has("listen"))) {
            problems.error(http.keyPlace("interval"), "'interval' is only for a source with a 'url'");
        }
        OptionalLong interval = http.duration("interval", 10);
        Optional<String> listen = address(http, "listen", false);
        Optional<String> url = http.text("url").filter(text -> {
            String wrong = ProbeReader.wrongUrl(text);
            if (!wrong.isEmpty()) {
                problems.error(http.place("url"), "'url' " + wrong);
            }
            return wrong.isEmpty();
        });
        return listen.isEmpty() && url.isEmpty()
                ? Optional.empty()
                : Optional.of(new Endpoint.Http(listen, url, interval));
    }

    private Optional<String> address(Fields fields, String key, boolean unix) {
        return fields.text(key).filter(text -> {
            var matcher = ADDRESS.matcher(text);
            boolean good =
                    unix && text.startsWith("/") || matcher.matches() && Integer.parseInt(matcher.group(2)) <= MAX_PORT;
            if (!good) {
                problems.error(
                        fields.place(key),
                        "'" + key + "' must be host:port such as \"127.0.0.1:9000\""
                                + (unix ? " or the absolute path of a unix socket" : "") + ", not '"
                                + Problems.clip(text, 60) + "'");
            }
            return good;
        });
    }

    List<Channel> channels(Fields node) {
        List<Channel> channels = new ArrayList<>();
        node.object("channels")
                .ifPresent(object -> object.members().forEach(member -> {
                    if (Names.check(problems, member.place(), "channels", member.key())) {
                        channel(member).ifPresent(channels::add);
                    }
                }));
        return channels;
    }

    private Optional<Channel> channel(GraphTree.Member member) {
        if (!(member.value() instanceof GraphTree.Obj object)) {
            problems.error(
                    member.value().place(),
                    "a channel is an object such as {\"direction\": \"out\", \"data\": \"json\"}, not "
                            + member.value().kind());
            return Optional.empty();
        }
        Fields fields = new Fields(problems, object, "a channel", Keys.CHANNEL);
        Optional<Direction> direction = fields.word("direction", Direction.class);
        Optional<Direction> fixed = switch (member.key()) {
            case Channel.STDIN -> Optional.of(Direction.IN);
            case Channel.STDOUT -> Optional.of(Direction.OUT);
            default -> Optional.empty();
        };
        if (fixed.isPresent() && direction.isPresent() && !fixed.equals(direction)) {
            problems.error(
                    fields.place("direction"),
                    "'" + member.key() + "' always has the direction " + AgentReader.lower(fixed.get()));
        }
        if (fixed.isEmpty()) {
            fields.require("direction", "\"out\"");
        }
        boolean out = fixed.or(() -> direction).orElse(Direction.OUT) == Direction.OUT;
        return Optional.of(new Channel(member.key(), out, fields.text("data")));
    }

    PlaceRequest request(Fields node) {
        Optional<GraphTree.Obj> object = node.object("requests");
        if (object.isEmpty()) {
            return PlaceRequest.NONE;
        }
        Fields fields = new Fields(problems, object.get(), "requests", Keys.REQUESTS);
        Map<String, Double> custom = new LinkedHashMap<>();
        fields.object("custom")
                .ifPresent(map -> map.members().forEach(member -> {
                    if (Names.checkLabel(problems, member.place(), member.key())) {
                        fields.decimal(member.key(), member.value(), 0, MAX_AMOUNT)
                                .ifPresent(amount -> custom.put(member.key(), amount));
                    }
                }));
        return new PlaceRequest(
                fields.decimal("cpu", 0, 1_024),
                fields.size("memory", 0),
                fields.decimal("gpu", 0, 1_024),
                fields.size("gpuMemory", 0),
                fields.size("disk", 0),
                fields.value("bandwidth")
                        .map(value -> fields.measured(
                                "bandwidth", value, Units::bytesPerSecond, 1, "a rate such as \"16MiB/s\""))
                        .orElse(OptionalLong.empty()),
                custom);
    }

    List<String> policies(Fields node) {
        List<String> policies = new ArrayList<>();
        for (GraphTree item : node.array("policies").orElse(List.of())) {
            node.textItem("policies", item)
                    .filter(name -> Names.check(problems, item.place(), "policies", name))
                    .ifPresent(name -> {
                        if (policies.contains(name)) {
                            problems.error(item.place(), "the policy '" + name + "' is named twice");
                        } else {
                            policies.add(name);
                        }
                    });
        }
        return policies;
    }
}
