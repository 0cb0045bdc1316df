package io.stratoswarm.healing.heal;

import io.stratoswarm.healing.strategy.Act;
import java.util.EnumSet;
import java.util.Set;

/**
 * How far healing may go. Times are in milliseconds.
 *
 * @param mode what is done about a failure that was named
 * @param approved acts that wait for a person's approval
 * @param confidence 0..1; below it a failure counts as one that nothing is known of
 * @param patienceMillis within which an agent must be well again
 * @param lastingMillis for which it must then stay so
 * @param rate by which what is old counts for less, 0..1
 * @param perAgent most healings of one agent within an hour
 * @param perHour most healings of all agents within an hour
 * @param alarmMillis how often running agents are looked at; 0 for never
 * @param alarmConfidence 0..1; something is done about an agent that runs only where it is so sure what it has
 * @param illShare share of all agents that, ill at once, stop all healing, 0..1
 * @param illMost so many ill at once stop nothing, whatever the share
 */
public record Settings(
        Mode mode,
        Set<Act> approved,
        double confidence,
        long patienceMillis,
        long lastingMillis,
        double rate,
        int perAgent,
        int perHour,
        long alarmMillis,
        double alarmConfidence,
        double illShare,
        int illMost) {
    public static final Settings DEFAULT = new Settings(
            Mode.AUTO,
            EnumSet.of(Act.ROLLBACK, Act.RESTART_NEIGHBOURS, Act.RAISE_LIMITS, Act.SCALE_OUT),
            0.5,
            30_000,
            120_000,
            0.05,
            6,
            60,
            5_000,
            0.9,
            0.3,
            3);

    /** What is done about a failure. */
    public enum Mode {
        /** Nothing: failures are not looked at. */
        OFF,
        /** It is named, and what would be done is said. */
        ADVISE,
        /** It is done, but where a rule or {@link #approved} asks for a person. */
        AUTO
    }

    public Settings {
        approved = Set.copyOf(approved);
    }
}
