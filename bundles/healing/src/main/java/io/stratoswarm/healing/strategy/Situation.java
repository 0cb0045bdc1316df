package io.stratoswarm.healing.strategy;

/**
 * What is known when an act is chosen, beside the class.
 *
 * @param relapses how often the agent has failed in the same way a short time before
 * @param unhealthy whether its process still runs and its liveness probe fails
 * @param changed whether what is declared of it was changed a short time before
 */
public record Situation(int relapses, boolean unhealthy, boolean changed) {
    static final int SIZE = 4;
    private static final int MOST_RELAPSES = 3;

    /** As numbers, the first of which is 1. */
    public double[] context() {
        return new double[] {
            1, Math.min(relapses, MOST_RELAPSES) / (double) MOST_RELAPSES, unhealthy ? 1 : 0, changed ? 1 : 0
        };
    }

    /** The one whose {@link #context} this is; more relapses than count are not told apart. */
    public static Situation of(double[] context) {
        return new Situation((int) Math.round(context[1] * MOST_RELAPSES), context[2] > 0, context[3] > 0);
    }
}
