package io.stratoswarm.api.graph;

/** What a placement is to be good at, and how much that counts beside the others; the weight is at least 0. */
public record Objective(Goal goal, double weight) {
    public enum Goal {
        /** Flows cross slow links as little as possible. */
        LATENCY,
        /** Places are equally loaded. */
        BALANCE,
        /** As few places as possible are used. */
        PACKING,
        /** Hot places get less. */
        TEMPERATURE,
        COST
    }
}
