package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.audit.note.Note;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** What is remembered of a journal's log, in {@code audit/log/JOURNAL} of the data folder. */
final class LogState {
    /** Our own, for C2SP leaves open how it is told. */
    static final String MINIMUM = "minimum-index";

    static final String CHECKPOINT = "checkpoint";
    static final String COSIGNED = "cosigned";
    /** A checkpoint of ours that the journal does not extend. */
    static final String CONFLICT = "conflict";

    private final Path folder;

    LogState(Path data, UUID journal) {
        this.folder = data.resolve("audit").resolve("log").resolve(journal.toString());
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Optional<Note> read(String name) {
        return PrivateFiles.read(file(name)).map(bytes -> {
            try {
                return Note.parse(bytes);
            } catch (StratoswarmException e) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        file(name) + " is damaged: " + e.getMessage()
                                + "; it holds the last checkpoint that was signed, so bring it back, or move it away and"
                                + " compare by hand with a published one",
                        e);
            }
        });
    }

    void write(String name, Note note) {
        PrivateFiles.folder(folder);
        PrivateFiles.write(file(name), note.bytes());
    }

    /** Puts a file aside under a name that says when. */
    void retire(String name, long millis) {
        try {
            if (Files.exists(file(name))) {
                Files.move(file(name), file(name + "." + millis));
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot put " + file(name) + " aside: " + e, e);
        }
    }
}
