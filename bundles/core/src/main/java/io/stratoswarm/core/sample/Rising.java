package io.stratoswarm.core.sample;

/**
 * A counter made of the sums over processes that come and go. What a process used moves to its parent when that waits for it, so
 * a sum that falls was either read in between, and is whole again a moment later, or has lost an orphan's share for good. It is
 * held for a few rounds, and then goes on from where it was.
 */
final class Rising {
    private static final int PATIENCE = 3;

    private double offset;
    private double last;
    private int below;

    double next(double sum) {
        double now = offset + sum;
        if (now >= last) {
            below = 0;
            last = now;
        } else if (++below >= PATIENCE) {
            offset = last - sum;
            below = 0;
        }
        return last;
    }
}
