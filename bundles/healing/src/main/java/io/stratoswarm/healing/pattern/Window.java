package io.stratoswarm.healing.pattern;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What is known of the time before a moment.
 *
 * @param agent the agent it is about
 * @param fromMillis begin, since 1970-01-01T00:00Z
 * @param toMillis the moment
 * @param lines what was measured, of the agent, of those around it and of the host
 * @param circumstance what else is known
 */
public record Window(String agent, long fromMillis, long toMillis, List<Line> lines, Circumstance circumstance) {
    /** The time that is looked at, where there is as much. */
    public static final long MILLIS = 30 * 60_000L;

    public Window {
        lines = List.copyOf(lines);
        if (toMillis <= fromMillis) {
            throw new IllegalArgumentException("a window has a length: " + fromMillis + " to " + toMillis);
        }
    }

    /**
     * The window of a failure: it begins with the first number of the agent itself, since before that there is nothing to compare with.
     *
     * @param fromMillis the earliest begin
     */
    public static Window begun(
            String agent, long fromMillis, long toMillis, List<Line> lines, Circumstance circumstance) {
        long first = lines.stream()
                .filter(line -> line.role() == Role.SELF && line.timesMillis.length > 0)
                .mapToLong(line -> line.timesMillis[0])
                .min()
                .orElse(fromMillis);
        return new Window(agent, Math.min(Math.max(fromMillis, first), toMillis - 1), toMillis, lines, circumstance);
    }

    /** Whose numbers a line has. */
    public enum Role {
        SELF,
        /** Another agent of the same graph. */
        NEIGHBOUR,
        HOST
    }

    /**
     * One series.
     *
     * @param counter whether it only rises, so that its rate is what tells something
     * @param timesMillis in rising order
     * @param values one for each time; NaN where it could not be measured
     */
    public record Line(
            Role role,
            String subject,
            String name,
            Map<String, String> labels,
            boolean counter,
            long[] timesMillis,
            double[] values) {
        public Line {
            if (timesMillis.length != values.length) {
                throw new IllegalArgumentException(timesMillis.length + " times for " + values.length + " values");
            }
            labels = Map.copyOf(labels);
            timesMillis = timesMillis.clone();
            values = values.clone();
        }

        @Override
        public long[] timesMillis() {
            return timesMillis.clone();
        }

        @Override
        public double[] values() {
            return values.clone();
        }
    }

    /**
     * What is known beside numbers.
     *
     * @param trigger type of the event at the end of the window, for example {@code AgentExited}; empty where there is none
     * @param exit how the agent ended, as in its status: {@code exit 1}, {@code signal KILL}; empty where it did not
     * @param uptimeMillis for how long its process had run; -1 where none did
     * @param starts how often it was started in the window
     * @param neighbourFailed whether another agent of its graph failed in the window, before it
     * @param dependencyFailed whether one did that it depends on
     * @param changed whether what is declared of it was changed in the window, before it failed
     * @param signalled whether somebody sent it a signal or killed it by a command
     * @param limits what it may use at most, by the metric that is limited: {@code open_fds}, {@code memory_resident_bytes}, {@code threads}
     * @param log the last lines of its output, oldest first
     */
    public record Circumstance(
            String trigger,
            String exit,
            long uptimeMillis,
            int starts,
            boolean neighbourFailed,
            boolean dependencyFailed,
            boolean changed,
            boolean signalled,
            Map<String, Double> limits,
            List<String> log) {
        /** Nothing but numbers. */
        public static final Circumstance NONE =
                new Circumstance("", "", -1, 0, false, false, false, false, Map.of(), List.of());

        public Circumstance {
            limits = Map.copyOf(new TreeMap<>(limits));
            log = List.copyOf(log);
        }

        OptionalDouble limit(String metric) {
            Double limit = limits.get(metric);
            return limit == null ? OptionalDouble.empty() : OptionalDouble.of(limit);
        }
    }
}
