package io.stratoswarm.core.script;

import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.script.Entry.State;
import io.stratoswarm.core.script.ScriptLedger.Good;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a text to what runs. A new text replaces what runs only once it is read, loaded, right in its examples and recorded;
 * whatever fails before leaves the last good version as it is. All methods are called under the lock of the {@link ScriptSet};
 * what a worker does in between is done without it.
 */
final class Course {
    private static final Logger LOG = LoggerFactory.getLogger(Course.class);

    private final Map<Path, Entry> entries;
    private final Map<String, ScriptKind> kinds;
    private final Standings standings;
    private final BlobStore blobs;
    private final Loader loader;
    private final Executor background;
    private final ReentrantLock lock;
    private boolean closed;

    Course(
            Map<Path, Entry> entries,
            Map<String, ScriptKind> kinds,
            Standings standings,
            BlobStore blobs,
            Loader loader,
            Executor background,
            ReentrantLock lock) {
        this.entries = entries;
        this.kinds = kinds;
        this.standings = standings;
        this.blobs = blobs;
        this.loader = loader;
        this.background = background;
        this.lock = lock;
    }

    /** Nothing is loaded any more. */
    void close() {
        closed = true;
    }

    ScriptFile read(String file, String hash, String text) {
        return HeaderReader.read(file, hash, text, id -> Optional.ofNullable(kinds.get(id)));
    }

    /** Decides about the text of an entry as it is now. */
    void consider(Entry entry) {
        if (closed) {
            return;
        }
        entry.generation++;
        entry.settled = CompletableFuture.completedFuture(null);
        ScriptFile file = entry.file;
        if (file.header().isEmpty()) {
            if (entry.running == null) {
                // Its name cannot be read; it is known if the file once held a good script.
                standings.lastGoodOf(entry.path.toString()).ifPresent(good -> entry.name = good.script());
            }
            bad(entry, file.problem(), false);
            return;
        }
        Optional<String> taken = taken(entry, file);
        if (taken.isPresent()) {
            bad(entry, file.file() + ":1:1: " + taken.get(), entry.shipped);
            return;
        }
        if (entry.running != null && !entry.name.equals(file.name())) {
            standings.unloaded(entry, entry.running, "it is called " + file.name() + " now");
            stop(entry, "the script has another name now");
        }
        entry.name = file.name();
        entry.problem = "";
        if (!standings.mayRun(entry)) {
            stop(entry, "the script may not run");
            return;
        }
        load(entry, file, file.header().get(), true);
    }

    private Optional<String> taken(Entry entry, ScriptFile file) {
        for (Entry other : entries.values()) {
            if (other == entry || !other.name.equals(file.name())) {
                continue;
            }
            if (other.shipped && !entry.shipped && other.running == null) {
                other.generation++;
                other.problem = "the name '" + file.name() + "' is taken by " + entry.path;
                other.is(State.FAILED, other.problem);
                continue;
            }
            boolean tooLate = other.shipped && other.state == State.FAILED && other.running == null;
            if (!tooLate) {
                return Optional.of("the name '" + file.name() + "' is taken by " + other.path
                        + "; give one of the two another \"name\" in its header");
            }
        }
        return Optional.empty();
    }

    private void load(Entry entry, ScriptFile file, ScriptHeader header, boolean present) {
        ScriptKind kind = kinds.get(header.kind());
        if (kind == null) {
            stop(entry, "its kind is not there");
            entry.is(State.UNAVAILABLE, HeaderReader.unknownKind(header.kind(), List.copyOf(kinds.keySet())));
            return;
        }
        Version running = entry.running;
        if (running != null && running.hash().equals(file.hash()) && entry.kind == kind) {
            entry.is(State.RUNNING, "");
            return;
        }
        if (running == null) {
            entry.is(State.LOADING, "is being loaded into a worker");
        }
        long generation = entry.generation;
        CompletableFuture<Void> settled = new CompletableFuture<>();
        entry.settled = settled;
        var unused = loader.load(file, header, kind)
                .whenComplete((result, failure) -> background.execute(() -> {
                    try {
                        loaded(
                                entry,
                                generation,
                                kind,
                                present,
                                failure == null
                                        ? result
                                        : new Loader.Result.Bad(file.file() + ": cannot be loaded: " + failure));
                    } finally {
                        settled.complete(null);
                    }
                }));
    }

    private void loaded(Entry entry, long generation, ScriptKind kind, boolean present, Loader.Result result) {
        lock.lock();
        try {
            if (closed || entry.generation != generation) {
                if (result instanceof Loader.Result.Made made) {
                    made.version().close();
                }
                return;
            }
            switch (result) {
                case Loader.Result.Bad bad -> worse(entry, present, bad.problem());
                case Loader.Result.Unavailable unavailable -> {
                    if (entry.running == null) {
                        entry.is(State.UNAVAILABLE, unavailable.reason());
                    } else {
                        entry.problem = entry.file.file() + ": cannot be loaded now: " + unavailable.reason();
                        entry.is(State.RUNNING, "the last good version runs");
                    }
                }
                case Loader.Result.Made made -> {
                    if (made.good()) {
                        use(entry, kind, made.version());
                    } else {
                        made.version().close();
                        worse(entry, present, Loader.failure(made.version().file(), made.examples()));
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void worse(Entry entry, boolean present, String problem) {
        if (present) {
            bad(entry, problem, false);
        } else {
            entry.is(State.FAILED, "neither its text nor the last good version can be used: " + problem);
        }
    }

    /** From now on this version is the one that is called. */
    private void use(Entry entry, ScriptKind kind, Version version) {
        ScriptHeader header = version.header();
        Version before = entry.running;
        try {
            blobs.put(version.file().text().getBytes(StandardCharsets.UTF_8));
            standings.loaded(entry, version);
            kind.loaded(version);
        } catch (RuntimeException e) {
            version.close();
            LOG.error("script {} cannot be used", entry.name, e);
            entry.problem = entry.path.getFileName() + ": cannot be used: " + e.getMessage()
                    + "; 'stratoswarm scripts enable " + entry.name + "' tries it again";
            if (before == null) {
                entry.is(State.FAILED, entry.problem);
            }
            return;
        }
        if (before != null && entry.kind != null && entry.kind != kind) {
            entry.kind.unloaded(entry.name);
        }
        entry.kind = kind;
        entry.running = version;
        entry.is(State.RUNNING, entry.problem.isEmpty() ? "" : "the last good version runs");
        if (before != null) {
            before.close();
        }
        LOG.info("script {} runs ({} {}, sha256 {})", entry.name, header.kind(), header.language(), version.hash());
    }

    void bad(Entry entry, String problem, boolean quiet) {
        boolean told = problem.equals(entry.problem);
        entry.problem = problem;
        if (!told && !quiet) {
            LOG.warn("script {}: {}", entry.name, problem);
            standings.refused(entry, problem);
        }
        if (entry.running != null) {
            entry.is(State.RUNNING, "the last good version runs; the file was refused");
            return;
        }
        entry.is(State.FAILED, problem);
        lastGood(entry);
    }

    /** Runs what ran last of this file, if there was something. */
    private void lastGood(Entry entry) {
        String path = entry.path.toString();
        Optional<Good> good = standings
                .of(entry.name)
                .good()
                .filter(it -> it.file().equals(path))
                .or(() -> standings.lastGoodOf(path))
                .filter(it -> !it.hash().equals(entry.file.hash()));
        Optional<String> text =
                good.flatMap(it -> blobs.get(it.hash())).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (good.isEmpty() || text.isEmpty()) {
            return;
        }
        ScriptFile file = read(entry.file.file(), good.get().hash(), text.get());
        if (file.header().isEmpty() || taken(entry, file).isPresent()) {
            return;
        }
        entry.name = file.name();
        if (!standings.of(entry.name).loaded() || !standings.mayRun(entry)) {
            return;
        }
        load(entry, file, file.header().get(), false);
    }

    void stop(Entry entry, String reason) {
        Version version = entry.running;
        ScriptKind kind = entry.kind;
        entry.running = null;
        entry.kind = null;
        if (version == null || kind == null) {
            return;
        }
        version.end(reason);
        try {
            kind.unloaded(version.header().name());
        } catch (RuntimeException e) {
            LOG.error(
                    "the kind {} could not let go of script {}",
                    kind.id(),
                    version.header().name(),
                    e);
        }
    }
}
