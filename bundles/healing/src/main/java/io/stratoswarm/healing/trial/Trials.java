package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.healing.script.HealingKind;
import io.stratoswarm.healing.script.StrategySettings;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.trial.Progress.Move;
import io.stratoswarm.healing.trial.Standing.Seen;
import io.stratoswarm.healing.trial.Standing.Version;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads each new version of a script from stage to stage: recorded cases, the shadow, the canary, and then it acts; and back where it does worse.
 * One thing at a time; every step is an event.
 */
public final class Trials implements Reactor {
    /**
     * Ways to choose were tried on clones: {@code trial, agent, class, fault, why}, and of each in {@code tried} the {@code way, hash, act, why}, and
     * the {@code reward} where it was measured.
     */
    public static final String CLONED = "HealingCloneEnded";

    /** The way to choose that a script is compared with: what was learned. */
    public static final String LEARNED = "learned";

    private static final Logger LOG = LoggerFactory.getLogger(Trials.class);
    /** So much less than without it is no chance: what got well quickly and stayed so has nine tenths, what did not has nothing. */
    private static final double WORSE_ON_A_CLONE = 0.25;

    private final StrategyJournal journal;
    private final PastCases past;
    private final HealingKind kind;
    private final Versions versions;
    private final Supplier<TrialRules> rules;
    private final Executor background;
    private volatile Consumer<String> shadowed = label -> {};

    Trials(
            StrategyJournal journal,
            HealingKind kind,
            Versions versions,
            Supplier<TrialRules> rules,
            Executor background) {
        this.journal = journal;
        this.past = new PastCases(journal.journal());
        this.kind = kind;
        this.versions = versions;
        this.rules = rules;
        this.background = background;
        kind.onChange(this::changed);
    }

    /** @param listener is told the class of each version that came into the shadow, and must return at once */
    public void onShadow(Consumer<String> listener) {
        shadowed = listener;
    }

    @Override
    public String id() {
        return "healing-strategies";
    }

    /** A script was loaded or unloaded. */
    private void changed(String name) {
        try {
            background.execute(() -> {
                try {
                    consider(name);
                } catch (RuntimeException e) {
                    // Such as a journal that takes nothing for a while: the next case of its class, or the next load,
                    // looks again.
                    LOG.warn("the strategy {} could not be looked at: {}", name, e.getMessage(), e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the bundle is going down, and {} is not looked at any more", name, e);
        }
    }

    /** Looks where a script stands, and does the next step that needs no further case. */
    synchronized void consider(String name) {
        Optional<LoadedScript> loaded = kind.find(name);
        if (loaded.isEmpty()) {
            versions.keep(name, "");
            return;
        }
        LoadedScript script = loaded.get();
        String label = StrategySettings.of(script.header()).label();
        Standing standing = journal.standings().getOrDefault(name, Standing.of(label));
        if (standing.off()) {
            return; // It was ended again meanwhile.
        }
        String hash = script.hash();
        boolean tried = standing.trial().is(hash);
        if (standing.active().is(hash) && !standing.trial().none() && !tried) {
            move(
                    name,
                    label,
                    hash,
                    new Move(Stage.ACTIVE, "the file is again what acts", none()),
                    StrategyJournal.ACTOR);
        } else if (!standing.active().is(hash) && !tried) {
            move(
                    name,
                    label,
                    hash,
                    new Move(Stage.CANDIDATE, standing.active().none() ? "it is new" : "it was changed", none()),
                    StrategyJournal.ACTOR);
        }
        Version trial = journal.standings().getOrDefault(name, standing).trial();
        if (trial.is(hash) && trial.stage() == Stage.CANDIDATE) {
            Replay.Result result = Replay.of(script, past.of(StrategySettings.of(script.header())::covers), List.of());
            move(
                    name,
                    label,
                    hash,
                    new Progress(rules.get()).replayed(result.value(), result.gain(), result.failed(), result.first()),
                    StrategyJournal.ACTOR);
        }
        Standing now = journal.standings().getOrDefault(name, standing);
        versions.keep(name, now.active().hash());
    }

    private static SortedMap<String, Double> none() {
        return Collections.emptySortedMap();
    }

    private void move(String name, String label, String hash, Move move, String actor, Cause... causes) {
        journal.stage(name, label, hash, move, actor, List.of(causes));
        if (move.to() == Stage.REVERTED) {
            LOG.warn("strategy {} at {} is taken back: {}", name, hash, move.reason());
        } else {
            LOG.info("strategy {} at {} is {}: {}", name, hash, move.to().word(), move.reason());
        }
        if (move.to() == Stage.SHADOW) {
            shadowed.accept(label);
        }
    }

    @Override
    public void on(Event event) {
        if (event.source().equals(LearnedFold.SOURCE) && event.type().equals(LearnedFold.ENDED)) {
            ended(PastCases.payload(event).path("case").asLong(), event.asCause());
        } else if (event.source().equals(LearnedFold.SOURCE) && event.type().equals(CLONED)) {
            cloned(PastCases.payload(event), event.asCause());
        }
    }

    /** A version that is tried is taken back where the clone of an agent did much worse with it than by what was learned. */
    private synchronized void cloned(JsonNode payload, Cause cause) {
        double learned = Double.NaN;
        for (JsonNode each : payload.path("tried")) {
            double reward = each.path("reward").asDouble(Double.NaN);
            String name = each.path("way").asText();
            String hash = each.path("hash").asText();
            Standing standing = journal.standings().get(name);
            if (hash.isEmpty()) {
                learned = name.equals(LEARNED) ? reward : learned;
            } else if (standing != null
                    && standing.trial().is(hash)
                    && standing.trial().stage() != Stage.REVERTED
                    && reward < learned - WORSE_ON_A_CLONE) {
                String why = "on a clone of " + payload.path("agent").asText() + " it did worse: "
                        + each.path("why").asText();
                SortedMap<String, Double> figures = new TreeMap<>(Map.of("reward", reward, "baseline", learned));
                move(
                        name,
                        standing.label(),
                        hash,
                        new Move(Stage.REVERTED, why, figures),
                        StrategyJournal.ACTOR,
                        cause);
                changed(name);
            }
        }
    }

    /** A case ended, which may tell something of those that were asked about it. */
    private synchronized void ended(long number, Cause cause) {
        if (kind.all().isEmpty()) {
            return;
        }
        journal.standings().forEach((name, standing) -> {
            for (Version version : List.of(standing.trial(), standing.active())) {
                if (version.seen().stream().map(Seen::number).anyMatch(seen -> seen == number)) {
                    Optional<Move> next = next(name, standing, version);
                    next.ifPresent(
                            move -> move(name, standing.label(), version.hash(), move, StrategyJournal.ACTOR, cause));
                    if (next.isPresent()) {
                        changed(name);
                    }
                }
            }
        });
    }

    private Optional<Move> next(String name, Standing standing, Version version) {
        Progress progress = new Progress(rules.get());
        return switch (version.stage()) {
            case SHADOW -> {
                Optional<LoadedScript> script = versions.find(name, version.hash());
                if (script.isEmpty() || !progress.shadowed(version)) {
                    yield Optional.empty();
                }
                Replay.Result result = Replay.of(
                        script.get(),
                        past.of(label ->
                                standing.label().equals(StrategySettings.ANY) || label.equals(standing.label())),
                        version.seen());
                yield Optional.of(progress.shadow(version, result.value(), result.gain()));
            }
            case CANARY -> progress.canary(version);
            case ACTIVE -> progress.active(version);
            default -> Optional.empty();
        };
    }

    // What an operator may do.

    private Standing standing(String name) {
        SortedMap<String, Standing> all = journal.standings();
        Standing standing = all.get(name);
        if (standing == null || standing.off()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "no strategy is named '" + name + "'"
                            + (all.isEmpty()
                                    ? "; there are none: scripts of the kind healing are strategies ('stratoswarm scripts')"
                                    : "; there are " + String.join(", ", all.keySet())));
        }
        return standing;
    }

    /** Begins the trial of the version of the file anew. */
    public synchronized void again(String name, String actor) {
        Standing standing = standing(name);
        LoadedScript script = kind.find(name)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "the script " + name + " does not run; see 'stratoswarm scripts show " + name + "'"));
        move(name, standing.label(), script.hash(), new Move(Stage.CANDIDATE, "asked for by " + actor, none()), actor);
        changed(name);
    }

    /** Lets the version that is tried go to its next stage now. */
    public synchronized void promote(String name, String actor) {
        Standing standing = standing(name);
        Version trial = standing.trial();
        if (trial.none() || trial.stage() == Stage.REVERTED) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "no version of " + name + " is tried"
                            + (trial.none()
                                    ? "; the one of its file acts"
                                    : "; the one of its file was taken back (" + trial.reason()
                                            + "), and 'stratoswarm heal trial " + name + "' begins anew"));
        }
        move(
                name,
                standing.label(),
                trial.hash(),
                new Move(trial.stage().next(), "by " + actor, Progress.counts(trial)),
                actor);
        changed(name);
    }

    /** Ends the version that is tried; where none is, the one that acts. */
    public synchronized void revert(String name, String actor) {
        Standing standing = standing(name);
        boolean tried = !standing.trial().none() && standing.trial().stage() != Stage.REVERTED;
        Version ended = tried ? standing.trial() : standing.active();
        if (ended.none()) {
            throw new StratoswarmException(Kind.CONFLICT, "no version of " + name + " is tried or acts");
        }
        move(
                name,
                standing.label(),
                ended.hash(),
                new Move(Stage.REVERTED, "by " + actor, Progress.counts(ended)),
                actor);
        changed(name);
    }
}
