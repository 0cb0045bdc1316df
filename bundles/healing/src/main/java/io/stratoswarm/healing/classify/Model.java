package io.stratoswarm.healing.classify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What the classifier learned.
 *
 * @param names of the measures
 * @param weights of each in the metric
 * @param grains of each: how far outside of what the others of their class span examples usually lie
 * @param sharpness by how much probability falls with distance
 * @param farthest how far outside of what the examples of a class span a window of it may lie
 * @param spreads of each: by how much two failures of a class usually differ
 * @param alike how much two failures of a class may differ in units of those
 * @param certainty of examples whose nearest other one is as alike, the share that are of its class
 * @param examples whose class is known
 */
public record Model(
        List<String> names,
        double[] weights,
        double[] grains,
        double sharpness,
        double farthest,
        double[] spreads,
        double alike,
        double certainty,
        List<Example> examples) {
    /** Share of the known examples that may be taken for new. */
    private static final double MOST_TAKEN_FOR_NEW = 0.02;

    private static final int FOLDS = 4;
    /** A measure is taken for farther out than usual where it is so in fewer than one of twenty. */
    private static final double USUALLY = 0.95;

    static final double LEAST_GRAIN = 0.05;
    private static final double LEAST_PROBABILITY = 1e-4;
    /** Of the logarithm of the likelihood of one example. */
    private static final double LEAST_GAIN = 0.01;

    private static final ObjectMapper JSON = new ObjectMapper();

    public Model {
        names = List.copyOf(names);
        weights = weights.clone();
        grains = grains.clone();
        spreads = spreads.clone();
        examples = List.copyOf(examples);
        int count = weights.length;
        if (names.size() != count
                || grains.length != count
                || spreads.length != count
                || examples.stream().anyMatch(example -> example.vector().length != count)) {
            throw new IllegalArgumentException(
                    "a model has one weight and one value an example for each of its " + names.size() + " measures");
        }
    }

    @Override
    public double[] weights() {
        return weights.clone();
    }

    @Override
    public double[] grains() {
        return grains.clone();
    }

    @Override
    public double[] spreads() {
        return spreads.clone();
    }

    /**
     * Learns from examples, several of each class. How sure it may be, and what is too far away, is found on examples that were left out of
     * the learning of the metric, a quarter at a time.
     *
     * @param healthy the class of what has not failed, which says nothing of how alike two failures are
     */
    public static Model learn(List<String> names, List<Example> examples, String healthy) {
        List<Fold> folds = IntStream.range(0, FOLDS)
                .mapToObj(fold -> Fold.of(names, examples, fold))
                .toList();
        double[] grains = grains(folds, names.size());
        double[] strange = folds.stream()
                .flatMapToDouble(fold -> fold.left().stream().mapToDouble(example -> fold.strangeness(example, grains)))
                .sorted()
                .toArray();
        Likeness likeness = Likeness.learn(
                names,
                examples.stream()
                        .filter(example -> !example.label().equals(healthy))
                        .toList());
        return new Model(
                names,
                new MetricLearning(examples).weights(),
                grains,
                sharpest(folds),
                Math.max(LEAST_GRAIN, quantile(strange, 1 - MOST_TAKEN_FOR_NEW)),
                likeness.spreads(),
                likeness.alike(),
                likeness.certainty(),
                examples);
    }

    /** How alike two windows are. */
    Likeness likeness() {
        return new Likeness(names, spreads, alike, certainty);
    }

    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    private static double[] grains(List<Fold> folds, int size) {
        List<double[]> outside = new ArrayList<>();
        for (Fold fold : folds) {
            Classifier classifier = new Classifier(fold.model());
            fold.left().forEach(example -> outside.add(classifier.outside(example.vector(), example.label())));
        }
        double[] grains = new double[size];
        for (int i = 0; i < size; i++) {
            int measure = i;
            double[] all =
                    outside.stream().mapToDouble(each -> each[measure]).sorted().toArray();
            grains[i] = Math.max(LEAST_GRAIN, quantile(all, USUALLY));
        }
        return grains;
    }

    /** A model of the others, and those that were left out of it. */
    private record Fold(Model model, List<Example> left) {
        static Fold of(List<String> names, List<Example> examples, int fold) {
            List<Example> rest = new ArrayList<>();
            List<Example> left = new ArrayList<>();
            for (int i = 0; i < examples.size(); i++) {
                (i % FOLDS == fold ? left : rest).add(examples.get(i));
            }
            return new Fold(
                    new Model(
                            names,
                            new MetricLearning(rest).weights(),
                            new double[names.size()],
                            1,
                            Double.MAX_VALUE,
                            new double[names.size()],
                            0,
                            0,
                            rest),
                    left);
        }

        double strangeness(Example example, double[] grains) {
            Classifier classifier = new Classifier(model.with(grains, 1));
            return classifier.strangeness(
                    example.vector(), Classifier.likeliest(classifier.probabilities(example.vector(), "")));
        }

        double likelihood(double sharpness) {
            Classifier classifier = new Classifier(model.with(model.grains, sharpness));
            return left.stream()
                    .mapToDouble(example ->
                            classifier.probabilities(example.vector(), "").getOrDefault(example.label(), 0.0))
                    .map(p -> Math.log(Math.max(p, LEAST_PROBABILITY)))
                    .sum();
        }
    }

    /**
     * The least sharpness by which the classes of examples left out are as likely as they can be, so that probabilities are what they say: where
     * nearly all of them are right, ever sharper ones gain next to nothing and are sure of all.
     */
    private static double sharpest(List<Fold> folds) {
        TreeMap<Double, Double> likelihoods = new TreeMap<>();
        for (double candidate = 0.25; candidate < 64; candidate *= 1.1) {
            double sharpness = candidate;
            likelihoods.put(
                    candidate,
                    folds.stream()
                            .mapToDouble(fold -> fold.likelihood(sharpness))
                            .sum());
        }
        int count = folds.stream().mapToInt(fold -> fold.left().size()).sum();
        double enough = Collections.max(likelihoods.values()) - LEAST_GAIN * count;
        return likelihoods.entrySet().stream()
                .filter(each -> each.getValue() >= enough)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private Model with(double[] otherGrains, double otherSharpness) {
        return new Model(names, weights, otherGrains, otherSharpness, farthest, spreads, alike, certainty, examples);
    }

    /** As JSON text, which {@link #read} reads. */
    public String write() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a model could not be written", e);
        }
    }

    /** @throws StratoswarmException of kind DAMAGED where it is no model */
    public static Model read(InputStream from, String name) {
        try (from) {
            return JSON.readValue(from, Model.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new StratoswarmException(Kind.DAMAGED, "the model " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Model that
                && names.equals(that.names)
                && Arrays.equals(weights, that.weights)
                && Arrays.equals(grains, that.grains)
                && sharpness == that.sharpness
                && farthest == that.farthest
                && Arrays.equals(spreads, that.spreads)
                && alike == that.alike
                && certainty == that.certainty
                && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return names.hashCode() + 31 * Arrays.hashCode(weights);
    }
}
