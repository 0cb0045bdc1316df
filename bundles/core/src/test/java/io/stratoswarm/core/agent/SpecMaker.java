package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Hook;
import io.stratoswarm.api.agent.AgentSpec.Hooks;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.AgentSpec.StopPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Specs for tests: every default but what is said. */
final class SpecMaker {
    List<String> command = List.of("/bin/sleep", "1000");
    Map<String, String> labels = Map.of();
    Lifecycle lifecycle = Lifecycle.SERVICE;
    Optional<String> schedule = Optional.empty();
    Hooks hooks = Hooks.NONE;
    RestartPolicy restart = RestartPolicy.DEFAULT;
    StopPolicy stop = StopPolicy.DEFAULT;
    Optional<Probe> readiness = Optional.empty();
    Optional<Probe> liveness = Optional.empty();
    OptionalLong watchdog = OptionalLong.empty();

    SpecMaker command(String... words) {
        command = List.of(words);
        return this;
    }

    SpecMaker labels(Map<String, String> newLabels) {
        labels = newLabels;
        return this;
    }

    SpecMaker oneshot() {
        lifecycle = Lifecycle.ONESHOT;
        return this;
    }

    SpecMaker cron(String expression) {
        lifecycle = Lifecycle.CRON;
        schedule = Optional.of(expression);
        return this;
    }

    SpecMaker manual() {
        lifecycle = Lifecycle.MANUAL;
        return this;
    }

    SpecMaker mode(RestartMode mode) {
        RestartPolicy d = restart;
        restart = new RestartPolicy(
                mode,
                d.initialMillis(),
                d.maxMillis(),
                d.factor(),
                d.jitter(),
                d.resetAfterMillis(),
                d.intensity(),
                d.windowMillis());
        return this;
    }

    SpecMaker restart(RestartPolicy policy) {
        restart = policy;
        return this;
    }

    SpecMaker stop(String signal, long graceMillis) {
        stop = new StopPolicy(signal, graceMillis);
        return this;
    }

    SpecMaker hook(String name) {
        Optional<Hook> hook = Optional.of(new Hook(List.of("/hook/" + name), 5_000));
        hooks = new Hooks(
                name.equals("preStart") ? hook : hooks.preStart(),
                name.equals("postStart") ? hook : hooks.postStart(),
                name.equals("preStop") ? hook : hooks.preStop(),
                name.equals("postStop") ? hook : hooks.postStop());
        return this;
    }

    SpecMaker readiness(Probe probe) {
        readiness = Optional.of(probe);
        return this;
    }

    SpecMaker liveness(Probe probe) {
        liveness = Optional.of(probe);
        return this;
    }

    SpecMaker watchdog(long millis) {
        watchdog = OptionalLong.of(millis);
        return this;
    }

    AgentSpec make() {
        AgentSpec d = AgentSpec.of(command);
        return new AgentSpec(
                command,
                d.environment(),
                d.secrets(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                d.rlimits(),
                d.resources(),
                OptionalInt.empty(),
                d.affinity(),
                lifecycle,
                schedule,
                hooks,
                restart,
                stop,
                readiness,
                liveness,
                watchdog,
                d.log(),
                labels);
    }
}
