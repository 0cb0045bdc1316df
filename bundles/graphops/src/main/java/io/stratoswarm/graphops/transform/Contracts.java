package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.NodeSpec;

/** What a node declares of the state that its agents keep between records, by its label {@code state}. */
final class Contracts {
    private static final String LABEL = "state";
    private static final String NONE = "none";

    private Contracts() {}

    /** Refuses what may keep something from record to record that another agent would lack. */
    static void stateless(NodeSpec node, String kind) {
        String state = node.agent().labels().getOrDefault(LABEL, "");
        if (!state.equals(NONE)) {
            throw Refusal.conflict("node " + node.id() + " cannot take part in '" + kind + "': "
                    + (state.isEmpty()
                            ? "it does not say what its agents keep from record to record; where that is nothing, give it"
                                    + " the label state=none"
                            : "its agents keep state (" + state + "), which nothing would hand over"));
        }
    }
}
