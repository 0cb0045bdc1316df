package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Builtin;
import io.stratoswarm.api.agent.AgentSpec.Hook;
import io.stratoswarm.api.agent.AgentSpec.Hooks;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.AgentSpec.Secret;
import io.stratoswarm.api.agent.AgentSpec.StopPolicy;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A spec as canonical JSON and back. Fields come in a fixed order, maps by sorted key, and what is absent is left out, so
 * equal specs give equal bytes. Secrets are named by file only: their values are never here to be written.
 */
public final class SpecCodec {
    private SpecCodec() {}

    /** The canonical JSON of a spec. */
    public static ObjectNode write(AgentSpec spec) {
        ObjectNode json = Json.object();
        strings(json, "command", spec.command());
        ObjectNode environment = json.putObject("environment");
        new TreeMap<>(spec.environment()).forEach(environment::put);
        ObjectNode secrets = json.putObject("secrets");
        new TreeMap<>(spec.secrets())
                .forEach((name, secret) -> secrets.putObject(name).put("file", secret.file()));
        spec.workingDirectory().ifPresent(v -> json.put("workingDirectory", v));
        spec.user().ifPresent(v -> json.put("user", v));
        spec.group().ifPresent(v -> json.put("group", v));
        spec.umask().ifPresent(v -> json.put("umask", v));
        ObjectNode rlimits = json.putObject("rlimits");
        new TreeMap<>(spec.rlimits())
                .forEach((name, limit) ->
                        rlimits.putObject(name).put("soft", limit.soft()).put("hard", limit.hard()));
        ObjectNode resources = json.putObject("resources");
        spec.resources().cpuCores().ifPresent(v -> resources.put("cpuCores", v));
        spec.resources().memoryBytes().ifPresent(v -> resources.put("memoryBytes", v));
        spec.resources().pids().ifPresent(v -> resources.put("pids", v));
        spec.niceness().ifPresent(v -> json.put("niceness", v));
        var affinity = json.putArray("affinity");
        spec.affinity().forEach(affinity::add);
        json.put("lifecycle", spec.lifecycle().name());
        spec.schedule().ifPresent(v -> json.put("schedule", v));
        ObjectNode hooks = json.putObject("hooks");
        hook(hooks, "preStart", spec.hooks().preStart());
        hook(hooks, "postStart", spec.hooks().postStart());
        hook(hooks, "preStop", spec.hooks().preStop());
        hook(hooks, "postStop", spec.hooks().postStop());
        RestartPolicy restart = spec.restart();
        json.putObject("restart")
                .put("mode", restart.mode().name())
                .put("initialMillis", restart.initialMillis())
                .put("maxMillis", restart.maxMillis())
                .put("factor", restart.factor())
                .put("jitter", restart.jitter())
                .put("resetAfterMillis", restart.resetAfterMillis())
                .put("intensity", restart.intensity())
                .put("windowMillis", restart.windowMillis());
        json.putObject("stop")
                .put("signal", spec.stop().signal())
                .put("graceMillis", spec.stop().graceMillis());
        spec.readiness().ifPresent(v -> json.set("readiness", probe(v)));
        spec.liveness().ifPresent(v -> json.set("liveness", probe(v)));
        spec.watchdogMillis().ifPresent(v -> json.put("watchdogMillis", v));
        json.putObject("log")
                .put("maxFileBytes", spec.log().maxFileBytes())
                .put("maxFiles", spec.log().maxFiles())
                .put("maxBytesPerSecond", spec.log().maxBytesPerSecond());
        ObjectNode labels = json.putObject("labels");
        new TreeMap<>(spec.labels()).forEach(labels::put);
        // Left out where there is none, so that what earlier versions wrote keeps its bytes.
        spec.metrics()
                .ifPresent(v -> json.putObject("metrics")
                        .put("port", v.port())
                        .put("path", v.path())
                        .put("everyMillis", v.everyMillis())
                        .put("timeoutMillis", v.timeoutMillis()));
        if (!spec.wires().isEmpty()) {
            var wires = json.putArray("wires");
            spec.wires()
                    .forEach(wire -> wires.addObject()
                            .put("channel", wire.channel())
                            .put("out", wire.out())
                            .put("fresh", wire.fresh()));
        }
        spec.builtin()
                .ifPresent(v -> json.putObject("builtin").put("type", v.type()).put("settings", v.settings()));
        return json;
    }

    /** The spec of what {@link #write} gave. */
    public static AgentSpec read(JsonNode json) {
        JsonNode resources = json.path("resources");
        JsonNode hooks = json.path("hooks");
        JsonNode restart = json.path("restart");
        JsonNode stop = json.path("stop");
        JsonNode log = json.path("log");
        List<Integer> affinity = new ArrayList<>();
        json.path("affinity").forEach(v -> affinity.add(v.intValue()));
        List<Wire> wires = new ArrayList<>();
        json.path("wires")
                .forEach(v -> wires.add(new Wire(
                        v.path("channel").textValue(),
                        v.path("out").booleanValue(),
                        v.path("fresh").booleanValue())));
        return new AgentSpec(
                strings(json.path("command")),
                map(json.path("environment"), JsonNode::textValue),
                map(json.path("secrets"), v -> new Secret(v.path("file").textValue())),
                text(json, "workingDirectory"),
                text(json, "user"),
                text(json, "group"),
                json.has("umask") ? OptionalInt.of(json.get("umask").intValue()) : OptionalInt.empty(),
                map(
                        json.path("rlimits"),
                        v -> new Rlimit(
                                v.path("soft").longValue(), v.path("hard").longValue())),
                new Resources(
                        resources.has("cpuCores")
                                ? Optional.of(resources.get("cpuCores").doubleValue())
                                : Optional.empty(),
                        number(resources, "memoryBytes"),
                        number(resources, "pids")),
                json.has("niceness") ? OptionalInt.of(json.get("niceness").intValue()) : OptionalInt.empty(),
                affinity,
                Lifecycle.valueOf(json.path("lifecycle").textValue()),
                text(json, "schedule"),
                new Hooks(
                        hook(hooks, "preStart"),
                        hook(hooks, "postStart"),
                        hook(hooks, "preStop"),
                        hook(hooks, "postStop")),
                new RestartPolicy(
                        RestartMode.valueOf(restart.path("mode").textValue()),
                        restart.path("initialMillis").longValue(),
                        restart.path("maxMillis").longValue(),
                        restart.path("factor").doubleValue(),
                        restart.path("jitter").doubleValue(),
                        restart.path("resetAfterMillis").longValue(),
                        restart.path("intensity").intValue(),
                        restart.path("windowMillis").longValue()),
                new StopPolicy(
                        stop.path("signal").textValue(),
                        stop.path("graceMillis").longValue()),
                json.has("readiness") ? Optional.of(probe(json.get("readiness"))) : Optional.empty(),
                json.has("liveness") ? Optional.of(probe(json.get("liveness"))) : Optional.empty(),
                number(json, "watchdogMillis"),
                new LogPolicy(
                        log.path("maxFileBytes").longValue(),
                        log.path("maxFiles").intValue(),
                        log.path("maxBytesPerSecond").longValue()),
                map(json.path("labels"), JsonNode::textValue),
                Optional.ofNullable(json.get("metrics"))
                        .map(v -> new MetricsSource(
                                v.path("port").intValue(),
                                v.path("path").textValue(),
                                v.path("everyMillis").longValue(),
                                v.path("timeoutMillis").longValue())),
                wires,
                Optional.ofNullable(json.get("builtin"))
                        .map(v -> new Builtin(
                                v.path("type").textValue(), v.path("settings").textValue())));
    }

    private static ObjectNode probe(Probe probe) {
        ObjectNode json = Json.object();
        switch (probe.action()) {
            case ProbeAction.NotifyFd a -> json.put("kind", "notifyFd").put("fd", a.fd());
            case ProbeAction.NotifySocket a -> json.put("kind", "notifySocket");
            case ProbeAction.Tcp a ->
                json.put("kind", "tcp").put("host", a.host()).put("port", a.port());
            case ProbeAction.Http a -> json.put("kind", "http").put("url", a.url());
            case ProbeAction.Exec a -> strings(json.put("kind", "exec"), "command", a.command());
            case ProbeAction.LogPattern a -> json.put("kind", "log").put("regex", a.regex());
        }
        return json.put("initialDelayMillis", probe.initialDelayMillis())
                .put("intervalMillis", probe.intervalMillis())
                .put("timeoutMillis", probe.timeoutMillis())
                .put("successThreshold", probe.successThreshold())
                .put("failureThreshold", probe.failureThreshold());
    }

    private static Probe probe(JsonNode json) {
        String kind = json.path("kind").textValue();
        ProbeAction action = switch (kind) {
            case "notifyFd" -> new ProbeAction.NotifyFd(json.path("fd").intValue());
            case "notifySocket" -> new ProbeAction.NotifySocket();
            case "tcp" ->
                new ProbeAction.Tcp(
                        json.path("host").textValue(), json.path("port").intValue());
            case "http" -> new ProbeAction.Http(json.path("url").textValue());
            case "exec" -> new ProbeAction.Exec(strings(json.path("command")));
            case "log" -> new ProbeAction.LogPattern(json.path("regex").textValue());
            default -> throw new IllegalArgumentException("unknown kind of probe in a stored spec: " + kind);
        };
        return new Probe(
                action,
                json.path("initialDelayMillis").longValue(),
                json.path("intervalMillis").longValue(),
                json.path("timeoutMillis").longValue(),
                json.path("successThreshold").intValue(),
                json.path("failureThreshold").intValue());
    }

    private static void hook(ObjectNode hooks, String name, Optional<Hook> hook) {
        hook.ifPresent(
                v -> strings(hooks.putObject(name).put("timeoutMillis", v.timeoutMillis()), "command", v.command()));
    }

    private static Optional<Hook> hook(JsonNode hooks, String name) {
        JsonNode json = hooks.get(name);
        return json == null
                ? Optional.empty()
                : Optional.of(new Hook(
                        strings(json.path("command")),
                        json.path("timeoutMillis").longValue()));
    }

    private static void strings(ObjectNode json, String name, List<String> values) {
        var array = json.putArray(name);
        values.forEach(array::add);
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(v -> values.add(v.textValue()));
        return values;
    }

    private static <V> Map<String, V> map(JsonNode json, Function<JsonNode, V> value) {
        Map<String, V> values = new LinkedHashMap<>();
        json.properties().forEach(e -> values.put(e.getKey(), value.apply(e.getValue())));
        return values;
    }

    private static Optional<String> text(JsonNode json, String name) {
        return json.has(name) ? Optional.of(json.get(name).textValue()) : Optional.empty();
    }

    private static OptionalLong number(JsonNode json, String name) {
        return json.has(name) ? OptionalLong.of(json.get(name).longValue()) : OptionalLong.empty();
    }
}
