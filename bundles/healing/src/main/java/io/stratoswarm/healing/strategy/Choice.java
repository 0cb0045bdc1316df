package io.stratoswarm.healing.strategy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which act is chosen, and what else could have been.
 *
 * @param options all that were possible, the chosen one first
 */
public record Choice(List<Option> options) {
    /** By how much what is little known of is preferred. */
    private static final double CURIOSITY = 0.5;
    /** What is expected of an act that is on no ladder of the class. */
    private static final double UNTHOUGHT = 0.3;

    public Choice {
        options = List.copyOf(options);
    }

    /**
     * @param prior what was expected before anything was learned
     * @param expected reward, 0..1
     * @param score what it was chosen by: the upper bound of what may be expected
     */
    public record Option(Act act, double prior, double expected, double uncertainty, double score, long tries) {}

    public Option chosen() {
        return options.getFirst();
    }

    /**
     * What is known of an act against a class, whatever the situation.
     *
     * @param on whether it may be done
     * @param mean of what was measured; 0 where it was not tried
     */
    public record Outlook(Act act, boolean on, long tries, double mean, double expected) {}

    /** All acts against a class, the best first. */
    public static List<Outlook> outlooks(Learned learned, String label) {
        Learned.Known known = learned.of(label);
        double[] context = new Situation(0, false, false).context();
        List<Outlook> all = new ArrayList<>();
        ladder(label).forEach((act, expectation) -> {
            Arm arm = known.arms().getOrDefault(act.word(), Arm.expecting(expectation));
            all.add(new Outlook(
                    act,
                    !known.off().contains(act.word()),
                    arm.tries(),
                    arm.tries() == 0 ? 0 : arm.rewards() / arm.tries(),
                    arm.expected(context)));
        });
        all.sort(Comparator.comparingDouble(Outlook::expected).reversed().thenComparing(Outlook::act));
        return all;
    }

    private static Map<Act, Double> ladder(String label) {
        Map<Act, Double> ladder = new EnumMap<>(Ladder.of(label));
        ladder.putIfAbsent(Act.WAIT, 0.0);
        return ladder;
    }

    /**
     * The best one by what was learned; of several that are alike, the one that comes first among acts, which is the milder one.
     *
     * @param possible what this host and this agent allow; {@link Act#WAIT} always is
     */
    public static Choice of(Learned learned, String label, Situation situation, Predicate<Act> possible) {
        return of(learned, label, situation, ladder(label), possible);
    }

    /** The same of all acts that there are, also of those that nobody thought of for the class: what a script may choose from. */
    public static Choice any(Learned learned, String label, Situation situation, Predicate<Act> possible) {
        Map<Act, Double> all = ladder(label);
        for (Act act : Act.values()) {
            all.putIfAbsent(act, UNTHOUGHT);
        }
        return of(learned, label, situation, all, possible);
    }

    private static Choice of(
            Learned learned, String label, Situation situation, Map<Act, Double> ladder, Predicate<Act> possible) {
        Learned.Known known = learned.of(label);
        double[] context = situation.context();
        List<Option> options = new ArrayList<>();
        ladder.forEach((act, expectation) -> {
            if (act != Act.WAIT && (known.off().contains(act.word()) || !possible.test(act))) {
                return;
            }
            Arm arm = known.arms().getOrDefault(act.word(), Arm.expecting(expectation));
            double expected = arm.expected(context);
            // What is asked of a person is not measured, and so not tried for the sake of knowing.
            double uncertainty = act == Act.ASK ? 0 : arm.uncertainty(context);
            options.add(new Option(
                    act, expectation, expected, uncertainty, expected + CURIOSITY * uncertainty, arm.tries()));
        });
        options.sort(Comparator.comparingDouble(Option::score).reversed().thenComparing(Option::act));
        return new Choice(options);
    }
}
