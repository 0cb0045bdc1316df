package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Learned;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Says why healing must not act now. Pure. */
final class Guard {
    private static final long HOUR_NANOS = 3_600_000_000_000L;

    private Guard() {}

    /**
     * What is looked at.
     *
     * @param paused why an operator paused healing; empty where nobody did
     * @param agent the agent's status; empty where it is gone
     * @param all of the host
     * @param needed ids of nodes that the agent needs
     * @param policy whether its restart policy, or healing, has it stop for a new start where it stops just now, and not a person
     */
    record Scene(
            Settings settings,
            Learned learned,
            String paused,
            Optional<AgentStatus> agent,
            Collection<AgentStatus> all,
            Set<String> needed,
            boolean policy,
            long nowNanos) {}

    /** @return a short word for counting, and the reason in words; empty where it may act */
    static Optional<String[]> against(Act act, Scene scene) {
        if (act == Act.WAIT) {
            return Optional.empty();
        }
        if (!scene.paused().isEmpty()) {
            return no("paused", "healing is paused: " + scene.paused());
        }
        if (scene.agent().isEmpty()) {
            return no("gone", "the agent is gone");
        }
        AgentStatus agent = scene.agent().get();
        if (agent.phase() == AgentPhase.STOPPED || agent.phase() == AgentPhase.STOPPING && !scene.policy()) {
            return no("stopped", "it was stopped by somebody, and stays so");
        }
        if (scene.settings().mode() == Settings.Mode.ADVISE) {
            return no("advice", "healing only advises (mode)");
        }
        Optional<String[]> many = blast(scene);
        if (many.isPresent()) {
            return many;
        }
        Optional<String[]> often = rate(agent.id(), scene);
        return often.isPresent() ? often : order(act, agent, scene);
    }

    private static Optional<String[]> no(String word, String why) {
        return Optional.of(new String[] {word, why});
    }

    static boolean ill(AgentStatus agent) {
        return switch (agent.phase()) {
            case UNHEALTHY, BACKOFF, FAILED, QUARANTINED -> true;
            default -> false;
        };
    }

    /** Where many are ill at once the reason lies elsewhere, and to act on each makes it worse. */
    private static Optional<String[]> blast(Scene scene) {
        long ill = scene.all().stream().filter(Guard::ill).count();
        long most = Math.max(scene.settings().illMost(), (long)
                (scene.settings().illShare() * scene.all().size()));
        return ill <= most
                ? Optional.empty()
                : no(
                        "blast-radius",
                        ill + " of " + scene.all().size() + " agents are ill at once, and above " + most
                                + " nothing is done about any (ill.share, ill.most)");
    }

    private static Optional<String[]> rate(String agent, Scene scene) {
        List<Learned.Healing> recent = Stream.concat(
                        scene.learned().closed().stream(), scene.learned().open().values().stream())
                .filter(healing -> healing.startedNanos() > scene.nowNanos() - HOUR_NANOS
                        && !healing.act().equals(Act.WAIT.word()))
                .toList();
        long its =
                recent.stream().filter(healing -> healing.agent().equals(agent)).count();
        if (its >= scene.settings().perAgent()) {
            return no("rate", "it was healed " + its + " times within an hour (rate.agent); it needs a person");
        }
        return recent.size() < scene.settings().perHour()
                ? Optional.empty()
                : no("rate", recent.size() + " healings within an hour are all that is allowed (rate.host)");
    }

    private static Optional<String[]> order(Act act, AgentStatus agent, Scene scene) {
        if (act == Act.RESTART_DEPENDENCIES || act == Act.ROLLBACK) {
            return Optional.empty();
        }
        return scene.all().stream()
                .filter(other ->
                        other.graph().equals(agent.graph()) && scene.needed().contains(other.node()) && ill(other))
                .findFirst()
                .map(other ->
                        new String[] {"order", other.id() + ", which it needs, is ill itself and is healed first"});
    }
}
