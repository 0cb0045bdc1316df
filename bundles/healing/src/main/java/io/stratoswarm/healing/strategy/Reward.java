package io.stratoswarm.healing.strategy;

/** What a healing was worth, measured. */
public final class Reward {
    private static final double FOR_HEALTH = 0.5;
    private static final double FOR_LASTING = 0.35;
    private static final double FOR_SPEED = 0.15;

    private Reward() {}

    /**
     * From 0 to 1. Nothing where the agent did not become healthy; else the more the sooner it was, and most where it stayed so. What an act
     * cost others is taken off.
     *
     * @param healthy whether it became healthy
     * @param millis time to that
     * @param patienceMillis the time that it had
     * @param lasted whether it did not fail again for a time after; where only a part of that time passed, {@code share} of it counts
     * @param share 0..1
     * @param collateral how many others beside it are ill that were well before
     */
    public static double of(
            boolean healthy, long millis, long patienceMillis, boolean lasted, double share, int collateral) {
        if (!healthy) {
            return 0;
        }
        double speed = 1 - Math.min(1, Math.max(0, millis) / (double) Math.max(1, patienceMillis));
        double lasting = lasted ? 1 : Math.min(1, share) / 2;
        double sum = FOR_HEALTH * (lasted ? 1 : 0.5) + FOR_LASTING * lasting + FOR_SPEED * speed;
        return Math.clamp(sum - 0.2 * collateral, 0, 1);
    }
}
