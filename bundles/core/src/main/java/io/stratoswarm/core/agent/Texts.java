package io.stratoswarm.core.agent;

import io.stratoswarm.core.process.ExitStatus;
import java.util.List;
import java.util.Locale;

/** Times, exits and names as people read them. */
final class Texts {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    private Texts() {}

    /** For example {@code 0.4 s}, {@code 3.2 s}, {@code 5 min}, {@code 2.5 h}, {@code 3 d}. */
    static String duration(long nanos) {
        double seconds = Math.max(0, nanos) / 1e9;
        if (seconds < 0.0995) {
            return Math.round(seconds * 1000) + " ms";
        }
        if (seconds < 99.95) {
            return trim(seconds) + " s";
        }
        if (seconds < 5_400) {
            return Math.round(seconds / 60) + " min";
        }
        return seconds < 172_800 ? trim(seconds / 3600) + " h" : Math.round(seconds / 86_400) + " d";
    }

    static String millis(long millis) {
        return duration(millis * MILLI);
    }

    /** {@code exit 1} or {@code signal KILL}. */
    static String exit(ExitStatus status) {
        if (status.signal() != 0) {
            return "signal " + Signals.name(status.signal());
        }
        return status.code() >= 0 ? "exit " + status.code() : "exit status not known";
    }

    static String count(long n, String one) {
        return n + " " + (n == 1 ? one : one + "s");
    }

    /** At most this many names, then how many more. */
    static String some(List<String> names, int most) {
        return names.size() <= most
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, most)) + " and " + (names.size() - most) + " more";
    }

    private static String trim(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
