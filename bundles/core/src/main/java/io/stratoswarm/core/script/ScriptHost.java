package io.stratoswarm.core.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.script.KeptScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.deploy.FolderGuard;
import io.stratoswarm.core.manifest.Nearest;
import io.stratoswarm.core.worker.WorkerPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts of a daemon: looks at the two folders, one {@link #step} at a time, and answers about what runs. The folder of the
 * distribution is not even looked at before somebody asks for it or has enabled a script.
 */
public final class ScriptHost implements Scripts, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptHost.class);
    private static final int MAX_BYTES = 1 << 20;

    private final Traces traces;
    private final BreachCount breaches;
    private final ScriptLedger ledger;
    private final BlobStore blobs;
    private final Loader loader;
    private final ScriptSet set;
    private final FolderGuard guard;
    private final FolderScan own;
    private final FolderScan shipped;
    private final Executor background;
    private boolean begun;
    private boolean shippedSeen;

    /**
     * What a host works with.
     *
     * @param shipped folder of the distribution's scripts
     * @param own folder of the operator's
     * @param workers asked for when the first script is loaded
     * @param background runs what may block
     */
    public record Surroundings(
            Path shipped,
            Path own,
            FolderGuard guard,
            ScriptLedger ledger,
            BlobStore blobs,
            Supplier<WorkerPool> workers,
            InstantSource clock,
            Executor background) {}

    public ScriptHost(Surroundings with, BreachCount.Rules rules) {
        traces = new Traces(with.clock());
        breaches = new BreachCount(with.clock(), rules);
        ledger = with.ledger();
        blobs = with.blobs();
        background = with.background();
        loader = new Loader(with.workers(), traces, this::breached);
        set = new ScriptSet(ledger, with.blobs(), loader, background);
        guard = with.guard();
        own = new FolderScan(with.own(), guard);
        shipped = new FolderScan(with.shipped(), guard);
    }

    public void rules(BreachCount.Rules rules) {
        breaches.rules(rules);
    }

    private void breached(String script, String what) {
        if (breaches.count(script)) {
            BreachCount.Rules rules = breaches.rules();
            background.execute(() -> set.quarantine(
                    script,
                    rules.breaches() + " breaches within " + rules.window().toMinutes() + " minutes, the last one: "
                            + what + "; 'stratoswarm scripts enable " + script + "' releases it"));
        }
    }

    public void add(ScriptKind kind) {
        set.add(kind);
    }

    public void remove(ScriptKind kind) {
        set.remove(kind);
    }

    // Folders.

    /** How soon to look again. */
    public enum Pace {
        /** A file is being written. */
        SOON,
        /** There are scripts. */
        OFTEN,
        /** There are none. */
        SELDOM
    }

    /** Looks once and acts on what two looks agree about. */
    public synchronized Pace step() throws IOException {
        if (!begun) {
            begun = true;
            shippedSeen = ledger.anyEnabled();
        }
        boolean restless = scan(own, false);
        if (shippedSeen) {
            restless |= scan(shipped, true);
        }
        return restless ? Pace.SOON : own.empty() && !shippedSeen ? Pace.SELDOM : Pace.OFTEN;
    }

    /** The shipped scripts are there at once when somebody asks: nobody writes to their folder. */
    private void seeShipped() {
        synchronized (this) {
            if (shippedSeen) {
                return;
            }
            shippedSeen = true;
            try {
                if (scan(shipped, true)) {
                    scan(shipped, true);
                }
            } catch (IOException e) {
                LOG.error("the scripts of the distribution in {} cannot be read", shipped.root(), e);
            }
        }
    }

    private boolean scan(FolderScan scan, boolean ofDistribution) throws IOException {
        FolderScan.Found found = scan.step();
        found.problem()
                .filter(problem -> found.news())
                .ifPresent(problem -> LOG.warn("no script is taken from {}: {}", scan.root(), problem));
        for (Path gone : found.gone()) {
            set.remove(gone, found.problem().orElse("its file was deleted")).ifPresent(name -> {
                traces.forget(name);
                breaches.forget(name);
            });
        }
        for (Path changed : found.changed()) {
            take(scan, changed, ofDistribution);
        }
        return found.restless();
    }

    private void take(FolderScan scan, Path path, boolean ofDistribution) {
        try {
            Optional<String> problem = guard.fileProblem(path);
            if (problem.isPresent()) {
                set.refuse(path, ofDistribution, problem.get());
                return;
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
            if (bytes.length > MAX_BYTES) {
                set.refuse(path, ofDistribution, "is larger than 1 MiB");
                return;
            }
            var unused = set.put(path, ofDistribution, hash(bytes), text(bytes));
        } catch (NoSuchFileException e) {
            scan.again(path); // It left meanwhile; the next step sees that.
        } catch (CharacterCodingException e) {
            set.refuse(path, ofDistribution, "is not UTF-8 text");
        } catch (IOException e) {
            set.refuse(path, ofDistribution, "cannot be read: " + e.getMessage());
        } catch (StratoswarmException e) {
            LOG.warn("script {} is looked at again: {}", path, e.getMessage(), e);
            scan.again(path);
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    // The service.

    @Override
    public List<ScriptStatus> list() {
        seeShipped();
        List<ScriptStatus> all = new ArrayList<>();
        for (FolderScan scan : List.of(own, shipped)) {
            scan.problem().ifPresent(problem -> all.add(distrusted(scan, problem)));
        }
        set.entries().stream()
                .sorted(Comparator.comparing((Entry entry) -> entry.name).thenComparing(entry -> entry.path))
                .map(Entry::status)
                .forEach(all::add);
        return List.copyOf(all);
    }

    /** A folder that nothing is taken from stands in the list, so that its scripts are not only missing. */
    private ScriptStatus distrusted(FolderScan scan, String problem) {
        String folder = scan.root().toString();
        return new ScriptStatus(
                Optional.empty(),
                "",
                folder,
                scan == shipped,
                "failed",
                "no script is taken from here",
                "",
                problem,
                0,
                0,
                "",
                0);
    }

    @Override
    public Optional<ScriptStatus> get(String name) {
        seeShipped();
        return set.named(name).map(Entry::status);
    }

    private Entry entry(String name) {
        seeShipped();
        return set.named(name)
                .orElseThrow(() -> unknown(
                        name, set.entries().stream().map(entry -> entry.name).toList()));
    }

    @Override
    public String source(String name) {
        Entry entry = entry(name);
        Version running = entry.running;
        return running == null ? entry.file.text() : running.file().text();
    }

    @Override
    public List<ScriptTrace> traces(String name, int limit) {
        if (!name.isEmpty()) {
            entry(name);
        }
        return traces.of(name, limit);
    }

    @Override
    public CompletableFuture<List<ExampleResult>> test(String name) {
        ScriptFile file = entry(name).file;
        return checked(file).thenApply(result -> {
            if (!result.problems().isEmpty()) {
                throw new StratoswarmException(Kind.INVALID, String.join("\n", result.problems()));
            }
            return result.examples();
        });
    }

    @Override
    public CompletableFuture<CheckResult> check(String file, String source) {
        return checked(set.read(file, hash(source.getBytes(StandardCharsets.UTF_8)), source));
    }

    private CompletableFuture<CheckResult> checked(ScriptFile file) {
        if (file.header().isEmpty()) {
            return CompletableFuture.completedFuture(new CheckResult(
                    file.name(), file.problems().stream().map(ScriptFile::shown).toList(), List.of()));
        }
        ScriptHeader header = file.header().get();
        return loader.load(file, header, kindOf(header)).thenApply(result -> switch (result) {
            case Loader.Result.Made made -> {
                made.version().close();
                yield new CheckResult(file.name(), List.of(), made.examples());
            }
            case Loader.Result.Bad bad -> new CheckResult(file.name(), List.of(bad.problem()), List.of());
            case Loader.Result.Unavailable unavailable ->
                throw new StratoswarmException(Kind.UNAVAILABLE, unavailable.reason());
        });
    }

    private ScriptKind kindOf(ScriptHeader header) {
        return set.kind(header.kind())
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE, HeaderReader.unknownKind(header.kind(), set.kindIds())));
    }

    @Override
    public CompletableFuture<ScriptOutcome> run(String name, String input, String actor) {
        Entry entry = entry(name);
        Version running = entry.running;
        ScriptFile file = running == null ? entry.file : running.file();
        if (file.header().isEmpty()) {
            throw new StratoswarmException(Kind.INVALID, file.problem());
        }
        ScriptHeader header = file.header().get();
        ScriptKind kind = kindOf(header);
        try {
            SchemaChecker.of(kind.inputSchema())
                    .wrongInPart(JsonNodes.parse(input))
                    .ifPresent(wrong -> {
                        throw new StratoswarmException(Kind.INVALID, "the input: " + wrong);
                    });
        } catch (JsonProcessingException e) {
            throw new StratoswarmException(Kind.INVALID, "the input is not JSON: " + e.getOriginalMessage(), e);
        }
        String trigger = "run by " + actor;
        if (running != null) {
            return running.tryOut(trigger, List.of(input)).thenApply(List::getFirst);
        }
        return loader.load(file, header, kind).thenCompose(result -> switch (result) {
            case Loader.Result.Made made ->
                made.version().tryOut(trigger, List.of(input)).thenApply(outcomes -> {
                    made.version().close();
                    return outcomes.getFirst();
                });
            case Loader.Result.Bad bad -> throw new StratoswarmException(Kind.INVALID, bad.problem());
            case Loader.Result.Unavailable unavailable ->
                throw new StratoswarmException(Kind.UNAVAILABLE, unavailable.reason());
        });
    }

    @Override
    public CompletableFuture<KeptScript> kept(String name, String hash) {
        Entry entry = entry(name);
        byte[] text = blobs.get(hash)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "the text of version " + hash + " of script " + name + " was not kept"));
        ScriptFile file = set.read(entry.path.getFileName().toString(), hash, new String(text, StandardCharsets.UTF_8));
        if (file.header().isEmpty() || !file.name().equals(name)) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "version " + hash + " is none of script " + name
                            + (file.header().isEmpty() ? ": " + file.problem() : "; it is called " + file.name()));
        }
        ScriptHeader header = file.header().get();
        return loader.load(file, header, kindOf(header)).thenApply(result -> switch (result) {
            case Loader.Result.Made made when made.good() -> made.version();
            case Loader.Result.Made made -> {
                made.version().close();
                throw new StratoswarmException(
                        Kind.INVALID, Loader.failure(made.version().file(), made.examples()));
            }
            case Loader.Result.Bad bad -> throw new StratoswarmException(Kind.INVALID, bad.problem());
            case Loader.Result.Unavailable unavailable ->
                throw new StratoswarmException(Kind.UNAVAILABLE, unavailable.reason());
        });
    }

    @Override
    public CompletableFuture<Void> enable(String name, String actor) {
        Entry entry = entry(name);
        breaches.forget(name);
        return set.enable(entry, actor);
    }

    @Override
    public CompletableFuture<Void> disable(String name, String actor) {
        set.disable(entry(name), actor);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        set.close();
    }

    private static StratoswarmException unknown(String name, List<String> names) {
        return new StratoswarmException(
                Kind.NOT_FOUND,
                "there is no script '" + name + "'"
                        + Nearest.hint(name, names)
                        + (names.isEmpty() ? "; put a .js or .py file into the scripts folder" : ""));
    }
}
