package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Transforms;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Transforms that are planned by others, and run until the test ends them. */
final class InMemoryTransforms implements Transforms {
    final Map<Long, Transform> begun = new ConcurrentHashMap<>();
    private final Transforms planner;
    private final LongSupplier nanos;
    /** Begins, and nobody hears of it any more. */
    volatile boolean killed;
    /** Refuses to begin what was good when it was planned. */
    volatile @Nullable StratoswarmException refusal;

    InMemoryTransforms(Transforms planner, LongSupplier nanos) {
        this.planner = planner;
        this.nanos = nanos;
    }

    @Override
    public Plan plan(Request request) {
        return planner.plan(request);
    }

    @Override
    public CompletableFuture<Transform> start(Request request, String actor) {
        try {
            if (refusal != null) {
                throw refusal;
            }
            Plan plan = plan(request);
            long number = begun.size() + 1L;
            Transform transform =
                    new Transform(number, plan, State.RUNNING, 0, "", actor, nanos.getAsLong(), 0, List.of());
            begun.put(number, transform);
            if (killed) {
                throw new IllegalStateException("the daemon is killed");
            }
            return CompletableFuture.completedFuture(transform);
        } catch (StratoswarmException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void end(long number) {
        begun.computeIfPresent(
                number,
                (any, it) -> new Transform(
                        number,
                        it.plan(),
                        State.DONE,
                        0,
                        "",
                        it.actor(),
                        it.beginNanos(),
                        nanos.getAsLong(),
                        List.of()));
    }

    @Override
    public List<Transform> list(Optional<String> graph, int limit) {
        return begun.values().stream()
                .sorted(Comparator.comparingLong(Transform::number).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public Transform get(long number) {
        Transform found = begun.get(number);
        if (found == null) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no transform " + number);
        }
        return found;
    }

    @Override
    public CompletableFuture<Transform> cancel(long number, String actor) {
        throw new UnsupportedOperationException();
    }
}
