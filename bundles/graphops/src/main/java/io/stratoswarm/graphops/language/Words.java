package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphSyntax.Wording;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words that the language has beside the keys of the JSON form. */
final class Words {
    /** What kind of block a statement stands in; decides which words mean something there. */
    enum Kind {
        GRAPH,
        NODE,
        FLOW,
        /** Keys of the JSON form alone, and {@code run}. */
        PLAIN,
        /** Names that the user chooses; no word means anything here. */
        MAP
    }

    /** Keys whose block holds names that the user chooses. */
    static final Set<String> MAPS = Set.of(
            "labels",
            "environment",
            "secrets",
            "custom",
            "settings",
            "schema",
            "objectives",
            "types",
            "channels",
            "rename");

    /** How each word is used, for messages; the keys are all words. */
    static final Map<String, String> USE = Map.ofEntries(
            Map.entry("graph", "graph shop { ... }"),
            Map.entry("param", "param port = 8080"),
            Map.entry("include", "include \"common.graph\""),
            Map.entry("node", "node web { run \"/usr/bin/sleep\" \"60\" }"),
            Map.entry("source", "source logs { file { path \"/var/log/syslog\" } }"),
            Map.entry("sink", "sink archive { file { path \"/srv/archive\" } }"),
            Map.entry("script", "script enrich"),
            Map.entry("flow", "flow ingest -> parse { framing lines }"),
            Map.entry("constraint", "constraint spread web by zone"),
            Map.entry("objective", "objective latency 2, balance 1"),
            Map.entry("type", "type order { format json }"),
            Map.entry("label", "label zone = \"a\""),
            Map.entry("env", "env LANG = \"C.UTF-8\""),
            Map.entry("secret", "secret TOKEN \"/etc/app/token\""),
            Map.entry("run", "run \"/usr/bin/sleep\" \"60\""),
            Map.entry("after", "after db ready, cache"),
            Map.entry("cpu", "cpu 0.5"),
            Map.entry("memory", "memory 512MiB"),
            Map.entry("pids", "pids 100"),
            Map.entry("gpu", "gpu 1"),
            Map.entry("request", "request memory 256MiB"),
            Map.entry("policy", "policy gentle"),
            Map.entry("channel", "channel errors out"),
            Map.entry("restart", "restart on-failure { initial 200ms }"),
            Map.entry("stop", "stop INT { grace 5s }"),
            Map.entry("delivery", "delivery at-least-once ack one-to-one"),
            Map.entry("route", "route key-hash \"user.id\""),
            Map.entry("case", "case alerts where level == \"error\""),
            Map.entry("where", "where level == \"error\""),
            Map.entry("project", "project user.id, level"),
            Map.entry("rename", "rename usr -> user, lvl -> level"),
            Map.entry("sample", "sample 0.1"));

    static final List<String> GRAPH = List.of(
            "param", "include", "node", "script", "source", "sink", "flow", "constraint", "objective", "type", "label");

    static final List<String> NODE = List.of(
            "run", "after", "cpu", "memory", "pids", "gpu", "request", "label", "env", "secret", "restart", "stop",
            "channel", "policy");

    static final List<String> FLOW =
            List.of("delivery", "route", "case", "where", "script", "project", "rename", "sample", "label");

    private static final List<String> PLAIN = List.of("run");

    static final Wording WORDING = new Wording(
            Map.of("a graph", GRAPH, "a node", NODE, "a flow", FLOW),
            Map.ofEntries(
                    Map.entry("command", use("run")),
                    Map.entry("nodes", use("node")),
                    Map.entry("id", use("node")),
                    Map.entry("from", use("flow")),
                    Map.entry("to", use("flow")),
                    Map.entry("kind", use("constraint")),
                    Map.entry("script", use("script")),
                    Map.entry("schedule", "schedule \"*/5 * * * *\""),
                    Map.entry("cases", use("case")),
                    Map.entry("key", use("route")),
                    Map.entry("http", "http { port 9100 }")));

    private Words() {}

    static String use(String word) {
        return USE.getOrDefault(word, word);
    }

    static List<String> of(Kind kind) {
        return switch (kind) {
            case GRAPH -> GRAPH;
            case NODE -> NODE;
            case FLOW -> FLOW;
            case PLAIN -> PLAIN;
            case MAP -> List.of();
        };
    }

    static String name(Kind kind) {
        return switch (kind) {
            case GRAPH -> "a graph";
            case NODE -> "a node";
            case FLOW -> "a flow";
            case PLAIN, MAP -> "a block";
        };
    }

    /** What the block of a key holds. */
    static Kind inside(Kind around, String key) {
        return around == Kind.MAP || MAPS.contains(key) ? Kind.MAP : Kind.PLAIN;
    }
}
