package io.stratoswarm.core.script;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.script.Entry.State;
import io.stratoswarm.core.script.ScriptLedger.Good;
import io.stratoswarm.core.script.ScriptLedger.Known;
import java.nio.charset.StandardCharsets;
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
 * The scripts, one entry a file, and every change of what runs. A new text replaces what runs only once it is read, loaded, right
 * in its examples and recorded; whatever fails before leaves the last good version as it is.
 */
final class ScriptSet {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptSet.class);

    private final ScriptLedger ledger;
    private final BlobStore blobs;
    private final Loader loader;
    private final Executor background;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Entry> entries = new ConcurrentSkipListMap<>();
    private final Map<String, ScriptKind> kinds = new TreeMap<>();
    private final Map<String, Known> known = new TreeMap<>();
    private boolean closed;

    ScriptSet(ScriptLedger ledger, BlobStore blobs, Loader loader, Executor background) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.loader = loader;
        this.background = background;
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
            consider(entry);
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
            bad(entry, path.getFileName() + ": " + reason, true);
        });
    }

    /** A file has gone. */
    void remove(Path path, String why) {
        alone(() -> {
            Entry entry = entries.remove(path);
            if (entry == null) {
                return;
            }
            entry.generation++;
            Version version = entry.running;
            if (version != null) {
                remember(entry.name, () -> ledger.unloaded(entry.name, path.toString(), version.hash(), why));
                known.remove(entry.name);
                stop(entry, "the script was removed");
                LOG.info("script {} is unloaded: {}", entry.name, why);
            }
            nameIsFree(entry.name);
        });
    }

    private void nameIsFree(String name) {
        for (Entry other : entries.values()) {
            if (other.file.name().equals(name) && other.running == null && other.state == State.FAILED) {
                consider(other);
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
                    consider(entry);
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
                    stop(entry, "its kind has gone");
                    entry.is(State.UNAVAILABLE, HeaderReader.unknownKind(kind.id(), List.copyOf(kinds.keySet())));
                }
            }
        });
    }

    // Standing.

    CompletableFuture<Void> enable(Entry entry, String actor) {
        return locked(() -> {
            stand(entry, ScriptLedger.ENABLED, actor, "");
            consider(entry);
            return entry.settled;
        });
    }

    void disable(Entry entry, String actor) {
        alone(() -> {
            stand(entry, ScriptLedger.DISABLED, actor, "");
            entry.generation++;
            stop(entry, "the script is disabled");
            entry.is(State.DISABLED, "disabled by " + actor);
        });
    }

    void quarantine(String name, String reason) {
        alone(() -> {
            Entry entry = named(name).orElse(null);
            if (entry == null || entry.running == null || closed) {
                return;
            }
            entry.generation++;
            remember(name, () -> stand(entry, ScriptLedger.QUARANTINED, ScriptLedger.SYSTEM, reason));
            stop(entry, "the script is in quarantine");
            entry.is(State.QUARANTINED, reason);
            LOG.warn("script {} is put into quarantine: {}", name, reason);
        });
    }

    private void stand(Entry entry, String type, String actor, String reason) {
        Version version = entry.running;
        String hash = version == null ? entry.file.hash() : version.hash();
        ledger.standing(type, entry.name, entry.path.toString(), hash, actor, reason);
        known.remove(entry.name);
    }

    private Known known(String name) {
        return known.computeIfAbsent(name, ledger::known);
    }

    /** Whether it may run; else it is left in the state that says why not. */
    private boolean mayRun(Entry entry) {
        Known of = known(entry.name);
        switch (of.standing()) {
            case ScriptLedger.DISABLED -> entry.is(State.DISABLED, "disabled by " + of.actor());
            case ScriptLedger.QUARANTINED -> entry.is(State.QUARANTINED, of.reason());
            case ScriptLedger.ENABLED -> {
                return true;
            }
            default -> {
                if (!entry.shipped) {
                    return true;
                }
                entry.is(
                        State.DISABLED,
                        "comes with the distribution and is off until 'stratoswarm scripts enable " + entry.name + "'");
            }
        }
        return false;
    }

    // What runs.

    /** Decides about the text of an entry as it is now. */
    private void consider(Entry entry) {
        if (closed) {
            return;
        }
        entry.generation++;
        entry.settled = CompletableFuture.completedFuture(null);
        ScriptFile file = entry.file;
        if (file.header().isEmpty()) {
            bad(entry, file.problem(), false);
            return;
        }
        Optional<String> taken = taken(entry, file);
        if (taken.isPresent()) {
            bad(entry, file.file() + ":1:1: " + taken.get(), false);
            return;
        }
        if (entry.running != null && !entry.name.equals(file.name())) {
            String before = entry.name;
            Version version = entry.running;
            remember(
                    before,
                    () -> ledger.unloaded(
                            before, entry.path.toString(), version.hash(), "it is called " + file.name() + " now"));
            known.remove(before);
            stop(entry, "the script has another name now");
        }
        entry.name = file.name();
        entry.problem = "";
        if (!mayRun(entry)) {
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
        alone(() -> {
            if (closed || entry.generation != generation) {
                if (result instanceof Loader.Result.Made made) {
                    made.version().close();
                }
                return;
            }
            switch (result) {
                case Loader.Result.Bad bad -> worse(entry, present, bad.problem());
                case Loader.Result.Unavailable unavailable -> {
                    stop(entry, unavailable.reason());
                    entry.is(State.UNAVAILABLE, unavailable.reason());
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
        });
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
            Known of = known(entry.name);
            boolean recorded = of.loaded()
                    && of.good()
                            .filter(good -> good.hash().equals(version.hash())
                                    && good.file().equals(entry.path.toString()))
                            .isPresent();
            if (!recorded) {
                ledger.loaded(
                        entry.name,
                        header.kind(),
                        header.language(),
                        entry.path.toString(),
                        version.hash(),
                        before == null ? "" : before.hash());
                known.remove(entry.name);
            }
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

    private void bad(Entry entry, String problem, boolean quiet) {
        boolean told = problem.equals(entry.problem);
        entry.problem = problem;
        if (!told && !quiet) {
            LOG.warn("script {}: {}", entry.name, problem);
            String hash = entry.file.hash();
            if (!known(entry.name).refused().equals(hash)) {
                remember(entry.name, () -> ledger.refused(entry.name, entry.path.toString(), hash, problem));
                known.remove(entry.name);
            }
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
        Optional<Good> good = known(entry.name)
                .good()
                .filter(it -> it.file().equals(path))
                .or(() -> ledger.lastGoodOf(path))
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
        if (!known(entry.name).loaded() || !mayRun(entry)) {
            return;
        }
        load(entry, file, file.header().get(), false);
    }

    private void stop(Entry entry, String reason) {
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

    /** What only makes less run takes effect even when the journal cannot say so. */
    private static void remember(String name, Runnable record) {
        try {
            record.run();
        } catch (StratoswarmException e) {
            LOG.error("what was decided about script {} could not be recorded: {}", name, e.getMessage(), e);
        }
    }

    /** Ends everything; nothing of it is an event, for the next daemon goes on. */
    void close() {
        alone(() -> {
            closed = true;
            for (Entry entry : new ArrayList<>(entries.values())) {
                entry.generation++;
                stop(entry, "the daemon is going down");
                entry.is(State.UNAVAILABLE, "the daemon is going down");
            }
        });
    }

    static StratoswarmException unknown(String name, List<String> names) {
        return new StratoswarmException(
                Kind.NOT_FOUND,
                "there is no script '" + name + "'"
                        + io.stratoswarm.core.manifest.Nearest.hint(name, names)
                        + (names.isEmpty() ? "; put a .js or .py file into the scripts folder" : ""));
    }
}
