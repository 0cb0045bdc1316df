package io.stratoswarm.core.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A compressed record of one subject's samples in a span of time: times that several series share are stored once, and each
 * series can be decoded alone. The layout is in docs/metrics.md, "Block".
 */
final class Block {
    static final int RAW = 0;
    static final int MINUTES = 1;
    static final int HASH = 32;
    private static final int MAGIC = 0x534D;
    private static final int VERSION = 1;
    private static final int MOST = 1 << 24;

    /** Header bytes before the directory. */
    static final int HEADER = 2 + 1 + 1 + 8 + 8 + 8 + HASH;

    private final byte[] bytes;
    final int kind;
    final long number;
    final long from;
    final long to;
    final byte[] schema;
    private final int[] axisSizes;
    private final int[] axisAt;
    private final int[] columnAxis;
    private final int[] columnAt;
    private final int end;
    private final long[] @Nullable [] axes;

    /** One column to be written. {@code times} and {@code values} from {@code begin} to {@code end}. */
    record Column(long[] times, double[] values, int begin, int end) {
        static final Column EMPTY = new Column(new long[0], new double[0], 0, 0);

        int size() {
            return end - begin;
        }
    }

    /** How the values of a column become bytes. */
    interface ColumnWriter {
        void write(int column, BitWriter out);
    }

    private Block(byte[] bytes, boolean whole) {
        this.bytes = bytes;
        BitReader in = new BitReader(bytes, 0, whole ? bytes.length - 4 : bytes.length);
        if ((in.get() << 8 | in.get()) != MAGIC) {
            throw new MetricDamage("no block of metrics");
        }
        int version = in.get();
        if (version != VERSION) {
            throw new MetricDamage("a block of the unknown version " + version);
        }
        kind = in.get();
        number = in.int64();
        from = in.int64();
        to = in.int64();
        schema = in.take(HASH);
        if (!whole) {
            axisSizes = axisAt = columnAxis = columnAt = new int[0];
            axes = new long[0][];
            end = 0;
            return;
        }
        int axisCount = in.size(MOST);
        axisSizes = new int[axisCount];
        axisAt = new int[axisCount + 1];
        for (int i = 0; i < axisCount; i++) {
            axisSizes[i] = in.size(MOST);
            axisAt[i + 1] = axisAt[i] + in.size(MOST);
        }
        int columnCount = in.size(MOST);
        columnAxis = new int[columnCount];
        columnAt = new int[columnCount + 1];
        for (int i = 0; i < columnCount; i++) {
            columnAxis[i] = in.size(axisCount) - 1;
            columnAt[i + 1] = columnAt[i] + (columnAxis[i] < 0 ? 0 : in.size(MOST));
        }
        int begin = in.at();
        for (int i = 0; i <= axisCount; i++) {
            axisAt[i] += begin;
        }
        int columns = axisAt[axisCount];
        for (int i = 0; i <= columnCount; i++) {
            columnAt[i] += columns;
        }
        end = columnAt[columnCount];
        if (end != bytes.length - 4) {
            throw new MetricDamage("a block of " + bytes.length + " bytes whose columns end at " + end);
        }
        axes = new long[axisCount][];
    }

    /** @throws MetricDamage where the bytes are not what was written */
    static Block read(byte[] bytes) {
        if (bytes.length < HEADER + 6) {
            throw new MetricDamage("a block of " + bytes.length + " bytes");
        }
        int sum = new BitReader(bytes, bytes.length - 4, bytes.length).int32();
        if (sum != sum(bytes, bytes.length - 4)) {
            throw new MetricDamage("the checksum does not fit");
        }
        return new Block(bytes, true);
    }

    /** The header alone, of its first {@link #HEADER} bytes; unchecked. */
    static Block header(byte[] first) {
        return new Block(first, false);
    }

    private static int sum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }

    int columns() {
        return columnAxis.length;
    }

    /** Samples of a column. */
    int size(int column) {
        return columnAxis[column] < 0 ? 0 : axisSizes[columnAxis[column]];
    }

    long samples() {
        long sum = 0;
        for (int i = 0; i < columns(); i++) {
            sum += size(i);
        }
        return sum;
    }

    /** Times of a column that has samples; shared, not to be changed. */
    long[] times(int column) {
        int axis = columnAxis[column];
        long[] known = axes[axis];
        if (known == null) {
            known = new long[axisSizes[axis]];
            LongCode.read(new BitReader(bytes, axisAt[axis], axisAt[axis + 1]), known.length, known);
            for (int i = 0; i < known.length; i++) {
                known[i] += from;
            }
            axes[axis] = known;
        }
        return known;
    }

    /** Values of a column of a raw block that has samples. */
    double[] values(int column) {
        return ValueCode.read(reader(column), size(column));
    }

    BitReader reader(int column) {
        return new BitReader(bytes, columnAt[column], columnAt[column + 1]);
    }

    static byte[] writeRaw(long number, byte[] schema, List<Column> columns) {
        return write(RAW, number, schema, columns, (i, out) -> {
            Column column = columns.get(i);
            ValueCode.write(column.values(), column.begin(), column.end(), out);
        });
    }

    /** At least one of the columns has samples. */
    static byte[] write(int kind, long number, byte[] schema, List<Column> columns, ColumnWriter writer) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Column column : columns) {
            if (column.size() > 0) {
                from = Math.min(from, column.times()[column.begin()]);
                to = Math.max(to, column.times()[column.end() - 1]);
            }
        }
        List<Column> axes = new ArrayList<>();
        int[] axisOf = axes(columns, axes);
        BitWriter out = new BitWriter();
        out.put(MAGIC >>> 8);
        out.put(MAGIC);
        out.put(VERSION);
        out.put(kind);
        out.int64(number);
        out.int64(from);
        out.int64(to);
        out.put(schema);
        BitWriter payload = new BitWriter();
        out.varint(axes.size());
        for (Column axis : axes) {
            int before = payload.size();
            long[] offsets = Arrays.copyOfRange(axis.times(), axis.begin(), axis.end());
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] -= from;
            }
            LongCode.write(offsets, offsets.length, payload);
            out.varint(offsets.length);
            out.varint(payload.size() - before);
        }
        out.varint(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            out.varint(axisOf[i] + 1L);
            if (axisOf[i] >= 0) {
                int before = payload.size();
                writer.write(i, payload);
                out.varint(payload.size() - before);
            }
        }
        out.put(payload.array(), payload.size());
        out.int32(sum(out.array(), out.size()));
        return out.copy();
    }

    /** Finds the distinct arrays of times; the answer has the index for each column, -1 for an empty one. */
    private static int[] axes(List<Column> columns, List<Column> axes) {
        Map<Integer, List<Integer>> byHash = new HashMap<>();
        int[] axisOf = new int[columns.size()];
        for (int i = 0; i < axisOf.length; i++) {
            Column column = columns.get(i);
            axisOf[i] = -1;
            if (column.size() == 0) {
                continue;
            }
            int hash = column.size();
            for (int t = column.begin(); t < column.end(); t++) {
                hash = hash * 31 + Long.hashCode(column.times()[t]);
            }
            List<Integer> candidates = byHash.computeIfAbsent(hash, k -> new ArrayList<>(1));
            for (int candidate : candidates) {
                Column axis = axes.get(candidate);
                if (Arrays.equals(
                        axis.times(), axis.begin(), axis.end(), column.times(), column.begin(), column.end())) {
                    axisOf[i] = candidate;
                }
            }
            if (axisOf[i] < 0) {
                axisOf[i] = axes.size();
                candidates.add(axes.size());
                axes.add(column);
            }
        }
        return axisOf;
    }
}
