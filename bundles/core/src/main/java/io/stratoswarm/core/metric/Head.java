package io.stratoswarm.core.metric;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is in memory of one subject: the samples that are not yet stored, and the last one of each series. */
final class Head {
    /** More than the series that a sampler leaves out in most rounds. */
    private static final int LOOKS = 32;

    final String subject;
    /** Whose row came after one of this subject the last time. */
    volatile @Nullable Head next;

    private final Map<Series, Line> lines = new HashMap<>();
    /** In the order in which they first came, which is mostly the order in which they come each time. */
    private final List<Line> arrivals = new ArrayList<>();
    /**
     * The objects by which they were asked for last, in the same order: who records a series each second keeps one. They lie side by
     * side, so that a look at several costs less than the hash of one.
     */
    private Series[] asked = new Series[8];
    /** Place of the line that probably comes next. */
    private int expected;

    private @Nullable Layout layout;
    /** What came in rows and is not with its lines yet. */
    private @Nullable Rows rows;

    private boolean retired;

    /** One series. */
    static final class Line {
        final Series series;
        final MetricInfo info;
        final Buffer buffer = new Buffer();
        long lastTime = Long.MIN_VALUE;
        double lastValue;
        /** Its place in the rows; -1 where it does not come in rows. */
        int rowPlace = -1;

        private int storing;
        private int arrival;

        Line(Series series, MetricInfo info) {
            this.series = series;
            this.info = info;
        }

        void add(long time, double value) {
            buffer.add(time, value);
            lastTime = time;
            lastValue = value;
        }
    }

    /** The lines in the order of a schema. */
    private record Layout(Schema schema, List<Line> lines) {}

    /** Samples of one window, ready to be stored. */
    record Draft(Schema schema, long window, List<Block.Column> columns) {}

    Head(String subject) {
        this.subject = subject;
    }

    synchronized boolean retired() {
        return retired;
    }

    /** Found without a hash over its labels where series come about in the order of the last time, as they do from a sampler. */
    synchronized @Nullable Line line(Series series) {
        int size = arrivals.size();
        int at = expected;
        for (int tries = Math.min(size, LOOKS); tries > 0; tries--) {
            if (at >= size) {
                at = 0;
            }
            if (asked[at] == series) {
                expected = at + 1;
                return arrivals.get(at);
            }
            at++;
        }
        Line line = lines.get(series);
        if (line != null) {
            asked[line.arrival] = series;
            expected = line.arrival + 1;
        }
        return line;
    }

    synchronized int size() {
        return lines.size();
    }

    synchronized void add(Line line) {
        lines.put(line.series, line);
        line.arrival = arrivals.size();
        arrivals.add(line);
        if (line.arrival == asked.length) {
            asked = Arrays.copyOf(asked, 2 * asked.length);
        }
        asked[line.arrival] = line.series;
        layout = null;
        if (rows != null) {
            know(rows, line);
        }
    }

    /** False where the sample is not later than the last one. */
    synchronized boolean append(Line line, long time, double value) {
        if (line.rowPlace >= 0) {
            settle();
        }
        if (time <= line.lastTime) {
            return false;
        }
        line.add(time, clean(value));
        if (line.rowPlace >= 0 && rows != null) {
            rows.passed(time);
        }
        return true;
    }

    /** One NaN is as good as another, and only one can be coded. */
    static double clean(double value) {
        return Double.isNaN(value) ? Double.NaN : value;
    }

    /** Takes all of a row; false, and nothing is done, where it must be taken sample by sample. */
    synchronized boolean append(SampleRow row) {
        Rows now = rows;
        if (now == null || now.row != row) {
            if (now != null) {
                now.unbind();
            }
            now = new Rows(row);
            rows = now;
            for (Line line : arrivals) {
                know(now, line);
            }
        }
        return now.allKnown(row.present()) && now.add();
    }

    private static void know(Rows rows, Line line) {
        int place = rows.row.series().indexOf(line.series);
        if (place >= 0) {
            rows.know(place, line);
        }
    }

    private void settle() {
        if (rows != null) {
            rows.settle();
        }
    }

    /** Rows that wait here. */
    synchronized int rowsWaiting() {
        return rows == null ? 0 : rows.size();
    }

    /** What waits to be stored, by window. Until {@link #stored} it can still be read here. */
    synchronized List<Draft> drafts() {
        settle();
        Layout now = layout();
        List<Draft> drafts = new ArrayList<>(1);
        int[] begins = new int[now.lines.size()];
        for (Line line : now.lines) {
            line.storing = line.buffer.size;
        }
        while (true) {
            long earliest = Long.MAX_VALUE;
            for (int i = 0; i < begins.length; i++) {
                Line line = now.lines.get(i);
                if (begins[i] < line.storing) {
                    earliest = Math.min(earliest, line.buffer.times[begins[i]]);
                }
            }
            if (earliest == Long.MAX_VALUE) {
                return drafts;
            }
            long window = MetricOptions.window(subject, earliest);
            List<Block.Column> columns = new ArrayList<>(begins.length);
            for (int i = 0; i < begins.length; i++) {
                Line line = now.lines.get(i);
                int end = Math.min(line.storing, line.buffer.indexOf(window + MetricOptions.WINDOW));
                columns.add(begins[i] < end ? line.buffer.column(begins[i], end) : Block.Column.EMPTY);
                begins[i] = Math.max(begins[i], end);
            }
            drafts.add(new Draft(now.schema, window, columns));
        }
    }

    /** What {@link #drafts} gave is stored. */
    synchronized void stored() {
        for (Line line : lines.values()) {
            line.buffer.dropFirst(line.storing);
            line.storing = 0;
            if (line.rowPlace >= 0) {
                line.buffer.trim();
            }
        }
    }

    /** Storing failed; holds no more than so many samples of a series. Returns how many were dropped. */
    synchronized long notStored(int most) {
        settle();
        long dropped = 0;
        for (Line line : lines.values()) {
            line.storing = 0;
            int over = line.buffer.size - most;
            if (over > 0) {
                line.buffer.dropFirst(over);
                dropped += over;
            }
        }
        return dropped;
    }

    private Layout layout() {
        Layout now = layout;
        if (now == null) {
            List<Line> ordered = new ArrayList<>(lines.values());
            ordered.sort((a, b) -> Schema.ORDER.compare(a.series, b.series));
            now = new Layout(
                    new Schema(
                            subject,
                            ordered.stream().map(line -> line.series).toList(),
                            ordered.stream().map(line -> line.info).toList()),
                    ordered);
            layout = now;
        }
        return now;
    }

    /** Drops series that had no sample since; the head is done with where none is left. Returns how many went. */
    synchronized int dropStale(long before) {
        settle();
        int had = lines.size();
        lines.values().removeIf(line -> line.buffer.size == 0 && line.lastTime < before);
        if (lines.size() != had) {
            layout = null;
            if (rows != null) {
                rows.unbind();
                rows = null;
            }
            arrivals.removeIf(line -> lines.get(line.series) != line);
            for (int i = 0; i < arrivals.size(); i++) {
                arrivals.get(i).arrival = i;
                asked[i] = arrivals.get(i).series;
            }
            Arrays.fill(asked, arrivals.size(), asked.length, null);
            expected = 0;
        }
        retired = lines.isEmpty();
        return had - lines.size();
    }

    synchronized long lastTime() {
        settle();
        return lines.values().stream().mapToLong(line -> line.lastTime).max().orElse(Long.MIN_VALUE);
    }

    synchronized void latest(long since, List<Sample> out) {
        for (Line line : layout().lines) {
            int newest = rows == null || line.rowPlace < 0 ? -1 : rows.newest(line.rowPlace);
            long time = rows == null || newest < 0 ? line.lastTime : rows.time(newest);
            if (time >= since) {
                double value = rows == null || newest < 0 ? line.lastValue : rows.value(newest, line.rowPlace);
                out.add(new Sample(line.series, time, value));
            }
        }
    }

    /** The waiting samples of the series that match, copied. */
    synchronized void copy(Wanted wanted, long from, long to, List<Part> out) {
        settle();
        Layout now = layout();
        for (int i : wanted.columns(now.schema)) {
            Line line = now.lines.get(i);
            int begin = line.buffer.indexOf(from);
            int end = line.buffer.indexOf(to);
            if (begin < end) {
                out.add(new Part(
                        line.series,
                        line.info,
                        Arrays.copyOfRange(line.buffer.times, begin, end),
                        Arrays.copyOfRange(line.buffer.values, begin, end)));
            }
        }
    }

    /** Some samples of a series. */
    record Part(Series series, MetricInfo info, long[] times, double[] values) {}
}
