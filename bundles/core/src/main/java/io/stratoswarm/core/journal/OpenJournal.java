package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Persons;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.OpenDataFolder;
import io.stratoswarm.core.merkle.NativeFiles;
import io.stratoswarm.core.store.FileBlobStore;
import io.stratoswarm.core.store.LmdbQueueStore;
import io.stratoswarm.core.store.LmdbTableStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/** Everything that keeps data below one data folder, opened in order and closed in reverse. */
public final class OpenJournal implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final OpenDataFolder data;
    private final JournalTypes types;
    private final Persons persons;
    private final FileBlobStore blobs;
    private final LmdbTableStore tables;
    private final LmdbQueueStore queues;
    private final LmdbJournal journal;
    private final JournalProjections projections;
    private final JournalPast past;
    private final Reactors reactors;
    private final Retention retention;

    public OpenJournal(Path root, JournalOptions options, InstantSource clock, SecureRandom random) {
        this(root, options, clock, random, step -> {});
    }

    OpenJournal(
            Path root,
            JournalOptions options,
            InstantSource clock,
            SecureRandom random,
            java.util.function.Consumer<Pruner.Step> steps) {
        try {
            data = keep(OpenDataFolder.open(root));
            DataFolder folder = data.folder();
            PersonKeys keys = new PersonKeys(folder.keys(), random);
            types = new JournalTypes(keys);
            persons = keys::forget;
            blobs = new FileBlobStore(folder.blobs());
            tables = keep(new LmdbTableStore(folder.tables()));
            queues = keep(new LmdbQueueStore(folder.queues()));
            journal = keep(LmdbJournal.open(folder.journal(), options, clock, random, types));
            NativeFiles.remove();
            projections = keep(new JournalProjections(journal, blobs, options));
            past = new JournalPast(journal, blobs, projections);
            reactors = keep(new Reactors(journal, tables));
            retention = new Retention(journal, types, projections, past, reactors, blobs, clock, steps);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    public DataFolder folder() {
        return data.folder();
    }

    public LmdbJournal journal() {
        return journal;
    }

    public JournalTypes types() {
        return types;
    }

    public Persons persons() {
        return persons;
    }

    public FileBlobStore blobs() {
        return blobs;
    }

    public LmdbTableStore tables() {
        return tables;
    }

    public LmdbQueueStore queues() {
        return queues;
    }

    public JournalProjections projections() {
        return projections;
    }

    public Retention retention() {
        return retention;
    }

    public JournalPast past() {
        return past;
    }

    public Reactors reactors() {
        return reactors;
    }

    /** Closes all; the first failure is thrown once everything was tried. Idempotent. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
