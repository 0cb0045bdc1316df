package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.trial.Standing.Seen;
import io.stratoswarm.healing.trial.Standing.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Says whether a version goes to another stage, and why. Pure. */
final class Progress {
    /** Fewer recorded cases say nothing. */
    static final int FEW = 10;
    /** Where for a greater share of the cases only a model speaks, nothing is said. */
    private static final double MODELLED = 0.5;
    /** Share of the cases in which a script may give no answer. */
    private static final double FAILURES = 0.2;
    /** Measured controls from which their mean is the baseline. */
    private static final int CONTROLS = 5;
    /** A canary that was not shown to be good enough in so many times the cases it was given ends. */
    private static final int LONGEST = 5;

    private final TrialRules rules;

    Progress(TrialRules rules) {
        this.rules = rules;
    }

    /** @param figures that led to it */
    record Move(Stage to, String reason, SortedMap<String, Double> figures) {}

    /** What recorded cases say. */
    enum Verdict {
        WORSE,
        NOT_WORSE,
        OPEN
    }

    Verdict verdict(Estimate gain) {
        if (gain.cases() < FEW || gain.modelled() > MODELLED) {
            return Verdict.OPEN;
        }
        if (gain.high() < -rules.margin()) {
            return Verdict.WORSE;
        }
        return gain.low() >= -rules.margin() ? Verdict.NOT_WORSE : Verdict.OPEN;
    }

    /**
     * After its choices in recorded cases were looked at.
     *
     * @param failed in how many of them it gave no answer
     * @param first what it said in the first of those
     */
    Move replayed(Estimate value, Estimate gain, int failed, String first) {
        SortedMap<String, Double> figures = figures(value, gain);
        figures.put("failed", (double) failed);
        if (failed > FAILURES * gain.cases()) {
            return new Move(
                    Stage.REVERTED,
                    "in " + failed + " of " + gain.cases() + " recorded cases it gave no answer: " + first,
                    figures);
        }
        return switch (verdict(gain)) {
            case WORSE ->
                new Move(Stage.REVERTED, "in recorded cases it would have done worse: " + said(gain), figures);
            case NOT_WORSE -> new Move(Stage.SHADOW, "in recorded cases it is not worse: " + said(gain), figures);
            case OPEN ->
                new Move(
                        Stage.SHADOW,
                        gain.cases() < FEW
                                ? "there are " + gain.cases() + " recorded cases, of " + FEW
                                        + " without which nothing can be said"
                                : "recorded cases do not tell: " + said(gain),
                        figures);
        };
    }

    private static SortedMap<String, Double> figures(Estimate value, Estimate gain) {
        SortedMap<String, Double> figures = new TreeMap<>();
        value.figures().forEach((name, number) -> figures.put("reward." + name, number));
        figures.keySet().retainAll(List.of("reward.value", "reward.low", "reward.high"));
        gain.figures().forEach((name, number) -> figures.put("gain." + name, number));
        return figures;
    }

    private static String said(Estimate gain) {
        return String.format(
                Locale.ROOT,
                "%+.2f of reward, from %+.2f to %+.2f, by %d cases of which %d match (%.1f effective)",
                gain.value(),
                gain.low(),
                gain.high(),
                gain.cases(),
                gain.matched(),
                gain.effective());
    }

    /** Whether enough was seen of it in the shadow to look at it again. */
    boolean shadowed(Version version) {
        return version.stage() == Stage.SHADOW && version.ended().size() >= rules.shadowCases();
    }

    /**
     * After it was watched for long enough.
     *
     * @param gain by its choices in the cases it was watched in
     */
    Move shadow(Version version, Estimate value, Estimate gain) {
        List<Seen> ended = version.ended();
        SortedMap<String, Double> figures = figures(value, gain);
        long failed = ended.stream().filter(Seen::failed).count();
        figures.put("failed", (double) failed);
        if (failed > FAILURES * ended.size()) {
            return new Move(
                    Stage.REVERTED, "in " + failed + " of " + ended.size() + " cases it gave no answer", figures);
        }
        return switch (verdict(gain)) {
            case WORSE -> new Move(Stage.REVERTED, "it would have done worse: " + said(gain), figures);
            case NOT_WORSE -> new Move(Stage.CANARY, "it would not have done worse: " + said(gain), figures);
            case OPEN ->
                rules.goesOn()
                        ? new Move(
                                Stage.CANARY,
                                "the cases do not tell, and it is tried all the same (trial.undecided): " + said(gain),
                                figures)
                        : new Move(
                                Stage.SHADOW,
                                "the cases do not tell, so that a person has to let it act ('stratoswarm heal promote'): "
                                        + said(gain),
                                figures);
        };
    }

    /** After a case of a version that acts in some cases ended. */
    Optional<Move> canary(Version version) {
        List<Double> mine = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        List<Double> differences = new ArrayList<>();
        List<Double> blockMine = new ArrayList<>();
        List<Double> blockOthers = new ArrayList<>();
        int acted = 0;
        for (Seen seen : version.ended()) {
            acted += seen.acts() ? 1 : 0;
            if (!seen.differs()) {
                continue; // What was done is the same with and without it, and tells nothing of the difference.
            }
            (seen.acts() ? mine : others).add(seen.reward());
            (seen.acts() ? blockMine : blockOthers).add(seen.reward());
            if (!blockMine.isEmpty() && !blockOthers.isEmpty()) {
                differences.add(mean(blockMine) - mean(blockOthers));
                blockMine.clear();
                blockOthers.clear();
            }
        }
        double capital = Bets.capital(differences, rules.margin());
        SortedMap<String, Double> figures = new TreeMap<>(
                Map.of("acted", (double) acted, "pairs", (double) differences.size(), "evidence", rounded(capital)));
        put(figures, "reward", mine);
        put(figures, "baseline", others);
        if (Bets.worse(capital)) {
            return Optional.of(new Move(
                    Stage.REVERTED,
                    "it does worse: " + compared(mine, others) + ", evidence " + Math.round(capital) + " of "
                            + Math.round(1 / Bets.LEVEL),
                    figures));
        }
        if (acted < rules.canaryCases()) {
            return Optional.empty();
        }
        long failed = version.ended().stream().filter(Seen::failed).count();
        if (failed > FAILURES * version.ended().size()) {
            figures.put("failed", (double) failed);
            return Optional.of(new Move(
                    Stage.REVERTED,
                    "in " + failed + " of " + version.ended().size() + " cases it gave no answer",
                    figures));
        }
        boolean told = !mine.isEmpty() && !others.isEmpty();
        if (mine.isEmpty() || told && mean(mine) >= mean(others) - rules.margin()) {
            if (others.size() < CONTROLS) {
                figures.remove("baseline");
            }
            return Optional.of(new Move(
                    Stage.ACTIVE,
                    mine.isEmpty()
                            ? "it chose what was chosen without it"
                            : "it does not do worse: " + compared(mine, others),
                    figures));
        }
        return acted < LONGEST * rules.canaryCases()
                ? Optional.empty()
                : Optional.of(new Move(
                        Stage.REVERTED,
                        "it was not shown to be good enough in " + acted + " cases: " + compared(mine, others),
                        figures));
    }

    /** After a case of a version that acts ended. */
    Optional<Move> active(Version version) {
        List<Double> differences = new ArrayList<>();
        List<Double> mine = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        for (Seen seen : version.ended()) {
            if (seen.acts() && seen.differs()) {
                double without = version.figures().getOrDefault("baseline", seen.expected());
                mine.add(seen.reward());
                others.add(without);
                differences.add(seen.reward() - without);
            }
        }
        double capital = Bets.capital(differences, rules.margin());
        SortedMap<String, Double> figures = new TreeMap<>(Map.of("evidence", rounded(capital)));
        put(figures, "reward", mine);
        put(figures, "baseline", others);
        return Bets.worse(capital)
                ? Optional.of(new Move(
                        Stage.REVERTED,
                        "it does worse than what was there before: " + compared(mine, others) + ", evidence "
                                + Math.round(capital) + " of " + Math.round(1 / Bets.LEVEL),
                        figures))
                : Optional.empty();
    }

    private static void put(SortedMap<String, Double> figures, String name, List<Double> rewards) {
        if (!rewards.isEmpty()) {
            figures.put(name, rounded(mean(rewards)));
        }
    }

    private static String compared(List<Double> mine, List<Double> others) {
        return String.format(
                Locale.ROOT,
                "%s in %d cases, against %s in %d",
                mine.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", mean(mine)),
                mine.size(),
                others.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", mean(others)),
                others.size());
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** What is known of a version that goes on as it is. */
    static SortedMap<String, Double> counts(Version version) {
        SortedMap<String, Double> counts = new TreeMap<>();
        counts.put("seen", (double) version.seen().size());
        counts.put("ended", (double) version.ended().size());
        counts.put("differed", (double)
                version.seen().stream().filter(Seen::differs).count());
        return Collections.unmodifiableSortedMap(counts);
    }
}
