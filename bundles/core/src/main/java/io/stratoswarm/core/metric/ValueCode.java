package io.stratoswarm.core.metric;

/**
 * Codes the values of a column, each exactly: as one constant; as whole numbers times a power of ten where they are that, which
 * measured values mostly are; else as XOR of neighbours as in Gorilla (Pelkonen et al., VLDB 2015). NaNs are runs beside the values.
 */
final class ValueCode {
    static final int CONSTANT = 0;
    static final int DECIMAL = 1;
    static final int XOR = 2;
    static final int GAPS = 0x80;
    private static final int MOST_DIGITS = 9;
    private static final double EXACT = 1L << 53;
    private static final double[] TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private ValueCode() {}

    /** There is at least one value. */
    static void write(double[] from, int begin, int end, BitWriter out) {
        int n = end - begin;
        double[] values = new double[n];
        System.arraycopy(from, begin, values, 0, n);
        boolean gaps = fillGaps(values);
        int mark = gaps ? GAPS : 0;
        long bits = Double.doubleToRawLongBits(values[0]);
        boolean constant = true;
        for (int i = 1; i < n && constant; i++) {
            constant = Double.doubleToRawLongBits(values[i]) == bits;
        }
        int digits = digits(values);
        out.put((constant ? CONSTANT : digits < 0 ? XOR : DECIMAL) | mark);
        if (gaps) {
            writeGaps(from, begin, end, out);
        }
        if (digits < 0) {
            if (constant) {
                out.put(0xFF);
                out.int64(bits);
            } else {
                writeXor(values, out);
            }
            return;
        }
        out.put(digits);
        long[] whole = new long[n];
        for (int i = 0; i < n; i++) {
            whole[i] = (long) Math.rint(values[i] * TEN[digits]);
        }
        LongCode.write(whole, constant ? 1 : n, out);
    }

    /** Replaces each NaN by the value before it, or by the first one; all by zero where there is none. */
    private static boolean fillGaps(double[] values) {
        int first = 0;
        while (first < values.length && Double.isNaN(values[first])) {
            first++;
        }
        boolean gaps = first > 0;
        double last = first < values.length ? values[first] : 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                values[i] = last;
                gaps = true;
            }
            last = values[i];
        }
        return gaps;
    }

    /** Lengths of runs in turn: values, NaNs, values, ... */
    private static void writeGaps(double[] from, int begin, int end, BitWriter out) {
        boolean gap = false;
        int run = 0;
        for (int i = begin; i < end; i++) {
            if (Double.isNaN(from[i]) != gap) {
                out.gamma(run + 1L);
                gap = !gap;
                run = 0;
            }
            run++;
        }
        out.gamma(run + 1L);
        out.align();
    }

    /** How many decimal digits after the point give all values back bit for bit; -1 where none do. */
    private static int digits(double[] values) {
        int digits = 0;
        for (double value : values) {
            while (!fits(value, digits)) {
                if (++digits > MOST_DIGITS) {
                    return -1;
                }
            }
        }
        if (digits > 0) {
            for (double value : values) {
                if (!fits(value, digits)) {
                    return -1;
                }
            }
        }
        return digits;
    }

    private static boolean fits(double value, int digits) {
        double whole = Math.rint(value * TEN[digits]);
        return Math.abs(whole) <= EXACT
                && Double.doubleToRawLongBits((long) whole / TEN[digits]) == Double.doubleToRawLongBits(value);
    }

    private static void writeXor(double[] values, BitWriter out) {
        long last = Double.doubleToRawLongBits(values[0]);
        out.int64(last);
        int leading = 64;
        int trailing = 0;
        for (int i = 1; i < values.length; i++) {
            long bits = Double.doubleToRawLongBits(values[i]);
            long xor = bits ^ last;
            last = bits;
            if (xor == 0) {
                out.bit(false);
                continue;
            }
            out.bit(true);
            int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
            int newTrailing = Long.numberOfTrailingZeros(xor);
            if (leading != 64 && newLeading >= leading && newTrailing >= trailing) {
                out.bit(false);
            } else {
                leading = newLeading;
                trailing = newTrailing;
                out.bit(true);
                out.bits(leading, 5);
                out.bits(63 - leading - trailing, 6);
            }
            long meaning = xor >>> trailing;
            int width = 64 - leading - trailing;
            if (width > 32) {
                out.bits(meaning >>> 32, width - 32);
            }
            out.bits(meaning, Math.min(32, width));
        }
        out.align();
    }

    static double[] read(BitReader in, int n) {
        double[] values = new double[n];
        int kind = in.get();
        int[] runs = (kind & GAPS) != 0 ? readGaps(in, n) : new int[0];
        switch (kind & ~GAPS) {
            case CONSTANT -> java.util.Arrays.fill(values, readConstant(in));
            case DECIMAL -> {
                double ten = ten(in.get());
                long[] whole = new long[n];
                LongCode.read(in, n, whole);
                for (int i = 0; i < n; i++) {
                    values[i] = whole[i] / ten;
                }
            }
            case XOR -> readXor(in, values);
            default -> throw new MetricDamage("a column of the unknown kind " + kind);
        }
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            if (i % 2 == 1) {
                java.util.Arrays.fill(values, at, at + runs[i], Double.NaN);
            }
            at += runs[i];
        }
        return values;
    }

    private static double ten(int digits) {
        if (digits > MOST_DIGITS) {
            throw new MetricDamage("a column of " + digits + " digits");
        }
        return TEN[digits];
    }

    private static double readConstant(BitReader in) {
        int digits = in.get();
        if (digits == 0xFF) {
            return Double.longBitsToDouble(in.int64());
        }
        return BitReader.unzigzag(in.varint()) / ten(digits);
    }

    private static int[] readGaps(BitReader in, int n) {
        int[] runs = new int[8];
        int count = 0;
        int sum = 0;
        while (sum < n) {
            long run = in.gamma() - 1;
            if (run > n - sum || run == 0 && count > 0) {
                throw new MetricDamage("runs of more than " + n + " values");
            }
            if (count == runs.length) {
                runs = java.util.Arrays.copyOf(runs, count * 2);
            }
            runs[count++] = (int) run;
            sum += (int) run;
        }
        in.align();
        return java.util.Arrays.copyOf(runs, count);
    }

    private static void readXor(BitReader in, double[] values) {
        long last = in.int64();
        values[0] = Double.longBitsToDouble(last);
        int leading = 0;
        int width = 0;
        for (int i = 1; i < values.length; i++) {
            if (in.bit()) {
                if (in.bit()) {
                    leading = (int) in.bits(5);
                    width = (int) in.bits(6) + 1;
                }
                int trailing = 64 - leading - width;
                if (width == 0 || trailing < 0) {
                    throw new MetricDamage("a window of " + width + " bits after " + leading);
                }
                long meaning = width > 32 ? in.bits(width - 32) << 32 | in.bits(32) : in.bits(width);
                last ^= meaning << trailing;
            }
            values[i] = Double.longBitsToDouble(last);
        }
        in.align();
    }
}
