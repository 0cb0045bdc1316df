package io.stratoswarm.core.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The event that announces a cut, before anything is deleted.
 *
 * @param journal whose tree had this root; a journal that was restored from a backup has another one
 * @param cut the first event that stays; the size of the tree that {@code rootHash} is of
 * @param previousCut the cut until then
 * @param kept how many of the events before the cut stay for good
 * @param fromNanos time of the oldest event that goes
 * @param toNanos time of the newest one
 * @param bytes how much the dropped segments took on the disk
 * @param rule what asked for it
 * @param snapshots states at the cut
 * @param archives where the dropped events are; empty where they are nowhere
 */
record Pruning(
        String journal,
        long cut,
        long previousCut,
        String rootHash,
        long kept,
        long fromNanos,
        long toNanos,
        long bytes,
        String rule,
        List<Snapshot> snapshots,
        List<Archived> archives) {
    static final String TYPE = "JournalPruned";
    private static final ObjectMapper JSON = new ObjectMapper();

    Pruning {
        snapshots = List.copyOf(snapshots);
        archives = List.copyOf(archives);
    }

    /** A file with the events {@code from} inclusive to {@code to} exclusive. */
    record Archived(String file, long from, long to, String sha256) {}

    EventDraft draft(String actor, List<io.stratoswarm.api.journal.Cause> causes) {
        ObjectNode json = JSON.createObjectNode()
                .put("journal", journal)
                .put("cut", cut)
                .put("previousCut", previousCut)
                .put("treeSize", cut)
                .put("rootHash", rootHash)
                .put("droppedEvents", cut - previousCut - kept)
                .put("keptEvents", kept)
                .put("fromNanos", fromNanos)
                .put("toNanos", toNanos)
                .put("bytes", bytes)
                .put("rule", rule);
        ArrayNode states = json.putArray("snapshots");
        for (Snapshot snapshot : snapshots) {
            states.addObject()
                    .put("projection", snapshot.projection())
                    .put("version", snapshot.version())
                    .put("folded", snapshot.folded())
                    .put("stateHash", snapshot.stateHash());
        }
        ArrayNode files = json.putArray("archives");
        for (Archived archived : archives) {
            files.addObject()
                    .put("file", archived.file())
                    .put("from", archived.from())
                    .put("to", archived.to())
                    .put("sha256", archived.sha256());
        }
        return EventDraft.json(TYPE, "core.journal", "journal", actor, causes, json.toString());
    }

    static Pruning of(Event event) {
        try {
            JsonNode json = JSON.readTree(event.payload());
            List<Snapshot> snapshots = new ArrayList<>();
            for (JsonNode each : json.path("snapshots")) {
                snapshots.add(new Snapshot(
                        each.path("projection").asText(),
                        each.path("version").asInt(),
                        each.path("folded").asLong(),
                        each.path("stateHash").asText()));
            }
            List<Archived> archives = new ArrayList<>();
            for (JsonNode each : json.path("archives")) {
                archives.add(new Archived(
                        each.path("file").asText(),
                        each.path("from").asLong(),
                        each.path("to").asLong(),
                        each.path("sha256").asText()));
            }
            return new Pruning(
                    json.path("journal").asText(),
                    json.path("cut").asLong(),
                    json.path("previousCut").asLong(),
                    json.path("rootHash").asText(),
                    json.path("keptEvents").asLong(),
                    json.path("fromNanos").asLong(),
                    json.path("toNanos").asLong(),
                    json.path("bytes").asLong(),
                    json.path("rule").asText(),
                    snapshots,
                    archives);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + event.sequence() + " of type " + TYPE + " is not valid JSON", e);
        }
    }
}
