package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.List;
import java.util.Map;

/**
 * {@code stratoswarm.audit.cfg} as far as it is about captures.
 *
 * @param keepCount how many captures are kept
 * @param keepMillis how long one is kept
 * @param keepBytes what all may take on the disk
 * @param memoryBytes how much memory one moment's copy may take
 * @param stopMillis how long threads are waited for
 * @param copyMillis how long processes may stand still for copying
 * @param everyMillis from one capture of all agents to the next; 0 for none
 * @param onFailure {@code none}, {@code unhealthy} or {@code all}
 * @param beforeRisky whether one is taken before what may go wrong, such as a transform
 */
public record CaptureSettings(
        int keepCount,
        long keepMillis,
        long keepBytes,
        long memoryBytes,
        long stopMillis,
        long copyMillis,
        long everyMillis,
        String onFailure,
        boolean beforeRisky) {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    public static final CaptureSettings DEFAULT =
            new CaptureSettings(24, 168 * HOUR, 4L << 30, 4L << 30, 250, 10_000, 0, "none", false);

    /** @throws StratoswarmException kind INVALID, which names the key */
    public static CaptureSettings of(Map<String, ?> properties) {
        return new CaptureSettings(
                (int) number(properties, "capture.keep.count", DEFAULT.keepCount, 1, 10_000),
                HOUR * number(properties, "capture.keep.hours", DEFAULT.keepMillis / HOUR, 1, 24 * 3_660),
                number(properties, "capture.keep.mebibytes", DEFAULT.keepBytes >> 20, 16, 1 << 24) << 20,
                number(properties, "capture.memory.mebibytes", DEFAULT.memoryBytes >> 20, 16, 1 << 24) << 20,
                number(properties, "capture.stop.millis", DEFAULT.stopMillis, 10, 10_000),
                number(properties, "capture.copy.millis", DEFAULT.copyMillis, 100, 600_000),
                MINUTE * number(properties, "capture.every.minutes", DEFAULT.everyMillis, 0, 366 * 24 * 60),
                choice(properties, "capture.on.failure", DEFAULT.onFailure, List.of("none", "unhealthy", "all")),
                choice(properties, "capture.before.risky", "false", List.of("true", "false"))
                        .equals("true"));
    }

    private static String given(Map<String, ?> properties, String name) {
        Object given = properties.get(name);
        return given == null ? "" : given.toString().strip();
    }

    private static String choice(Map<String, ?> properties, String name, String fallback, List<String> known) {
        String text = given(properties, name);
        if (text.isEmpty()) {
            return fallback;
        }
        if (!known.contains(text)) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "stratoswarm.audit.cfg: " + name + " must be one of " + String.join(", ", known) + ", not '" + text
                            + "'");
        }
        return text;
    }

    private static long number(Map<String, ?> properties, String name, long fallback, long min, long max) {
        String text = given(properties, name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below together with what is out of range.
        }
        throw new StratoswarmException(
                Kind.INVALID,
                "stratoswarm.audit.cfg: " + name + " must be a whole number from " + min + " to " + max + ", not '"
                        + text + "'");
    }
}
