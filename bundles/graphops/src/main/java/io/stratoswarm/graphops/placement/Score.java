package io.stratoswarm.graphops.placement;

/** How good a placement is: what is broken counts before everything else. */
record Score(double hard, double soft) {
    /** Smaller differences are taken for rounding. */
    static final double SAME = 1e-12;

    static final Score WORST = new Score(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    static Score of(State state) {
        return new Score(state.hard(), state.soft());
    }

    boolean betterThan(Score other) {
        return hard < other.hard - SAME || hard < other.hard + SAME && soft < other.soft - SAME;
    }
}
