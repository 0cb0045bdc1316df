package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * {@code stratoswarm.graphops.cfg}: what is proposed, and for how long.
 *
 * @param after what is done about a better placement after a transform
 * @param movingWeight what it counts that all agents of a graph move
 * @param expiry for how long a proposal waits; zero for ever
 */
public record ProposalSettings(After after, double movingWeight, Duration expiry) {
    public static final ProposalSettings DEFAULT = new ProposalSettings(After.ASK, 0.1, Duration.ofHours(24));

    /** What is done about a better placement. */
    public enum After {
        /** Nobody looks, unless asked to. */
        OFF,
        /** An operator decides. */
        ASK,
        /** It is begun. */
        AUTO
    }

    /** @throws StratoswarmException of kind INVALID with the setting that is wrong */
    public static ProposalSettings parse(Map<String, Object> properties) {
        return new ProposalSettings(
                after(text(properties, "placement.after", "ask")),
                number(properties, "placement.moving.weight", 0.1, 1_000),
                Duration.ofSeconds((long) (number(properties, "proposals.expire.hours", 24, 87_600) * 3_600)));
    }

    private static String text(Map<String, Object> properties, String key, Object fallback) {
        return String.valueOf(properties.getOrDefault(key, fallback)).strip();
    }

    private static After after(String text) {
        for (After after : After.values()) {
            if (after.name().toLowerCase(Locale.ROOT).equals(text)) {
                return after;
            }
        }
        throw new StratoswarmException(Kind.INVALID, "'placement.after' must be off, ask or auto, not '" + text + "'");
    }

    private static double number(Map<String, Object> properties, String key, double fallback, double most) {
        String text = text(properties, key, fallback);
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new StratoswarmException(
                Kind.INVALID, "'" + key + "' must be a number from 0 to " + Math.round(most) + ", not '" + text + "'");
    }
}
