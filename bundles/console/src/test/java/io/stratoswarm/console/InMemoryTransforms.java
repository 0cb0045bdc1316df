package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.Transforms;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what it is asked for; number 7 runs on graph shop, and number 6 has ended on graph bank. */
final class InMemoryTransforms implements Transforms {
    final List<Request> requests = new CopyOnWriteArrayList<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    /** Refuses what is asked for next. */
    volatile @Nullable StratoswarmException refusal;

    @Override
    public Plan plan(Request request) {
        requests.add(request);
        if (refusal != null) {
            throw refusal;
        }
        return planOf(request.kind(), request.graph());
    }

    private static Plan planOf(String kind, String graph) {
        return new Plan(
                kind,
                graph,
                4,
                List.of("start web-1", "wait until it is ready", "move the traffic", "drain web"),
                3,
                List.of(graph + "/web-1"),
                List.of(graph + "/web"),
                List.of("two lanes instead of one"));
    }

    @Override
    public CompletableFuture<Transform> start(Request request, String actor) {
        calls.add("start " + request.kind() + " " + request.graph() + " " + actor);
        requests.add(request);
        return refusal == null
                ? CompletableFuture.completedFuture(running(request.kind(), request.graph()))
                : CompletableFuture.failedFuture(refusal);
    }

    @Override
    public List<Transform> list(Optional<String> graph, int limit) {
        return List.of(running("split", "shop"), ended()).stream()
                .filter(it -> graph.isEmpty() || graph.get().equals(it.plan().graph()))
                .limit(limit)
                .toList();
    }

    @Override
    public Transform get(long number) {
        if (number == 7) {
            return running("split", "shop");
        }
        if (number == 6) {
            return ended();
        }
        throw new StratoswarmException(Kind.NOT_FOUND, "there is no transform " + number);
    }

    @Override
    public CompletableFuture<Transform> cancel(long number, String actor) {
        calls.add("cancel " + number + " " + actor);
        Transform it = get(number);
        return CompletableFuture.completedFuture(new Transform(
                number,
                it.plan(),
                State.GOING_BACK,
                it.stage(),
                "cancelled by " + actor,
                it.actor(),
                it.beginNanos(),
                0,
                it.flows()));
    }

    private static Transform running(String kind, String graph) {
        return new Transform(
                7,
                planOf(kind, graph),
                State.RUNNING,
                1,
                "waits for " + graph + "/web-1",
                "uid:0",
                InMemoryAgents.NOON,
                0,
                List.of(new Touched("job-web", Optional.of(ledger(100)), Optional.empty())));
    }

    private static Transform ended() {
        return new Transform(
                6,
                planOf("insert", "bank"),
                State.DONE_WITH_LOSS,
                3,
                "web did not drain within 30 s",
                "uid:0",
                InMemoryAgents.NOON,
                InMemoryAgents.NOON + 1_500_000_000,
                List.of(
                        new Touched("old", Optional.of(ledger(100)), Optional.of(ledger(120))),
                        new Touched("new", Optional.empty(), Optional.of(ledger(5)))));
    }

    private static FlowLedger ledger(long records) {
        return new FlowLedger(
                records,
                records * 10,
                0,
                0,
                0,
                0,
                0,
                records,
                0,
                0,
                List.of(new FlowLedger.Receiver("shop/web", "stdin", records, records, records * 10, 0, 0)));
    }
}
