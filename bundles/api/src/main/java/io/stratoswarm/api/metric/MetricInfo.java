package io.stratoswarm.api.metric;

import java.util.regex.Pattern;

/**
 * What a metric is. Names follow the OpenMetrics conventions: lower case, base units, the unit last, {@code _total} for counters.
 *
 * @param name for example {@code cpu_seconds_total} or {@code memory_resident_bytes}
 * @param kind how its values are to be read
 * @param unit base unit: {@code seconds}, {@code bytes}, {@code ratio}, {@code celsius}; empty for plain counts
 * @param help one line
 */
public record MetricInfo(String name, Kind kind, String unit, String help) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,99}");

    /** How values are to be read. */
    public enum Kind {
        /** May rise and fall. */
        GAUGE,
        /** Only rises, and starts again from 0 with a new process. */
        COUNTER
    }

    public MetricInfo {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a metric's name matches " + NAME.pattern() + ": '" + name + "'");
        }
    }
}
