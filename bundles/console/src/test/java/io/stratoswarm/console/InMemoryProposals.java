package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.place.Relocation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Number 2 waits, for graph shop; number 1 has been begun, on graph bank. */
final class InMemoryProposals implements Proposals {
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public List<Proposal> list(Optional<String> graph, int limit) {
        return List.of(get(2), get(1)).stream()
                .filter(each ->
                        graph.isEmpty() || graph.get().equals(each.request().graph()))
                .limit(limit)
                .toList();
    }

    @Override
    public Proposal get(long number) {
        if (number == 1) {
            return proposal(1, "bank", State.STARTED, "it became transform 6", OptionalLong.of(6), "script:grow");
        }
        if (number == 2) {
            return proposal(2, "shop", State.WAITING, "it waits for an operator", OptionalLong.empty(), "");
        }
        throw new StratoswarmException(Kind.NOT_FOUND, "there is no proposal " + number);
    }

    private static Proposal proposal(
            long number, String graph, State state, String detail, OptionalLong transform, String by) {
        return new Proposal(
                number,
                "grow",
                "ab12",
                4,
                new Transforms.Request(
                        "insert",
                        graph,
                        Map.of("flow", "a", "zone", "b"),
                        Optional.of(GraphSource.of("grow.graph", "graph x {}")),
                        Transforms.Options.DEFAULT),
                List.of("what a delivers passes through x first"),
                "it lags",
                state,
                detail,
                by,
                transform,
                InMemoryAgents.NOON,
                state == State.WAITING ? 0 : InMemoryAgents.NOON + 1_500_000_000,
                state == State.WAITING ? InMemoryAgents.NOON + 2_000_000_000 : 0);
    }

    @Override
    public Review review(String graph) {
        Relocation found = new Relocation(
                graph,
                4,
                0.5,
                0.25,
                0.0625,
                List.of(new Relocation.Move(graph + "/web", "web", 0, "cpu0", "cpu1", "it is less used")),
                List.of(),
                List.of(),
                "twin",
                1);
        return new Review(found, graph + "/web from cpu0 to cpu1 gains 0.25", OptionalLong.of(2));
    }

    @Override
    public CompletableFuture<Review> relocate(String graph, String actor) {
        calls.add("relocate " + graph + " " + actor);
        return CompletableFuture.completedFuture(review(graph));
    }

    @Override
    public CompletableFuture<Proposal> approve(long number, String actor) {
        calls.add("approve " + number + " " + actor);
        return decided(number, State.STARTED, OptionalLong.of(8), actor);
    }

    @Override
    public CompletableFuture<Proposal> reject(long number, String actor) {
        calls.add("reject " + number + " " + actor);
        return decided(number, State.REJECTED, OptionalLong.empty(), actor);
    }

    private CompletableFuture<Proposal> decided(long number, State state, OptionalLong transform, String actor) {
        return number == 2
                ? CompletableFuture.completedFuture(proposal(2, "shop", state, "so be it", transform, actor))
                : CompletableFuture.failedFuture(
                        new StratoswarmException(Kind.CONFLICT, "proposal 1 does not wait any more"));
    }
}
