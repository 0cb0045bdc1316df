package io.stratoswarm.healing.trial;

import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.healing.script.HealingKind;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** All that there is about scripts as strategies, put together. */
public final class StrategyRoom {
    private final HealingKind kind = new HealingKind();
    private final StrategyJournal journal;
    private final Versions versions;
    private final Strategies strategies;
    private final Trials trials;
    private final Validation validation;

    /**
     * @param scripts by which earlier versions are loaded
     * @param background runs one thing after the other; replays take their time
     */
    public StrategyRoom(
            Journal journal,
            Projections projections,
            Supplier<Optional<Scripts>> scripts,
            Supplier<TrialRules> rules,
            Strategies.MayDecide mayDecide,
            Executor background) {
        this.journal = new StrategyJournal(journal, projections);
        versions = new Versions(kind, scripts);
        strategies = new Strategies(this.journal, kind, versions, rules, mayDecide);
        trials = new Trials(this.journal, kind, versions, rules, background);
        validation = new Validation(new PastCases(journal));
    }

    /** Keeps how scripts stand; it must be there before the rest. */
    public static Projection<?> projection() {
        return new StrategyFold();
    }

    public HealingKind kind() {
        return kind;
    }

    public Strategies strategies() {
        return strategies;
    }

    public Trials trials() {
        return trials;
    }

    public Validation validation() {
        return validation;
    }

    public SortedMap<String, Standing> standings() {
        return journal.standings();
    }

    public void close() {
        versions.close();
    }
}
