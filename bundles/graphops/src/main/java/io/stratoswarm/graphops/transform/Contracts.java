package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;

/** Which transforms the state of a node's agents allows. */
final class Contracts {
    private Contracts() {}

    /** Refuses what may keep something from record to record that another agent would lack. */
    static void movable(NodeSpec node, String kind) {
        if (StateContract.of(node) instanceof StateContract.Unknown(String said)) {
            throw Refusal.conflict("node " + node.id() + " cannot take part in '" + kind + "': "
                    + (said.isEmpty()
                            ? "it does not say what its agents keep from record to record; where that is nothing, give it"
                                    + " the label state=none, where it is kept by key and handed over, state=by-key"
                            : "its agents keep state (" + said + "), which nothing would hand over"));
        }
    }

    /** Refuses state as well that would have to be divided or joined otherwise than by key. */
    static void stateless(NodeSpec node, String kind) {
        movable(node, kind);
        if (keyed(node)) {
            throw Refusal.conflict("node " + node.id() + " cannot take part in '" + kind
                    + "' with other nodes: its agents keep state by key, which is handed over within the node alone");
        }
    }

    static boolean keyed(NodeSpec node) {
        return StateContract.of(node) instanceof StateContract.ByKey;
    }
}
