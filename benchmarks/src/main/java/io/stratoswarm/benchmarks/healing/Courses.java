package io.stratoswarm.benchmarks.healing;

import io.stratoswarm.benchmarks.healing.Recordings.Recording;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Goes through recordings step by step, as the daemon goes through time, and keeps what a forecast would have seen at each. */
final class Courses {
    /** Length of a step at full length. */
    static final long STEP_MILLIS = 30_000;
    /** What is older than this the daemon does not know any more, see {@code Metrics.latest}. */
    private static final long KNOWN_MILLIS = 120_000;

    private Courses() {}

    /**
     * What there was at one step.
     *
     * @param window see {@link Track#window}
     * @param ill whether the fault of a gradual kind is under way
     * @param left steps until the failure, where one follows; else infinite
     */
    record Cut(float[] window, boolean ill, double left) {
        /** What is to be foreseen: a failure within so many steps, out of something that is under way and can be seen. */
        boolean fails(int steps) {
            return ill && left <= steps;
        }
    }

    /** @param pace how much slower time goes than it was recorded; at 2 a leak takes twice as many steps */
    record Course(Recording recording, double pace, List<Cut> cuts) {}

    /** Told of each step at which there is enough for a forecast. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param ill whether the fault of a gradual kind is under way
         * @param left steps until the failure, where one follows; else infinite
         */
        void at(Track track, boolean ill, double left);
    }

    /** @param phase where in its first step the course begins, 0..1 */
    static Course of(Recording recording, double pace, double phase) {
        List<Cut> cuts = new ArrayList<>();
        walk(recording, pace, phase, (track, ill, left) -> cuts.add(new Cut(track.window(), ill, left)));
        return new Course(recording, pace, cuts);
    }

    static void walk(Recording recording, double pace, double phase, Visitor visitor) {
        Window window = recording.window();
        double step = STEP_MILLIS / pace / recording.scale();
        boolean fails = recording.failureMillis() > 0;
        double end = fails ? recording.failureMillis() : window.toMillis();
        Track track = new Track();
        Reader reader = new Reader(window);
        for (double at = window.fromMillis() + phase * step; at < end; at += step) {
            reader.to((long) at);
            track.step(reader.own, reader.host, recording.limits());
            if (track.isTold()) {
                visitor.at(
                        track,
                        fails && recording.gradual() && at >= recording.onsetMillis(),
                        fails ? (end - at) / step : Double.POSITIVE_INFINITY);
            }
        }
    }

    /** The newest values by name, summed over labels. */
    private static final class Reader {
        private final List<Window.Line> lines;
        private final List<long[]> times = new ArrayList<>();
        private final List<double[]> values = new ArrayList<>();
        private final int[] places;
        private Map<String, Double> own = Map.of();
        private Map<String, Double> host = Map.of();

        Reader(Window window) {
            lines = window.lines().stream()
                    .filter(line -> line.role() != Window.Role.NEIGHBOUR)
                    .toList();
            for (Window.Line line : lines) {
                times.add(line.timesMillis());
                values.add(line.values());
            }
            places = new int[lines.size()];
        }

        void to(long now) {
            own = new HashMap<>();
            host = new HashMap<>();
            for (int i = 0; i < places.length; i++) {
                long[] its = times.get(i);
                while (places[i] < its.length && its[places[i]] <= now) {
                    places[i]++;
                }
                int last = places[i] - 1;
                if (last >= 0 && now - its[last] <= KNOWN_MILLIS && !Double.isNaN(values.get(i)[last])) {
                    Map<String, Double> of = lines.get(i).role() == Window.Role.HOST ? host : own;
                    of.merge(lines.get(i).name(), values.get(i)[last], Double::sum);
                }
            }
        }
    }
}
