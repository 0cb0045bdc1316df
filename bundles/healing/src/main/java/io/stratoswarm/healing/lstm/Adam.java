package io.stratoswarm.healing.lstm;

/**
 * Adam (Kingma and Ba 2014) with the decoupled weight decay of Loshchilov and Hutter (2019), after the gradient was cut to a greatest length
 * (Pascanu et al. 2013), without which a rare steep step of a recurrent network undoes many good ones.
 */
final class Adam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-8f;

    private final float[] mean;
    private final float[] square;
    private final double longest;
    private final double decay;
    private int updates;

    Adam(int weights, double longest, double decay) {
        mean = new float[weights];
        square = new float[weights];
        this.longest = longest;
        this.decay = decay;
    }

    /** Moves the weights against the gradient, which is cut in place. */
    void update(float[] weights, float[] gradient, double rate) {
        double length = length(gradient);
        float cut = length > longest ? (float) (longest / length) : 1;
        updates++;
        double correction = Math.sqrt(1 - Math.pow(BETA2, updates)) / (1 - Math.pow(BETA1, updates));
        float step = (float) (rate * correction);
        float kept = (float) (1 - rate * decay);
        float beta1 = (float) BETA1;
        float beta2 = (float) BETA2;
        for (int i = 0; i < weights.length; i++) {
            float g = gradient[i] * cut;
            mean[i] = beta1 * mean[i] + (1 - beta1) * g;
            square[i] = beta2 * square[i] + (1 - beta2) * g * g;
            weights[i] = kept * weights[i] - step * mean[i] / ((float) Math.sqrt(square[i]) + EPSILON);
        }
    }

    private static double length(float[] gradient) {
        double sum = 0;
        for (float it : gradient) {
            sum += (double) it * it;
        }
        return Math.sqrt(sum);
    }
}
