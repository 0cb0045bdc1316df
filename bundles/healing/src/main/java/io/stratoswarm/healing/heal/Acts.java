package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.strategy.Act;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Does what was chosen, under a lease on the agent, so that its restart policy does not act meanwhile. Each gives one line that says what was
 * done, and throws {@link StratoswarmException} where it was not.
 */
final class Acts {
    static final String ACTOR = "healing";
    /** Label of a manual job: the classes that it is a remedy for, separated by commas; {@code *} for all of them. */
    static final String REMEDY = "healing.remedy";
    /** Label beside it: the nodes that it is a remedy for; all of its graph where it is absent. */
    static final String REMEDY_FOR = "healing.for";

    private static final long LEASE_MILLIS = 90_000;
    /** Of more others than these not all are restarted for the sake of one. */
    private static final int FEW = 5;
    /** So often within an hour something else must have been tried. */
    private static final int TRIED = 3;
    /** Of one whose fresh processes give no answer at all: what they hang on is not their own. */
    private static final int HUNG = 2;

    private final HealingParts parts;
    final ProcessActs processes;
    final GraphActs graphs;

    Acts(HealingParts parts) {
        this.parts = parts;
        processes = new ProcessActs(parts);
        graphs = new GraphActs(parts);
    }

    /** Whether it makes sense for the agent as it is now. What has come back by its policy meanwhile is left as it is. */
    boolean possible(Act act, Sight sight) {
        AgentStatus agent = sight.agent();
        boolean ill = agent.phase() == AgentPhase.UNHEALTHY
                || agent.phase().running() && sight.situation().unhealthy();
        return switch (act) {
            case WAIT, ASK -> true;
            // What its policy brings back by itself is not started twice, and what it put into quarantine stays there
            // until something is another than it was. What will fail is started before that.
            case RESTART ->
                restarts(agent.id())
                        && (agent.phase() == AgentPhase.FAILED
                                || sight.foreseen() && agent.phase().running());
            case CAPTURE ->
                ill && restarts(agent.id()) && parts.captures().get().isPresent();
            case RESTART_DEPENDENCIES ->
                !sight.needed().isEmpty() && others(sight).anyMatch(other -> needs(sight, other) && down(other));
            // Others are only restarted where what was done about the agent alone did not last, or where that is known
            // to help.
            case RESTART_NEIGHBOURS ->
                (sight.proved().contains(act) || sight.situation().relapses() >= (sight.hangs() ? HUNG : TRIED))
                        && !well(agent)
                        && restarts(agent.id())
                        && !neighbours(sight).isEmpty()
                        && neighbours(sight).size() <= FEW;
            case REMEDY -> !remedies(agent, sight.names(), true).isEmpty();
            case RECLAIM, THROTTLE, MOVE -> ill && processes.possible(act, sight);
            case RENICE_NEIGHBOUR -> processes.possible(act, sight);
            case ROLLBACK, REPLACE, SCALE_OUT, RAISE_LIMITS -> graphs.possible(act, sight);
        };
    }

    /** Whether it is one that is to run all the time, and may be started again: a job that failed is not done twice unasked. */
    boolean restarts(String agent) {
        return parts.agents()
                .spec(agent)
                .map(spec ->
                        spec.lifecycle() == Lifecycle.SERVICE && spec.restart().mode() != RestartMode.NEVER)
                .orElse(false);
    }

    /** Whether it does not run, is not on its way, and may be started: not by a person's wish, and not in quarantine. */
    private boolean down(AgentStatus agent) {
        return (agent.phase() == AgentPhase.BACKOFF || agent.phase() == AgentPhase.FAILED) && restarts(agent.id());
    }

    private Stream<AgentStatus> others(Sight sight) {
        return others(sight.agent());
    }

    private Stream<AgentStatus> others(AgentStatus agent) {
        return parts.agents().list().stream()
                .filter(other ->
                        other.graph().equals(agent.graph()) && !other.id().equals(agent.id()));
    }

    private static boolean needs(Sight sight, AgentStatus other) {
        return sight.needed().contains(other.node());
    }

    private List<AgentStatus> neighbours(Sight sight) {
        return others(sight)
                .filter(other -> other.phase().running() && restarts(other.id()))
                .toList();
    }

    /**
     * Jobs of its graph that somebody wrote for what it has.
     *
     * @param names of the class
     * @param any whether those for all classes are meant too
     */
    List<String> remedies(AgentStatus agent, Set<String> names, boolean any) {
        return others(agent)
                .filter(job -> job.phase() == AgentPhase.WAITING
                        && parts.agents()
                                .spec(job.id())
                                .map(spec -> meant(spec, REMEDY, agent.node(), names, any))
                                .orElse(false))
                .map(AgentStatus::id)
                .sorted()
                .toList();
    }

    /** Whether it is a manual job whose label names the class, for that node. */
    static boolean meant(AgentSpec spec, String label, String node, Set<String> names, boolean any) {
        Set<String> classes = words(spec, label);
        Set<String> nodes = words(spec, REMEDY_FOR);
        return spec.lifecycle() == Lifecycle.MANUAL
                && (any && classes.contains("*") || names.stream().anyMatch(classes::contains))
                && (nodes.isEmpty() || nodes.contains(node));
    }

    private static Set<String> words(AgentSpec spec, String label) {
        return Stream.of(spec.labels().getOrDefault(label, "").split("[,\\s]+", -1))
                .filter(word -> !word.isEmpty())
                .collect(java.util.stream.Collectors.toSet());
    }

    static boolean well(AgentStatus agent) {
        return agent.phase() == AgentPhase.READY || agent.phase() == AgentPhase.COMPLETED;
    }

    /** Generation of the agent's graph now, by which a change that came in between is noticed; empty where there is no graph. */
    OptionalLong generation(String graph) {
        return graphs.graph(graph).map(it -> OptionalLong.of(it.generation())).orElse(OptionalLong.empty());
    }

    /**
     * @param generation that the agent's graph had when this was decided; what was changed since is not taken back
     * @param with numbers that the act is to be done with, by name
     */
    String perform(Act act, Sight sight, OptionalLong generation, Map<String, Double> with) {
        String id = sight.agent().id();
        parts.leases()
                .get()
                .ifPresent(leases -> Wait.on(leases.lease(id, ACTOR, LEASE_MILLIS, "heals it: it " + act.what())));
        try {
            return done(act, sight, generation, with);
        } finally {
            release(id);
        }
    }

    /** A lease that a command of an operator has ended meanwhile is no failure. */
    void release(String id) {
        parts.leases().get().ifPresent(leases -> {
            var unused = leases.release(id, ACTOR).exceptionally(e -> null);
        });
    }

    private String done(Act act, Sight sight, OptionalLong generation, Map<String, Double> with) {
        AgentStatus agent = sight.agent();
        return switch (act) {
            case RESTART -> anew(restart(agent));
            case CAPTURE -> processes.capture(agent) + "; " + anew(restart(agent));
            case RESTART_DEPENDENCIES -> dependencies(sight);
            case RESTART_NEIGHBOURS -> restartAll(sight);
            case REMEDY -> remedied(sight);
            case RECLAIM, THROTTLE, MOVE, RENICE_NEIGHBOUR -> processes.perform(act, agent, with);
            case ROLLBACK, REPLACE, SCALE_OUT, RAISE_LIMITS -> graphs.perform(act, sight, generation, with);
            case WAIT, ASK -> throw new StratoswarmException(Kind.UNAVAILABLE, act.word() + " is nothing to do");
        };
    }

    List<String> restart(AgentStatus agent) {
        return Wait.on(parts.agents().restart(agent.selector(), ACTOR));
    }

    private static String anew(List<String> agents) {
        return "started anew: " + String.join(", ", agents);
    }

    private String dependencies(Sight sight) {
        List<String> done = new ArrayList<>();
        others(sight).filter(other -> needs(sight, other) && down(other)).forEach(other -> done.addAll(restart(other)));
        if (done.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "what it needs is well by now, or was stopped by somebody; nothing was started anew");
        }
        done.addAll(itself(sight));
        return anew(done);
    }

    private String restartAll(Sight sight) {
        List<String> done = new ArrayList<>();
        neighbours(sight).forEach(other -> done.addAll(restart(other)));
        done.addAll(itself(sight));
        return anew(done);
    }

    /** Starts it where it does not run and is not on its way; a person's wish that it does not run holds. */
    private List<String> itself(Sight sight) {
        AgentStatus now = parts.agents().get(sight.agent().id()).orElse(sight.agent());
        return switch (now.phase()) {
            case BACKOFF, FAILED, UNHEALTHY, COMPLETED -> restart(now);
            case QUARANTINED -> Wait.on(parts.agents().start(now.selector(), ACTOR));
            case STOPPED, STOPPING, WAITING, STARTING, RUNNING, READY -> List.of();
        };
    }

    private String remedied(Sight sight) {
        String done = run(remedies(sight.agent(), sight.names(), true));
        List<String> started = itself(sight);
        return done + (started.isEmpty() ? "" : "; " + anew(started));
    }

    /** Runs jobs to their end, one after the other. */
    String run(List<String> jobs) {
        for (String job : jobs) {
            long before = parts.agents().get(job).map(AgentStatus::incarnation).orElse(0L);
            Wait.on(parts.agents().start(job, ACTOR));
            boolean ended = Wait.until(() -> parts.agents()
                    .get(job)
                    .map(now -> now.incarnation() > before && now.phase() == AgentPhase.WAITING)
                    .orElse(true));
            String exit = parts.agents().get(job).flatMap(AgentStatus::lastExit).orElse("it is gone");
            if (!ended || !exit.equals("exit 0")) {
                throw new StratoswarmException(
                        Kind.CONFLICT, "the job " + job + (ended ? " ended with: " + exit : " did not end"));
            }
        }
        if (jobs.isEmpty()) {
            throw new StratoswarmException(Kind.CONFLICT, "the remedy of its graph runs already, or is gone");
        }
        return "ran " + String.join(", ", jobs);
    }
}
