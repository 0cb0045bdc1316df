package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Hook;
import io.stratoswarm.api.agent.AgentSpec.Hooks;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentSpec.StopPolicy;
import io.stratoswarm.api.graph.GraphTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads what a node says of its agent, apart from limits, which {@link LimitReader} reads. */
final class AgentReader {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}\\$?");
    private static final long MIN_LOG_FILE = 4_096;

    private final Problems problems;
    private final HostChecks host;
    private final EnvironmentReader environments;
    private final LimitReader limits;
    private final ProbeReader probes;
    private final MetricsReader metrics;

    AgentReader(Problems problems, HostChecks host) {
        this.problems = problems;
        this.host = host;
        this.environments = new EnvironmentReader(problems);
        this.limits = new LimitReader(problems, host);
        this.probes = new ProbeReader(problems);
        this.metrics = new MetricsReader(problems);
    }

    /** What a node without a program of its own has of an agent: its policies, limits and labels. */
    AgentSpec readWithoutProgram(Fields node) {
        AgentSpec base = AgentSpec.of(List.of());
        return new AgentSpec(
                base.command(),
                base.environment(),
                base.secrets(),
                base.workingDirectory(),
                base.user(),
                base.group(),
                base.umask(),
                base.rlimits(),
                limits.resources(node),
                base.niceness(),
                base.affinity(),
                Lifecycle.SERVICE,
                base.schedule(),
                base.hooks(),
                restart(node, Lifecycle.SERVICE),
                stop(node),
                base.readiness(),
                base.liveness(),
                base.watchdogMillis(),
                log(node),
                Names.labels(problems, node),
                base.metrics());
    }

    AgentSpec read(Fields node) {
        node.require("command", "[\"/usr/bin/sleep\", \"60\"]");
        Lifecycle lifecycle = node.word("lifecycle", Lifecycle.class).orElse(Lifecycle.SERVICE);
        Map<String, String> environment = environments.environment(node);
        Optional<List<String>> command = node.command("command");
        command.ifPresent(words -> host.command(
                node.value("command").map(GraphTree::place).orElse(node.place()), words.getFirst(), environment));
        return new AgentSpec(
                command.orElse(List.of("-")),
                environment,
                environments.secrets(node, environment),
                directory(node),
                account(node, "user"),
                account(node, "group"),
                limits.umask(node),
                limits.rlimits(node),
                limits.resources(node),
                node.small("niceness", -20, 19),
                limits.affinity(node),
                lifecycle,
                schedule(node, lifecycle),
                hooks(node),
                restart(node, lifecycle),
                stop(node),
                readiness(node, lifecycle),
                liveness(node, lifecycle),
                node.duration("watchdog", 100),
                log(node),
                Names.labels(problems, node),
                metrics.read(node));
    }

    private Optional<String> directory(Fields node) {
        return node.text("workingDirectory").filter(path -> {
            if (!path.startsWith("/")) {
                problems.error(
                        node.place("workingDirectory"),
                        "'workingDirectory' must be an absolute path, not '" + Problems.clip(path, 60) + "'");
                return false;
            }
            host.directory(node.place("workingDirectory"), path);
            return true;
        });
    }

    private Optional<String> account(Fields node, String key) {
        return node.textOrNumber(key).filter(name -> {
            boolean good = USER.matcher(name).matches();
            if (!good) {
                problems.error(
                        node.place(key),
                        "'" + key + "' must be a name or a number, not '" + Problems.clip(name, 60) + "'");
            }
            return good;
        });
    }

    private Optional<String> schedule(Fields node, Lifecycle lifecycle) {
        if (lifecycle != Lifecycle.CRON) {
            if (node.has("schedule")) {
                problems.error(
                        node.place("schedule"),
                        "'schedule' is only for \"lifecycle\": \"cron\"; add that or remove it");
            }
            return Optional.empty();
        }
        node.require("schedule", "\"*/5 * * * *\"");
        return node.text("schedule").filter(text -> {
            Optional<String> wrong = Schedules.wrong(text);
            wrong.ifPresent(reason -> problems.error(node.place("schedule"), reason));
            return wrong.isEmpty();
        });
    }

    private Hooks hooks(Fields node) {
        return node.object("hooks")
                .map(object -> {
                    Fields fields = new Fields(problems, object, "hooks", Keys.HOOKS);
                    return new Hooks(
                            hook(fields, "preStart"),
                            hook(fields, "postStart"),
                            hook(fields, "preStop"),
                            hook(fields, "postStop"));
                })
                .orElse(Hooks.NONE);
    }

    private Optional<Hook> hook(Fields hooks, String key) {
        return hooks.object(key).flatMap(object -> {
            Fields fields = new Fields(problems, object, "a hook", Keys.HOOK);
            fields.require("command", "[\"/usr/bin/true\"]");
            long timeout = fields.duration("timeout", 1).orElse(10_000);
            return fields.command("command").map(command -> new Hook(command, timeout));
        });
    }

    private RestartPolicy restart(Fields node, Lifecycle lifecycle) {
        RestartPolicy base = RestartPolicy.DEFAULT;
        RestartMode usual = lifecycle == Lifecycle.SERVICE ? RestartMode.ALWAYS : RestartMode.NEVER;
        Optional<GraphTree.Obj> object = node.object("restart");
        if (object.isEmpty()) {
            return new RestartPolicy(
                    usual,
                    base.initialMillis(),
                    base.maxMillis(),
                    base.factor(),
                    base.jitter(),
                    base.resetAfterMillis(),
                    base.intensity(),
                    base.windowMillis());
        }
        Fields fields = new Fields(problems, object.get(), "a restart policy", Keys.RESTART);
        RestartMode mode = fields.word("policy", RestartMode.class).orElse(usual);
        if (mode == RestartMode.ALWAYS && lifecycle != Lifecycle.SERVICE) {
            problems.error(
                    fields.place("policy"),
                    "\"policy\": \"always\" would restart a " + lower(lifecycle)
                            + " agent that has completed; use \"on-failure\" or \"never\"");
        }
        long initial = fields.duration("initial", 1).orElse(base.initialMillis());
        OptionalLong max = fields.duration("max", 1);
        if (max.isPresent() && initial > max.getAsLong()) {
            problems.error(fields.place("max"), "'max' must not be less than 'initial', which is " + initial + " ms");
        }
        return new RestartPolicy(
                mode,
                initial,
                Math.max(initial, max.orElse(base.maxMillis())),
                fields.decimal("factor", 1, 100).orElse(base.factor()),
                fields.decimal("jitter", 0, 1).orElse(base.jitter()),
                fields.duration("resetAfter", 0).orElse(base.resetAfterMillis()),
                fields.small("intensity", 1, 1_000_000).orElse(base.intensity()),
                fields.duration("window", 1).orElse(base.windowMillis()));
    }

    private StopPolicy stop(Fields node) {
        Optional<GraphTree.Obj> object = node.object("stop");
        if (object.isEmpty()) {
            return StopPolicy.DEFAULT;
        }
        Fields fields = new Fields(problems, object.get(), "a stop policy", Keys.STOP);
        long grace = fields.duration("grace", 0).orElse(StopPolicy.DEFAULT.graceMillis());
        Optional<String> given = fields.text("signal");
        Optional<String> signal = given.flatMap(Units::signal);
        if (given.isPresent() && signal.isEmpty()) {
            problems.error(
                    fields.place("signal"),
                    "unknown signal '" + Problems.clip(given.get(), 60) + "'"
                            + Nearest.of(given.get().replaceFirst("(?i)^SIG", ""), Units.SIGNALS)
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; use a name such as TERM, INT or QUIT"));
        }
        if (signal.isPresent()
                && List.of("STOP", "TSTP", "CONT", "CHLD", "URG", "WINCH").contains(signal.get())) {
            problems.warn(
                    fields.place("signal"),
                    "the signal " + signal.get()
                            + " ends no program by itself; the agent will be killed after the grace time");
        }
        return new StopPolicy(signal.orElse(StopPolicy.DEFAULT.signal()), grace);
    }

    private Optional<Probe> readiness(Fields node, Lifecycle lifecycle) {
        if (node.has("readiness") && lifecycle.waits()) {
            problems.error(
                    node.place("readiness"), "a " + lower(lifecycle) + " agent has no readiness; remove the probe");
        }
        return probes.read(node, "readiness", Keys.READINESS_ACTIONS);
    }

    private Optional<Probe> liveness(Fields node, Lifecycle lifecycle) {
        if (node.has("liveness") && lifecycle != Lifecycle.SERVICE) {
            problems.error(
                    node.place("liveness"),
                    "a " + lower(lifecycle)
                            + " agent has no liveness; remove the probe or use \"lifecycle\": \"service\"");
        }
        return probes.read(node, "liveness", Keys.LIVENESS_ACTIONS);
    }

    private LogPolicy log(Fields node) {
        LogPolicy base = LogPolicy.DEFAULT;
        return node.object("log")
                .map(object -> {
                    Fields fields = new Fields(problems, object, "a log policy", Keys.LOG);
                    return new LogPolicy(
                            fields.size("maxFile", MIN_LOG_FILE).orElse(base.maxFileBytes()),
                            fields.small("maxFiles", 1, 1_000).orElse(base.maxFiles()),
                            rate(fields).orElse(base.maxBytesPerSecond()));
                })
                .orElse(base);
    }

    private OptionalLong rate(Fields fields) {
        return fields.value("maxRate")
                .map(value -> fields.measured("maxRate", value, Units::bytesPerSecond, 1, "a rate such as \"16MiB/s\""))
                .orElse(OptionalLong.empty());
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
