package io.stratoswarm.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
final class Moments {
    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

    private Moments() {}

    /** {@code 2h} for two hours ago, or RFC 3339; empty stays empty. */
    static String parse(String text, Context context) throws Failure {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            return context.clock().instant().minus(length(ago)).toString();
        }
        try {
            return text.isEmpty() ? "" : Instant.parse(text).toString();
        } catch (DateTimeParseException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'" + text + "' is no time; write 2h for two hours ago, or 2026-01-31T12:00:00Z",
                    e);
        }
    }

    /**
     * A moment in the past: a time as {@link #parse} takes it, with a minus before the length if one likes, {@code now}, or
     * {@code #123}: right after the event of that sequence.
     */
    static String point(String text, Context context) throws Failure {
        if (text.matches("#[0-9]{1,18}")) {
            return text;
        }
        try {
            return text.equals("now")
                    ? context.clock().instant().toString()
                    : parse(text.isEmpty() ? "?" : text.startsWith("-") ? text.substring(1) : text, context);
        } catch (Failure e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'" + text
                            + "' is no moment; write 10m or -10m for ten minutes ago, 2026-01-31T12:00:00Z, or #123 for"
                            + " the one after event 123",
                    e);
        }
    }

    /** A length of time such as {@code 30s} in milliseconds. */
    static long millis(String text, String option) throws Failure {
        Matcher matcher = AGO.matcher(text);
        if (!matcher.matches()) {
            throw new Failure(
                    ExitCode.USAGE, option + " must be a length of time such as 30s, 5m or 1h, not '" + text + "'");
        }
        return length(matcher).toMillis();
    }

    private static Duration length(Matcher matcher) {
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
