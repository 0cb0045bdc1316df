package io.stratoswarm.healing.strategy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/**
 * What is known of one act against one class: a ridge regression of the reward on the context, with an upper confidence bound (LinUCB with disjoint
 * models; Li and others, WWW 2010). What is old counts for less by the learning rate.
 *
 * @param matrix rows of the regularised sum of outer products of contexts
 * @param sums of contexts times rewards
 * @param tries how often it was done
 * @param rewards sum of all rewards
 */
public record Arm(
        @JsonProperty("matrix") double[][] matrix,
        @JsonProperty("sums") double[] sums,
        @JsonProperty("tries") long tries,
        @JsonProperty("rewards") double rewards) {
    /** Weight of what is expected before anything was tried, as a number of tries. */
    private static final double PRIOR = 0.5;

    /** One that was not tried yet. */
    public static Arm expecting(double reward) {
        int size = Situation.SIZE;
        double[][] matrix = new double[size][size];
        double[] sums = new double[size];
        for (int i = 0; i < size; i++) {
            matrix[i][i] = PRIOR;
        }
        sums[0] = PRIOR * reward;
        return new Arm(matrix, sums, 0, 0);
    }

    /** After it was done in this situation, with this reward. */
    public Arm after(double[] context, double reward, double rate) {
        int size = sums.length;
        double[][] next = new double[size][size];
        double[] sum = new double[size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                next[i][j] = (1 - rate) * matrix[i][j] + (i == j ? rate * PRIOR : 0) + context[i] * context[j];
            }
            sum[i] = (1 - rate) * sums[i] + (i == 0 ? rate * PRIOR * mean() : 0) + context[i] * reward;
        }
        return new Arm(next, sum, tries + 1, rewards + reward);
    }

    private double mean() {
        return tries == 0 ? sums[0] / matrix[0][0] : rewards / tries;
    }

    /** The reward that is expected in a situation, 0..1. */
    public double expected(double[] context) {
        double[] theta = solve(matrix, sums);
        double sum = 0;
        for (int i = 0; i < theta.length; i++) {
            sum += theta[i] * context[i];
        }
        return Math.clamp(sum, 0, 1);
    }

    /** How little is known of it in a situation: the standard deviation of what is expected, in units of that of a reward. */
    public double uncertainty(double[] context) {
        double[] solved = solve(matrix, context);
        double sum = 0;
        for (int i = 0; i < solved.length; i++) {
            sum += solved[i] * context[i];
        }
        return Math.sqrt(Math.max(0, sum));
    }

    /** By Cholesky; the matrix is symmetric and positive definite. */
    private static double[] solve(double[][] a, double[] b) {
        int n = b.length;
        double[][] l = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
            }
        }
        double[] x = b.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= l[i][k] * x[k];
            }
            x[i] /= l[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= l[k][i] * x[k];
            }
            x[i] /= l[i][i];
        }
        return x;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arm that
                && Arrays.deepEquals(matrix, that.matrix)
                && Arrays.equals(sums, that.sums)
                && tries == that.tries
                && rewards == that.rewards;
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(matrix);
    }
}
