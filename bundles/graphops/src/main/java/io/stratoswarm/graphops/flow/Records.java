package io.stratoswarm.graphops.flow;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** A batch of records in one array, without their framing. Made once and filled again. */
final class Records {
    private byte[] bytes;
    private int used;
    private int[] starts = new int[64];
    private int[] lengths = new int[64];
    private long[] sources = new long[64];
    private int size;
    private boolean framed;
    private long[] scratch = new long[0];

    Records(int bytes) {
        this.bytes = new byte[bytes];
    }

    void clear() {
        size = 0;
        used = 0;
        framed = false;
    }

    int size() {
        return size;
    }

    /** The array that the records are in; another one after records were added. */
    byte[] bytes() {
        return bytes;
    }

    int start(int index) {
        return starts[index];
    }

    int length(int index) {
        return lengths[index];
    }

    /** Number of the record of the source that this one was made from, over all that the flow ever read. */
    long source(int index) {
        return sources[index];
    }

    /** Whether each record has its framing around it in the array, as it came. */
    boolean framed() {
        return framed;
    }

    byte[] copy(int index) {
        return Arrays.copyOfRange(bytes, starts[index], starts[index] + lengths[index]);
    }

    /** Keeps the records that this holds for, in order. */
    void retain(IntPredicate which) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (which.test(i)) {
                starts[kept] = starts[i];
                lengths[kept] = lengths[i];
                sources[kept] = sources[i];
                kept++;
            }
        }
        size = kept;
    }

    /** Adds a copy of a record. */
    void add(byte[] from, int start, int length, long source) {
        room(length);
        System.arraycopy(from, start, bytes, used, length);
        addHere(used, length, source);
        used += length;
    }

    /** Adds records of another batch, whose bytes lie one behind the other. */
    void addAll(Records from, int first, int to) {
        int begin = from.starts[first];
        int shift = used - begin;
        append(from.bytes, begin, from.starts[to - 1] + from.lengths[to - 1] - begin);
        for (int i = first; i < to; i++) {
            addHere(from.starts[i] + shift, from.lengths[i], from.sources[i]);
        }
    }

    /** Adds a record that is in the array already. */
    void addHere(int start, int length, long source) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
            sources = Arrays.copyOf(sources, size * 2);
        }
        starts[size] = start;
        lengths[size] = length;
        sources[size] = source;
        size++;
    }

    /** Begins a record that is written piece by piece with {@link #append} and ended by {@link #end} or {@link #cancel}. */
    int begin() {
        return used;
    }

    void append(byte[] from, int start, int length) {
        room(length);
        System.arraycopy(from, start, bytes, used, length);
        used += length;
    }

    void append(byte one) {
        room(1);
        bytes[used++] = one;
    }

    /** Takes back what was appended since the place was so. */
    void cancel(int begun) {
        used = begun;
    }

    void end(int begun, long source) {
        addHere(begun, used - begun, source);
    }

    /** An array of so many bytes at least, to be filled before records are added that lie in it with their framing. */
    byte[] raw(int length) {
        clear();
        room(length);
        used = length;
        framed = true;
        return bytes;
    }

    /** For a framer, which holds nothing itself: so many words at least, with anything in them. */
    long[] scratch(int words) {
        if (scratch.length < words) {
            scratch = new long[words];
        }
        return scratch;
    }

    private void room(int more) {
        if (bytes.length - used < more) {
            bytes = Arrays.copyOf(bytes, (int)
                    Math.min(Integer.MAX_VALUE - 16L, Math.max((used + (long) more), bytes.length * 2L)));
        }
    }
}
