package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One flow to two receivers, in the middle of its work. */
final class InMemoryFlows implements Flows {
    @Override
    public List<FlowStatus> status(String graph) {
        if (!graph.equals("shop")) {
            throw new StratoswarmException(Kind.NOT_FOUND, "no graph is named '" + graph + "'");
        }
        FlowLedger ledger = new FlowLedger(
                100,
                20_000,
                100,
                90,
                7,
                0,
                3,
                90,
                512,
                0,
                List.of(
                        new FlowLedger.Receiver("shop/web", "stdin", 50, 50, 10_000, 0, 0),
                        new FlowLedger.Receiver("shop/slow", "stdin", 40, 30, 6_000, 10, 0)));
        return List.of(new FlowStatus(
                graph,
                "job-web",
                FlowStatus.State.RUNNING,
                "waits for shop/slow.stdin to read",
                ledger,
                12.5,
                2_500,
                10,
                2_512,
                OptionalLong.of(1_500),
                List.of(0.0, 0.75)));
    }

    @Override
    public List<Waiting> waiting(String graph) {
        return List.of();
    }

    @Override
    public Optional<String> drain(String graph, Drain asked) {
        return Optional.empty();
    }
}
