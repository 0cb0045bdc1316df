package io.stratoswarm.healing.trial;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A case that has ended, and what was known when its act was chosen.
 *
 * @param label its class
 * @param context its situation, as numbers
 * @param options acts that were possible, with what was expected of each before anything was learned
 * @param act that was done
 * @param reward that was measured
 * @param input what a script would have been given, as JSON
 */
public record PastCase(
        long number,
        String label,
        List<Double> context,
        SortedMap<String, Double> options,
        String act,
        double reward,
        String input) {
    public PastCase {
        context = List.copyOf(context);
        options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    }

    double[] numbers() {
        return context.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Cases of one cell had the same situation and the same acts to choose from. */
    String cell() {
        return label + context + options.keySet();
    }

    /** What was expected of an act before anything was learned. */
    double prior(String act) {
        return options.getOrDefault(act, 0.0);
    }

    static PastCase of(
            long number, String label, double[] context, Map<String, Double> options, String act, double reward) {
        return new PastCase(
                number,
                label,
                java.util.Arrays.stream(context).boxed().toList(),
                new TreeMap<>(options),
                act,
                reward,
                "");
    }
}
