package io.stratoswarm.core.manifest;

import java.util.List;

/** The keys of each kind of object, in the order of the documentation. The JSON Schema lists the same; a test compares. */
final class Keys {
    static final List<String> GRAPH = List.of("$schema", "name", "description", "nodes");

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
            "labels");

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
