package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Hooks;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.AgentSpec.Secret;
import io.stratoswarm.api.agent.AgentSpec.StopPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Specs for tests: every default but what a test names. */
final class SpecBuilder {
    private final List<String> command;
    private Map<String, String> environment = Map.of();
    private Map<String, Secret> secrets = Map.of();
    private Optional<String> directory = Optional.empty();
    private Optional<String> user = Optional.empty();
    private OptionalInt umask = OptionalInt.empty();
    private Map<String, Rlimit> rlimits = Map.of();
    private Resources resources = Resources.NONE;
    private OptionalInt niceness = OptionalInt.empty();
    private List<Integer> affinity = List.of();
    private Optional<Probe> readiness = Optional.empty();
    private OptionalLong watchdog = OptionalLong.empty();
    private LogPolicy log = LogPolicy.DEFAULT;

    private SpecBuilder(List<String> command) {
        this.command = command;
    }

    static SpecBuilder command(String... command) {
        return new SpecBuilder(List.of(command));
    }

    static SpecBuilder shell(String script) {
        return command("/bin/sh", "-c", script);
    }

    SpecBuilder environment(Map<String, String> value) {
        environment = value;
        return this;
    }

    SpecBuilder secrets(Map<String, Secret> value) {
        secrets = value;
        return this;
    }

    SpecBuilder directory(String value) {
        directory = Optional.of(value);
        return this;
    }

    SpecBuilder user(String value) {
        user = Optional.of(value);
        return this;
    }

    SpecBuilder umask(int value) {
        umask = OptionalInt.of(value);
        return this;
    }

    SpecBuilder rlimits(Map<String, Rlimit> value) {
        rlimits = value;
        return this;
    }

    SpecBuilder resources(Resources value) {
        resources = value;
        return this;
    }

    SpecBuilder niceness(int value) {
        niceness = OptionalInt.of(value);
        return this;
    }

    SpecBuilder affinity(Integer... value) {
        affinity = List.of(value);
        return this;
    }

    SpecBuilder readiness(AgentSpec.ProbeAction value) {
        readiness = Optional.of(Probe.of(value));
        return this;
    }

    SpecBuilder watchdog(long millis) {
        watchdog = OptionalLong.of(millis);
        return this;
    }

    SpecBuilder log(LogPolicy value) {
        log = value;
        return this;
    }

    AgentSpec build() {
        return new AgentSpec(
                command,
                environment,
                secrets,
                directory,
                user,
                Optional.empty(),
                umask,
                rlimits,
                resources,
                niceness,
                affinity,
                Lifecycle.SERVICE,
                Optional.empty(),
                Hooks.NONE,
                RestartPolicy.DEFAULT,
                StopPolicy.DEFAULT,
                readiness,
                Optional.empty(),
                watchdog,
                log,
                Map.of());
    }
}
