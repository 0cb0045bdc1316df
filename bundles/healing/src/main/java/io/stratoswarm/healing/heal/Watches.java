package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.metric.Sample;
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
import java.util.function.Function;
import java.util.function.Supplier;

/** Watches what comes of healings, and ends each with what it was worth. */
final class Watches {
    private static final long MILLI = 1_000_000;

    private final Agents agents;
    private final Ledger ledger;
    private final InstantSource clock;
    private final Supplier<Settings> settings;
    private final Function<String, Optional<Sample>> answers;
    private final Map<Long, Watch> open = new TreeMap<>();

    /** One healing that goes on. */
    private static final class Watch {
        final Learned.Healing healing;
        /** The others of its graph that were ill when it began. */
        final Set<String> ill;
        /** When the act was done, in milliseconds; what failed before that says nothing of it. */
        final long doneMillis;
        /** Of one that had not failed, and became slow. */
        final Optional<Recovery> recovery;
        /** Whether there is nothing that it could be judged by: what had not failed was well all the time. */
        final boolean unmeasured;
        /** When it was first seen well, in milliseconds; 0 before. */
        long wellMillis;

        Watch(Learned.Healing healing, Set<String> ill, long doneMillis, Optional<JsonNode> alarm) {
            this.healing = healing;
            this.ill = ill;
            this.doneMillis = doneMillis;
            recovery = alarm.filter(it -> it.has(Anomalous.USUAL))
                    .map(it -> new Recovery(it.path(Anomalous.USUAL).asDouble(), doneMillis));
            unmeasured = alarm.isPresent() && recovery.isEmpty();
        }

        long startedMillis() {
            return healing.startedNanos() / MILLI;
        }
    }

    /** @param answers the newest answer of an agent to its liveness probe */
    Watches(
            Agents agents,
            Ledger ledger,
            InstantSource clock,
            Supplier<Settings> settings,
            Function<String, Optional<Sample>> answers) {
        this.agents = agents;
        this.ledger = ledger;
        this.clock = clock;
        this.settings = settings;
        this.answers = answers;
    }

    /** @param doneMillis when the act was done; that of its failure where there was nothing to do */
    synchronized void begin(Learned.Healing healing, long doneMillis) {
        open.putIfAbsent(
                healing.number(),
                new Watch(healing, illBeside(healing.agent()), doneMillis, ledger.alarm(healing.number())));
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

    /** The others of its graph that are ill: acts touch no further ones, and where many agents are, some fail at any time. */
    private Set<String> illBeside(String agent) {
        String graph = agent.substring(0, agent.indexOf('/') + 1);
        Set<String> ill = new HashSet<>();
        for (AgentStatus other : agents.list()) {
            if (other.id().startsWith(graph) && !other.id().equals(agent) && Guard.ill(other)) {
                ill.add(other.id());
            }
        }
        return ill;
    }

    /** An agent failed, or is about to by a rule: what was done about its last failure, or about the last such alarm, did not last. */
    synchronized void failed(Failure failure) {
        for (Watch watch : List.copyOf(open.values())) {
            boolean meant = !failure.alarm() || watch.recovery.isPresent();
            if (meant && watch.healing.agent().equals(failure.agent()) && failure.number() > watch.healing.number()) {
                relapsed(watch, failure.millis(), failure.alarm() ? "became slow again" : "failed again");
            }
        }
    }

    private void relapsed(Watch watch, long atMillis, String what) {
        boolean was = watch.wellMillis > 0;
        long lasted = atMillis - watch.wellMillis;
        end(
                watch,
                reward(watch, was, false, was ? lasted : 0),
                was
                        ? "it was well after " + seconds(watch.wellMillis - watch.startedMillis()) + " and " + what
                                + " after " + seconds(lasted)
                        : "it " + what + " before it was well");
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
        watch.recovery.ifPresent(it -> answers.apply(agent.id()).ifPresent(it::heard));
        if (Acts.well(agent) && watch.wellMillis == 0) {
            well(watch, agent).ifPresent(since -> watch.wellMillis = Math.max(watch.startedMillis() + 1, since));
        }
        if (watch.wellMillis == 0) {
            if (now - watch.startedMillis() > patience(agent.id())
                    && watch.recovery.filter(it -> !it.answered()).isPresent()) {
                end(watch, Double.NaN, "how long answers to its liveness probe take was not measured");
            } else if (now - watch.startedMillis() > patience(agent.id())) {
                end(watch, reward(watch, false, false, 0), "it was not well within " + seconds(patience(agent.id())));
            }
            return;
        }
        OptionalLong again = watch.recovery.map(Recovery::again).orElse(OptionalLong.empty());
        if (again.isPresent()) {
            relapsed(watch, again.getAsLong(), "became slow again");
        } else if (now - watch.wellMillis >= settings.get().lastingMillis()) {
            end(
                    watch,
                    reward(watch, true, true, 0),
                    "it was well after " + seconds(watch.wellMillis - watch.startedMillis()) + " and stayed so");
        }
    }

    /** Since when it is well, in milliseconds; one that is asked whether it lives is so only once this process has answered, in time as it used to. */
    private OptionalLong well(Watch watch, AgentStatus agent) {
        if (watch.recovery.isPresent()) {
            return watch.recovery.get().well();
        }
        OptionalLong nanos = liveness(agent.id()).isEmpty() || agent.phase() != AgentPhase.READY
                ? OptionalLong.of(agent.sinceNanos())
                : ledger.answered(agent.id(), agent.incarnation());
        return nanos.isPresent() ? OptionalLong.of(nanos.getAsLong() / MILLI) : nanos;
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
        Set<String> worse = illBeside(watch.healing.agent());
        worse.removeAll(watch.ill);
        return Reward.of(
                well,
                watch.wellMillis - watch.startedMillis(),
                patience(watch.healing.agent()),
                lasted,
                (double) lastedMillis / now.lastingMillis(),
                worse.size());
    }

    private void end(Watch watch, double reward, String why) {
        ledger.ended(watch.healing, watch.unmeasured ? Double.NaN : reward, why);
        open.remove(watch.healing.number());
    }

    private static String seconds(long millis) {
        return String.format(java.util.Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
