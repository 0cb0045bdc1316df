package io.stratoswarm.api.journal;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How long the journal keeps its events. Whole sealed segments go, the oldest first; the nodes of the tree stay, so every proof that could
 * ever be made can still be made. All methods may be called from any thread.
 */
@ProviderType
public interface JournalRetention {
    /**
     * What needs events.
     *
     * @param by who, for example {@code reactor healing}
     * @param sequence the first event that it needs
     * @param reason why, for a reader
     */
    record Need(String by, long sequence, String reason) {}

    /**
     * What would be dropped.
     *
     * @param first the first event that is there now
     * @param cut the first one that would be there then; {@code first} where nothing would go
     * @param bytes what the segments that would go take on the disk
     * @param fromNanos time of the oldest event that would go; 0 where none would
     * @param toNanos time of the newest one
     * @param rule what asks for it
     * @param heldBack what keeps events that the rule would drop
     */
    record Plan(
            long first,
            long cut,
            long bytes,
            int segments,
            long fromNanos,
            long toNanos,
            String rule,
            List<Need> heldBack) {
        public Plan {
            heldBack = List.copyOf(heldBack);
        }

        public boolean empty() {
            return cut == first;
        }
    }

    /**
     * What was dropped.
     *
     * @param sequence of the event JournalPruned
     * @param rootHash of the tree over the events before the cut, lower-case hexadecimal
     * @param kept how many events before the cut stay for good
     * @param archives files that the dropped events are in; empty where they are nowhere
     */
    record Pruned(long sequence, Plan plan, String rootHash, long kept, List<String> archives) {
        public Pruned {
            archives = List.copyOf(archives);
        }
    }

    /**
     * How the journal is.
     *
     * @param first the first event that is there
     * @param size how many events there were in all
     * @param segments how many segments hold events
     * @param bytes what these take on the disk
     * @param keptBytes what is kept of those that were dropped
     * @param rule what is dropped by itself; empty where all is kept
     * @param archive the folder that dropped events go to; empty for none
     * @param needs what could hold events back, those with the oldest first
     * @param problem why nothing is dropped though the rule asks for it; empty where all is well
     * @param archives files of earlier cuts that dropped events are in
     */
    record Status(
            long first,
            long size,
            int segments,
            long bytes,
            long keptBytes,
            String rule,
            String archive,
            List<Need> needs,
            String problem,
            List<String> archives) {
        public Status {
            needs = List.copyOf(needs);
            archives = List.copyOf(archives);
        }
    }

    Status status();

    /**
     * What {@link #prune} would do.
     *
     * @param beforeNanos events before this time; the configured rule where there is none
     */
    Plan plan(OptionalLong beforeNanos);

    /**
     * Drops what the plan says. It is a decision, which rules may deny.
     *
     * @return empty where there was nothing to drop
     * @throws StratoswarmException of kind FORBIDDEN where a rule denies it, CONFLICT where it waits for an approval
     */
    Optional<Pruned> prune(OptionalLong beforeNanos, String actor, String reason);

    /**
     * Lets go of the cursor of a reactor that is gone for good, so that it holds nothing back. Should it come again, it begins anew.
     *
     * @throws StratoswarmException of kind NOT_FOUND where there is none of this id, CONFLICT where it runs
     */
    void forgetReactor(String id, String actor);
}
