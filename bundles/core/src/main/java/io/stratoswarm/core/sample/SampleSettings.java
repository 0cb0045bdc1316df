package io.stratoswarm.core.sample;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Map;

/**
 * How it is measured; the keys of {@code felix-config/stratoswarm.metrics.cfg} that begin with {@code sample.}.
 *
 * @param enabled whether anything is measured
 * @param intervalMillis from one round to the next
 * @param maxCpuPercent of one core, above which context switches and pressure are read less often
 * @param pssSeconds from one look at an agent's proportional memory to the next; 0 for never
 *  */
record SampleSettings(boolean enabled, long intervalMillis, double maxCpuPercent, long pssSeconds) {
    static final SampleSettings DEFAULT = new SampleSettings(true, 1_000, 3, 300);

    SampleSettings {
        require(intervalMillis >= 50 && intervalMillis <= 3_600_000, "sample.intervalMillis must be 50 to 3600000");
        require(maxCpuPercent > 0 && maxCpuPercent <= 100, "sample.maxCpuPercent must be above 0 and at most 100");
        require(
                pssSeconds == 0 || pssSeconds >= 15 && pssSeconds <= 86_400,
                "sample.pssSeconds must be 0, for never, or 15 to 86400");
    }

    static SampleSettings of(Map<String, ?> properties) {
        return new SampleSettings(
                flag(properties, "sample.enabled", DEFAULT.enabled),
                (long) number(properties, "sample.intervalMillis", DEFAULT.intervalMillis),
                number(properties, "sample.maxCpuPercent", DEFAULT.maxCpuPercent),
                (long) number(properties, "sample.pssSeconds", DEFAULT.pssSeconds));
    }

    private static double number(Map<String, ?> properties, String key, double usual) {
        Object value = properties.get(key);
        if (value == null || value.toString().isBlank()) {
            return usual;
        }
        try {
            return Double.parseDouble(value.toString().strip());
        } catch (NumberFormatException e) {
            throw wrong(key + " must be a number, not '" + value + "'");
        }
    }

    private static boolean flag(Map<String, ?> properties, String key, boolean usual) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().strip();
        require(text.isEmpty() || text.equals("true") || text.equals("false"), key + " must be true or false");
        return text.isEmpty() ? usual : text.equals("true");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw wrong(what);
        }
    }

    private static StratoswarmException wrong(String what) {
        return new StratoswarmException(Kind.INVALID, "stratoswarm.metrics: " + what);
    }
}
