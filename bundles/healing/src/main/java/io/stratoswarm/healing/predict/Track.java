package io.stratoswarm.healing.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The course of one agent's measures over the last {@link #STEPS} steps, given one step at a time. Steps are equally far apart; how far is
 * not known here, and nothing that is measured depends on it: shares of limits, and what there is now against what there was. A process
 * that begins again begins a new course. Some 5 KiB.
 */
public final class Track {
    /** Of a half hour: one step each 30 s at full length. */
    public static final int STEPS = 60;
    /** A forecast is confirmed by those of so many steps, the newest among them. */
    public static final int CONFIRMED = 3;
    /** With fewer steps than these nothing can be told. */
    public static final int FEWEST = 6;
    /** What {@link #window} has at each step. */
    public static final List<String> SERIES = Measures.SERIES;

    private static final int LATE = 5;
    private static final List<String> OF_PROCESS =
            List.of("page_faults_total", "io_read_bytes_total", "io_written_bytes_total", "io_calls_total");

    private static final int CAPACITY = STEPS + CONFIRMED - 1;

    private final float[] rows = new float[CAPACITY * Raw.COUNT];
    private final double[] counters = new double[Raw.COUNT];
    private final double[] ofProcess = new double[OF_PROCESS.size()];
    private double uptime = Double.NaN;
    private double clock = Double.NaN;
    private int size;
    private int next;
    private long taken;

    public Track() {
        forget();
    }

    private void forget() {
        Arrays.fill(counters, Double.NaN);
        Arrays.fill(ofProcess, Double.NaN);
        size = 0;
        next = 0;
    }

    /**
     * Adds a step and drops the oldest one. What is absent, or not a number, is not known.
     *
     * @param own the newest values of the agent's metrics by name, summed over their labels, counters as they stand
     * @param host the same of the host
     * @param limits what the agent may use at most: {@code open_fds}, {@code memory_resident_bytes}, {@code threads}
     */
    public void step(Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits) {
        if (begunAgain(own)) {
            forget();
        }
        uptime = value(own, "uptime_seconds", uptime);
        for (int i = 0; i < ofProcess.length; i++) {
            ofProcess[i] = value(own, OF_PROCESS.get(i), ofProcess[i]);
        }
        // The processor time of the whole host, idle or not, is the number of processors times what has passed.
        double passed = host.getOrDefault("cpu_seconds_total", Double.NaN);
        double elapsed = passed - clock;
        clock = passed;
        int at = next * Raw.COUNT;
        for (Raw raw : Raw.values()) {
            double value = raw.level() ? raw.read(own, host, limits) : rise(raw.ordinal(), raw.read(own, host, limits));
            if (raw == Raw.PROCESSOR_SHARE) {
                value = elapsed > 0 ? value / elapsed : Double.NaN;
            }
            rows[at + raw.ordinal()] = (float) value;
        }
        next = (next + 1) % CAPACITY;
        size = Math.min(CAPACITY, size + 1);
        taken++;
    }

    /** All steps that it was ever given. */
    long taken() {
        return taken;
    }

    /** Steps since the process began or was first seen, at most {@link #STEPS}. */
    public int size() {
        return Math.min(STEPS, size);
    }

    /** Whether enough is known for a forecast. */
    public boolean isTold() {
        return size >= FEWEST;
    }

    /** {@link #STEPS} rows of {@link #SERIES}, the newest last; a short course is preceded by its first row. Not a number: not known. */
    public float[] window() {
        return window(0);
    }

    /**
     * In how many steps that runs out which a failure of this cause comes from, if it goes on so; infinite where it does not rise. Empty where the
     * cause is no such thing, or its limit is not known.
     */
    public OptionalDouble left(Cause cause) {
        @Nullable
        Raw share = switch (cause) {
            case MEMORY_LEAK -> Raw.MEMORY_SHARE;
            case DESCRIPTOR_LEAK -> Raw.DESCRIPTORS_SHARE;
            case PROCESS_LEAK -> Raw.TASKS_SHARE;
            case DISK_FILLING, THERMAL, CONTENTION, SLOWING_DOWN, NETWORK, OTHER -> null;
        };
        return share == null || size == 0 ? OptionalDouble.empty() : Measures.left(ordered(size(), 0), size(), share);
    }

    /** As it was so many steps ago, less than {@link #CONFIRMED}. */
    float[] window(int ago) {
        int count = Math.min(STEPS, size - ago);
        if (count < 1 || ago >= CONFIRMED) {
            throw new IllegalStateException("there were " + size + " steps; no window ended " + ago + " ago");
        }
        return Measures.of(ordered(count, ago), count);
    }

    private float[] ordered(int count, int ago) {
        float[] ordered = new float[count * Raw.COUNT];
        for (int i = 0; i < count; i++) {
            System.arraycopy(rows, place(count + ago - i), ordered, i * Raw.COUNT, Raw.COUNT);
        }
        return ordered;
    }

    /** Where the row lies that came so many steps before the next one. */
    private int place(int before) {
        return Math.floorMod(next - before, CAPACITY) * Raw.COUNT;
    }

    /** Mean of the first third of the course, NaN where nothing is known of it. */
    double early(Raw raw) {
        return mean(raw, 0, Math.max(1, size() / 3));
    }

    /** Mean of the last steps. */
    double late(Raw raw) {
        return mean(raw, Math.max(0, size() - LATE), size());
    }

    private double mean(Raw raw, int begin, int end) {
        double sum = 0;
        int count = 0;
        for (int i = begin; i < end; i++) {
            float value = rows[place(size() - i) + raw.ordinal()];
            if (!Float.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return sum / count;
    }

    /**
     * A process is a new one where its uptime fell; since that is read seldom, also where most of what it counts fell by more than half.
     * One alone may fall: a child that was not waited for takes what it read along.
     */
    private boolean begunAgain(Map<String, Double> own) {
        int fallen = 0;
        for (int i = 0; i < ofProcess.length; i++) {
            fallen += own.getOrDefault(OF_PROCESS.get(i), Double.NaN) < ofProcess[i] / 2 ? 1 : 0;
        }
        return own.getOrDefault("uptime_seconds", Double.NaN) < uptime || fallen >= 2;
    }

    private static double value(Map<String, Double> from, String name, double otherwise) {
        double value = from.getOrDefault(name, Double.NaN);
        return Double.isNaN(value) ? otherwise : value;
    }

    /** By how much a counter rose since the step before; one that fell began again from 0. */
    private double rise(int counter, double now) {
        double before = counters[counter];
        if (Double.isNaN(now)) {
            return Double.NaN;
        }
        counters[counter] = now;
        return Double.isNaN(before) ? Double.NaN : now < before ? now : now - before;
    }
}
