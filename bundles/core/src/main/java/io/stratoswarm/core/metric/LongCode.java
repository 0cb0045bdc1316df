package io.stratoswarm.core.metric;

/**
 * Codes whole numbers: as differences of order 0, 1 or 2, whichever are smallest, divided by what all have in common, in
 * Golomb-Rice codes whose parameter follows the data (as in ITU-T T.87, LOCO-I), with runs of zeros in Elias gamma codes where
 * zeros are frequent.
 */
final class LongCode {
    /** So many ones announce a residual that is written in full. */
    private static final int ESCAPE = 20;

    private static final int WINDOW = 32;
    private static final long MOST = 1L << 50;

    private LongCode() {}

    /** Follows the size of residuals. */
    private static final class Size {
        private long sum;
        private int count = 1;

        Size(int k) {
            sum = 1L << k;
        }

        int k() {
            int k = 0;
            while (k < 50 && (long) count << k < sum) {
                k++;
            }
            return k;
        }

        void add(long u) {
            sum += Math.min(u, MOST);
            if (++count == WINDOW) {
                sum >>>= 1;
                count >>= 1;
            }
        }
    }

    /** Values must lie within ±2^53; there is at least one. The array is used as working space. */
    static void write(long[] values, int n, BitWriter out) {
        long first = values[0];
        out.varint(BitWriter.zigzag(first));
        if (n == 1) {
            return;
        }
        long divisor = 0;
        for (int i = 1; i < n; i++) {
            values[i] -= first;
            if (divisor != 1 && values[i] != 0) {
                divisor = gcd(divisor, Math.abs(values[i]));
            }
        }
        values[0] = 0;
        if (divisor > 1) {
            for (int i = 1; i < n; i++) {
                values[i] /= divisor;
            }
        }
        int order = difference(values, n);
        int zeros = 0;
        long start = 0;
        for (int i = 1; i < n; i++) {
            zeros += values[i] == 0 ? 1 : 0;
            start += i <= 8 ? Math.min(values[i], MOST) : 0;
        }
        boolean runs = zeros * 4L > n;
        int k = 63 - Long.numberOfLeadingZeros(Math.max(1, start / Math.min(8, n - 1)));
        out.put(order << 6 | (runs ? 1 << 5 : 0) | (divisor > 1 ? 1 << 4 : 0));
        out.put(k);
        if (divisor > 1) {
            out.varint(divisor);
        }
        Size size = new Size(k);
        for (int i = 1; i < n; i++) {
            if (runs) {
                int begin = i;
                while (i < n && values[i] == 0) {
                    i++;
                }
                out.gamma(i - begin + 1L);
                if (i == n) {
                    break;
                }
                rice(values[i] - 1, size, out);
            } else {
                rice(values[i], size, out);
            }
        }
        out.align();
    }

    /** Replaces the values but the first by zigzagged differences of the order that needs the fewest bits. */
    private static int difference(long[] values, int n) {
        long[] cost = new long[3];
        long earlier = 0;
        long step = 0;
        for (int i = 1; i < n; i++) {
            long delta = values[i] - earlier;
            cost[0] += width(values[i]);
            cost[1] += width(delta);
            cost[2] += width(delta - step);
            step = delta;
            earlier = values[i];
        }
        int order = cost[1] <= cost[0] ? 1 : 0;
        if (cost[2] < cost[order]) {
            order = 2;
        }
        earlier = 0;
        step = 0;
        for (int i = 1; i < n; i++) {
            long value = values[i];
            long delta = value - earlier;
            values[i] = BitWriter.zigzag(order == 0 ? value : order == 1 ? delta : delta - step);
            step = delta;
            earlier = value;
        }
        return order;
    }

    private static int width(long value) {
        return 64 - Long.numberOfLeadingZeros(BitWriter.zigzag(value));
    }

    private static long gcd(long a, long b) {
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    private static void rice(long u, Size size, BitWriter out) {
        int k = size.k();
        long high = u >>> k;
        if (high < ESCAPE) {
            out.bits((1L << high + 1) - 2, (int) high + 1);
            out.bits(u, k);
        } else {
            out.bits((1L << ESCAPE) - 1, ESCAPE);
            int width = 64 - Long.numberOfLeadingZeros(u);
            out.bits(width - 1, 6);
            if (width > 32) {
                out.bits(u >>> 32, width - 32);
            }
            out.bits(u, Math.min(32, width));
        }
        size.add(u);
    }

    static void read(BitReader in, int n, long[] values) {
        long first = BitReader.unzigzag(in.varint());
        values[0] = first;
        if (n == 1) {
            return;
        }
        int head = in.get();
        int order = head >>> 6;
        boolean runs = (head & 1 << 5) != 0;
        int k = in.get();
        if (order > 2 || k > 62 || (head & 0x0F) != 0) {
            throw new MetricDamage("an unknown code of numbers " + head + ", " + k);
        }
        long divisor = (head & 1 << 4) != 0 ? in.varint() : 1;
        Size size = new Size(k);
        long value = 0;
        long step = 0;
        long zeros = runs ? in.gamma() - 1 : 0;
        for (int i = 1; i < n; i++) {
            long u = 0;
            if (zeros > 0) {
                zeros--;
            } else {
                u = rice(size, in);
                if (runs) {
                    u++;
                    zeros = i + 1 < n ? in.gamma() - 1 : 0;
                }
            }
            long residual = BitReader.unzigzag(u);
            switch (order) {
                case 0 -> value = residual;
                case 1 -> value += residual;
                default -> {
                    step += residual;
                    value += step;
                }
            }
            values[i] = first + value * divisor;
        }
        in.align();
    }

    private static long rice(Size size, BitReader in) {
        int k = size.k();
        int high = in.ones(ESCAPE);
        long u;
        if (high < ESCAPE) {
            u = (long) high << k | in.bits(k);
        } else {
            int width = (int) in.bits(6) + 1;
            u = width > 32 ? in.bits(width - 32) << 32 | in.bits(32) : in.bits(width);
        }
        size.add(u);
        return u;
    }
}
