package io.stratoswarm.core.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.store.FileBlobStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs that events before a cut named and none after it does: stored states, and windows of metrics, which are kept while their event is.
 * No others, for those may be named by something else than an event.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final int PAGE = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A type of events, and the field by which they name a blob. */
    private record Naming(String type, String field) {}

    private static final List<Naming> NAMINGS =
            List.of(new Naming(Snapshot.TYPE, "stateHash"), new Naming("WindowPinned", "hash"));

    private final LmdbJournal journal;
    private final FileBlobStore blobs;
    private final Set<String> old = new HashSet<>();

    /** Looks at what is going to be dropped, while it is there. */
    Leftovers(LmdbJournal journal, FileBlobStore blobs, long cut) {
        this.journal = journal;
        this.blobs = blobs;
        named(0, cut, old);
        for (Pruning pruning : cuts()) {
            pruning.snapshots().forEach(snapshot -> old.add(snapshot.stateHash()));
        }
    }

    private List<Pruning> cuts() {
        return journal.read(EventQuery.all().type(Pruning.TYPE).limit(EventQuery.MAX_LIMIT)).stream()
                .map(Pruning::of)
                .toList();
    }

    private void named(long from, long to, Set<String> hashes) {
        for (Naming naming : NAMINGS) {
            long at = from;
            List<Event> page;
            do {
                page = journal.read(
                        EventQuery.all().type(naming.type()).from(at).to(to).limit(PAGE));
                for (Event event : page) {
                    // A state of before the cut is of no use any more, however late it was told of.
                    boolean useless = naming.type().equals(Snapshot.TYPE)
                            && Snapshot.of(event).folded() < journal.first();
                    (useless ? old : hashes).add(hash(event, naming.field()));
                    at = event.sequence() + 1;
                }
            } while (page.size() == PAGE);
        }
    }

    private static String hash(Event event, String field) {
        try {
            return JSON.readTree(event.payload()).path(field).asText();
        } catch (IOException e) {
            // Somebody else's event of this name names no blob of ours.
            return "";
        }
    }

    /** Deletes what nothing names any more. The caller sees to it that no state is stored meanwhile. */
    void collect() {
        Set<String> needed = new HashSet<>();
        named(journal.first(), Long.MAX_VALUE, needed);
        for (Pruning pruning : cuts()) {
            if (pruning.cut() == journal.first()) {
                pruning.snapshots().forEach(snapshot -> needed.add(snapshot.stateHash()));
            }
        }
        old.removeAll(needed);
        int deleted = 0;
        for (String hash : old) {
            if (hash.matches("[0-9a-f]{64}") && blobs.delete(hash)) {
                deleted++;
            }
        }
        LOG.debug("{} blobs that only pruned events named were deleted", deleted);
    }
}
