package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Proposals.Proposal;
import io.stratoswarm.api.graph.Proposals.State;
import io.stratoswarm.api.graph.Transforms.Options;
import io.stratoswarm.api.graph.Transforms.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A proposal as it is kept on disk.
 *
 * @param fragment text of it; empty where there is none
 * @param decision sequence of its event
 * @param transform 0 where it has not become one
 */
record Stored(
        long number,
        String script,
        String hash,
        String graph,
        long generation,
        String kind,
        Map<String, String> arguments,
        String fragment,
        List<Integer> steps,
        long holdMillis,
        long readyMillis,
        long graceMillis,
        List<String> effect,
        String reason,
        long decision,
        State state,
        String detail,
        String by,
        long transform,
        long madeNanos,
        long decidedNanos) {
    static Stored of(long number, Wanted wanted, List<String> effect, State state, String detail, String by, long now) {
        Request request = wanted.request();
        Options options = request.options();
        return new Stored(
                number,
                wanted.script(),
                wanted.hash(),
                request.graph(),
                options.expected().orElse(0),
                request.kind(),
                request.arguments(),
                request.fragment().map(GraphSource::text).orElse(""),
                options.steps(),
                options.holdMillis(),
                options.readyMillis(),
                options.graceMillis(),
                effect,
                wanted.reason(),
                -1,
                state,
                detail,
                by,
                0,
                now,
                state == State.WAITING ? 0 : now);
    }

    /** Against whatever generation there is. */
    Request request() {
        return new Request(
                kind,
                graph,
                arguments,
                fragment.isEmpty() ? Optional.empty() : Optional.of(source(script, fragment)),
                new Options(steps, holdMillis, readyMillis, graceMillis, OptionalLong.empty()));
    }

    static GraphSource source(String script, String text) {
        return GraphSource.of(script + ".graph", text);
    }

    boolean sameAs(Wanted wanted) {
        Request other = wanted.request();
        Options options = other.options();
        return request()
                .equals(new Request(
                        other.kind(),
                        other.graph(),
                        other.arguments(),
                        other.fragment(),
                        new Options(
                                options.steps(),
                                options.holdMillis(),
                                options.readyMillis(),
                                options.graceMillis(),
                                OptionalLong.empty())));
    }

    Stored decidedBy(long event) {
        return with(event, state, detail, by, transform, decidedNanos);
    }

    Stored now(State next, String why, String who, long number, long nanos) {
        return with(decision, next, why, who, number, nanos);
    }

    private Stored with(long event, State next, String why, String who, long started, long nanos) {
        return new Stored(
                number,
                script,
                hash,
                graph,
                generation,
                kind,
                arguments,
                fragment,
                steps,
                holdMillis,
                readyMillis,
                graceMillis,
                effect,
                reason,
                event,
                next,
                why,
                who,
                started,
                madeNanos,
                nanos);
    }

    String actor() {
        return actor(script, hash);
    }

    /** A script acts as one; what is no script has no hash, and acts as itself. */
    static String actor(String script, String hash) {
        return hash.isEmpty() ? script : "script:" + script;
    }

    /** What its events are about. The versions of a graph's own subject are the supervisor's, so nobody else writes there. */
    String subject() {
        return hash.isEmpty() ? "placement/" + graph : "script/" + script;
    }

    Proposal proposal(long expiresNanos) {
        return new Proposal(
                number,
                script,
                hash,
                generation,
                request(),
                effect,
                reason,
                state,
                detail,
                by,
                transform == 0 ? OptionalLong.empty() : OptionalLong.of(transform),
                madeNanos,
                decidedNanos,
                expiresNanos);
    }
}
