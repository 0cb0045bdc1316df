package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What prevention gains about one cause: the predictions that it was begun for against those that the lot left alone. All that it was begun for
 * count, also where nothing was done in the end or it failed before; else the two would not be alike.
 *
 * @param off why nothing is done about the cause; empty where something is
 */
record Worth(
        @JsonProperty("treated") Side treated,
        @JsonProperty("heldOut") Side heldOut,
        @JsonProperty("off") String off) {
    /** Of each side, before anything is concluded. */
    static final int LEAST = 8;
    /** One-sided 95 % of Student's t for as few as {@link #LEAST} of a side. */
    private static final double SURE = 1.9;

    static final Worth NOTHING = new Worth(Side.NOTHING, Side.NOTHING, "");

    /** @param down seconds that they were not well @param squares sum of the squares of these */
    record Side(
            @JsonProperty("count") long count,
            @JsonProperty("failed") long failed,
            @JsonProperty("down") double down,
            @JsonProperty("squares") double squares) {
        static final Side NOTHING = new Side(0, 0, 0, 0);

        Side and(boolean fails, double seconds) {
            return new Side(count + 1, failed + (fails ? 1 : 0), down + seconds, squares + seconds * seconds);
        }

        double mean() {
            return count == 0 ? 0 : down / count;
        }

        double variance() {
            return count < 2 ? 0 : Math.max(0, (squares - down * down / count) / (count - 1));
        }

        double share() {
            return count == 0 ? 0 : (double) failed / count;
        }
    }

    Worth and(boolean held, boolean fails, double seconds) {
        return held
                ? new Worth(treated, heldOut.and(fails, seconds), off)
                : new Worth(treated.and(fails, seconds), heldOut, off);
    }

    /** What was measured so far is forgotten where it is let. */
    Worth turned(boolean on, String why) {
        return on ? NOTHING : new Worth(treated, heldOut, why);
    }

    boolean enough() {
        return treated.count() >= LEAST && heldOut.count() >= LEAST;
    }

    /**
     * Whether prevention makes it worse, as far as can be told: more failures, or more time that they were not well without fewer failures.
     * By the test of two proportions and that of Welch (Biometrika 34, 1947). It is looked at again and again, so that it says so too
     * often rather than too seldom; the way out of doubt is to do nothing.
     */
    boolean worse() {
        if (!enough()) {
            return false;
        }
        double failures = failures();
        return failures > SURE || (down() > SURE && failures > -SURE);
    }

    private double failures() {
        long all = treated.count() + heldOut.count();
        double share = (double) (treated.failed() + heldOut.failed()) / all;
        double error = Math.sqrt(share * (1 - share) * (1.0 / treated.count() + 1.0 / heldOut.count()));
        return error == 0 ? 0 : (treated.share() - heldOut.share()) / error;
    }

    private double down() {
        double difference = treated.mean() - heldOut.mean();
        double error = Math.sqrt(treated.variance() / treated.count() + heldOut.variance() / heldOut.count());
        return error == 0 ? Math.signum(difference) * Double.MAX_VALUE : difference / error;
    }

    /** One sentence of figures. */
    String evidence() {
        return String.format(
                Locale.ROOT,
                "of %d that prevention was begun for %d failed and they were not well for %.1f s each; of %d held out %d failed, %.1f s each",
                treated.count(),
                treated.failed(),
                treated.mean(),
                heldOut.count(),
                heldOut.failed(),
                heldOut.mean());
    }
}
