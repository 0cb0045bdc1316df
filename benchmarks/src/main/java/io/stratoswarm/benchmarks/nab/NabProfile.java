package io.stratoswarm.benchmarks.nab;

import java.util.List;

/**
 * What a detected window, a missed window and a false alarm weigh; {@code profiles.json} of the corpus.
 *
 * @param truePositive what a window is worth when it is detected at its very start
 * @param falseNegative what a missed window costs
 * @param falsePositive what one row that is wrongly said to be anomalous costs at most
 */
record NabProfile(String name, double truePositive, double falseNegative, double falsePositive) {
    static final NabProfile STANDARD = new NabProfile("standard", 1.0, 1.0, 0.11);

    /** The three profiles of the corpus, for a folder that has no {@code profiles.json}. */
    static List<NabProfile> all() {
        return List.of(
                STANDARD,
                new NabProfile("reward_low_FP_rate", 1.0, 1.0, 0.22),
                new NabProfile("reward_low_FN_rate", 1.0, 2.0, 0.11));
    }
}
