package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.FlowSpec.Transform;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The flow by which agents of a node hand the state of their keys to those that follow them. It chooses among those by the key of
 * the state as a flow of records by the key of the record, so state and records meet. Where nobody follows, what agents give when
 * they end is taken and dropped, so that they need not know which it is.
 */
final class HandOver {
    /** Field of a record of state. */
    static final String KEY = "key";

    private static final long RECORD_BYTES = 16 << 20;
    private static final long BUFFER_BYTES = 1 << 20;

    private HandOver() {}

    static Wired of(NodeSpec node, List<Member> members, BiFunction<End, Member, Port> port) {
        End out = new End(node.id(), StateContract.OUT);
        End in = new End(node.id(), StateContract.IN);
        // Slots are told apart as by a flow of records into the node.
        End records = new End(node.id(), Channel.STDIN);
        long coming = members.stream().filter(HandOver::comes).count();
        boolean idle = coming == 0 || coming == members.size();
        FlowSpec spec = new FlowSpec(
                StateContract.flow(node.id()),
                out,
                List.of(in),
                DataType.JSON,
                DataType.JSON,
                idle ? List.of(new Transform.Sample(0)) : List.of(),
                Optional.empty(),
                Framing.LINES,
                RECORD_BYTES,
                BUFFER_BYTES,
                new FlowSpec.Delivery.AtMostOnce(),
                idle ? new Routing.Copy() : new Routing.KeyHash(KEY),
                Map.of());
        List<Port> sources = members.stream()
                .filter(it -> idle || !comes(it))
                .map(it -> port.apply(out, it))
                .toList();
        // Those who hand over get nothing any more; they may not have been told yet when others came.
        List<Target> targets = members.stream()
                .map(it -> idle || comes(it) ? it.withShare(Member.ALL) : it.drained())
                .map(it -> Target.of(port.apply(in, it), records, it))
                .toList();
        return new Wired(spec, sources, targets, false, !idle, idle);
    }

    /** Whether it waits beside others for the time when it takes over. */
    private static boolean comes(Member member) {
        return member.share() == 0 && !member.draining();
    }
}
