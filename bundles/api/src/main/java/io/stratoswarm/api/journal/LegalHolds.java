package io.stratoswarm.api.journal;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Events that must not be pruned, and persons who must not be forgotten, because a court or an auditor asks for them. */
@ProviderType
public interface LegalHolds {
    /**
     * A hold, of a subject or of a time.
     *
     * @param subject exact, or a prefix where it ends in {@code *}; empty for all events of a time
     * @param fromNanos earliest time, inclusive; the smallest value for all
     * @param toNanos latest time, exclusive; the greatest value for no end
     * @param sequence of the event that placed it
     */
    record Hold(
            String id,
            String subject,
            long fromNanos,
            long toNanos,
            String reason,
            String actor,
            long placedNanos,
            long sequence) {}

    /**
     * Places a hold. What was pruned before cannot be held any more.
     *
     * @throws StratoswarmException of kind INVALID where it names neither a subject nor a time, or no reason
     */
    Hold place(String subject, long fromNanos, long toNanos, String reason, String actor);

    /** Those that are not released, oldest first. */
    List<Hold> list();

    /** @throws StratoswarmException of kind NOT_FOUND where there is no such hold, INVALID where there is no reason */
    Hold release(String id, String reason, String actor);

    /** A hold that forbids to forget this person: of the person, or of an event with personal fields of theirs. */
    Optional<Hold> holding(String person);
}
