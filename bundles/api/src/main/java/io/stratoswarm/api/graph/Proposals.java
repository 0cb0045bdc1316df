package io.stratoswarm.api.graph;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** Transforms that scripts have asked for: what became of each, and those that wait for an operator's word. */
@ProviderType
public interface Proposals {
    /** Those that wait, then the others, newest first. */
    List<Proposal> list(Optional<String> graph, int limit);

    /** @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND */
    Proposal get(long number);

    /**
     * Plans one that waits against the graph as it is now, and begins it as this actor. Where that is refused it goes on waiting, and
     * the future fails as {@link Transforms#start} does.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where it does not wait
     */
    CompletableFuture<Proposal> approve(long number, String actor);

    /**
     * Puts one away that waits.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where it does not wait
     */
    CompletableFuture<Proposal> reject(long number, String actor);

    /** Where a proposal is. */
    enum State {
        /** For an operator. */
        WAITING,
        /** It is being begun. */
        STARTING,
        /** It has become a transform. */
        STARTED,
        /** What validates transforms did not take it; the detail says why. */
        REFUSED,
        /** An operator has put it away. */
        REJECTED,
        /** Its script asked for something else before anybody had decided. */
        REPLACED,
        /** Its script only tells what it would do. */
        DRY_RUN
    }

    /**
     * One that was made.
     *
     * @param number unique in the daemon's data folder, from 1
     * @param script that made it
     * @param hash SHA-256 of that version of the script
     * @param generation of the graph that the script saw
     * @param request what is to be done
     * @param effect what the plan expected of it, one line each; empty where it was refused
     * @param reason the script's own
     * @param state where it is
     * @param detail one line: why it is there
     * @param by who decided; the script where nobody had to
     * @param transform its number, where it has become one
     * @param madeNanos since 1970-01-01T00:00Z
     * @param decidedNanos 0 while it waits
     */
    record Proposal(
            long number,
            String script,
            String hash,
            long generation,
            Transforms.Request request,
            List<String> effect,
            String reason,
            State state,
            String detail,
            String by,
            OptionalLong transform,
            long madeNanos,
            long decidedNanos) {
        public Proposal {
            effect = List.copyOf(effect);
        }
    }
}
