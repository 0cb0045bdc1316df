package io.stratoswarm.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Times for people. */
final class Times {
    private Times() {}

    /** Time since a moment in RFC 3339, in the two largest units: {@code 3d4h}, {@code 5m2s}, {@code 7s}. */
    static String since(String moment, InstantSource clock) {
        if (moment.isEmpty()) {
            return "";
        }
        long seconds = Math.max(
                0, Duration.between(Instant.parse(moment), clock.instant()).toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m" + seconds % 60 + "s";
        }
        return seconds < 86_400
                ? seconds / 3_600 + "h" + seconds % 3_600 / 60 + "m"
                : seconds / 86_400 + "d" + seconds % 86_400 / 3_600 + "h";
    }

    /** To milliseconds: the rest is noise for a reader. */
    static String shortened(String moment) {
        int dot = moment.indexOf('.');
        return dot < 0 || moment.length() < dot + 5 ? moment : moment.substring(0, dot + 4) + "Z";
    }
}
