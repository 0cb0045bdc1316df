package io.stratoswarm.core.metric;

import io.stratoswarm.api.metric.SampleRow;
import java.util.Arrays;

/**
 * Samples of one subject that came in rows and are kept as they came, so that what is measured at one moment is written to
 * neighbouring places: with a thousand subjects that is what costs. They go to the buffers of their lines before they are stored. Not
 * safe for use by several threads.
 */
final class Rows {
    final SampleRow row;
    private final Head.Line[] lines;
    /** Places whose lines are known; what else comes opens a line first, by itself. */
    private long known;

    private long[] times = {};
    private long[] present = {};
    private double[] values = {};
    private int size;
    private long lastTime = Long.MIN_VALUE;

    Rows(SampleRow row) {
        this.row = row;
        this.lines = new Head.Line[row.series().size()];
    }

    void know(int place, Head.Line line) {
        lines[place] = line;
        line.rowPlace = place;
        known |= 1L << place;
        passed(line.lastTime);
    }

    /** A line has a sample of this time that did not come in a row. */
    void passed(long time) {
        lastTime = Math.max(lastTime, time);
    }

    boolean allKnown(long places) {
        return (places & ~known) == 0;
    }

    int size() {
        return size;
    }

    /** Takes what the row has now; false, and nothing is done, where that is not later than all that came before. */
    boolean add() {
        long time = row.timeMillis();
        if (time <= lastTime) {
            return false;
        }
        if (size == times.length) {
            int room = size == 0 ? 4 : size < 32 ? 32 : size * 2;
            times = Arrays.copyOf(times, room);
            present = Arrays.copyOf(present, room);
            values = Arrays.copyOf(values, room * lines.length);
        }
        times[size] = time;
        present[size] = row.present();
        row.copyTo(values, size * lines.length);
        size++;
        lastTime = time;
        return true;
    }

    /** Index of the newest that has a value at this place; -1 where there is none. */
    int newest(int place) {
        int at = size - 1;
        while (at >= 0 && (present[at] >>> place & 1) == 0) {
            at--;
        }
        return at;
    }

    long time(int index) {
        return times[index];
    }

    double value(int index, int place) {
        return Head.clean(values[index * lines.length + place]);
    }

    /** Gives all samples to their lines. */
    void settle() {
        if (size == 0) {
            return;
        }
        for (long left = known; left != 0; left &= left - 1) {
            int place = Long.numberOfTrailingZeros(left);
            Head.Line line = lines[place];
            for (int i = 0; i < size; i++) {
                if ((present[i] >>> place & 1) != 0) {
                    line.add(times[i], value(i, place));
                }
            }
        }
        size = 0;
    }

    /** Settles, and lets go of the lines. */
    void unbind() {
        settle();
        for (long left = known; left != 0; left &= left - 1) {
            lines[Long.numberOfTrailingZeros(left)].rowPlace = -1;
        }
    }
}
