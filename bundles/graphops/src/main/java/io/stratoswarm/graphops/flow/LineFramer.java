package io.stratoswarm.graphops.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Records that end with a newline. Looks at eight bytes at a time. */
final class LineFramer implements Framer {
    static final byte NEWLINE = '\n';

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle IN_ARRAY =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW = 0x7f7f7f7f_7f7f7f7fL;
    private static final long NEWLINES = 0x0a0a0a0a_0a0a0a0aL;
    /** Words whose marks are looked at together, since most have none. */
    private static final int BLOCK = 8;

    /** Words that are marked at once: few enough to stay in the nearest cache. */
    private static final int SPAN = 1024;

    private static final long EVEN = 0x00ff00ff_00ff00ffL;

    /** The highest bit of each byte that is a newline, and no other bit; exact for all bytes. */
    private static long marks(long word) {
        long x = word ^ NEWLINES;
        return ~(((x & LOW) + LOW) | x | LOW);
    }

    @Override
    public void scan(MemorySegment bytes, long length, long most, long maxRecord, Scan into) {
        if (length <= maxRecord && most >= length) {
            long whole = last(bytes, length) + 1;
            long records = into.counts ? ends(bytes, 0, whole) : Math.min(whole, 1);
            into.set(whole, records, whole == length ? Scan.End.DONE : Scan.End.PARTIAL);
            return;
        }
        long at = 0;
        long records = 0;
        while (at < length && records < most) {
            long limit = Math.min(length, at + maxRecord + 1);
            long end = next(bytes, at, limit);
            if (end < 0) {
                boolean tooLong = limit - at > maxRecord;
                into.set(at, records, tooLong ? Scan.End.TOO_LONG : Scan.End.PARTIAL);
                return;
            }
            at = end + 1;
            records++;
        }
        into.set(at, records, Scan.End.DONE);
    }

    @Override
    public long ends(MemorySegment bytes, long from, long to) {
        long count = 0;
        long at = from;
        while (at + Long.BYTES <= to) {
            // Each byte of the sum counts for its place; it holds 255, and the words of one round are fewer.
            long stop = Math.min(to - Long.BYTES, at + 200L * Long.BYTES);
            long sum = 0;
            for (; at <= stop; at += Long.BYTES) {
                sum += marks(bytes.get(WORD, at)) >>> 7;
            }
            sum = (sum & EVEN) + ((sum >>> 8) & EVEN);
            count += (sum * 0x00010001_00010001L) >>> 48;
        }
        for (; at < to; at++) {
            count += bytes.get(ValueLayout.JAVA_BYTE, at) == NEWLINE ? 1 : 0;
        }
        return count;
    }

    /** Place of the first newline in the range, or -1. */
    static long next(MemorySegment bytes, long from, long to) {
        long at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long marks = marks(bytes.get(WORD, at));
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        for (; at < to; at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) == NEWLINE) {
                return at;
            }
        }
        return -1;
    }

    private static long last(MemorySegment bytes, long length) {
        for (long at = length - 1; at >= 0; at--) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) == NEWLINE) {
                return at;
            }
        }
        return -1;
    }

    @Override
    public void split(byte[] bytes, int length, long firstSource, Records into) {
        int words = length / Long.BYTES;
        long[] marks = into.scratch(SPAN);
        int start = 0;
        long source = firstSource;
        for (int span = 0; span < words; span += SPAN) {
            int here = Math.min(SPAN, words - span);
            mark(bytes, span, here, marks);
            for (int block = 0; block < here; block += BLOCK) {
                if (none(marks, block)) {
                    continue;
                }
                for (int i = block; i < block + BLOCK; i++) {
                    for (long left = marks[i]; left != 0; left &= left - 1) {
                        int end = (span + i) * Long.BYTES + (Long.numberOfTrailingZeros(left) >>> 3);
                        into.addHere(start, end - start, source++);
                        start = end + 1;
                    }
                }
            }
        }
        int at = words * Long.BYTES;
        for (; at < length; at++) {
            if (bytes[at] == NEWLINE) {
                into.addHere(start, at - start, source++);
                start = at + 1;
            }
        }
    }

    /** Marks the newlines of each word, in a loop of its own, which the compiler makes one of vectors. */
    private static void mark(byte[] bytes, int first, int words, long[] into) {
        int begin = first * Long.BYTES;
        for (int i = 0; i < words; i++) {
            into[i] = marks((long) IN_ARRAY.get(bytes, begin + i * Long.BYTES));
        }
        Arrays.fill(into, words, SPAN, 0);
    }

    private static boolean none(long[] marks, int at) {
        return (marks[at] | marks[at + 1] | marks[at + 2] | marks[at + 3]) == 0
                && (marks[at + 4] | marks[at + 5] | marks[at + 6] | marks[at + 7]) == 0;
    }

    @Override
    public int overhead() {
        return 1;
    }

    @Override
    public int put(byte[] record, int start, int length, byte[] into, int at) {
        System.arraycopy(record, start, into, at, length);
        into[at + length] = NEWLINE;
        return at + length + 1;
    }

    @Override
    public boolean selfEvident() {
        return true;
    }
}
