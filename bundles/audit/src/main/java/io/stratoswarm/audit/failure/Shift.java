package io.stratoswarm.audit.failure;

import io.stratoswarm.api.failure.Failures.Category;
import io.stratoswarm.api.metric.Points;

/**
 * A change of one series.
 *
 * @param points as they were compared: of counters, their rates
 * @param p probability of chance, for all that was looked at together
 */
record Shift(Points points, Category category, ChangePoint change, double p, long onsetMillis) {
    private static final double STEADY = 5;

    boolean rises() {
        return change.after() > change.before();
    }

    /** What was there has all but ended. */
    boolean ceases() {
        return change.before() > 0 && change.after() < 0.1 * change.before();
    }

    /** How much of the level changed, 0 to 1. */
    double share() {
        double larger = Math.max(Math.abs(change.before()), Math.abs(change.after()));
        return larger == 0 ? 0 : Math.min(1, Math.abs(change.after() - change.before()) / larger);
    }

    double strength() {
        double sure = 1 - Math.pow(p, 0.25);
        double size = 0.5 * (1 - Math.exp(-Math.abs(change.z()) / 8)) + 0.5 * share();
        return sure * (0.25 + 0.75 * size) * prior() * weight();
    }

    /** Less than all for what is too little to harm anybody, however sure it is. */
    private double weight() {
        double least = switch (category) {
            case MEMORY -> 8 << 20;
            case DESCRIPTORS -> 8;
            case PROCESSES -> 4;
            case PROCESSOR -> 0.05;
            case IO -> 32 << 10;
            case STORAGE -> 8 << 20;
            case FLOW -> 4;
            case PRESSURE -> 0.1;
            default -> 20;
        };
        double much = Math.min(1, Math.abs(change.after() - change.before()) / least);
        // What did little, but steadily, and does nothing any more hangs.
        return ceases() && Math.abs(change.z()) >= STEADY ? Math.max(0.8, much) : much;
    }

    /** What is used up in the end is a likelier reason than what merely changes. */
    private double prior() {
        return switch (category) {
            case MEMORY, DESCRIPTORS, PROCESSES -> rises() ? 1 : 0.45;
            case PROCESSOR -> rises() ? 0.9 : ceases() ? 0.8 : 0.4;
            case IO -> rises() ? 0.8 : ceases() ? 0.85 : 0.4;
            case STORAGE -> rises() ? 0.4 : 0.85;
            case FLOW -> 0.8;
            case PRESSURE -> 0.5;
            default -> ceases() ? 0.8 : 0.4;
        };
    }
}
