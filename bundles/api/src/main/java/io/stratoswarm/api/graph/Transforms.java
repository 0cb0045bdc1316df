package io.stratoswarm.api.graph;

import io.stratoswarm.api.flow.FlowLedger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Changes of a graph while its records flow. A transform starts what is new, waits until it is ready, moves the traffic, drains what
 * is old, and removes it. Up to its commit point it can be cancelled and goes back by itself where something fails; from there on it
 * goes forward. It survives the end of the daemon at any moment.
 */
@ProviderType
public interface Transforms {
    /**
     * What a request would do; nothing is done.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind INVALID for a request that makes no sense, NOT_FOUND for a graph, node or
     *     flow that is not there, CONFLICT where it would break what the graph promises, or overlaps with a transform that runs
     */
    Plan plan(Request request);

    /** Begins it; complete once that is durable. Fails as {@link #plan} does. */
    CompletableFuture<Transform> start(Request request, String actor);

    /** Those that run, then those that have ended, newest first. */
    List<Transform> list(Optional<String> graph, int limit);

    /** @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND */
    Transform get(long number);

    /**
     * Asks one that runs to go back. Complete once the request is durable.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where it has passed its commit point or has ended
     */
    CompletableFuture<Transform> cancel(long number, String actor);

    /**
     * What is asked for.
     *
     * @param kind {@code split}, {@code merge}, {@code parallelize}, {@code insert}, {@code remove}, {@code reroute}, {@code replace} or
     *     {@code apply}
     * @param arguments by name, as the kind has them; see docs/transforms.md
     * @param fragment a graph whose nodes are used by {@code insert}, {@code replace}, {@code merge}, {@code reroute} and
     *     {@code apply}
     */
    record Request(
            String kind, String graph, Map<String, String> arguments, Optional<GraphSource> fragment, Options options) {
        public Request {
            arguments = Map.copyOf(arguments);
        }
    }

    /**
     * How it is done.
     *
     * @param steps shares of the traffic in percent, rising, that what is new gets one after the other before it gets all; none where
     *     all of it moves at once, in order
     * @param holdMillis for which the health of each step is watched
     * @param readyMillis for which is waited until what is new is ready
     * @param graceMillis for which is waited until what is old has drained
     * @param expected generation that the graph must be at
     */
    record Options(List<Integer> steps, long holdMillis, long readyMillis, long graceMillis, OptionalLong expected) {
        public static final Options DEFAULT = new Options(List.of(), 2_000, 60_000, 30_000, OptionalLong.empty());

        public Options {
            steps = List.copyOf(steps);
        }
    }

    /**
     * What would be done.
     *
     * @param stages in words, in order
     * @param commit index of the first stage from which it does not go back
     * @param starts agents that are started, as far as their names are known
     * @param drains agents that are drained and removed
     * @param effect what is expected of it, one line each
     */
    record Plan(
            String kind,
            String graph,
            long generation,
            List<String> stages,
            int commit,
            List<String> starts,
            List<String> drains,
            List<String> effect) {
        public Plan {
            stages = List.copyOf(stages);
            starts = List.copyOf(starts);
            drains = List.copyOf(drains);
            effect = List.copyOf(effect);
        }
    }

    /** Where a transform is. */
    enum State {
        RUNNING,
        GOING_BACK,
        /** It is done. */
        DONE,
        /** It was cancelled, or failed before its commit point; everything is as before. */
        ROLLED_BACK,
        /** It is done, and something was left undone or lost on the way, which its reason says. */
        DONE_WITH_LOSS
    }

    /**
     * One that runs or has ended.
     *
     * @param number unique in the daemon's data folder, from 1
     * @param stage the one it is at, or was at last
     * @param reason one line: what it waits for, or why it ended so
     * @param endNanos 0 while it runs
     * @param flows account of each flow that was touched, as it was before the first and after the last stage
     */
    record Transform(
            long number,
            Plan plan,
            State state,
            int stage,
            String reason,
            String actor,
            long beginNanos,
            long endNanos,
            List<Touched> flows) {
        public Transform {
            flows = List.copyOf(flows);
        }
    }

    /** A flow that a transform touched. Of one that did not exist before, or not after, that account is absent. */
    record Touched(String flow, Optional<FlowLedger> before, Optional<FlowLedger> after) {}
}
