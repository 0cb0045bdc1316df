package io.stratoswarm.audit.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a log with checkpoints that were known before: it must extend them. */
final class Earlier {
    private static final byte[] NOTHING = {'{', '}'};

    private final SignedText.Head head;
    private final byte[] restored;
    private final List<String> notes;
    private final List<String> problems;

    /** @param restored the payload of entry 0 where it tells that the journal was restored from a backup */
    Earlier(SignedText.Head head, byte @Nullable [] restored, List<String> notes, List<String> problems) {
        this.head = head;
        this.restored = restored == null ? NOTHING : restored;
        this.notes = notes;
        this.problems = problems;
    }

    void check(String name, SignedText note, SignedText.Head earlier, TreeJudge judge, Trust trust) {
        if (!earlier.origin().equals(head.origin())) {
            otherLog(name, earlier);
        } else if (trust.signed(name, note)) {
            if (earlier.size() > head.size()) {
                problems.add(name + " is over " + earlier.size() + " entries, and the published checkpoint over "
                        + head.size() + ": the log was rolled back, or this copy of it is older");
            } else if (!Arrays.equals(judge.root(earlier.size()), earlier.root())) {
                problems.add(name + ", over " + earlier.size()
                        + " entries, is not extended by the published log: its history was changed");
            } else {
                notes.add(name + ", over " + earlier.size() + " entries, is extended by the published log");
            }
        }
    }

    /** A journal that was restored from a backup names the old one, which tells a restore from a rollback. */
    private void otherLog(String name, SignedText.Head earlier) {
        JsonNode event;
        try {
            event = new ObjectMapper().readTree(restored);
        } catch (IOException e) {
            problems.add("entry 0 tells of a restore, but has no JSON");
            return;
        }
        String old = event.path("oldJournal").asText();
        long size = event.path("oldSize").asLong();
        if (old.isEmpty() || !earlier.origin().endsWith("/" + old)) {
            problems.add(name + " is of the log " + earlier.origin() + ", not of " + head.origin());
        } else if (size < earlier.size()) {
            problems.add(name + " is over " + earlier.size() + " entries of " + earlier.origin() + "; the log "
                    + head.origin() + " was restored from a backup of " + size
                    + " of them, so the later ones are lost");
        } else if (size == earlier.size()
                && !event.path("oldRootHash").asText().equals(HexFormat.of().formatHex(earlier.root()))) {
            problems.add(name + " and the backup that " + head.origin() + " was restored from are over " + size
                    + " entries each and have different roots: its history was changed");
        } else {
            notes.add("the log was restored from a backup of " + earlier.origin() + " over " + size
                    + " entries, which has " + name + " before it");
        }
    }
}
