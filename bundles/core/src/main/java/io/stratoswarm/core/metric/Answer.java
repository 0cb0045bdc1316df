package io.stratoswarm.core.metric;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts the answer to a query together out of samples and minutes, which come in order of time for each series. */
final class Answer {
    static final int MOST_POINTS = 1_000_000;
    private static final long NONE = Long.MIN_VALUE;

    private final MetricQuery query;
    private final Map<Series, Line> lines = new TreeMap<>(ORDER);
    private int points;

    static final java.util.Comparator<Series> ORDER =
            java.util.Comparator.comparing(Series::subject).thenComparing(Schema.ORDER);

    Answer(MetricQuery query) {
        this.query = query;
    }

    void samples(Series series, long[] times, double[] values) {
        Line line = lines.computeIfAbsent(series, k -> new Line());
        int begin = indexOf(times, query.fromMillis());
        for (int i = begin; i < times.length && times[i] < query.toMillis(); i++) {
            line.sample(times[i], values[i]);
        }
    }

    private static int indexOf(long[] times, long time) {
        int index = Arrays.binarySearch(times, time);
        return index >= 0 ? index : -index - 1;
    }

    void minutes(Series series, List<Minute> minutes) {
        Line line = lines.computeIfAbsent(series, k -> new Line());
        for (Minute minute : minutes) {
            if (minute.start() >= query.fromMillis() && minute.start() < query.toMillis()) {
                line.minute(minute);
            }
        }
    }

    List<Points> points() {
        List<Points> all = new ArrayList<>();
        lines.forEach((series, line) -> {
            line.endWindow();
            if (line.size > 0) {
                all.add(new Points(
                        series, Arrays.copyOf(line.times, line.size), Arrays.copyOf(line.values, line.size)));
            }
        });
        return all;
    }

    /** One series. */
    private final class Line {
        private long[] times = new long[16];
        private double[] values = new double[16];
        private int size;
        private long lastTime = NONE;
        private long window = NONE;

        private double count;
        private final MinuteCode.Sum sum = new MinuteCode.Sum();
        private double min;
        private double max;
        private double last;
        private final MinuteCode.Sum increase = new MinuteCode.Sum();
        private long covered;
        /** The last finite value and its time, for increases. */
        private double lastFinite = Double.NaN;

        private long lastFiniteTime;

        void sample(long time, double value) {
            if (time <= lastTime) {
                return;
            }
            lastTime = time;
            if (query.stepMillis() == 0) {
                add(time, value);
                return;
            }
            if (Double.isNaN(value)) {
                return;
            }
            enter(time);
            count++;
            last = value;
            switch (query.aggregate()) {
                case AVG, SUM -> sum.add(value);
                case MIN -> min = Math.min(min, value);
                case MAX -> max = Math.max(max, value);
                case RATE -> rise(time, value);
                case COUNT, LAST -> {
                    // Both are kept for every aggregate.
                }
            }
        }

        private void rise(long time, double value) {
            if (!Double.isFinite(value)) {
                return;
            }
            if (!Double.isNaN(lastFinite)) {
                increase.add(MinuteCode.Increase.between(lastFinite, value));
                covered += time - lastFiniteTime;
            }
            lastFinite = value;
            lastFiniteTime = time;
        }

        void minute(Minute minute) {
            if (minute.start() + minute.lastOffset() <= lastTime) {
                return;
            }
            lastTime = minute.start() + (long) minute.lastOffset();
            if (query.stepMillis() == 0) {
                add(minute.start(), minute.last());
                return;
            }
            enter(minute.start());
            count += minute.count();
            last = minute.last();
            sum.add(minute.sum());
            min = Math.min(min, minute.min());
            max = Math.max(max, minute.max());
            if (query.aggregate() == MetricQuery.Aggregate.RATE) {
                rise(minute.start() + (long) minute.firstOffset(), minute.first());
                if (Double.isFinite(minute.last())) {
                    increase.add(minute.increase());
                    covered += (long) (minute.lastOffset() - minute.firstOffset());
                    lastFinite = minute.last();
                    lastFiniteTime = minute.start() + (long) minute.lastOffset();
                }
            }
        }

        private void enter(long time) {
            // Times never fall, so that most need no division.
            if (window == NONE || time - window >= query.stepMillis()) {
                endWindow();
                window = Math.floorDiv(time, query.stepMillis()) * query.stepMillis();
                count = 0;
                sum.reset();
                min = Double.POSITIVE_INFINITY;
                max = Double.NEGATIVE_INFINITY;
                increase.reset();
                covered = 0;
            }
        }

        void endWindow() {
            if (window == NONE) {
                return;
            }
            switch (query.aggregate()) {
                case AVG -> add(window, sum.value() / count);
                case MIN -> add(window, min);
                case MAX -> add(window, max);
                case SUM -> add(window, sum.value());
                case COUNT -> add(window, count);
                case LAST -> add(window, last);
                case RATE -> {
                    if (covered > 0) {
                        add(window, increase.value() * 1000 / covered);
                    }
                }
            }
            window = NONE;
        }

        private void add(long time, double value) {
            if (++points > MOST_POINTS) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "the answer would have more than a million points; ask for a shorter range, a larger step or"
                                + " fewer series");
            }
            if (size == times.length) {
                times = Arrays.copyOf(times, size * 2);
                values = Arrays.copyOf(values, size * 2);
            }
            times[size] = time;
            values[size++] = value;
        }
    }
}
