package io.stratoswarm.core.manifest;

import java.util.List;

/** The keys of each kind of object, in the order of the documentation. The JSON Schema lists the same; a test compares. */
final class Keys {
    static final List<String> GRAPH =
            List.of("$schema", "name", "description", "labels", "types", "nodes", "flows", "constraints", "objectives");

    static final List<String> NODE = List.of(
            "id",
            "type",
            "command",
            "environment",
            "secrets",
            "workingDirectory",
            "user",
            "group",
            "umask",
            "rlimits",
            "resources",
            "niceness",
            "affinity",
            "replicas",
            "lifecycle",
            "schedule",
            "dependsOn",
            "hooks",
            "restart",
            "stop",
            "readiness",
            "liveness",
            "watchdog",
            "log",
            "metrics",
            "labels",
            "script",
            "batch",
            "file",
            "socket",
            "http",
            "settings",
            "channels",
            "requests",
            "policies");

    /** What only a program has. */
    static final List<String> PROCESS_ONLY = List.of(
            "command",
            "environment",
            "secrets",
            "workingDirectory",
            "user",
            "group",
            "umask",
            "rlimits",
            "niceness",
            "affinity",
            "lifecycle",
            "schedule",
            "hooks",
            "readiness",
            "liveness",
            "watchdog",
            "metrics");

    static final List<String> ENDPOINTS = List.of("file", "socket", "http");
    static final List<String> SOURCE_FILE = List.of("path", "follow", "from");
    static final List<String> SINK_FILE = List.of("path", "append");
    static final List<String> FILE = List.of("path", "follow", "from", "append");
    static final List<String> SOCKET = List.of("listen", "connect");
    static final List<String> HTTP_END = List.of("listen", "url", "interval");
    static final List<String> CHANNEL = List.of("direction", "data");
    static final List<String> REQUESTS = List.of("cpu", "memory", "gpu", "gpuMemory", "disk", "bandwidth", "custom");

    static final List<String> TYPE = List.of("format", "schema");
    static final List<String> FLOW = List.of(
            "id",
            "from",
            "to",
            "data",
            "result",
            "transforms",
            "rate",
            "burst",
            "framing",
            "maxRecord",
            "buffer",
            "delivery",
            "ack",
            "ackChannel",
            "route",
            "key",
            "cases",
            "labels");
    static final List<String> TRANSFORM_ACTIONS = List.of("script", "where", "project", "rename", "sample");
    static final List<String> TRANSFORM = List.of("script", "batch", "where", "project", "rename", "sample");
    static final List<String> CASE = List.of("to", "when");
    static final List<String> CONDITION_JOINS = List.of("all", "any", "not");
    static final List<String> CONDITION_TESTS = List.of(
            "equals", "notEquals", "less", "lessOrEqual", "greater", "greaterOrEqual", "matches", "in", "exists");
    static final List<String> CONDITION = List.of(
            "all",
            "any",
            "not",
            "field",
            "equals",
            "notEquals",
            "less",
            "lessOrEqual",
            "greater",
            "greaterOrEqual",
            "matches",
            "in",
            "exists");

    static final List<String> CONSTRAINT_KINDS =
            List.of("affinity", "spread", "pin", "capacity", "co-location", "forbidden");
    static final List<String> CONSTRAINT =
            List.of("kind", "nodes", "label", "values", "by", "maxSkew", "place", "agents", "resource", "share");

    static final List<String> SECRET = List.of("file");
    static final List<String> RLIMIT = List.of("soft", "hard");
    static final List<String> RESOURCES = List.of("cpu", "memory", "pids");
    static final List<String> DEPENDENCY = List.of("node", "condition");
    static final List<String> HOOKS = List.of("preStart", "postStart", "preStop", "postStop");
    static final List<String> HOOK = List.of("command", "timeout");
    static final List<String> RESTART =
            List.of("policy", "initial", "max", "factor", "jitter", "resetAfter", "intensity", "window");
    static final List<String> STOP = List.of("signal", "grace");
    static final List<String> LOG = List.of("maxFile", "maxFiles", "maxRate");

    static final List<String> LIVENESS_ACTIONS = List.of("tcp", "http", "exec");
    static final List<String> READINESS_ACTIONS = List.of("notifyFd", "notifySocket", "tcp", "http", "exec", "log");
    static final List<String> PROBE_TIMES =
            List.of("initialDelay", "interval", "timeout", "successThreshold", "failureThreshold");
    static final List<String> TCP = List.of("host", "port");
    static final List<String> HTTP = List.of("url");
    static final List<String> EXEC = List.of("command");
    static final List<String> LOG_PATTERN = List.of("pattern");
    static final List<String> METRICS = List.of("http");
    static final List<String> SCRAPE = List.of("port", "path", "every", "timeout");

    /** Names of setrlimit(2), lower case without RLIMIT_. */
    static final List<String> RLIMIT_NAMES = List.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private Keys() {}
}
