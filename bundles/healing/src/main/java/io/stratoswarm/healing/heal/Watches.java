package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Reward;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Watches what comes of healings, and ends each with what it was worth. */
final class Watches {
    private static final long MILLI = 1_000_000;

    private final Agents agents;
    private final Ledger ledger;
    private final InstantSource clock;
    private final Supplier<Settings> settings;
    private final Map<Long, Watch> open = new TreeMap<>();

    /** One healing that goes on. */
    private static final class Watch {
        final Learned.Healing healing;
        final Set<String> ill;
        /** When the act was done, in milliseconds; what failed before that says nothing of it. */
        final long doneMillis;
        /** When it was first seen well, in milliseconds; 0 before. */
        long wellMillis;

        Watch(Learned.Healing healing, Set<String> ill, long doneMillis) {
            this.healing = healing;
            this.ill = ill;
            this.doneMillis = doneMillis;
        }

        long startedMillis() {
            return healing.startedNanos() / MILLI;
        }
    }

    Watches(Agents agents, Ledger ledger, InstantSource clock, Supplier<Settings> settings) {
        this.agents = agents;
        this.ledger = ledger;
        this.clock = clock;
        this.settings = settings;
    }

    /** @param doneMillis when the act was done; that of its failure where there was nothing to do */
    synchronized void begin(Learned.Healing healing, long doneMillis) {
        open.putIfAbsent(healing.number(), new Watch(healing, illOnes(), doneMillis));
    }

    /** Whether something was done about the agent after it failed so, for the sake of an earlier failure. */
    synchronized boolean overtaken(Failure failure) {
        return open.values().stream()
                .anyMatch(watch -> watch.healing.agent().equals(failure.agent())
                        && failure.number() > watch.healing.number()
                        && failure.millis() < watch.doneMillis);
    }

    synchronized int size() {
        return open.size();
    }

    private Set<String> illOnes() {
        Set<String> ill = new HashSet<>();
        agents.list().stream().filter(Guard::ill).forEach(agent -> ill.add(agent.id()));
        return ill;
    }

    /** An agent failed: what was done about its last failure did not last. */
    synchronized void failed(Failure failure) {
        for (Watch watch : List.copyOf(open.values())) {
            if (watch.healing.agent().equals(failure.agent()) && failure.number() > watch.healing.number()) {
                boolean was = watch.wellMillis > 0;
                long lasted = failure.millis() - watch.wellMillis;
                end(
                        watch,
                        reward(watch, was, false, was ? lasted : 0),
                        was
                                ? "it was well after " + seconds(watch.wellMillis - watch.startedMillis())
                                        + " and failed again after " + seconds(lasted)
                                : "it failed again before it was well");
            }
        }
    }

    synchronized void step() {
        for (Watch watch : new ArrayList<>(open.values())) {
            look(watch);
        }
    }

    /** The one that came in its place, where a transform replaced it. */
    private Optional<AgentStatus> follower(Watch watch) {
        String agent = watch.healing.agent();
        String graph = agent.substring(0, agent.indexOf('/') + 1);
        String node = agent.replaceFirst("\\.\\d+$", "");
        return agents.list().stream()
                .filter(other -> (graph + other.node()).equals(node)
                        && other.startedNanos().orElse(0) > watch.healing.startedNanos())
                .max(Comparator.comparingLong(other -> other.startedNanos().orElse(0)));
    }

    private void look(Watch watch) {
        Optional<AgentStatus> status = agents.get(watch.healing.agent()).or(() -> follower(watch));
        if (status.isEmpty()) {
            end(watch, Double.NaN, "the agent is gone");
            return;
        }
        AgentStatus agent = status.get();
        if (agent.phase() == AgentPhase.STOPPED || agent.phase() == AgentPhase.STOPPING) {
            if (agent.sinceNanos() > watch.healing.startedNanos() && agent.phase() == AgentPhase.STOPPED) {
                end(watch, Double.NaN, "it was stopped by somebody");
            }
            return;
        }
        long now = clock.millis();
        if (Acts.well(agent) && watch.wellMillis == 0) {
            well(agent).ifPresent(since -> watch.wellMillis = Math.max(watch.startedMillis() + 1, since / MILLI));
        }
        if (watch.wellMillis == 0) {
            if (now - watch.startedMillis() > patience(agent.id())) {
                end(watch, reward(watch, false, false, 0), "it was not well within " + seconds(patience(agent.id())));
            }
            return;
        }
        if (now - watch.wellMillis >= settings.get().lastingMillis()) {
            end(
                    watch,
                    reward(watch, true, true, 0),
                    "it was well after " + seconds(watch.wellMillis - watch.startedMillis()) + " and stayed so");
        }
    }

    /** Since when it is well; one that is asked whether it lives is so only once this process has answered. */
    private OptionalLong well(AgentStatus agent) {
        return liveness(agent.id()).isEmpty() || agent.phase() != AgentPhase.READY
                ? OptionalLong.of(agent.sinceNanos())
                : ledger.answered(agent.id(), agent.incarnation());
    }

    private Optional<Probe> liveness(String agent) {
        return agents.spec(agent).flatMap(AgentSpec::liveness);
    }

    /** The time that it has, and that its first answer may take. */
    private long patience(String agent) {
        return settings.get().patienceMillis()
                + liveness(agent)
                        .map(probe -> probe.initialDelayMillis() + probe.intervalMillis())
                        .orElse(0L);
    }

    private double reward(Watch watch, boolean well, boolean lasted, long lastedMillis) {
        Settings now = settings.get();
        Set<String> worse = illOnes();
        worse.removeAll(watch.ill);
        worse.remove(watch.healing.agent());
        return Reward.of(
                well,
                watch.wellMillis - watch.startedMillis(),
                patience(watch.healing.agent()),
                lasted,
                (double) lastedMillis / now.lastingMillis(),
                worse.size());
    }

    private void end(Watch watch, double reward, String why) {
        // What had not failed was well all the time, and of the reward of that nothing can be learned.
        double learned = ledger.alarm(watch.healing.number()) ? Double.NaN : reward;
        ledger.ended(watch.healing, learned, why);
        open.remove(watch.healing.number());
    }

    private static String seconds(long millis) {
        return String.format(java.util.Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
