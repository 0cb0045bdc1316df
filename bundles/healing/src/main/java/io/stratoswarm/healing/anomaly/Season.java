package io.stratoswarm.healing.anomaly;

import java.nio.ByteBuffer;

/**
 * What a series is wont to be at this time of the day and of the week: the mean of earlier days for each quarter of an hour, and how each hour of
 * the week differs from that, counted for less while few weeks were seen (shrunk towards no difference). A visit to a bin counts as one, however
 * many samples it holds, and only when it is over: the present visit is never compared with itself.
 */
final class Season {
    private static final int QUARTERS = 96;
    private static final int HOURS = 168;
    private static final long QUARTER_MILLIS = 15 * 60_000L;
    private static final long HOUR_MILLIS = 3_600_000L;
    /** Days, and weeks, over which is averaged. */
    private static final int VISITS = 8;
    /** So many weeks make the difference of an hour of the week count half. */
    private static final double WEEKS = 2;

    static final int BYTES = (QUARTERS + HOURS) * (Float.BYTES + Byte.BYTES) + 2 * (2 * Integer.BYTES + Double.BYTES);

    private final Bins quarters = new Bins(QUARTERS);
    private final Bins hours = new Bins(HOURS);

    /** The means of a day's or a week's parts. */
    private static final class Bins {
        private final float[] means;
        private final byte[] visits;
        private int bin = -1;
        private double sum;
        private int samples;

        Bins(int size) {
            means = new float[size];
            visits = new byte[size];
        }

        void add(int now, double value) {
            if (now != bin) {
                if (bin >= 0 && samples > 0) {
                    visits[bin] = (byte) Math.min(visits[bin] + 1, VISITS);
                    means[bin] += (float) ((sum / samples - means[bin]) / visits[bin]);
                }
                bin = now;
                sum = 0;
                samples = 0;
            }
            sum += value;
            samples++;
        }

        void save(ByteBuffer to) {
            for (int i = 0; i < means.length; i++) {
                to.putFloat(means[i]).put(visits[i]);
            }
            to.putInt(bin).putDouble(sum).putInt(samples);
        }

        void restore(ByteBuffer from) {
            for (int i = 0; i < means.length; i++) {
                means[i] = from.getFloat();
                visits[i] = from.get();
                Saved.check(visits[i] >= 0 && visits[i] <= VISITS && Float.isFinite(means[i]));
            }
            bin = from.getInt();
            sum = from.getDouble();
            samples = from.getInt();
            Saved.check(bin >= -1 && bin < means.length && samples >= 0 && Double.isFinite(sum));
        }
    }

    /** The value less what is wont at this time; NaN where this time of the day was not seen on an earlier day. */
    double residual(long timeMillis, double value) {
        int quarter = (int) Math.floorMod(Math.floorDiv(timeMillis, QUARTER_MILLIS), (long) QUARTERS);
        int hour = (int) Math.floorMod(Math.floorDiv(timeMillis, HOUR_MILLIS), (long) HOURS);
        double daily = Double.NaN;
        double residual = Double.NaN;
        if (quarters.visits[quarter] > 0) {
            daily = value - quarters.means[quarter];
            int weeks = hours.visits[hour];
            residual = daily - hours.means[hour] * weeks / (weeks + WEEKS);
        }
        quarters.add(quarter, value);
        if (!Double.isNaN(daily)) {
            hours.add(hour, daily);
        }
        return residual;
    }

    void save(ByteBuffer to) {
        quarters.save(to);
        hours.save(to);
    }

    void restore(ByteBuffer from) {
        quarters.restore(from);
        hours.restore(from);
    }
}
