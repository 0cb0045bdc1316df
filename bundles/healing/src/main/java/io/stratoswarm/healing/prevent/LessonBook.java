package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.healing.predict.Track;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What agents of this host looked like, and what followed, for a model to go on learning from. Each course is looked at every {@link
 * #EVERY} steps. What a failure followed on within the horizon is a lesson, and what none followed on is one; what was acted upon meanwhile
 * is none, since nobody knows what would have followed. Of each of the two kinds at most {@link #MOST} are kept, drawn uniformly from all
 * that there ever were (reservoir sampling, Vitter 1985), durably, in the table {@code healing.lessons}.
 */
public final class LessonBook {
    /** Of each kind; some 2.5 KiB each. */
    static final int MOST = 1_000;

    static final int EVERY = 15;
    private static final String TABLE = "healing.lessons";
    private static final int VERSION = 1;
    private static final String FAILED = "failed/";
    private static final String WELL = "well/";
    private static final String SEEN = "seen/";

    private final Function<Track, float[]> features;
    private final TableStore.Table table;
    private final RandomGenerator random;
    private final Map<String, Long> seen = new HashMap<>();
    private final Map<String, Optional<byte[]>> changes = new HashMap<>();

    /**
     * One of them.
     *
     * @param steps from then to the failure, NaN where none followed
     */
    public record Kept(long atMillis, double steps, float[] window) {
        public Kept {
            window = window.clone();
        }

        @Override
        public float[] window() {
            return window.clone();
        }
    }

    /** What is not known yet of a course. @param halves the window in half precision, since there are many of these */
    record Pending(long atMillis, short[] halves) {}

    /** @param features what a model is given of a track */
    public LessonBook(Function<Track, float[]> features, TableStore tables, RandomGenerator random) {
        this.features = features;
        this.random = random;
        table = tables.open(TABLE, VERSION);
        for (String kind : List.of(FAILED, WELL)) {
            table.get(SEEN + kind)
                    .ifPresent(bytes -> seen.put(kind, ByteBuffer.wrap(bytes).getLong()));
        }
    }

    /** A course has gone a step on. */
    synchronized void observe(Course course, long nowMillis, long horizonMillis) {
        for (Iterator<Pending> each = course.pending.iterator(); each.hasNext(); ) {
            Pending pending = each.next();
            if (nowMillis - pending.atMillis() >= horizonMillis) {
                each.remove();
                keep(WELL, pending, Double.NaN);
            }
        }
        if (course.steps % EVERY == 0) {
            float[] window = features.apply(course.track);
            short[] halves = new short[window.length];
            for (int i = 0; i < halves.length; i++) {
                halves[i] = Float.floatToFloat16(window[i]);
            }
            course.pending.add(new Pending(nowMillis, halves));
        }
    }

    /** It failed. */
    synchronized void failed(Course course, long atMillis, long horizonMillis, long stepMillis) {
        for (Pending pending : course.pending) {
            long before = atMillis - pending.atMillis();
            if (before >= 0 && before < horizonMillis) {
                keep(FAILED, pending, (double) before / stepMillis);
            }
        }
        course.pending.clear();
        write();
    }

    /** Something was done about it: what would have followed is not known. */
    synchronized void uncertain(Course course) {
        course.pending.clear();
    }

    private void keep(String kind, Pending pending, double steps) {
        long count = seen.merge(kind, 1L, Long::sum);
        changes.put(
                SEEN + kind,
                Optional.of(ByteBuffer.allocate(Long.BYTES).putLong(count).array()));
        long place = count <= MOST ? count - 1 : random.nextLong(count);
        if (place >= MOST) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + Short.BYTES * pending.halves().length)
                .putLong(pending.atMillis())
                .putDouble(steps);
        for (short half : pending.halves()) {
            bytes.putShort(half);
        }
        changes.put(kind + place, Optional.of(bytes.array()));
    }

    /** Makes durable what was kept since the last time. */
    synchronized void write() {
        if (!changes.isEmpty()) {
            table.write(Map.copyOf(changes));
            changes.clear();
        }
    }

    /** How many there ever were of which a failure followed, and of which none did. */
    synchronized long[] seen() {
        return new long[] {seen.getOrDefault(FAILED, 0L), seen.getOrDefault(WELL, 0L)};
    }

    /** All that are kept, oldest first. @param length of a window; others are of an earlier version of the measures */
    public synchronized List<Kept> all(int length) {
        write();
        List<Kept> all = new ArrayList<>();
        for (String kind : List.of(FAILED, WELL)) {
            for (Map.Entry<String, byte[]> each : table.scan(kind, kind, MOST)) {
                ByteBuffer bytes = ByteBuffer.wrap(each.getValue());
                if (bytes.remaining() == 2 * Long.BYTES + Short.BYTES * length) {
                    all.add(kept(bytes, length));
                }
            }
        }
        all.sort(java.util.Comparator.comparingLong(Kept::atMillis));
        return all;
    }

    private static Kept kept(ByteBuffer bytes, int length) {
        long at = bytes.getLong();
        double steps = bytes.getDouble();
        float[] window = new float[length];
        for (int i = 0; i < length; i++) {
            window[i] = Float.float16ToFloat(bytes.getShort());
        }
        return new Kept(at, steps, window);
    }
}
