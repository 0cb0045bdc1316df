package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code stratoswarm.journal.cfg}: how long events are kept.
 *
 * @param keepDays older ones go; 0 keeps all
 * @param keepEvents so many stay; 0 keeps all
 * @param keepMebibytes so much stays; 0 keeps all
 * @param least nothing younger goes, whatever asks for it
 * @param every how often is looked
 * @param archive where dropped segments are written to
 */
public record RetentionSettings(
        long keepDays, long keepEvents, long keepMebibytes, Duration least, Duration every, Optional<Path> archive) {
    public static final RetentionSettings DEFAULT =
            new RetentionSettings(0, 0, 0, Duration.ofHours(24), Duration.ofMinutes(10), Optional.empty());

    /** @throws StratoswarmException of kind INVALID with the setting that is wrong */
    public static RetentionSettings parse(Map<String, Object> properties) {
        String archive =
                String.valueOf(properties.getOrDefault("keep.archive", "")).strip();
        if (!archive.isEmpty() && !archive.startsWith("/")) {
            throw new StratoswarmException(
                    Kind.INVALID, "'keep.archive' must be a folder that begins with '/', not '" + archive + "'");
        }
        return new RetentionSettings(
                number(properties, "keep.days", 0, 36_500, 0),
                number(properties, "keep.events", 0, Long.MAX_VALUE / 2, 0),
                number(properties, "keep.mebibytes", 0, 1L << 40, 0),
                Duration.ofHours(number(properties, "keep.least.hours", 0, 876_000, 24)),
                Duration.ofMinutes(number(properties, "keep.check.minutes", 1, 100_000, 10)),
                archive.isEmpty() ? Optional.empty() : Optional.of(Path.of(archive)));
    }

    private static long number(Map<String, Object> properties, String key, long least, long most, long fallback) {
        String text = String.valueOf(properties.getOrDefault(key, fallback)).strip();
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new StratoswarmException(
                Kind.INVALID,
                "'" + key + "' must be a whole number from " + least + " to " + most + ", not '" + text + "'");
    }

    /** In words; empty where all is kept. */
    String rule() {
        List<String> words = new ArrayList<>();
        if (keepDays > 0) {
            words.add("keep " + keepDays + " days");
        }
        if (keepEvents > 0) {
            words.add("keep " + keepEvents + " events");
        }
        if (keepMebibytes > 0) {
            words.add("keep " + keepMebibytes + " MiB");
        }
        return String.join(", ", words);
    }
}
