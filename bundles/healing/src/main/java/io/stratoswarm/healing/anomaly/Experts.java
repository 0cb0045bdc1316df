package io.stratoswarm.healing.anomaly;

import java.nio.ByteBuffer;

/**
 * Simple predictors of one series and how far the newest value is from each: the last value, the last slope, exponential means of several
 * lengths, the same time on earlier days. What they give are distances, in the unit of the series; whether one is unusual is for {@link Tail}.
 */
final class Experts {
    /** How many distances there are. */
    static final int COUNT = 12;

    static final int BYTES = Long.BYTES + 11 * Double.BYTES + Season.BYTES;

    private static final int QUICK = 4;
    private static final int SHORT = 8;
    private static final int MIDDLE = 40;
    private static final int LONG = 300;
    private static final int LONGEST = 2_000;
    private static final int STEPS = 12;
    private static final int SEASON_SHORT = 6;
    private static final int SEASON_LONG = 30;

    private final Season season = new Season();
    private long samples;
    private double last;
    private double lastButOne;
    private double quick;
    private double shortly;
    private double middle;
    private double slow;
    private double slowest;
    private double steps;
    private double stepsLong;
    private double seasonShort;
    private double seasonLong;

    /** The distances of this value, NaN where a predictor does not know yet; then the predictors learn it. */
    void distances(long timeMillis, double value, double[] distances) {
        if (samples++ == 0) {
            last = value;
            lastButOne = value;
        }
        double step = Math.abs(value - last);
        quick = towards(quick, value, QUICK);
        shortly = towards(shortly, value, SHORT);
        steps = towards(steps, step, STEPS);
        distances[0] = Math.abs(value - slow);
        distances[1] = step;
        distances[2] = Math.abs(value - middle);
        distances[3] = Math.abs(shortly - slow);
        distances[4] = Math.abs(quick - middle);
        distances[5] = Math.abs(middle - slowest);
        distances[6] = Math.abs(value - slowest);
        distances[7] = Math.abs(value - 2 * last + lastButOne);
        distances[8] = Math.abs(Math.log(Math.max(steps / Math.max(stepsLong, 1e-12), 1e-9)));
        bySeason(season.residual(timeMillis, value), distances);
        middle = towards(middle, value, MIDDLE);
        slow = towards(slow, value, LONG);
        slowest = towards(slowest, value, LONGEST);
        stepsLong = towards(stepsLong, step, LONG);
        lastButOne = last;
        last = value;
    }

    private void bySeason(double residual, double[] distances) {
        distances[9] = Math.abs(residual);
        if (Double.isNaN(residual)) {
            distances[10] = Double.NaN;
            distances[11] = Double.NaN;
            return;
        }
        seasonShort += (residual - seasonShort) / SEASON_SHORT;
        seasonLong += (residual - seasonLong) / SEASON_LONG;
        distances[10] = Math.abs(seasonShort);
        distances[11] = Math.abs(seasonLong);
    }

    /** An exponential mean of this length; over all samples while there are fewer. */
    private double towards(double mean, double value, int length) {
        return mean + (value - mean) / Math.min(samples, length);
    }

    long samples() {
        return samples;
    }

    void save(ByteBuffer to) {
        to.putLong(samples)
                .putDouble(last)
                .putDouble(lastButOne)
                .putDouble(quick)
                .putDouble(shortly)
                .putDouble(middle);
        to.putDouble(slow)
                .putDouble(slowest)
                .putDouble(steps)
                .putDouble(stepsLong)
                .putDouble(seasonShort)
                .putDouble(seasonLong);
        season.save(to);
    }

    void restore(ByteBuffer from) {
        samples = from.getLong();
        last = from.getDouble();
        lastButOne = from.getDouble();
        quick = from.getDouble();
        shortly = from.getDouble();
        middle = from.getDouble();
        slow = from.getDouble();
        slowest = from.getDouble();
        steps = from.getDouble();
        stepsLong = from.getDouble();
        seasonShort = from.getDouble();
        seasonLong = from.getDouble();
        double sum = last
                + lastButOne
                + quick
                + shortly
                + middle
                + slow
                + slowest
                + steps
                + stepsLong
                + seasonShort
                + seasonLong;
        Saved.check(samples >= 0 && Double.isFinite(sum));
        season.restore(from);
    }
}
