package io.stratoswarm.benchmarks;

import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.JournalTypes;
import io.stratoswarm.core.journal.LmdbJournal;
import io.stratoswarm.core.journal.PersonKeys;
import io.stratoswarm.core.lmdbfile.LmdbFile;
import io.stratoswarm.core.lmdbfile.Tree;
import io.stratoswarm.core.lmdbfile.TreeCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** Journals as the daemon opens them, and what their files tell from outside. */
final class Journals {
    private Journals() {}

    static Opened open(Path folder) {
        SecureRandom random = new SecureRandom();
        LmdbJournal journal = LmdbJournal.open(
                folder.resolve("journal"),
                JournalOptions.DEFAULT,
                InstantSource.system(),
                random,
                new JournalTypes(new PersonKeys(folder.resolve("keys"), random)));
        return new Opened(journal, folder);
    }

    /** An open journal. */
    record Opened(LmdbJournal log, Path folder) implements AutoCloseable {
        Journal journal() {
            return log;
        }

        /** Transactions committed to all segments so far. */
        long commits() throws IOException {
            long commits = 0;
            for (Path data : segments()) {
                try (LmdbFile file = LmdbFile.open(data)) {
                    commits += file.transaction();
                }
            }
            return commits;
        }

        /** Bytes that the last event takes where it is stored. */
        int frameBytes() throws IOException {
            try (LmdbFile file = LmdbFile.open(segments().getLast())) {
                Tree events = file.table("events").orElseThrow();
                TreeCursor cursor = new TreeCursor(file, events);
                if (!cursor.last()) {
                    throw new IllegalStateException("the last segment is empty");
                }
                return cursor.value().length;
            }
        }

        private List<Path> segments() throws IOException {
            try (Stream<Path> tree = Files.walk(folder)) {
                return tree.filter(path -> path.endsWith("data.mdb")).sorted().toList();
            }
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
