package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Learned;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What healing does and heeds, for whoever acts on agents before they fail. The same guard, the same hands, the same leases. */
public final class Means {
    /** The holder of leases, and the actor of all that is done. */
    public static final String ACTOR = Acts.ACTOR;

    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;
    private final Acts acts;

    /**
     * An agent failed without anybody having asked for it.
     *
     * @param number sequence of the event that tells it
     */
    public record Failed(long number, String agent, long millis) {}

    public Means(HealingParts parts) {
        this.parts = parts;
        ledger = new Ledger(
                parts.journal(), parts.projections(), () -> parts.settings().rate());
        witness = new Witness(parts.journal(), parts.agents(), parts.graphs(), parts.metrics());
        acts = new Acts(parts);
    }

    public Optional<Failed> failure(Event event) {
        return Failure.of(event, parts.journal())
                .filter(failure -> !failure.alarm())
                .map(failure -> new Failed(failure.number(), failure.agent(), failure.millis()));
    }

    public Settings settings() {
        return parts.settings();
    }

    /** Why healing is paused; empty where it is not. */
    public String paused() {
        return ledger.paused();
    }

    /**
     * Why the act must not be done now: a short word for counting, and the reason in words.
     *
     * @param done what was done to agents beside healings, which counts against the rates as they do
     */
    public Optional<String[]> against(Act act, String agent, Collection<Learned.Healing> done, long nowNanos) {
        Learned learned = ledger.learned();
        SortedMap<Long, Learned.Healing> all = new TreeMap<>(learned.open());
        long key = -1;
        for (Learned.Healing each : done) {
            all.put(key--, each);
        }
        return Guard.against(
                act,
                new Guard.Scene(
                        parts.settings(),
                        new Learned(learned.classes(), all, learned.closed()),
                        ledger.paused(),
                        parts.agents().get(agent),
                        parts.agents().list(),
                        witness.needed(agent),
                        ledger.stoppedByPolicy(agent),
                        nowNanos));
    }

    public static boolean well(AgentStatus agent) {
        return Acts.well(agent);
    }

    /** Whether it is one that is to run all the time, and may be started again unasked. */
    public boolean restarts(String agent) {
        return acts.restarts(agent);
    }

    /** What its declaration allows it, by the metric that the limit is of. */
    public Map<String, Double> limits(String agent) {
        return witness.limits(agent);
    }

    /** Does something while the restart policy of the agent is kept from crossing it. */
    public <T> T leased(String agent, long millis, String reason, Supplier<T> what) {
        parts.leases().get().ifPresent(leases -> Wait.on(leases.lease(agent, ACTOR, millis, reason)));
        try {
            return what.get();
        } finally {
            acts.release(agent);
        }
    }

    public List<String> restart(AgentStatus agent) {
        return acts.restart(agent);
    }

    /** Kind of the transform of {@link #renewal}. */
    public static final String RENEWAL = GraphActs.RENEWAL;

    /** The transform by which an agent is followed by one that is ready before it goes; empty where that cannot be done. */
    public Optional<Transforms.Request> renewal(AgentStatus agent) {
        return acts.graphs.renewal(agent);
    }

    /** @return what was done; what the host cannot do is kind UNAVAILABLE */
    public String control(String agent, Control control) {
        return acts.processes.control(agent, control);
    }

    /**
     * Jobs of its graph that somebody wrote for such a failure.
     *
     * @param classes labels of failures
     * @param any whether jobs for all of them are meant too
     */
    public List<String> remedies(AgentStatus agent, Set<String> classes, boolean any) {
        return acts.remedies(agent, classes, any);
    }

    /** Runs jobs to their end, one after the other; one that ends otherwise than with 0 is kind CONFLICT. */
    public String run(List<String> jobs) {
        return acts.run(jobs);
    }

    /** Takes memory back. What the host cannot do is an outcome and no failure. */
    public AgentControls.Outcome reclaim(String agent, long bytes) {
        return parts.controls()
                .get()
                .map(controls -> Wait.on(controls.apply(agent, new Control.Reclaim(bytes), ACTOR)))
                .orElseGet(() -> AgentControls.Outcome.unavailable("controls of agents are not there"));
    }

    public long resident(AgentStatus agent) {
        return acts.processes.resident(agent);
    }

    /** The other agent of its graph that uses most processor time now, where that is a tenth of a core or more. */
    public Optional<String> busiest(AgentStatus agent) {
        return acts.processes.busiest(agent);
    }

    /** The processor that the fewest agents are kept on; empty where there is but one. */
    public Optional<Set<Integer>> idlest() {
        return parts.processors() > 1 ? Optional.of(Set.of(acts.processes.idlest())) : Optional.empty();
    }

    /** Waits for what was begun; its failure is that of the call. */
    public static <T> T await(CompletableFuture<T> future) {
        return Wait.on(future);
    }

    /** What is not there now. */
    public static StratoswarmException absent(String what) {
        return new StratoswarmException(Kind.UNAVAILABLE, what + " is not there now");
    }
}
