package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of an agent, from its start on: the track that forecasts are made of, and how busy it was. Not for use by several threads. */
final class Course {
    /** Steps that its business is compared over: ten minutes at full length. */
    private static final int BUSY_STEPS = 20;
    /** Without so many steps nothing is known of what is quiet for it. */
    private static final int LEAST_BUSY = 5;

    final String agent;
    final long incarnation;
    final long startedMillis;
    final Track track = new Track();
    int steps;
    /** When the last forecast was made; 0 where there is none. */
    long forecastMillis;
    /** Whether its end was told as a failure that nothing foresaw; more than once is none. */
    boolean told;

    /** What is not known yet of earlier steps. */
    final List<LessonBook.Pending> pending = new ArrayList<>();

    private @Nullable Forecast forecast;
    private final double[] work = new double[BUSY_STEPS];
    private final double[] traffic = new double[BUSY_STEPS];
    private int busy;
    private double lastWork = Double.NaN;
    private double lastTraffic = Double.NaN;

    Course(String agent, long incarnation, long startedMillis) {
        this.agent = agent;
        this.incarnation = incarnation;
        this.startedMillis = startedMillis;
    }

    void step(Tracker tracker, Map<String, Double> own, Map<String, Double> host, Map<String, Double> limits) {
        tracker.step(track, own, host, limits);
        steps++;
        double workNow = own.getOrDefault("cpu_seconds_total", 0.0);
        double trafficNow =
                own.getOrDefault("io_read_bytes_total", 0.0) + own.getOrDefault("io_written_bytes_total", 0.0);
        if (!Double.isNaN(lastWork)) {
            work[busy % BUSY_STEPS] = Math.max(0, workNow - lastWork);
            traffic[busy % BUSY_STEPS] = Math.max(0, trafficNow - lastTraffic);
            busy++;
        }
        lastWork = workNow;
        lastTraffic = trafficNow;
    }

    void expect(Forecast next, long nowMillis) {
        forecast = next;
        forecastMillis = nowMillis;
    }

    /** What was expected of it last. */
    Optional<Forecast> forecast() {
        return Optional.ofNullable(forecast);
    }

    /** Whether in the last step it worked and moved as little as in the quietest third of its last minutes. */
    boolean quiet() {
        return busy >= LEAST_BUSY && low(work) && low(traffic);
    }

    private boolean low(double[] of) {
        int known = Math.min(busy, BUSY_STEPS);
        double[] sorted = Arrays.copyOf(of, known);
        Arrays.sort(sorted);
        return of[(busy - 1) % BUSY_STEPS] <= sorted[(known - 1) / 3];
    }
}
