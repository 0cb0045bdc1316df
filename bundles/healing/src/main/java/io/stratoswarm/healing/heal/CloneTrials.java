package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.healing.Healing.CloneTrial;
import io.stratoswarm.api.healing.Healing.Tried;
import io.stratoswarm.healing.script.Answer;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.trial.Strategies;
import io.stratoswarm.healing.trial.Trials;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries ways to choose on clones of agents: one clone at a time, begun anew for each way. What comes of it is evidence about the ways, and nothing
 * else is learned from it. A clone that the end of a daemon left behind goes at the next start.
 */
final class CloneTrials {
    private static final Logger LOG = LoggerFactory.getLogger(CloneTrials.class);

    private final HealingParts parts;
    private final HealingParts withClones;
    private final Ledger ledger;
    private final CloneRecord record;
    private final Strategies strategies;
    private final ExecutorService thread;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean swept;

    /**
     * @param withClones the same with all agents, clones among them
     * @param thread runs one thing after the other; it is interrupted at the end of the bundle
     */
    CloneTrials(
            HealingParts parts, HealingParts withClones, Ledger ledger, Strategies strategies, ExecutorService thread) {
        this.parts = parts;
        this.ledger = ledger;
        this.strategies = strategies;
        this.thread = thread;
        this.withClones = withClones;
        record = new CloneRecord(parts.journal(), ledger);
    }

    /** Ends what an earlier daemon left, as soon as there are graphs. */
    void step() {
        if (!swept && parts.graphs().get().isPresent() && busy.compareAndSet(false, true)) {
            swept = true;
            run(this::sweep);
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } finally {
                    busy.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            busy.set(false);
            throw new StratoswarmException(Kind.UNAVAILABLE, "the bundle is going down", e);
        }
    }

    private void sweep() {
        try {
            for (Graphs.Summary graph : graphs().list()) {
                OptionalLong trial = Clone.trial(graph.name());
                // A graph that somebody named so himself is his.
                if (trial.isPresent() && record.began(trial.getAsLong())) {
                    removed(trial.getAsLong());
                }
            }
            for (CloneTrial trial : record.of(Optional.empty())) {
                if (trial.open()) {
                    record.ended(trial, List.of(), "it was cut off by the end of the daemon; its clone is removed");
                }
            }
        } catch (StratoswarmException e) {
            swept = false;
            LOG.warn("clones of an earlier daemon could not be removed yet: {}", e.getMessage());
        }
    }

    private Graphs graphs() {
        return parts.graphs()
                .get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the graphs are not there"));
    }

    private void removed(long trial) {
        String graph = Clone.graph(trial);
        if (graphs().declaration(graph).isPresent()) {
            Wait.on(graphs().delete(graph, Acts.ACTOR));
        }
    }

    /**
     * Begins a trial of a class.
     *
     * @return its number
     * @throws StratoswarmException kind CONFLICT where no clone is possible, with the reason, or one is there already
     */
    long begin(String label, Optional<String> agent, String actor) {
        Clone clone = clone(label, agent);
        if (!busy.compareAndSet(false, true)) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "something is tried on a clone already, and there is one at a time; try again later");
        }
        CloneTrial trial;
        try {
            trial = record.begun(clone, actor);
        } catch (RuntimeException e) {
            busy.set(false);
            throw e;
        }
        run(() -> tried(trial, clone));
        return trial.number();
    }

    /** Tries what a script that was changed would do, where an agent may be cloned for that. */
    void changed(String label) {
        if (parts.settings().mode() == Settings.Mode.OFF || !ledger.paused().isEmpty()) {
            return;
        }
        try {
            long number = begin(label.equals("*") ? Clone.CRASH : label, Optional.empty(), Acts.ACTOR);
            LOG.info("strategies for {} are tried on a clone, number {}", label, number);
        } catch (StratoswarmException e) {
            LOG.info("a strategy for {} is not tried on a clone: {}", label, e.getMessage());
        }
    }

    private Clone clone(String label, Optional<String> agent) {
        if (agent.isPresent()) {
            return clone(
                    parts.agents()
                            .get(agent.get())
                            .orElseThrow(() -> new StratoswarmException(
                                    Kind.NOT_FOUND,
                                    "no agent is named '" + agent.get() + "'; 'stratoswarm ps' lists those there are")),
                    label);
        }
        String why = "no agent has the label " + Clone.ALLOWED;
        for (AgentStatus each : parts.agents().list()) {
            boolean allowed = parts.agents()
                    .spec(each.id())
                    .filter(spec -> spec.labels().containsKey(Clone.ALLOWED)
                            && !spec.lifecycle().waits())
                    .isPresent();
            if (allowed) {
                try {
                    return clone(each, label);
                } catch (StratoswarmException e) {
                    why = String.valueOf(e.getMessage());
                }
            }
        }
        throw new StratoswarmException(Kind.CONFLICT, "nothing can be tried about " + label + " on a clone: " + why);
    }

    private Clone clone(AgentStatus agent, String label) {
        String name = ledger.learned().of(label).name();
        Graphs.Declaration graph = graphs().declaration(agent.graph())
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "graph " + agent.graph() + " is gone"));
        return Clone.of(graph, agent.node(), label, name.isEmpty() ? Set.of(label) : Set.of(label, name));
    }

    private void tried(CloneTrial trial, Clone clone) {
        List<Tried> all = new ArrayList<>();
        String why = "";
        try {
            Tried learned = tried(trial, clone, Trials.LEARNED, "", view -> CloneRun.Picked.NONE);
            all.add(learned);
            if (!learned.act().equals(Act.WAIT.word())) {
                all.add(tried(trial, clone, Act.WAIT.word(), "", view -> new CloneRun.Picked(Act.WAIT)));
            }
            for (Strategies.Candidate script : strategies.candidates(clone.label(), clone.agent())) {
                all.add(tried(trial, clone, script.script(), script.hash(), view -> {
                    Answer answer = strategies.ask(
                            script, view, view.json(ledger.learned()).toString());
                    return new CloneRun.Picked(Act.of(answer.act()), answer.parameters(), answer.error());
                }));
            }
        } catch (StratoswarmException e) {
            if (Thread.currentThread().isInterrupted()) {
                return; // The bundle ends; the next one removes the clone, and says so.
            }
            why = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the trial {} on a clone of {} came to grief", trial.number(), clone.agent(), e);
            why = String.valueOf(e);
        }
        record.ended(trial, all, why);
        LOG.info("trial {} on a clone of {} ended{}", trial.number(), clone.agent(), why.isEmpty() ? "" : ": " + why);
    }

    private Tried tried(CloneTrial trial, Clone clone, String way, String hash, CloneRun.Way how) {
        try {
            CloneRun.Outcome outcome = new CloneRun(withClones, ledger, clone, Clone.graph(trial.number())).run(how);
            return new Tried(way, hash, outcome.act(), outcome.reward(), outcome.why());
        } finally {
            if (!Thread.currentThread().isInterrupted()) {
                removed(trial.number());
            }
        }
    }

    /** The newest ones first. */
    List<CloneTrial> of(Optional<String> label) {
        return record.of(label);
    }
}
