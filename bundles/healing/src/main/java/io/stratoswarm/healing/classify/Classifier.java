package io.stratoswarm.healing.classify;

import io.stratoswarm.healing.pattern.Patterns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares with the examples of a model. */
public final class Classifier {
    /** Examples of a class whose mean distance is the distance of the class. */
    private static final int NEIGHBOURS = 3;

    private static final int MOST_DRIVERS = 5;

    private final Model model;
    private final List<Example> opened;

    public Classifier(Model model) {
        this(model, List.of());
    }

    /** @param opened examples of classes that were met and that the model does not know, often one of each */
    public Classifier(Model model, List<Example> opened) {
        this.model = model;
        this.opened = List.copyOf(opened);
    }

    /**
     * What a window was taken for.
     *
     * @param label the class; of the nearest one where it is of none
     * @param confidence 0..1; how often such verdicts are right
     * @param known whether it is near enough to an example
     * @param distance how far it lies outside of what the examples of the class span, or from the nearest one of a class that was opened, as
     *     a share of the farthest that counts as near
     * @param probabilities of the classes
     * @param drivers what stood out: names and values of the measures that count most, the largest first
     */
    public record Verdict(
            String label,
            double confidence,
            boolean known,
            double distance,
            SortedMap<String, Double> probabilities,
            List<String> drivers) {
        public Verdict {
            probabilities = Collections.unmodifiableSortedMap(new TreeMap<>(probabilities));
            drivers = List.copyOf(drivers);
        }
    }

    /** @param without a class that it cannot be; empty where it may be any */
    public Verdict classify(Patterns patterns, String without) {
        double[] vector = vector(patterns);
        SortedMap<String, Double> probabilities = probabilities(vector, without);
        String label = likeliest(probabilities);
        double strangeness = strangeness(vector, label);
        Likeness likeness = model.likeness();
        Example met = likeness.nearest(vector, opened);
        double apart = met == null ? Double.MAX_VALUE : likeness.between(vector, met.vector());
        if (met != null
                && apart <= likeness.alike()
                && (strangeness > model.farthest() || apart < nearest(likeness, vector, label))) {
            probabilities.replaceAll((other, probability) -> probability * (1 - likeness.certainty()));
            probabilities.put(met.label(), likeness.certainty());
            return new Verdict(
                    met.label(), likeness.certainty(), true, apart / likeness.alike(), probabilities, drivers(vector));
        }
        return new Verdict(
                label,
                probabilities.getOrDefault(label, 0.0),
                strangeness <= model.farthest(),
                strangeness / model.farthest(),
                probabilities,
                drivers(vector));
    }

    private double nearest(Likeness likeness, double[] vector, String label) {
        return model.examples().stream()
                .filter(example -> example.label().equals(label))
                .mapToDouble(example -> likeness.between(vector, example.vector()))
                .min()
                .orElse(Double.MAX_VALUE);
    }

    static String likeliest(SortedMap<String, Double> probabilities) {
        return probabilities.entrySet().stream()
                .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    /** How far each measure lies outside of what the examples of a class span. */
    double[] outside(double[] vector, String label) {
        double[] least = new double[vector.length];
        double[] most = new double[vector.length];
        Arrays.fill(least, Double.MAX_VALUE);
        Arrays.fill(most, -Double.MAX_VALUE);
        for (Example example : model.examples()) {
            if (example.label().equals(label)) {
                for (int i = 0; i < vector.length; i++) {
                    least[i] = Math.min(least[i], example.at(i));
                    most[i] = Math.max(most[i], example.at(i));
                }
            }
        }
        double[] outside = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            // Of a measure that is 0 nothing may be known; what is missing is for the metric to tell, not for this.
            outside[i] = vector[i] == 0 ? 0 : Math.max(0, Math.max(least[i] - vector[i], vector[i] - most[i]));
        }
        return outside;
    }

    /**
     * How far a window lies outside of a class, in all measures of the agent alike: what tells known classes apart may say nothing of one that is
     * unknown. Each counts in units of how far examples themselves lie outside of the others of their class.
     */
    double strangeness(double[] vector, String label) {
        return Likeness.farthest(model.names(), outside(vector, label), model.grains());
    }

    /** Measures by the model's names: a model may be older than the measures are. */
    public double[] vector(Patterns patterns) {
        return model.names().stream()
                .mapToDouble(name -> patterns.values().getOrDefault(name, 0.0))
                .toArray();
    }

    SortedMap<String, Double> probabilities(double[] vector, String without) {
        double[] weights = model.weights();
        Map<String, List<Double>> distances = new TreeMap<>();
        for (Example example : model.examples()) {
            if (example.label().equals(without)) {
                continue;
            }
            distances
                    .computeIfAbsent(example.label(), any -> new ArrayList<>())
                    .add(Math.sqrt(example.distance(weights, vector)));
        }
        SortedMap<String, Double> all = new TreeMap<>();
        double least = Double.MAX_VALUE;
        for (Map.Entry<String, List<Double>> each : distances.entrySet()) {
            double mean = each.getValue().stream()
                    .sorted()
                    .limit(NEIGHBOURS)
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.MAX_VALUE);
            all.put(each.getKey(), mean);
            least = Math.min(least, mean);
        }
        double nearest = least;
        all.replaceAll((label, distance) -> Math.exp(-model.sharpness() * (distance - nearest)));
        double sum = all.values().stream().mapToDouble(Double::doubleValue).sum();
        all.replaceAll((label, share) -> share / sum);
        return all;
    }

    private List<String> drivers(double[] vector) {
        record Driver(String name, double value, double weight) {}
        double[] weights = model.weights();
        List<Driver> all = new ArrayList<>();
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] != 0) {
                all.add(new Driver(model.names().get(i), vector[i], Math.abs(vector[i]) * weights[i]));
            }
        }
        all.sort(Comparator.comparingDouble(Driver::weight).reversed().thenComparing(Driver::name));
        return all.stream()
                .limit(MOST_DRIVERS)
                .map(driver -> String.format(java.util.Locale.ROOT, "%s %.2f", driver.name(), driver.value()))
                .toList();
    }
}
