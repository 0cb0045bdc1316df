package io.stratoswarm.audit.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that may sign the log: those that the caller trusts, and those that one of them vouches for. A log introduces a new key
 * with a note that the old key has signed, so whoever knows the first key needs no other one.
 */
final class Trust {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "stratoswarm log key/v1";

    private final String origin;
    private final List<Keys> keys = new ArrayList<>();
    private final List<String> notes;
    private final List<String> problems;
    private final boolean given;

    Trust(String origin, List<String> trusted, List<String> notes, List<String> problems) {
        this.origin = origin;
        this.notes = notes;
        this.problems = problems;
        this.given = !trusted.isEmpty();
        for (String text : trusted) {
            try {
                keys.add(Keys.parse(text));
            } catch (Bad e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Takes an event LogKeyIntroduced into account; they must come in their order. */
    void introduction(Bundle.Payload payload) {
        try {
            JsonNode event = JSON.readTree(payload.bytes());
            SignedText note =
                    SignedText.parse(event.path("introduction").asText().getBytes(StandardCharsets.UTF_8));
            String[] lines = note.text().split("\n", -1);
            if (lines.length != 4 || !lines[0].equals(FORMAT) || !lines[1].equals(origin)) {
                // Of a log whose name was another one, for example before a restore.
                return;
            }
            Keys key = Keys.parse(lines[2]);
            if (note.signers(List.of(key)).isEmpty()) {
                throw new Bad("is not signed by the key itself");
            }
            if (keys.contains(key)) {
                return;
            }
            List<Keys> vouching = note.signers(keys);
            if (!vouching.isEmpty()) {
                notes.add("key " + key.text() + " is vouched for by "
                        + vouching.getFirst().text() + " in entry " + payload.sequence());
                keys.add(key);
            } else if (!given && keys.isEmpty()) {
                notes.add("no key was given: " + key.text() + " is the one that the log names for itself in entry "
                        + payload.sequence() + ", which proves nothing about who made the log");
                keys.add(key);
            }
        } catch (Bad | IOException e) {
            problems.add("entry " + payload.sequence() + " introduces a key, but its note " + e.getMessage());
        }
    }

    List<Keys> keys() {
        return keys;
    }

    /** Whether a trusted key has signed; what is wrong becomes a problem. */
    boolean signed(String what, SignedText note) {
        try {
            List<Keys> signers = note.signers(keys);
            if (signers.isEmpty()) {
                problems.add(what + " is signed by no trusted key"
                        + (keys.isEmpty() ? "; name one with --key" : "; trusted are " + names()));
                return false;
            }
            return true;
        } catch (Bad e) {
            problems.add(what + " " + e.getMessage());
            return false;
        }
    }

    private String names() {
        return String.join(", ", keys.stream().map(Keys::text).toList());
    }
}
