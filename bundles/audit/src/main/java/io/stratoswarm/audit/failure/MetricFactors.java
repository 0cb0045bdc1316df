package io.stratoswarm.audit.failure;

import io.stratoswarm.api.failure.Failures.Basis;
import io.stratoswarm.api.failure.Failures.Category;
import io.stratoswarm.api.failure.Failures.Evidence;
import io.stratoswarm.api.failure.Failures.Factor;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What changed before a failure: the significant shifts, one factor for each subject and category. */
final class MetricFactors {
    private static final long MEANWHILE_MILLIS = 2_000;
    private static final int MOST_EVIDENCE = 4;
    private static final double MORE = 1.15;
    private static final double LESS = 0.8;
    private static final double FEEDS = 1.6;
    private static final double FOLLOWS = 0.6;

    private final Relations relations;
    private final Clues clues;
    private final String agent;

    MetricFactors(String agent, Relations relations, Clues clues) {
        this.agent = agent;
        this.relations = relations;
        this.clues = clues;
    }

    private record Key(String subject, Category category) {}

    List<Factor> of(List<Shift> shifts) {
        Map<Key, List<Shift>> grouped = new LinkedHashMap<>();
        shifts.stream()
                .sorted(Comparator.comparingDouble(Shift::strength).reversed())
                .forEach(shift -> grouped.computeIfAbsent(
                                new Key(shift.points().series().subject(), shift.category()), any -> new ArrayList<>())
                        .add(shift));
        List<Factor> factors = new ArrayList<>();
        grouped.forEach((key, group) -> factors.add(factor(key, group, shifts)));
        return factors;
    }

    private Factor factor(Key key, List<Shift> group, List<Shift> all) {
        Shift best = group.getFirst();
        Relations.Relation relation = relations.of(key.subject());
        double impact =
                best.strength() * relation.weight() * order(key, best, relation, all) * words(key, best, relation);
        List<Evidence> evidence = new ArrayList<>();
        group.stream().limit(MOST_EVIDENCE).forEach(shift -> evidence.add(evidence(shift)));
        String said = clues.words(key.category());
        if (!said.isEmpty() && key.subject().equals(agent)) {
            evidence.add(new Evidence("it said: " + said, OptionalLong.empty(), Optional.empty()));
        }
        long onset = group.stream().mapToLong(Shift::onsetMillis).min().orElse(best.onsetMillis());
        return new Factor(
                key.category(),
                key.subject(),
                relation.words(),
                title(best.points().series()) + " of " + key.subject() + (best.rises() ? " rose" : " fell") + " from "
                        + number(best.change().before()) + " to "
                        + number(best.change().after()),
                Math.min(0.97, impact),
                Basis.MEASURED,
                onset * 1_000_000,
                evidence);
    }

    /** What began first along the edges that lead here comes before what follows from it. */
    private double order(Key key, Shift best, Relations.Relation relation, List<Shift> all) {
        double fed = fed(key, best, relation, all);
        if (fed != 1) {
            return fed;
        }
        boolean first = relation.leads() && relation.steps() > 0;
        boolean follows = false;
        for (Shift other : all) {
            String subject = other.points().series().subject();
            Relations.Relation its = relations.of(subject);
            if (subject.equals(key.subject()) || !its.leads()) {
                continue;
            }
            boolean earlier = other.onsetMillis() + MEANWHILE_MILLIS < best.onsetMillis();
            first &= !earlier;
            follows |= earlier && its.steps() > relation.steps() && other.strength() > 0.5;
        }
        return follows ? LESS : first ? MORE : 1;
    }

    /**
     * Where an agent takes in more because what feeds it gives more, that is the reason, though both begin within one sample: what it
     * needs for it follows. 1 where nothing of the kind is seen.
     */
    private double fed(Key key, Shift best, Relations.Relation relation, List<Shift> all) {
        boolean takesMore =
                all.stream().anyMatch(shift -> gives(shift) && subject(shift).equals(agent));
        if (!takesMore || !best.rises() || !relation.leads()) {
            return 1;
        }
        boolean further = all.stream()
                .anyMatch(shift -> gives(shift)
                        && relations.of(subject(shift)).leads()
                        && relations.of(subject(shift)).steps() > relation.steps()
                        && shift.onsetMillis() <= best.onsetMillis() + MEANWHILE_MILLIS);
        return further ? FOLLOWS : key.category() == Category.IO && relation.steps() > 0 ? FEEDS : 1;
    }

    private static boolean gives(Shift shift) {
        return shift.category() == Category.IO && shift.rises();
    }

    private static String subject(Shift shift) {
        return shift.points().series().subject();
    }

    /** Its last words, and whether it ended by itself, speak for some categories. */
    private double words(Key key, Shift best, Relations.Relation relation) {
        boolean itself = key.subject().equals(agent);
        if (itself && !clues.words(key.category()).isEmpty()) {
            return 1.4;
        }
        if (!itself
                && key.category() == Category.IO
                && best.rises()
                && !clues.words(Category.STORAGE).isEmpty()) {
            return 1.9;
        }
        if (!itself && relation.leads() && !clues.words(Category.FAILURE).isEmpty()) {
            return clues.names(key.subject()) ? 1.4 : MORE;
        }
        if (clues.hung() && (best.ceases() ? itself : best.rises() && key.category() == Category.PROCESSOR)) {
            return 1.3;
        }
        return 1;
    }

    private static Evidence evidence(Shift shift) {
        return new Evidence(
                String.format(
                        Locale.ROOT,
                        "%s of %s: %s before, %s after; %.1f deviations, chance %.1g",
                        title(shift.points().series()),
                        shift.points().series().subject(),
                        number(shift.change().before()),
                        number(shift.change().after()),
                        shift.change().z(),
                        shift.p()),
                OptionalLong.empty(),
                Optional.of(shift.points()));
    }

    static String title(Series series) {
        return series.labels().isEmpty() ? series.name() : series.name() + series.labels();
    }

    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e9) {
            return String.format(Locale.ROOT, "%.2fG", value / 1e9);
        }
        if (size >= 1e6) {
            return String.format(Locale.ROOT, "%.2fM", value / 1e6);
        }
        if (size >= 1e4) {
            return String.format(Locale.ROOT, "%.1fk", value / 1e3);
        }
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }
}
