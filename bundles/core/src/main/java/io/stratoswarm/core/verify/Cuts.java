package io.stratoswarm.core.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares what is left of a pruned journal with what its event JournalPruned says: the root at the cut, and the states there. */
final class Cuts {
    static final String TYPE = "JournalPruned";

    private final List<Told> told = new ArrayList<>();
    private long cut;
    private byte @Nullable [] root;

    private record Told(long sequence, byte[] payload) {}

    void begins(long first, TreeCheck tree) {
        cut = first;
        root = tree.size() == first ? tree.root() : null;
    }

    void told(long sequence, byte[] payload) {
        told.add(new Told(sequence, payload));
    }

    void check(Path blobs, byte @Nullable [] journal, Findings findings) throws IOException {
        if (cut == 0) {
            return;
        }
        boolean announced = false;
        for (Told each : told.reversed()) {
            JsonNode event = new ObjectMapper().readTree(each.payload);
            // What was announced is dropped segment by segment; a daemon that was killed meanwhile goes on at its next
            // start.
            announced |= event.path("cut").asLong() >= cut;
            if (event.path("cut").asLong() != cut) {
                continue;
            }
            // A journal that was restored from a backup has the roots of another tree in its older events.
            boolean own = journal != null
                    && event.path("journal")
                            .asText()
                            .equals(SegmentCheck.uuid(journal).toString());
            byte[] computed = root;
            if (own
                    && computed != null
                    && !event.path("rootHash").asText().equals(HexFormat.of().formatHex(computed))) {
                findings.problem("the kept hashes before event " + cut + " give the root "
                        + HexFormat.of().formatHex(computed) + ", and event " + each.sequence + " names "
                        + event.path("rootHash").asText());
            }
            for (JsonNode state : event.path("snapshots")) {
                snapshot(blobs, state, findings);
            }
            break;
        }
        if (!announced) {
            findings.problem("the events before " + cut + " are missing, and no event " + TYPE + " tells of that cut");
        }
    }

    private void snapshot(Path blobs, JsonNode state, Findings findings) throws IOException {
        String hash = state.path("stateHash").asText();
        String what =
                "the state of projection " + state.path("projection").asText() + " at the cut, blob " + hash + ",";
        if (!hash.matches("[0-9a-f]{64}")) {
            findings.problem(what + " is not named by a hash");
            return;
        }
        Path file = blobs.resolve(hash.substring(0, 2)).resolve(hash);
        if (!Files.isRegularFile(file)) {
            findings.problem(what + " is missing");
        } else if (!HexFormat.of().formatHex(sha256(Files.readAllBytes(file))).equals(hash)) {
            findings.problem(what + " does not fit its hash");
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
