package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.script.CaseView;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Reward;
import io.stratoswarm.healing.strategy.Situation;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** One life of a clone: it is begun, its fault is made, one way to choose says what is done, and what comes of that is measured. */
final class CloneRun {
    private static final long LONGEST_MILLIS = 30_000;

    /** @param parts with agents among which clones are seen */
    private final HealingParts parts;

    private final Ledger ledger;
    private final Witness witness;
    private final Acts acts;
    private final Clone clone;
    private final String graph;
    private final String id;

    CloneRun(HealingParts parts, Ledger ledger, Clone clone, String graph) {
        this.parts = parts;
        this.ledger = ledger;
        this.clone = clone;
        this.graph = graph;
        witness = new Witness(parts.journal(), parts.agents(), parts.graphs(), parts.metrics());
        acts = new Acts(parts);
        id = graph + "/" + clone.node().id();
    }

    /** What a way to choose says of a case. */
    interface Way {
        Picked pick(CaseView view);
    }

    /**
     * @param act empty where it is left to what was learned
     * @param wrong why there is no answer; empty where there is one
     */
    record Picked(Optional<Act> act, SortedMap<String, Double> with, String wrong) {
        static final Picked NONE = new Picked(Optional.empty(), Collections.emptySortedMap(), "");

        Picked(Act act) {
            this(Optional.of(act), Collections.emptySortedMap(), "");
        }
    }

    /**
     * @param act that was done; empty where there was no answer
     * @param reward absent where nothing was measured
     */
    record Outcome(String act, OptionalDouble reward, String why) {}

    /** @throws StratoswarmException where the clone or its fault did not come about, so that nothing is known */
    Outcome run(Way way) {
        Wait.on(graphs().apply(
                        clone.manifest(graph, Optional.empty()),
                        new Graphs.Options(false, OptionalLong.of(0)),
                        Acts.ACTOR));
        if (!Wait.until(() -> well(0).isPresent(), patience())) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "the clone was not well within " + seconds(patience()) + " of its begin: it is "
                            + status().map(it -> it.phase().name().toLowerCase(Locale.ROOT) + ", " + it.reason())
                                    .orElse("gone"));
        }
        long from = newest() + 1;
        inject();
        long shows = patience() + noticing();
        if (!Wait.until(() -> failure(from).isPresent(), shows)) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "the clone did not fail within " + seconds(shows) + " of its fault");
        }
        Failure failure = failure(from).orElseThrow();
        return act(failure, way);
    }

    private Outcome act(Failure failure, Way way) {
        Learned learned = ledger.learned();
        AgentStatus now = status().orElseThrow(() -> new StratoswarmException(Kind.CONFLICT, "the clone is gone"));
        Window window = witness.before(failure);
        Patterns patterns = Patterns.of(window);
        Situation situation = new Situation(0, failure.event().type().equals("AgentUnhealthy"), false);
        Sight sight = Sight.of(learned, now, Set.of(), patterns, situation, clone.label(), false, false);
        Set<Act> possible = EnumSet.noneOf(Act.class);
        Stream.of(Act.values()).filter(act -> acts.possible(act, sight)).forEach(possible::add);
        Choice choice = Choice.of(learned, clone.label(), situation, possible::contains);
        Choice any = Choice.any(learned, clone.label(), situation, possible::contains);
        Naming.Named named = new Naming(parts.model(), parts.settings().confidence())
                .name(patterns, learned, failure.number())
                .as(clone.label());
        // A script is asked about the agent itself, since it may choose by its name.
        Failure seen = new Failure(failure.event(), clone.agent(), failure.exit());
        Picked picked = way.pick(Views.of(seen, named, window, patterns, situation, any, choice));
        if (!picked.wrong().isEmpty()) {
            return new Outcome(
                    "", OptionalDouble.empty(), "it gave no answer, so it would not have acted: " + picked.wrong());
        }
        Act act = picked.act().orElse(choice.chosen().act());
        return switch (act) {
            case ASK ->
                new Outcome(
                        act.word(),
                        OptionalDouble.empty(),
                        "a person would have been asked, of which a clone tells nothing");
            case WAIT -> watched(failure, act, "it was left to its restart policy");
            default -> done(failure, act, sight, picked.with());
        };
    }

    private Outcome done(Failure failure, Act act, Sight sight, Map<String, Double> with) {
        String done;
        try {
            done = acts.perform(act, sight, acts.generation(graph), with);
        } catch (StratoswarmException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return new Outcome(act.word(), OptionalDouble.of(0), "it was not done: " + e.getMessage());
        }
        return watched(failure, act, done);
    }

    private Outcome watched(Failure failure, Act act, String done) {
        long at = failure.event().timeNanos();
        long patience = patience() + ending(failure);
        boolean well = Wait.until(() -> well(at).isPresent(), patience);
        if (!well) {
            return new Outcome(
                    act.word(), OptionalDouble.of(0), done + "; it was not well within " + seconds(patience));
        }
        long since = well(at).orElse(at);
        long took = (since - at) / 1_000_000;
        long lasting = Math.min(parts.settings().lastingMillis(), LONGEST_MILLIS);
        boolean relapsed = Wait.until(
                () -> failure(failure.number() + 1)
                        .filter(next -> next.event().timeNanos() > since)
                        .isPresent(),
                lasting);
        double share = !relapsed
                ? 1
                : (failure(failure.number() + 1).orElseThrow().event().timeNanos() - since) / 1e6 / lasting;
        double reward = Reward.of(true, took, patience, !relapsed, share, 0);
        return new Outcome(
                act.word(),
                OptionalDouble.of(reward),
                done + "; it was well after " + seconds(took)
                        + (relapsed ? " and failed again" : " and stayed so for " + seconds(lasting)));
    }

    private void inject() {
        AgentStatus now = status().orElseThrow(() -> new StratoswarmException(Kind.CONFLICT, "the clone is gone"));
        OptionalInt pid = now.pid();
        if (pid.isEmpty()) {
            throw new StratoswarmException(Kind.CONFLICT, "the clone has no process that a fault could be made in");
        }
        if (clone.fault().isPresent()) {
            Wait.on(graphs().apply(clone.manifest(graph, Optional.of(pid.getAsInt())), Acts.ACTOR));
            acts.run(List.of(Clone.faultOf(graph)));
        } else if (clone.label().equals(Clone.HANG)) {
            Wait.on(parts.agents().signal(now.selector(), "STOP", Acts.ACTOR));
        } else {
            // By the kernel and not by a command: what a command kills did not fail.
            boolean sent = ProcessHandle.of(pid.getAsInt())
                    .map(ProcessHandle::destroyForcibly)
                    .orElse(false);
            if (!sent) {
                throw new StratoswarmException(Kind.CONFLICT, "SIGKILL could not be sent to the clone");
            }
        }
    }

    private Graphs graphs() {
        return parts.graphs()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there"));
    }

    private Optional<AgentStatus> status() {
        return parts.agents().get(id);
    }

    private long newest() {
        return parts
                .journal()
                .read(EventQuery.all()
                        .subject(Failure.SUBJECT + id)
                        .newestFirst()
                        .limit(1))
                .stream()
                .mapToLong(event -> event.sequence())
                .findFirst()
                .orElse(0);
    }

    private Optional<Failure> failure(long from) {
        return parts
                .journal()
                .read(EventQuery.all().subject(Failure.SUBJECT + id).from(from).limit(1_000))
                .stream()
                .flatMap(event -> Failure.of(event, parts.journal()).stream())
                .findFirst();
    }

    /** Since when it is well, where it became so after that time; by its liveness probe where it has one. */
    private Optional<Long> well(long afterNanos) {
        return status().filter(Acts::well)
                .flatMap(agent ->
                        parts.agents().spec(id).flatMap(AgentSpec::liveness).isEmpty()
                                ? Optional.of(agent.sinceNanos())
                                : ledger.answered(id, agent.incarnation()).stream()
                                        .boxed()
                                        .findFirst())
                .filter(since -> since > afterNanos);
    }

    private long patience() {
        long first = clone.node()
                .agent()
                .liveness()
                .map(probe -> probe.initialDelayMillis() + probe.intervalMillis())
                .orElse(0L);
        return Math.min(parts.settings().patienceMillis(), LONGEST_MILLIS) + first;
    }

    /** Within which a liveness probe notices a process that gives no answer any more. */
    private long noticing() {
        return clone.node()
                .agent()
                .liveness()
                .map(probe -> probe.failureThreshold() * (probe.intervalMillis() + probe.timeoutMillis()))
                .orElse(0L);
    }

    /** What still runs has to end first, and one that hangs does so at the end of the time that its stop has, whatever is done. */
    private long ending(Failure failure) {
        return failure.event().type().equals("AgentUnhealthy")
                ? clone.node().agent().stop().graceMillis()
                : 0;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
}
