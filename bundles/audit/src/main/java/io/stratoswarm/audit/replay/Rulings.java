package io.stratoswarm.audit.replay;

import io.stratoswarm.api.graph.PastGraphs.Ruling;

/** What restart policies say, in words. */
public final class Rulings {
    private Rulings() {}

    public static String text(Ruling ruling) {
        return switch (ruling.verdict()) {
            case RESTART_NOW -> "restart at once";
            case RESTART_LATER ->
                "restart after " + ruling.leastDelayMillis()
                        + (ruling.mostDelayMillis() > ruling.leastDelayMillis()
                                ? " to " + ruling.mostDelayMillis()
                                : "")
                        + " ms";
            case QUARANTINE -> "quarantine, after " + ruling.counted() + " restarts of at most " + ruling.limit();
            case COMPLETE -> "complete";
            case FAIL -> "no restart";
        };
    }
}
