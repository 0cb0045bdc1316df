package io.stratoswarm.healing.classify;

/** Measures of a window whose class is known, in the order of the model's names. */
public record Example(String label, double[] vector) {
    public Example {
        vector = vector.clone();
    }

    @Override
    public double[] vector() {
        return vector.clone();
    }

    double at(int index) {
        return vector[index];
    }

    /** Squared distance under a metric of weights. */
    static double distance(double[] weights, double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double d = weights[i] * (a[i] - b[i]);
            sum += d * d;
        }
        return sum;
    }

    double distance(double[] weights, double[] other) {
        return distance(weights, vector, other);
    }
}
