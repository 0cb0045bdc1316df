package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.strategy.Arm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Estimates what other choices would have earned, from cases in which acts were chosen without them: doubly robust (Dudik, Langford and Li, ICML
 * 2011), with the linear model of an arm as the direct model. The model is the same for all cases of a cell, so that what a case has contributed
 * to it cancels out in what it is corrected by.
 *
 * <p>What it can say: the choice of an act was not drawn by lot, so there is no probability on record. In its place stands, of the cases of a cell
 * (class, situation, possible acts) for which an act is chosen, the share in which just that was done. That is right as far as, within a cell, what
 * was done did not depend on anything that the reward depends on too; the bandit has changed its choice as it learned, so it does where the world
 * changed meanwhile. In a cell in which that was the case less than {@link #ENOUGH} times only the model speaks for the others, and its own
 * uncertainty, which is wide where nothing is known, is added to the interval. An act that was never done is so never found to be good or bad: the
 * interval says that it is unknown.
 */
final class OffPolicy {
    /** Weights are cut at this, for bias against variance (the same paper, section 4). */
    private static final double MOST_WEIGHT = 20;
    /** So many measured rewards of an act in a cell say something by themselves. */
    static final int ENOUGH = 3;
    /** Least standard deviation of a reward about the model, which a few cases that agree do not tell. */
    private static final double LEAST_DEVIATION = 0.2;

    private final List<PastCase> cases;
    private final double deviation;

    OffPolicy(List<PastCase> cases) {
        this.cases = List.copyOf(cases);
        deviation = deviation();
    }

    private double deviation() {
        double sum = 0;
        for (int i = 0; i < cases.size(); i++) {
            double residual = cases.get(i).reward()
                    - model(cases.get(i), cases.get(i).act(), i)
                            .expected(cases.get(i).numbers());
            sum += residual * residual;
        }
        return cases.isEmpty() ? 1 : Math.max(LEAST_DEVIATION, Math.sqrt(sum / cases.size()));
    }

    /**
     * The model of an act, learned from all cases of the class but one.
     *
     * @param but index of that one; -1 for none
     */
    private Arm model(PastCase of, String act, int but) {
        Arm arm = Arm.expecting(of.prior(act));
        for (int j = 0; j < cases.size(); j++) {
            PastCase other = cases.get(j);
            if (j != but && other.label().equals(of.label()) && other.act().equals(act)) {
                arm = arm.after(other.numbers(), other.reward(), 0);
            }
        }
        return arm;
    }

    /** What the acts would have earned that these choices name, one for each case. */
    Estimate value(List<String> choices) {
        return estimate(choices, false);
    }

    /** How much more that is than what was earned: its interval is narrower, since both had the same cases. */
    Estimate gain(List<String> choices) {
        return estimate(choices, true);
    }

    private Estimate estimate(List<String> choices, boolean gain) {
        if (choices.size() != cases.size()) {
            throw new IllegalArgumentException(choices.size() + " choices for " + cases.size() + " cases");
        }
        List<Double> scores = new ArrayList<>();
        Map<String, Integer> chosen = new HashMap<>();
        Map<String, Integer> done = new HashMap<>();
        Map<String, Integer> carried = new HashMap<>();
        for (int i = 0; i < cases.size(); i++) {
            String cell = cases.get(i).cell() + choices.get(i);
            chosen.merge(cell, 1, Integer::sum);
            done.merge(cell, choices.get(i).equals(cases.get(i).act()) ? 1 : 0, Integer::sum);
        }
        Map<String, Arm> models = new HashMap<>();
        double doubt = 0;
        int matched = 0;
        int modelled = 0;
        double weights = 0;
        double squares = 0;
        for (int i = 0; i < cases.size(); i++) {
            PastCase each = cases.get(i);
            String choice = choices.get(i);
            String model = each.label() + ' ' + choice + ' ' + each.prior(choice);
            Arm arm = models.computeIfAbsent(model, any -> model(each, choice, -1));
            double expected = arm.expected(each.numbers());
            String cell = each.cell() + choice;
            int there = done.getOrDefault(cell, 0);
            double score = expected;
            if (choice.equals(each.act())) {
                double weight =
                        there < ENOUGH ? 1 : Math.min(MOST_WEIGHT, (double) chosen.getOrDefault(cell, 1) / there);
                score += weight * (each.reward() - expected);
                weights += weight;
                squares += weight * weight;
                matched++;
            } else if (there < ENOUGH) {
                doubt += Math.min(1, deviation * arm.uncertainty(each.numbers()));
                modelled++;
            }
            if (there >= ENOUGH && !(gain && choice.equals(each.act()))) {
                carried.merge(cell, 1, Integer::sum);
            }
            scores.add(gain ? score - each.reward() : score);
        }
        int n = scores.size();
        double mean = scores.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double spread = 0;
        for (double score : scores) {
            spread += (score - mean) * (score - mean);
        }
        double half = n < 2 ? 1 : quantile(n - 1) * Math.sqrt(Math.max(spread / (n - 1) / n, least(carried, done, n)));
        // What the model does not know it does not know of all cases alike, so it is not averaged away.
        half += n == 0 ? 1 : NORMAL * doubt / n;
        return new Estimate(
                mean,
                mean - half,
                mean + half,
                n,
                matched,
                squares == 0 ? 0 : weights * weights / squares,
                n == 0 ? 1 : (double) modelled / n);
    }

    /** Variance of the mean that a few rewards which happen to be alike would hide: each is one of a kind that deviates by the usual. */
    private double least(Map<String, Integer> carried, Map<String, Integer> done, int cases) {
        double sum = 0;
        for (Map.Entry<String, Integer> each : carried.entrySet()) {
            double share = (double) each.getValue() / cases;
            sum += share * share * deviation * deviation / done.getOrDefault(each.getKey(), 1);
        }
        return sum;
    }

    private static final double NORMAL = 1.6449;

    /** The 0.95 quantile of Student's distribution (Abramowitz and Stegun 26.7.5). */
    static double quantile(int freedom) {
        double z = NORMAL;
        double v = Math.max(1, freedom);
        double z3 = z * z * z;
        double z5 = z3 * z * z;
        double z7 = z5 * z * z;
        return z
                + (z3 + z) / (4 * v)
                + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v)
                + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
    }
}
