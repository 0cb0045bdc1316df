package io.stratoswarm.healing.trial;

import java.util.List;

/**
 * A sequential test by betting: whether differences from -1 to 1 are on average worse than a margin. Somebody who holds that they are not bets
 * against it before each one; under that hypothesis his capital is a supermartingale, so that it ever reaches {@code 1 / level} with a
 * probability of at most {@code level}, however often one looks (Ville 1939; Waudby-Smith and Ramdas, "Estimating means of bounded random
 * variables by betting", JRSS B 2024). The stake is not tuned: the capital is split among fixed shares, whose mean is a bet of the same kind.
 */
final class Bets {
    /** Probability with which something that is not worse is ever taken for worse. */
    static final double LEVEL = 0.05;

    private static final int STAKES = 9;

    private Bets() {}

    /**
     * @param differences in the order in which they were met
     * @param margin by which they may be below 0 on average
     * @return the capital after the last one, beginning with 1
     */
    static double capital(List<Double> differences, double margin) {
        double sum = 0;
        for (int stake = 1; stake <= STAKES; stake++) {
            // At the greatest stake a tenth of the capital is left after the worst that may come.
            double share = stake / (double) (STAKES + 1) / (1 + margin);
            double capital = 1;
            for (double difference : differences) {
                capital *= 1 - share * (margin + Math.clamp(difference, -1, 1));
            }
            sum += capital;
        }
        return sum / STAKES;
    }

    /** Whether they are worse. */
    static boolean worse(double capital) {
        return capital >= 1 / LEVEL;
    }
}
