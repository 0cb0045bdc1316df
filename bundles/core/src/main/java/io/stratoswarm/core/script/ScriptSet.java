package io.stratoswarm.core.script;

import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.script.Entry.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts, one entry a file. One lock guards them all: whatever changes what runs comes through here.
 */
final class ScriptSet {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptSet.class);

    private final Standings standings;
    private final Course course;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Entry> entries = new ConcurrentSkipListMap<>();
    private final Map<String, ScriptKind> kinds = new TreeMap<>();

    ScriptSet(ScriptLedger ledger, BlobStore blobs, Loader loader, Executor background) {
        this.standings = new Standings(ledger);
        this.course = new Course(entries, kinds, standings, blobs, loader, background, lock);
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The one that has the name; of several the one that did not come too late. */
    Optional<Entry> named(String name) {
        Entry found = null;
        for (Entry each : entries.values()) {
            if (each.name.equals(name) && (found == null || found.running == null && each.running != null)) {
                found = each;
            }
        }
        return Optional.ofNullable(found);
    }

    private interface Change<T> {
        T make();
    }

    private <T> T locked(Change<T> change) {
        lock.lock();
        try {
            return change.make();
        } finally {
            lock.unlock();
        }
    }

    private void alone(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    Optional<ScriptKind> kind(String id) {
        return locked(() -> Optional.ofNullable(kinds.get(id)));
    }

    List<String> kindIds() {
        return locked(() -> List.copyOf(kinds.keySet()));
    }

    ScriptFile read(String file, String hash, String text) {
        return HeaderReader.read(file, hash, text, this::kind);
    }

    // Files.

    /** A file is new or has changed. */
    CompletableFuture<Void> put(Path path, boolean shipped, String hash, String text) {
        return locked(() -> {
            ScriptFile file = read(path.getFileName().toString(), hash, text);
            Entry entry = entries.get(path);
            if (entry == null) {
                entry = new Entry(path, shipped, file);
                entries.put(path, entry);
            } else if (entry.file.hash().equals(hash) && entry.state == State.RUNNING && entry.problem.isEmpty()) {
                return entry.settled; // The same bytes again, for example after touch.
            }
            entry.file = file;
            course.consider(entry);
            return entry.settled;
        });
    }

    /** A file that cannot be read or must not be trusted. */
    void refuse(Path path, boolean shipped, String reason) {
        alone(() -> {
            ScriptFile none = new ScriptFile(
                    path.getFileName().toString(),
                    "",
                    "",
                    HeaderReader.baseName(path.getFileName().toString()),
                    Optional.empty(),
                    List.of(),
                    List.of());
            Entry entry = entries.computeIfAbsent(path, each -> new Entry(path, shipped, none));
            if (entry.running == null) {
                entry.file = none;
            }
            entry.generation++;
            course.bad(entry, path.getFileName() + ": " + reason, true);
        });
    }

    /** A file has gone; gives the name of what it was. */
    Optional<String> remove(Path path, String why) {
        return locked(() -> {
            Entry entry = entries.remove(path);
            if (entry == null) {
                return Optional.empty();
            }
            entry.generation++;
            Version version = entry.running;
            if (version != null) {
                standings.unloaded(entry, version, why);
                course.stop(entry, "the script was removed");
                LOG.info("script {} is unloaded: {}", entry.name, why);
            }
            nameIsFree(entry.name);
            return Optional.of(entry.name);
        });
    }

    private void nameIsFree(String name) {
        for (Entry other : entries.values()) {
            if (other.file.name().equals(name) && other.running == null && other.state == State.FAILED) {
                course.consider(other);
            }
        }
    }

    // Kinds.

    void add(ScriptKind kind) {
        alone(() -> {
            kinds.put(kind.id(), kind);
            for (Entry entry : entries.values()) {
                if (entry.file
                                .header()
                                .map(header -> header.kind().equals(kind.id()))
                                .orElse(true)
                        && entry.running == null) {
                    entry.file = read(entry.file.file(), entry.file.hash(), entry.file.text());
                    course.consider(entry);
                }
            }
        });
    }

    void remove(ScriptKind kind) {
        alone(() -> {
            if (!kinds.remove(kind.id(), kind)) {
                return;
            }
            for (Entry entry : entries.values()) {
                if (entry.kind == kind) {
                    entry.generation++;
                    course.stop(entry, "its kind has gone");
                    entry.is(State.UNAVAILABLE, HeaderReader.unknownKind(kind.id(), List.copyOf(kinds.keySet())));
                }
            }
        });
    }

    // Standing.

    CompletableFuture<Void> enable(Entry entry, String actor) {
        return locked(() -> {
            standings.stand(entry, ScriptLedger.ENABLED, actor, "");
            course.consider(entry);
            return entry.settled;
        });
    }

    void disable(Entry entry, String actor) {
        alone(() -> {
            standings.stand(entry, ScriptLedger.DISABLED, actor, "");
            entry.generation++;
            course.stop(entry, "the script is disabled");
            entry.is(State.DISABLED, "disabled by " + actor);
        });
    }

    void quarantine(String name, String reason) {
        alone(() -> {
            Entry entry = named(name).orElse(null);
            if (entry == null || entry.running == null) {
                return;
            }
            entry.generation++;
            standings.remember(
                    name, () -> standings.stand(entry, ScriptLedger.QUARANTINED, ScriptLedger.SYSTEM, reason));
            course.stop(entry, "the script is in quarantine");
            entry.is(State.QUARANTINED, reason);
            LOG.warn("script {} is put into quarantine: {}", name, reason);
        });
    }

    /** Ends everything; nothing of it is an event, for the next daemon goes on. */
    void close() {
        alone(() -> {
            course.close();
            for (Entry entry : new ArrayList<>(entries.values())) {
                entry.generation++;
                course.stop(entry, "the daemon is going down");
                entry.is(State.UNAVAILABLE, "the daemon is going down");
            }
        });
    }
}
