package io.stratoswarm.graphops.node;

import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.graph.NodeType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Counts: {"to": 1000}. */
public final class Ticker implements NodeType {
    @Override
    public String id() {
        return "acme.ticker";
    }

    @Override
    public List<String> check(String settings) {
        return settings.matches("\\{\\s*\"to\"\\s*:\\s*\\d{1,9}\\s*}")
                ? List.of()
                : List.of("acme.ticker needs a number to count to, for example {\"to\": 1000}");
    }

    @Override
    public void run(NodeContext context) throws InterruptedException {
        int to = Integer.parseInt(context.settings().replaceAll("\\D", ""));
        int from = context.position().isEmpty() ? 0 : Integer.parseInt(context.position());
        context.ready();
        for (int i = from + 1; i <= to && !context.stopping(); i++) {
            byte[] record = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
            context.keepPosition(Integer.toString(i));
            context.output("stdout").write(List.of(record));
        }
    }
}
