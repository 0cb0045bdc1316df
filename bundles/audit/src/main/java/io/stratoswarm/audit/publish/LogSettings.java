package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.audit.note.VerifierKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code stratoswarm.audit.cfg} says of the log.
 *
 * @param name what the journal's id is put after, to name the log
 * @param interval at most so often a checkpoint is signed unasked
 * @param overlap how long an old key signs beside a new one
 * @param witnesses whose cosignatures are taken
 */
public record LogSettings(String name, Duration interval, Duration overlap, List<VerifierKey> witnesses) {
    public static final LogSettings DEFAULT =
            new LogSettings("stratoswarm", Duration.ofSeconds(5), Duration.ofHours(168), List.of());

    public LogSettings {
        witnesses = List.copyOf(witnesses);
    }

    /** Reads the properties of a configuration; kind INVALID names the one that is wrong. */
    public static LogSettings parse(Map<String, ?> properties) {
        String name = text(properties, "log.name", DEFAULT.name);
        if (!VerifierKey.isName(name) || name.startsWith("/") || name.endsWith("/")) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "log.name must be like example.com/audit, without spaces and '+', not '" + name + "'");
        }
        List<VerifierKey> witnesses = new ArrayList<>();
        for (String key : text(properties, "log.witnesses", "").split(",")) {
            if (!key.isBlank()) {
                VerifierKey witness = VerifierKey.parse(key.strip());
                if (witness.kind() != VerifierKey.COSIGNATURE) {
                    throw new StratoswarmException(
                            Kind.INVALID,
                            "log.witnesses: the key of " + witness.name() + " is not one for cosignatures");
                }
                witnesses.add(witness);
            }
        }
        return new LogSettings(
                name,
                Duration.ofSeconds(number(properties, "log.interval", DEFAULT.interval.toSeconds(), 1, 3_600)),
                Duration.ofHours(number(properties, "log.key.overlap", DEFAULT.overlap.toHours(), 0, 87_600)),
                witnesses);
    }

    private static String text(Map<String, ?> properties, String key, String fallback) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? fallback : text;
    }

    private static long number(Map<String, ?> properties, String key, long fallback, long least, long most) {
        String text = text(properties, key, String.valueOf(fallback));
        if (text.matches("[0-9]{1,9}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most) {
            return Long.parseLong(text);
        }
        throw new StratoswarmException(
                Kind.INVALID, key + " must be " + least + " to " + most + ", not '" + text + "'");
    }
}
