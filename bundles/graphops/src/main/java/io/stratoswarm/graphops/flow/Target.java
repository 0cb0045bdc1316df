package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs.Member;

/**
 * A receiver of a flow as it is declared.
 *
 * @param end that it belongs to
 * @param number of its agent in the node; of several in a slot, the one with the highest is asked first
 * @param slot of the end that it stands for
 * @param share in thousandths of what comes to the slot and was not taken by one before it
 * @param draining whether its input ends once nothing is on its way
 */
record Target(Port port, FlowSpec.End end, int number, int slot, int share, boolean draining) {
    static Target of(Port port, FlowSpec.End end, Member member) {
        return new Target(port, end, member.number(), member.slot(), member.share(), member.draining());
    }

    /** Tells slots apart, whoever stands for them, so that a replacement moves no keys. */
    long slotKey() {
        int slash = port.agent().indexOf('/');
        return Receiver.key(port.agent().substring(0, slash + 1) + end.node() + "." + slot + " " + end.channel());
    }

    /** Whether it is the same but for what it gets. */
    boolean sameAs(Target other) {
        return port.equals(other.port) && end.equals(other.end) && number == other.number && slot == other.slot;
    }
}
