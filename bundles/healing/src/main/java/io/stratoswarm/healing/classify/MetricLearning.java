package io.stratoswarm.healing.classify;

import java.util.Arrays;
import java.util.List;

/**
 * Learns how much each measure counts: neighbourhood components analysis with a diagonal metric (Goldberger and others, NIPS 2004). It
 * maximises the probability that an example's neighbour, chosen with a probability that falls with the squared distance, is of its class.
 */
final class MetricLearning {
    private static final int ROUNDS = 150;
    private static final double SMALLEST_SPREAD = 0.05;
    /** Keeps weights small that a few examples alone would raise. */
    private static final double DECAY = 0.002;

    private final List<Example> examples;
    private final int size;

    MetricLearning(List<Example> examples) {
        this.examples = examples;
        this.size = examples.getFirst().vector().length;
    }

    double[] weights() {
        double[] weights = begin();
        double[] gradient = new double[size];
        double step = 0.05;
        double best = objective(weights, gradient);
        double[] velocity = new double[size];
        for (int round = 0; round < ROUNDS; round++) {
            double[] next = weights.clone();
            double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum()) + 1e-12;
            for (int i = 0; i < size; i++) {
                velocity[i] = 0.7 * velocity[i] + step * gradient[i] / norm * Math.sqrt(size) / 4;
                next[i] = Math.max(0, weights[i] + velocity[i]);
            }
            double[] nextGradient = new double[size];
            double value = objective(next, nextGradient);
            if (value >= best) {
                weights = next;
                gradient = nextGradient;
                best = value;
                step *= 1.05;
            } else {
                step /= 2;
                Arrays.fill(velocity, 0);
            }
        }
        return weights;
    }

    /** By how much a measure tells classes apart, against how much it spreads within them. */
    private double[] begin() {
        double[] weights = new double[size];
        List<String> labels =
                examples.stream().map(Example::label).distinct().sorted().toList();
        for (int i = 0; i < size; i++) {
            double within = 0;
            double mean = 0;
            for (Example example : examples) {
                mean += example.at(i) / examples.size();
            }
            double between = 0;
            for (String label : labels) {
                List<Example> its =
                        examples.stream().filter(it -> it.label().equals(label)).toList();
                double center = 0;
                for (Example example : its) {
                    center += example.at(i) / its.size();
                }
                for (Example example : its) {
                    within += Math.pow(example.at(i) - center, 2) / examples.size();
                }
                between += Math.pow(center - mean, 2) * its.size() / examples.size();
            }
            double spread = within + SMALLEST_SPREAD * SMALLEST_SPREAD;
            weights[i] = Math.sqrt(between / (between + spread)) / Math.sqrt(spread) / 2;
        }
        return weights;
    }

    /** Mean probability of a neighbour of the same class, less the decay; its gradient is added to {@code gradient}. */
    private double objective(double[] weights, double[] gradient) {
        int n = examples.size();
        double[][] vectors = examples.stream().map(Example::vector).toArray(double[][]::new);
        double sum = 0;
        double[] p = new double[n];
        double[] all = new double[size];
        double[] same = new double[size];
        for (int i = 0; i < n; i++) {
            double nearest = Double.MAX_VALUE;
            for (int j = 0; j < n; j++) {
                p[j] = j == i ? Double.MAX_VALUE : Example.distance(weights, vectors[i], vectors[j]);
                nearest = Math.min(nearest, p[j]);
            }
            double total = 0;
            for (int j = 0; j < n; j++) {
                p[j] = j == i ? 0 : Math.exp(nearest - p[j]);
                total += p[j];
            }
            double mine = 0;
            Arrays.fill(all, 0);
            Arrays.fill(same, 0);
            for (int j = 0; j < n; j++) {
                p[j] /= total;
                if (p[j] < 1e-9) {
                    continue;
                }
                boolean alike = examples.get(i).label().equals(examples.get(j).label());
                mine += alike ? p[j] : 0;
                for (int k = 0; k < size; k++) {
                    double d = vectors[i][k] - vectors[j][k];
                    double part = p[j] * d * d;
                    all[k] += part;
                    same[k] += alike ? part : 0;
                }
            }
            sum += mine;
            for (int k = 0; k < size; k++) {
                gradient[k] += 2 * weights[k] * (mine * all[k] - same[k]) / n;
            }
        }
        double decay = 0;
        for (int k = 0; k < size; k++) {
            decay += weights[k] * weights[k];
            gradient[k] -= 2 * DECAY * weights[k] / size;
        }
        return sum / n - DECAY * decay / size;
    }
}
