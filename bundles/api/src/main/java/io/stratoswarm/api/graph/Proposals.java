package io.stratoswarm.api.graph;

import io.stratoswarm.api.place.Relocation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Transforms that scripts have asked for, or that would put agents where they are better off: what became of each, and those that wait
 * for an operator's word. One that nobody decides in time expires.
 */
@ProviderType
public interface Proposals {
    /** What stands for the script of a proposal of better places; no script has such a name. */
    String PLACEMENT = "system:placement";

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

    /** Whether the agents of a graph would be better elsewhere; nothing is recorded. Fails as {@code Placements.relocation} does. */
    Review review(String graph);

    /** The same, written down; where the gain is larger than the cost, a transform is proposed, or begun if that is set so. */
    CompletableFuture<Review> relocate(String graph, String actor);

    /**
     * What a look at a placement came to.
     *
     * @param outcome one line
     * @param proposal number of the one that was made, or waits already
     */
    record Review(Relocation relocation, String outcome, OptionalLong proposal) {}

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
        /** Nobody had decided in time. */
        EXPIRED,
        /** Its script only tells what it would do. */
        DRY_RUN
    }

    /**
     * One that was made.
     *
     * @param number unique in the daemon's data folder, from 1
     * @param script that made it; {@link #PLACEMENT} where it is about better places
     * @param hash SHA-256 of that version of the script; empty where it was none
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
     * @param expiresNanos when it is put away unless somebody decides before; 0 where it does not wait, or does for ever
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
            long decidedNanos,
            long expiresNanos) {
        public Proposal {
            effect = List.copyOf(effect);
        }
    }
}
