package io.stratoswarm.healing.anomaly;

import java.nio.ByteBuffer;

/**
 * How unusual a statistic is among all that came before: the tail of its distribution from its greatest values alone. Time is cut into blocks and
 * only the greatest value of each is kept, so that one long event is not taken for many (block maxima; Coles, "An Introduction to Statistical
 * Modeling of Extreme Values", 2001, ch. 3); of those the greatest {@value #KEPT}. Within what was seen the probability is the rank's, as in
 * conformal prediction, and beyond it that of a Pareto tail whose exponent is Hill's estimate (1975). Neither needs the statistic's unit or scale.
 */
final class Tail {
    /** The greatest block maxima that are kept. */
    static final int KEPT = 16;
    /** The samples of a block. */
    static final int BLOCK = 16;

    static final int BYTES = Integer.BYTES + 2 * Byte.BYTES + (KEPT + 1) * Float.BYTES;

    private static final int FEWEST_BLOCKS = 8;
    private static final int FEWEST_KEPT = 4;
    private static final int SHARE = 4;
    /** A repeated event varies a little; what is not above it by 5 % counts as the same. */
    private static final double SAME = 0.95;
    /** A tail so thin that the estimate comes from values that are all alike says nothing about what is beyond them. */
    private static final double STEEPEST = 20;
    /** The greatest values fade by half in some 11,000 blocks, so that what was last seen long ago is new again. */
    private static final float FADE = 1 - 1 / 16_384f;

    private static final int MOST_BLOCKS = 16_384;

    private final float[] greatest = new float[KEPT];
    private int kept;
    private int blocks;
    private float greatestOfBlock;
    private int inBlock;

    /**
     * The evidence against "this is as before": minus the decimal logarithm of the probability that a block has such a value; 0 where too
     * little is known, and where the value is not among the greatest.
     */
    double evidence(double statistic) {
        int used = Math.min(kept, Math.max(FEWEST_KEPT, Math.min(KEPT, blocks / SHARE)));
        if (blocks < FEWEST_BLOCKS || used < FEWEST_KEPT) {
            return 0;
        }
        double value = statistic * SAME;
        double least = greatest[used - 1];
        if (value <= least || value <= 0) {
            return 0;
        }
        int above = 0;
        while (above < used && greatest[above] >= value) {
            above++;
        }
        double byRank = Math.log10((blocks + 1.0) / (above + 1.0));
        if (least <= 0) {
            return byRank;
        }
        double logarithms = 0;
        for (int i = 0; i < used - 1; i++) {
            logarithms += Math.log(greatest[i] / least);
        }
        double exponent = Math.min(STEEPEST, (used - 1) / Math.max(logarithms, 1e-3));
        double byTail = Math.log10((blocks + 1.0) / used) + exponent * Math.log10(value / least);
        return above > 0 ? Math.min(byRank, byTail) : byTail;
    }

    void add(double statistic) {
        greatestOfBlock = Math.max(greatestOfBlock, (float) Math.min(statistic, Float.MAX_VALUE));
        if (++inBlock == BLOCK) {
            keep(greatestOfBlock);
            inBlock = 0;
            greatestOfBlock = 0;
        }
    }

    private void keep(float value) {
        blocks = Math.min(blocks + 1, MOST_BLOCKS);
        for (int i = 0; i < kept; i++) {
            greatest[i] *= FADE;
        }
        int at;
        if (kept < KEPT) {
            at = kept++;
        } else if (value > greatest[KEPT - 1]) {
            at = KEPT - 1;
        } else {
            return;
        }
        while (at > 0 && greatest[at - 1] < value) {
            greatest[at] = greatest[at - 1];
            at--;
        }
        greatest[at] = value;
    }

    void save(ByteBuffer to) {
        to.putInt(blocks).put((byte) kept).put((byte) inBlock).putFloat(greatestOfBlock);
        for (float value : greatest) {
            to.putFloat(value);
        }
    }

    void restore(ByteBuffer from) {
        blocks = from.getInt();
        kept = from.get();
        inBlock = from.get();
        greatestOfBlock = from.getFloat();
        for (int i = 0; i < KEPT; i++) {
            greatest[i] = from.getFloat();
        }
        Saved.check(
                blocks >= 0 && kept >= 0 && kept <= KEPT && inBlock >= 0 && inBlock < BLOCK && greatestOfBlock >= 0);
    }
}
