package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** What a restart policy says after an end. Pure but for the jitter that it draws. */
final class RestartRules {
    /** What follows. */
    sealed interface Verdict {
        /** @param keepFrom earlier restarts than this no longer count for the intensity limit */
        record Now(int streak, long keepFrom) implements Verdict {}

        record Later(int streak, long delayMillis) implements Verdict {}

        record Quarantine(int restarts, long windowMillis) implements Verdict {}

        record Complete() implements Verdict {}

        record Fail() implements Verdict {}
    }

    private RestartRules() {}

    /**
     * @param agent its state before the end
     * @param success it ended by itself with status 0
     * @param ranMillis how long it ran; 0 where it could not be started
     */
    static Verdict afterEnd(
            AgentState agent, AgentSpec spec, boolean success, long ranMillis, long now, RandomGenerator random) {
        RestartPolicy policy = spec.restart();
        // Nothing more will come for what was told the end of its input.
        boolean done = !agent.endedInputs.isEmpty();
        if (success && (done || spec.lifecycle() != Lifecycle.SERVICE || policy.mode() != RestartMode.ALWAYS)) {
            return new Verdict.Complete();
        }
        // A failed run of what waits does so for its next time, unless its policy asks for more in so many words.
        boolean again =
                spec.lifecycle().waits() ? policy.mode() == RestartMode.ON_FAILURE : policy.mode() != RestartMode.NEVER;
        if (!again) {
            return new Verdict.Fail();
        }
        long keepFrom = keepFrom(policy, now);
        long counted = Arrays.stream(agent.recent).filter(t -> t >= keepFrom).count();
        if (counted + 1 > policy.intensity()) {
            return new Verdict.Quarantine((int) counted, policy.windowMillis());
        }
        boolean wasWell = ranMillis >= policy.resetAfterMillis();
        int streak = wasWell ? 0 : agent.streak;
        long delay = delayMillis(policy, streak, random);
        return delay == 0 ? new Verdict.Now(streak + 1, keepFrom) : new Verdict.Later(streak + 1, delay);
    }

    static long keepFrom(RestartPolicy policy, long now) {
        return now - policy.windowMillis() * Texts.MILLI + 1;
    }

    /** 0 for the first restart, then {@code initial * factor^(streak-1)}, at most the maximum, spread by the jitter. */
    static long delayMillis(RestartPolicy policy, int streak, RandomGenerator random) {
        if (streak == 0) {
            return 0;
        }
        double plain = Math.min(policy.maxMillis(), policy.initialMillis() * Math.pow(policy.factor(), streak - 1));
        double spread = plain * (1 + policy.jitter() * (2 * random.nextDouble() - 1));
        return Math.round(Math.max(0, Math.min(policy.maxMillis(), spread)));
    }
}
