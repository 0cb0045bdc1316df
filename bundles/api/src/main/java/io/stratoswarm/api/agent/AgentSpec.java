package io.stratoswarm.api.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Everything an operator declares of one agent. Times are in milliseconds, sizes in bytes. The manifest schema in
 * {@code docs/manifest.schema.json} names the same things for people.
 *
 * @param command program and arguments; the program is an absolute path or is found on the PATH of the environment
 * @param environment variables; names match {@code [A-Za-z_][A-Za-z0-9_]*}
 * @param secrets variables whose value is read from a file by the keeper at each start and is never shown
 * @param workingDirectory absolute path; empty means the agent's own folder
 * @param user name or number; empty means the daemon's user
 * @param group name or number; empty means the user's primary group
 * @param umask for example 022; empty means the daemon's
 * @param rlimits by name as in setrlimit(2), lower case without {@code rlimit_}, for example {@code nofile}
 * @param niceness -20..19
 * @param affinity CPU numbers; empty means all
 * @param lifecycle service, one-shot or cron
 * @param schedule five-field cron expression where the lifecycle is CRON
 * @param hooks commands around start and stop
 * @param labels free text by name
 * @param metrics where it serves metrics of its own
 * @param wires its channels that flows are connected to; not declared, but derived from the flows of its graph
 * @param builtin what runs inside of the daemon in the place of a command, which is empty then
 */
public record AgentSpec(
        List<String> command,
        Map<String, String> environment,
        Map<String, Secret> secrets,
        Optional<String> workingDirectory,
        Optional<String> user,
        Optional<String> group,
        OptionalInt umask,
        Map<String, Rlimit> rlimits,
        Resources resources,
        OptionalInt niceness,
        List<Integer> affinity,
        Lifecycle lifecycle,
        Optional<String> schedule,
        Hooks hooks,
        RestartPolicy restart,
        StopPolicy stop,
        Optional<Probe> readiness,
        Optional<Probe> liveness,
        OptionalLong watchdogMillis,
        LogPolicy log,
        Map<String, String> labels,
        Optional<MetricsSource> metrics,
        List<Wire> wires,
        Optional<Builtin> builtin) {

    /** One that serves no metrics of its own; the components that there were in version 1.0 of this package. */
    public AgentSpec(
            List<String> command,
            Map<String, String> environment,
            Map<String, Secret> secrets,
            Optional<String> workingDirectory,
            Optional<String> user,
            Optional<String> group,
            OptionalInt umask,
            Map<String, Rlimit> rlimits,
            Resources resources,
            OptionalInt niceness,
            List<Integer> affinity,
            Lifecycle lifecycle,
            Optional<String> schedule,
            Hooks hooks,
            RestartPolicy restart,
            StopPolicy stop,
            Optional<Probe> readiness,
            Optional<Probe> liveness,
            OptionalLong watchdogMillis,
            LogPolicy log,
            Map<String, String> labels) {
        this(
                command,
                environment,
                secrets,
                workingDirectory,
                user,
                group,
                umask,
                rlimits,
                resources,
                niceness,
                affinity,
                lifecycle,
                schedule,
                hooks,
                restart,
                stop,
                readiness,
                liveness,
                watchdogMillis,
                log,
                labels,
                Optional.empty());
    }

    /** One that no flow is connected to; the components that there were in version 1.1 of this package. */
    public AgentSpec(
            List<String> command,
            Map<String, String> environment,
            Map<String, Secret> secrets,
            Optional<String> workingDirectory,
            Optional<String> user,
            Optional<String> group,
            OptionalInt umask,
            Map<String, Rlimit> rlimits,
            Resources resources,
            OptionalInt niceness,
            List<Integer> affinity,
            Lifecycle lifecycle,
            Optional<String> schedule,
            Hooks hooks,
            RestartPolicy restart,
            StopPolicy stop,
            Optional<Probe> readiness,
            Optional<Probe> liveness,
            OptionalLong watchdogMillis,
            LogPolicy log,
            Map<String, String> labels,
            Optional<MetricsSource> metrics) {
        this(
                command,
                environment,
                secrets,
                workingDirectory,
                user,
                group,
                umask,
                rlimits,
                resources,
                niceness,
                affinity,
                lifecycle,
                schedule,
                hooks,
                restart,
                stop,
                readiness,
                liveness,
                watchdogMillis,
                log,
                labels,
                metrics,
                List.of(),
                Optional.empty());
    }

    public AgentSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        secrets = Map.copyOf(secrets);
        rlimits = Map.copyOf(rlimits);
        affinity = List.copyOf(affinity);
        labels = Map.copyOf(labels);
        wires = List.copyOf(wires);
    }

    /** The same agent with these wires and this program. */
    public AgentSpec with(List<Wire> wires, Optional<Builtin> builtin) {
        return with(environment, affinity, wires, builtin);
    }

    /** The same agent kept on these processors. */
    public AgentSpec withAffinity(List<Integer> affinity) {
        return with(environment, affinity, wires, builtin);
    }

    /** The same agent with these variables set, beside those of its own that are not among them. */
    public AgentSpec withEnvironment(Map<String, String> changes) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(changes);
        return with(all, affinity, wires, builtin);
    }

    /** The same agent with these limits. */
    public AgentSpec withLimits(Map<String, Rlimit> rlimits, Resources resources) {
        return with(environment, rlimits, resources, affinity, wires, builtin);
    }

    private AgentSpec with(
            Map<String, String> environment, List<Integer> affinity, List<Wire> wires, Optional<Builtin> builtin) {
        return with(environment, rlimits, resources, affinity, wires, builtin);
    }

    private AgentSpec with(
            Map<String, String> environment,
            Map<String, Rlimit> rlimits,
            Resources resources,
            List<Integer> affinity,
            List<Wire> wires,
            Optional<Builtin> builtin) {
        return new AgentSpec(
                command,
                environment,
                secrets,
                workingDirectory,
                user,
                group,
                umask,
                rlimits,
                resources,
                niceness,
                affinity,
                lifecycle,
                schedule,
                hooks,
                restart,
                stop,
                readiness,
                liveness,
                watchdogMillis,
                log,
                labels,
                metrics,
                wires,
                builtin);
    }

    /** An agent with this command and every default. */
    public static AgentSpec of(List<String> command) {
        return new AgentSpec(
                command,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Map.of(),
                Resources.NONE,
                OptionalInt.empty(),
                List.of(),
                Lifecycle.SERVICE,
                Optional.empty(),
                Hooks.NONE,
                RestartPolicy.DEFAULT,
                StopPolicy.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                LogPolicy.DEFAULT,
                Map.of());
    }

    /** How an agent's end is meant. */
    public enum Lifecycle {
        /** Runs until stopped; its end is a failure or calls for a restart. */
        SERVICE,
        /** Runs once to its end; exit status 0 means completed. */
        ONESHOT,
        /** A one-shot started by a schedule. */
        CRON,
        /** A one-shot started by commands alone, as often as they come: by a person, a script or healing. */
        MANUAL;

        /** Whether it rests until it is time, or somebody says so. */
        public boolean waits() {
            return this == CRON || this == MANUAL;
        }
    }

    /** A secret by file; the content, less trailing newlines, becomes the variable's value. */
    public record Secret(String file) {}

    /** Soft and hard limit; -1 means unlimited. */
    public record Rlimit(long soft, long hard) {}

    /** Limits by cgroup: processor cores (for example 0.5), bytes of memory, number of processes. */
    public record Resources(Optional<Double> cpuCores, OptionalLong memoryBytes, OptionalLong pids) {
        public static final Resources NONE =
                new Resources(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** A command with a time limit, run as the agent's user. */
    public record Hook(List<String> command, long timeoutMillis) {
        public Hook {
            command = List.copyOf(command);
        }
    }

    /** Commands before and after start and stop; a failing preStart prevents the start, other failures are reported. */
    public record Hooks(
            Optional<Hook> preStart, Optional<Hook> postStart, Optional<Hook> preStop, Optional<Hook> postStop) {
        public static final Hooks NONE =
                new Hooks(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** When to restart. */
    public enum RestartMode {
        ALWAYS,
        ON_FAILURE,
        NEVER
    }

    /**
     * Restart policy. The first restart after a healthy period is immediate; each further one within
     * {@code resetAfterMillis} waits {@code initialMillis * factor^n}, at most {@code maxMillis}, spread by
     * {@code jitter} (0..1) of it. More than {@code intensity} restarts within {@code windowMillis} quarantine the agent.
     */
    public record RestartPolicy(
            RestartMode mode,
            long initialMillis,
            long maxMillis,
            double factor,
            double jitter,
            long resetAfterMillis,
            int intensity,
            long windowMillis) {
        public static final RestartPolicy DEFAULT =
                new RestartPolicy(RestartMode.ALWAYS, 100, 30_000, 2.0, 0.1, 10_000, 10, 60_000);
    }

    /** Signal name without SIG, and the time until SIGKILL of everything the agent started. */
    public record StopPolicy(String signal, long graceMillis) {
        public static final StopPolicy DEFAULT = new StopPolicy("TERM", 10_000);
    }

    /** What a probe does. */
    public sealed interface ProbeAction {
        /** s6 way: the agent writes a newline to this descriptor once it is ready. */
        record NotifyFd(int fd) implements ProbeAction {}

        /** systemd way: the agent sends READY=1 to the datagram socket named by NOTIFY_SOCKET. */
        record NotifySocket() implements ProbeAction {}

        /** A TCP connection is accepted. */
        record Tcp(String host, int port) implements ProbeAction {}

        /** A GET gives a status of 200..399. */
        record Http(String url) implements ProbeAction {}

        /** A command, run as the agent's user, exits with 0. */
        record Exec(List<String> command) implements ProbeAction {
            public Exec {
                command = List.copyOf(command);
            }
        }

        /** A line of output matches this regular expression. */
        record LogPattern(String regex) implements ProbeAction {}
    }

    /** A probe with its thresholds: consecutive successes to be well, consecutive failures to be ill. */
    public record Probe(
            ProbeAction action,
            long initialDelayMillis,
            long intervalMillis,
            long timeoutMillis,
            int successThreshold,
            int failureThreshold) {
        public static Probe of(ProbeAction action) {
            return new Probe(action, 0, 1_000, 1_000, 1, 3);
        }
    }

    /** Rotation, and the rate above which output is dropped and counted; bytes and bytes a second. */
    public record LogPolicy(long maxFileBytes, int maxFiles, long maxBytesPerSecond) {
        public static final LogPolicy DEFAULT = new LogPolicy(16L << 20, 4, 16L << 20);
    }

    /**
     * Metrics in the text format of Prometheus or OpenMetrics, at {@code http://127.0.0.1:PORT/PATH}.
     *
     * @param path begins with a slash
     */
    public record MetricsSource(int port, String path, long everyMillis, long timeoutMillis) {}

    /**
     * A channel that flows are connected to. {@code stdin} and {@code stdout} are descriptors 0 and 1; others are given to a process
     * as descriptors that the environment names: {@code STRATOSWARM_CHANNEL_ERRORS=3} for {@code errors}.
     *
     * @param out whether the agent writes to it
     * @param fresh whether each start gets a new pipe, so that what its predecessor left unread is not seen by it; else what was left
     *     is what it reads first
     */
    public record Wire(String channel, boolean out, boolean fresh) {}

    /**
     * A program that runs inside of the daemon.
     *
     * @param type id of a node type: {@code source}, {@code sink}, {@code script}, or that of a bundle
     * @param settings JSON object
     */
    public record Builtin(String type, String settings) {}
}
