package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.manifest.FlowReader.Draft;
import io.stratoswarm.core.manifest.FlowReader.PlacedEnd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must hold so that an acknowledgement says which record it means: a receiver counts the records that it was given, so all that
 * comes to its channel comes under one contract.
 */
final class AckChecks {
    private final Problems problems;
    private final Map<String, NodeSpec> nodes;

    /** The first flow into a channel. */
    private record Into(String flow, Delivery delivery) {}

    AckChecks(Problems problems, Map<String, NodeSpec> nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    void check(List<Draft> drafts) {
        Map<End, Into> first = new HashMap<>();
        Map<String, Set<String>> inputs = new HashMap<>();
        Map<String, Set<String>> outputs = new HashMap<>();
        for (Draft draft : drafts) {
            draft.from()
                    .ifPresent(from -> outputs.computeIfAbsent(from.node(), any -> new TreeSet<>())
                            .add(from.channel()));
            for (PlacedEnd to : draft.to()) {
                inputs.computeIfAbsent(to.end().node(), any -> new TreeSet<>())
                        .add(to.end().channel());
                alike(draft, to, first);
            }
        }
        for (Draft draft : drafts) {
            if (draft.delivery() instanceof Delivery.AtLeastOnce contract) {
                for (PlacedEnd to : draft.to()) {
                    one(draft, contract.ack(), to.end().node(), inputs, outputs);
                }
            }
        }
    }

    private void alike(Draft draft, PlacedEnd to, Map<End, Into> first) {
        Into other = first.putIfAbsent(to.end(), new Into(draft.id(), draft.delivery()));
        if (other != null && !other.delivery().equals(draft.delivery())) {
            problems.error(
                    to.place(),
                    "the flow '" + Problems.clip(other.flow(), 63) + "' gives to '" + to.end()
                            + "' too, with another delivery; a receiver counts all records of a channel, so at-least-once"
                            + " needs all flows into it to have the same 'delivery' and 'ack'; give one of them a channel of"
                            + " its own");
        }
    }

    private void one(
            Draft draft, Ack ack, String node, Map<String, Set<String>> inputs, Map<String, Set<String>> outputs) {
        NodeSpec spec = nodes.get(node);
        if (spec == null || !(ack instanceof Ack.OneToOne)) {
            return;
        }
        Set<String> in = inputs.getOrDefault(node, Set.of());
        Set<String> out = outputs.getOrDefault(node, Set.of());
        if (spec.kind() instanceof NodeKind.Sink) {
            problems.error(
                    draft.fields().place("ack"),
                    "the sink '" + node + "' gives no records, so none of its own can acknowledge one; use on-eof");
        } else if (in.size() > 1) {
            problems.error(
                    draft.fields().place("ack"),
                    "one-to-one needs one channel in, and flows come to '" + node + "' on " + String.join(" and ", in)
                            + "; acknowledge on a channel instead");
        } else if (out.size() > 1) {
            problems.error(
                    draft.fields().place("ack"),
                    "one-to-one needs one channel out, whose records are counted, and flows begin at '" + node + "' on "
                            + String.join(" and ", out) + "; acknowledge on a channel instead");
        }
    }
}
