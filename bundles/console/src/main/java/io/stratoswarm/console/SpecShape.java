package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Hook;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was declared of an agent, under the manifest's names but with every default filled in, times in milliseconds. */
final class SpecShape {
    private SpecShape() {}

    static ObjectNode spec(AgentSpec spec) {
        ObjectNode node = Json.object();
        node.set("command", Json.texts(spec.command()));
        node.set("environment", texts(spec.environment()));
        ObjectNode secrets = node.putObject("secrets");
        new TreeMap<>(spec.secrets())
                .forEach((name, secret) -> secrets.putObject(name).put("file", secret.file()));
        spec.workingDirectory().ifPresent(path -> node.put("workingDirectory", path));
        spec.user().ifPresent(user -> node.put("user", user));
        spec.group().ifPresent(group -> node.put("group", group));
        spec.umask().ifPresent(mask -> node.put("umask", String.format(Locale.ROOT, "%03o", mask)));
        ObjectNode rlimits = node.putObject("rlimits");
        new TreeMap<>(spec.rlimits()).forEach((name, limit) -> rlimits.set(name, rlimit(limit)));
        ObjectNode resources = node.putObject("resources");
        spec.resources().cpuCores().ifPresent(cores -> resources.put("cpu", cores));
        spec.resources().memoryBytes().ifPresent(bytes -> resources.put("memory", bytes));
        spec.resources().pids().ifPresent(pids -> resources.put("pids", pids));
        spec.niceness().ifPresent(nice -> node.put("niceness", nice));
        ArrayNode affinity = node.putArray("affinity");
        spec.affinity().forEach(affinity::add);
        node.put("lifecycle", Shapes.word(spec.lifecycle()));
        spec.schedule().ifPresent(schedule -> node.put("schedule", schedule));
        hooks(node.putObject("hooks"), spec.hooks());
        policies(node, spec);
        probe(node, "readiness", spec.readiness());
        probe(node, "liveness", spec.liveness());
        spec.watchdogMillis().ifPresent(millis -> node.put("watchdogMillis", millis));
        spec.metrics()
                .ifPresent(source -> node.putObject("metrics")
                        .put("port", source.port())
                        .put("path", source.path())
                        .put("everyMillis", source.everyMillis())
                        .put("timeoutMillis", source.timeoutMillis()));
        node.set("labels", texts(spec.labels()));
        return node;
    }

    private static void policies(ObjectNode node, AgentSpec spec) {
        AgentSpec.RestartPolicy restart = spec.restart();
        node.putObject("restart")
                .put("policy", Shapes.word(restart.mode()).replace('_', '-'))
                .put("initialMillis", restart.initialMillis())
                .put("maxMillis", restart.maxMillis())
                .put("factor", restart.factor())
                .put("jitter", restart.jitter())
                .put("resetAfterMillis", restart.resetAfterMillis())
                .put("intensity", restart.intensity())
                .put("windowMillis", restart.windowMillis());
        node.putObject("stop")
                .put("signal", spec.stop().signal())
                .put("graceMillis", spec.stop().graceMillis());
        node.putObject("log")
                .put("maxFileBytes", spec.log().maxFileBytes())
                .put("maxFiles", spec.log().maxFiles())
                .put("maxBytesPerSecond", spec.log().maxBytesPerSecond());
    }

    private static ObjectNode texts(Map<String, String> map) {
        ObjectNode node = Json.object();
        new TreeMap<>(map).forEach(node::put);
        return node;
    }

    private static ObjectNode rlimit(Rlimit limit) {
        ObjectNode node = Json.object();
        amount(node, "soft", limit.soft());
        amount(node, "hard", limit.hard());
        return node;
    }

    private static void amount(ObjectNode node, String key, long value) {
        if (value < 0) {
            node.put(key, "unlimited");
        } else {
            node.put(key, value);
        }
    }

    private static void hooks(ObjectNode node, AgentSpec.Hooks hooks) {
        hook(node, "preStart", hooks.preStart());
        hook(node, "postStart", hooks.postStart());
        hook(node, "preStop", hooks.preStop());
        hook(node, "postStop", hooks.postStop());
    }

    private static void hook(ObjectNode node, String key, Optional<Hook> hook) {
        hook.ifPresent(found -> {
            ObjectNode child = node.putObject(key);
            child.set("command", Json.texts(found.command()));
            child.put("timeoutMillis", found.timeoutMillis());
        });
    }

    private static void probe(ObjectNode parent, String key, Optional<Probe> probe) {
        probe.ifPresent(found -> {
            ObjectNode node = parent.putObject(key);
            switch (found.action()) {
                case ProbeAction.NotifyFd notify -> node.put("notifyFd", notify.fd());
                case ProbeAction.NotifySocket ignored -> node.put("notifySocket", true);
                case ProbeAction.Tcp tcp ->
                    node.putObject("tcp").put("host", tcp.host()).put("port", tcp.port());
                case ProbeAction.Http http -> node.putObject("http").put("url", http.url());
                case ProbeAction.Exec exec -> node.putObject("exec").set("command", Json.texts(exec.command()));
                case ProbeAction.LogPattern log -> node.putObject("log").put("pattern", log.regex());
            }
            node.put("initialDelayMillis", found.initialDelayMillis())
                    .put("intervalMillis", found.intervalMillis())
                    .put("timeoutMillis", found.timeoutMillis())
                    .put("successThreshold", found.successThreshold())
                    .put("failureThreshold", found.failureThreshold());
        });
    }
}
