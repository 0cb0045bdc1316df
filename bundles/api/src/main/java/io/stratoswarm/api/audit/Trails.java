package io.stratoswarm.api.audit;

import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/** What happened, with what led to it. */
@ProviderType
public interface Trails {
    /** Most events of a trail. */
    int MAX_LIMIT = 10_000;

    /**
     * Which events a trail is of. Conditions are joined by and.
     *
     * @param fromNanos earliest time, inclusive, since 1970-01-01T00:00Z
     * @param toNanos latest time, exclusive
     * @param about an agent ({@code shop/api}, with its replicas), or a graph ({@code shop}, with all of its agents)
     * @param type exact type, or a prefix where it ends in {@code *}
     * @param cause sequence of an event: what it led to, however indirectly, and itself
     * @param text that is in the type, subject, actor or payload, in any case of letters
     * @param limit 1..{@link #MAX_LIMIT}; of more, the latest
     */
    record Query(
            long fromNanos,
            long toNanos,
            Optional<String> about,
            Optional<String> type,
            OptionalLong cause,
            Optional<String> text,
            int limit) {
        public Query {
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new IllegalArgumentException("limit must be 1.." + MAX_LIMIT + ": " + limit);
            }
        }
    }

    /** That one event was recorded as a cause of another; both by sequence. */
    record Link(long cause, long effect) {}

    /**
     * A decision of the trail, with what came of it.
     *
     * @param sequence of its event
     * @param ruling {@code allow}, {@code approve} or {@code deny}
     * @param outcome empty where none is recorded yet
     * @param success whether it reached what it was meant to; false where no outcome is recorded
     */
    record Decided(
            long sequence,
            String id,
            String agent,
            String decisionType,
            String actor,
            String reasoning,
            double confidence,
            String ruling,
            String outcome,
            boolean success) {}

    /** How often a rule was broken within the trail. */
    record Broken(String rule, String severity, long times) {}

    /**
     * What was found.
     *
     * @param state the journal that was read, as it was
     * @param events that match, ascending
     * @param more whether there are earlier ones that match
     * @param led events that do not match and are recorded causes, however indirect, of some that do; ascending
     * @param links among all of these
     */
    record Trail(
            Checkpoint state,
            List<Event> events,
            boolean more,
            List<Event> led,
            List<Link> links,
            List<Decided> decisions,
            List<Broken> broken) {
        public Trail {
            events = List.copyOf(events);
            led = List.copyOf(led);
            links = List.copyOf(links);
            decisions = List.copyOf(decisions);
            broken = List.copyOf(broken);
        }
    }

    Trail find(Query query);
}
