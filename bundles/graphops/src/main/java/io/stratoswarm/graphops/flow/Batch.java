package io.stratoswarm.graphops.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some records on their way through the transforms, and what became of each. One thread at a time has it. Records are counted by
 * the record of the source that they came from, so that any first part of a batch has an exact count of its own.
 */
final class Batch {
    /** A record that goes no further, and why. */
    record Refusal(long source, String reason, byte[] record) {}

    private Records records = new Records(1 << 10);
    private Records other = new Records(1 << 10);
    private @Nullable Records shown;
    private final List<Refusal> refusals = new ArrayList<>();
    private long first;
    private int inputs;
    private long bytes;
    private int[] filtered = new int[0];
    private int[] added = new int[0];
    private volatile boolean done;
    private @Nullable Throwable failure;

    /**
     * Begins anew.
     *
     * @param first number of the first record among all that were read
     * @param inputs how many records it has
     * @param bytes of them in the source, with their framing
     */
    void begin(long first, int inputs, long bytes) {
        this.first = first;
        this.inputs = inputs;
        this.bytes = bytes;
        refusals.clear();
        done = false;
        failure = null;
        shown = null;
        if (filtered.length < inputs) {
            filtered = new int[inputs];
            added = new int[inputs];
        } else {
            Arrays.fill(filtered, 0, inputs, 0);
            Arrays.fill(added, 0, inputs, 0);
        }
    }

    /** The records as they are now. */
    Records records() {
        return shown == null ? records : shown;
    }

    /** Has the records of another batch, which no transform touches. */
    void show(Records others) {
        shown = others;
    }

    /** Where a transform puts what it makes, empty; {@link #swap} then. */
    Records next() {
        other.clear();
        return other;
    }

    void swap() {
        Records before = records;
        records = other;
        other = before;
    }

    void filtered(long source) {
        filtered[(int) (source - first)]++;
    }

    void added(long source, int more) {
        added[(int) (source - first)] += more;
    }

    void refuse(long source, String reason, byte[] record) {
        refusals.add(new Refusal(source, reason, record));
    }

    List<Refusal> refusals() {
        return refusals;
    }

    long first() {
        return first;
    }

    /** Number of the first record of the source that is not in it. */
    long end() {
        return first + inputs;
    }

    long bytes() {
        return bytes;
    }

    /** Records that a condition did not let through, of the inputs of this range. */
    long filtered(long from, long to) {
        return sum(filtered, from, to);
    }

    long added(long from, long to) {
        return sum(added, from, to);
    }

    private long sum(int[] counts, long from, long to) {
        long sum = 0;
        for (int i = (int) (from - first); i < to - first; i++) {
            sum += counts[i];
        }
        return sum;
    }

    boolean done() {
        return done;
    }

    void finish() {
        done = true;
    }

    void fail(Throwable why) {
        failure = why;
        done = true;
    }

    /** Why it could not be transformed at all. Only after {@link #done}. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
