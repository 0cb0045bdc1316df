package io.stratoswarm.graphops.node;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a channel of a node carries. All flows of a channel agree in framing and data. */
record End(FlowSpec.Framing framing, DataType data, long maxRecordBytes) {
    static final long USUAL_RECORD = 1 << 20;

    private static final End NONE = new End(FlowSpec.Framing.LINES, DataType.TEXT, USUAL_RECORD);

    /** @param agent {@code graph/node} or {@code graph/node.3} */
    static End of(Optional<Graphs.Declaration> graph, String agent, String channel, boolean out) {
        FlowSpec.End end = new FlowSpec.End(node(agent), channel);
        List<FlowSpec> flows = new ArrayList<>();
        graph.ifPresent(it -> it.flows().stream()
                .filter(flow -> out ? flow.from().equals(end) : flow.to().contains(end))
                .forEach(flows::add));
        if (flows.isEmpty()) {
            return NONE;
        }
        FlowSpec first = flows.getFirst();
        return new End(
                first.framing(),
                out ? first.data() : first.result(),
                flows.stream().mapToLong(FlowSpec::maxRecordBytes).max().orElse(USUAL_RECORD));
    }

    static String graph(String agent) {
        int slash = agent.indexOf('/');
        return slash < 0 ? agent : agent.substring(0, slash);
    }

    static String node(String agent) {
        String node = agent.substring(agent.indexOf('/') + 1);
        int dot = node.indexOf('.');
        return dot < 0 ? node : node.substring(0, dot);
    }
}
