package io.stratoswarm.core.tool;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.agent.RestoredAgents;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.data.OpenDataFolder;
import io.stratoswarm.core.journal.JournalBuilder;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.JournalReader;
import io.stratoswarm.core.store.FileBlobStore;
import io.stratoswarm.core.store.StoreCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Begins a new journal with the events of a backup. Event {@code n} of the old journal becomes event {@code n + 1} of the new
 * one, with its time; so the old leaves can be built again and compared with the old root that the first event names.
 */
final class Restore {
    static final String TYPE = "JournalRestored";

    private Restore() {}

    /** @param stopped whether no agent is to start with the first daemon on the new folder */
    static JournalTools.RestoreResult run(Path backup, Path data, UUID id, InstantSource clock, boolean stopped) {
        DataFolder from = new DataFolder(backup);
        if (!Files.isDirectory(from.journal())) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no journal in the backup " + backup);
        }
        if (Files.exists(data.resolve("journal"))) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "there is a journal in " + data + " already; move that folder aside first");
        }
        try (OpenDataFolder held = OpenDataFolder.open(data);
                JournalReader reader = JournalReader.open(from.journal(), JournalOptions.DEFAULT, false)) {
            DataFolder to = held.folder();
            Checkpoint old = reader.checkpoint();
            Backup.copyBlobs(from.blobs(), to.blobs());
            StoreCopy.copy(from.tables(), to.tables());
            StoreCopy.copy(from.queues(), to.queues());
            // Where the journal was pruned, its first place is free for the event that tells of the restore.
            int shift = reader.first() > 0 ? 0 : 1;
            io.stratoswarm.core.journal.CursorShift.shift(to.tables(), shift);
            Path building = data.resolve("journal.incomplete");
            Folders.delete(building);
            try (JournalBuilder builder = new JournalBuilder(building, JournalOptions.DEFAULT, id)) {
                @Nullable RestoredAgents agents = stopped ? agents(reader, to) : null;
                long last = events(reader, builder, old, id, clock, agents);
                if (agents != null) {
                    long now = Math.max(last, nanos(clock));
                    agents.stops(now).forEach(stop -> builder.append(stop, now));
                }
                reader.keys(
                        key -> builder.remember(key.key(), key.firstSequence() + shift, key.count(), key.timeNanos()));
                builder.finish();
            }
            Files.move(building, to.journal());
            Folders.sync(data);
            return new JournalTools.RestoreResult(id.toString(), old.journal().toString(), old.size(), old.rootHash());
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "restoring " + backup + " to " + data + " failed: " + e, e);
        }
    }

    /** What the events tell of agents; where those were pruned, the state at the cut does. */
    private static RestoredAgents agents(JournalReader reader, DataFolder to) {
        return reader.stateAtCut(RestoredAgents.PROJECTION)
                .map(hash -> new RestoredAgents(new FileBlobStore(to.blobs())
                        .get(hash)
                        .orElseThrow(() -> new StratoswarmException(
                                Kind.DAMAGED, "the backup lacks the state of the agents at the cut, blob " + hash))))
                .orElseGet(RestoredAgents::new);
    }

    /** Returns the time of the last one. */
    private static long events(
            JournalReader reader,
            JournalBuilder builder,
            Checkpoint old,
            UUID id,
            InstantSource clock,
            @Nullable RestoredAgents agents)
            throws IOException {
        long now = nanos(clock);
        long last = now;
        long cut = reader.first();
        int shift = cut > 0 ? 0 : 1;
        if (cut > 0) {
            List<Event> oldest = reader.read(EventQuery.all().from(1).limit(1));
            builder.restorePruned(
                    reader, first(old, now, reader), oldest.getFirst().timeNanos());
        }
        for (long at = cut; at < old.size() || at == 0; ) {
            List<Event> chunk = old.size() == 0 ? List.of() : reader.chunk(at);
            if (at == 0) {
                // Times never decrease, so the first event has the time of the oldest; when it was restored is in its
                // payload.
                long time = chunk.isEmpty() ? now : chunk.getFirst().timeNanos();
                builder.append(first(old, now, reader), time);
            }
            if (chunk.isEmpty()) {
                return last;
            }
            last = chunk.getLast().timeNanos();
            for (Event event : chunk) {
                if (agents != null) {
                    agents.see(event);
                }
                builder.append(event, cause -> moved(cause, old.journal(), id, shift));
            }
            at += chunk.size();
        }
        return last;
    }

    static long nanos(InstantSource clock) {
        return Math.addExact(
                Math.multiplyExact(clock.instant().getEpochSecond(), 1_000_000_000L),
                clock.instant().getNano());
    }

    private static Cause moved(Cause cause, UUID old, UUID id, int shift) {
        return cause instanceof Cause.OfEvent of && of.journal().equals(old)
                ? new Cause.OfEvent(id, of.sequence() + shift)
                : cause;
    }

    private static EventDraft first(Checkpoint old, long now, JournalReader reader) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("oldJournal", old.journal().toString())
                .put("oldSize", old.size())
                .put("oldRootHash", old.rootHash())
                .put("restoredNanos", now);
        if (reader.first() > 0) {
            // With it, and the leaves and hashes that kept their places, the old root can be computed.
            json.put("shift", 0)
                    .put("oldCut", reader.first())
                    .put("oldFirstLeafHash", HexFormat.of().formatHex(reader.nodes(0, 0, 1)));
        }
        return EventDraft.json(TYPE, "core.tool", "journal", "system", List.of(), json.toString());
    }
}
