package io.stratoswarm.core.deploy;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.deploy.DeployedFile.Loaded;
import io.stratoswarm.core.deploy.JarCheck.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the watched folder, one step at a time. A file counts once two steps in a row saw it unchanged; then its bytes are
 * copied and hashed in one read, and every decision is about that copy.
 */
final class DeployScan {
    private static final Logger LOG = LoggerFactory.getLogger(DeployScan.class);
    private static final int STEPS_BEFORE_RETRY = 25;

    private final Path folder;
    private final Path incoming;
    private final Path active;
    private final Path replacing;
    private final FolderGuard guard;
    private final BlobStore blobs;
    private final DeployLedger ledger;
    private final ShippedBundles shipped;

    private final Map<String, Look> looks = new HashMap<>();
    private final Map<String, Look> decided = new HashMap<>();
    private final Map<String, Integer> retryIn = new HashMap<>();
    private final Map<String, DeployedFile> files = new TreeMap<>();
    private Optional<String> folderProblem = Optional.empty();

    /** What is seen of a file without reading it; any change of its content changes this. */
    private record Look(
            long size, long modifiedNanos, @Nullable Object key, Object changed) {}

    /** @param staging private folder; below it {@code active} is what File Install watches */
    DeployScan(
            Path folder,
            Path staging,
            FolderGuard guard,
            BlobStore blobs,
            DeployLedger ledger,
            ShippedBundles shipped) {
        this.folder = folder;
        this.incoming = staging.resolve("incoming");
        this.active = staging.resolve("active");
        this.replacing = staging.resolve("replacing");
        this.guard = guard;
        this.blobs = blobs;
        this.ledger = ledger;
        this.shipped = shipped;
    }

    synchronized List<DeployedFile> files() {
        return List.copyOf(files.values());
    }

    synchronized Optional<String> folderProblem() {
        return folderProblem;
    }

    /** Whether every file has been decided on as it is now, so that only a change gives the next step something to do. */
    synchronized boolean settled() {
        return retryIn.isEmpty()
                && looks.entrySet().stream().allMatch(it -> it.getValue().equals(decided.get(it.getKey())));
    }

    Path staged(String file) {
        return active.resolve(file);
    }

    /** Looks once and acts on what two looks agree about. */
    synchronized void step() throws IOException {
        Optional<String> problem = guard.folderProblem(folder);
        if (!problem.equals(folderProblem)) {
            noteFolder(problem);
        }
        if (problem.isPresent()) {
            return;
        }
        Set<String> present = new TreeSet<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                if (!name.startsWith(".")) {
                    present.add(name);
                }
            }
        }
        for (String gone : new ArrayList<>(files.keySet())) {
            if (!present.contains(gone)) {
                leave(gone);
            }
        }
        looks.keySet().retainAll(present);
        for (String name : present) {
            look(name);
        }
    }

    private void noteFolder(Optional<String> problem) {
        folderProblem = problem;
        if (problem.isPresent()) {
            LOG.warn("nothing is loaded from the watched folder: {}", problem.get());
            remember("", () -> ledger.refused("", "", problem.get()));
        } else {
            LOG.info("the watched folder {} is in order again", folder);
        }
    }

    private void look(String name) throws IOException {
        Look look;
        try {
            Path path = folder.resolve(name);
            BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Object changed = Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
            look = new Look(
                    seen.size(),
                    seen.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    seen.fileKey(),
                    changed);
        } catch (java.nio.file.NoSuchFileException e) {
            return; // It left between the listing and this look; the next step sees that.
        }
        @Nullable Look before = looks.put(name, look);
        int wait = retryIn.getOrDefault(name, 0);
        if (wait > 0) {
            retryIn.put(name, wait - 1);
            return;
        }
        if (!look.equals(before) || look.equals(decided.get(name))) {
            return;
        }
        retryIn.remove(name);
        decided.put(name, look);
        take(name);
    }

    private void take(String name) throws IOException {
        Files.createDirectories(incoming);
        Path copy = incoming.resolve(name);
        try {
            Optional<String> problem = guard.fileProblem(folder.resolve(name));
            if (problem.isPresent()) {
                refuse(name, "", problem.get(), false);
                return;
            }
            int owner = guard.owner(folder.resolve(name));
            String hash = copyAndHash(folder.resolve(name), copy);
            switch (JarCheck.check(copy)) {
                case Verdict.Refused refused -> refuse(name, hash, refused.reason(), false);
                case Verdict.Bundle bundle -> judge(name, copy, hash, owner, bundle);
            }
        } catch (IOException e) {
            refuse(name, "", "cannot be read: " + e.getMessage(), true);
        } catch (StratoswarmException e) {
            refuse(name, "", "cannot be recorded yet and is tried again: " + e.getMessage(), true);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private void judge(String name, Path copy, String hash, int owner, Verdict.Bundle bundle) throws IOException {
        @Nullable DeployedFile before = files.get(name);
        Optional<Loaded> running = before == null ? Optional.empty() : before.loaded();
        if (running.isPresent() && running.get().sha256().equals(hash)) {
            files.put(name, new DeployedFile(name, hash, Optional.empty(), running));
            return; // The same bytes again, for example after touch.
        }
        Optional<String> conflict = conflict(name, bundle, running);
        if (conflict.isPresent()) {
            refuse(name, hash, conflict.get(), false);
            return;
        }
        Loaded loaded = new Loaded(
                bundle.symbolicName(),
                bundle.version(),
                hash,
                shipped.contains(bundle.symbolicName()),
                bundle.fragmentHost().isPresent());
        try (InputStream bytes = Files.newInputStream(copy)) {
            blobs.put(bytes);
        }
        ledger.loaded(name, loaded.symbolicName(), loaded.version(), hash, owner);
        if (loaded.shipped()) {
            Files.createDirectories(replacing);
            Path kept = replacing.resolve(name);
            Files.move(copy, kept, StandardCopyOption.ATOMIC_MOVE);
            shipped.replace(loaded.symbolicName(), kept);
        } else {
            Files.move(copy, active.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        files.put(name, new DeployedFile(name, hash, Optional.empty(), Optional.of(loaded)));
        LOG.info("loading {} ({} {}, sha256 {})", name, loaded.symbolicName(), loaded.version(), hash);
        reconsiderRefused(name);
    }

    /** Why these bytes do not fit beside what is loaded already. */
    private Optional<String> conflict(String name, Verdict.Bundle bundle, Optional<Loaded> running) {
        String symbolicName = bundle.symbolicName();
        if (shipped.contains(symbolicName) && !shipped.hot(symbolicName)) {
            return Optional.of("bundle " + symbolicName
                    + " is part of the distribution and changes by 'stratoswarm upgrade', not by the watched folder");
        }
        if (running.isPresent()
                && !running.get().symbolicName().equals(symbolicName)
                && (running.get().shipped() || shipped.contains(symbolicName))) {
            return Optional.of(
                    "is bundle " + symbolicName + " where " + running.get().symbolicName()
                            + " was; delete the file first, then add the new one under its own name");
        }
        if (bundle.fragmentHost()
                .filter(host -> shipped.contains(host) || host.equals("system.bundle"))
                .isPresent()) {
            return Optional.of("is a fragment of " + bundle.fragmentHost().get()
                    + ", which changes by 'stratoswarm upgrade' only; make it a bundle of its own");
        }
        for (DeployedFile other : files.values()) {
            if (!other.file().equals(name)
                    && other.loaded()
                            .filter(it -> it.symbolicName().equals(symbolicName))
                            .isPresent()) {
                return Optional.of("bundle " + symbolicName + " is loaded from " + other.file() + " ("
                        + other.loaded().get().version() + ") already; delete one of the two files");
            }
        }
        return Optional.empty();
    }

    private void refuse(String name, String hash, String reason, boolean retry) {
        @Nullable DeployedFile before = files.get(name);
        Optional<Loaded> kept = before == null ? Optional.empty() : before.loaded();
        String full = kept.map(it -> reason + "; version " + it.version() + " of before stays loaded")
                .orElse(reason);
        DeployedFile now = new DeployedFile(name, hash, Optional.of(full), kept);
        files.put(name, now);
        if (retry) {
            decided.remove(name);
            retryIn.put(name, STEPS_BEFORE_RETRY);
        }
        if (now.equals(before)) {
            return; // The same bytes with the same fault, looked at again; said once is enough.
        }
        LOG.warn("{} {}", name, full);
        if (!retry) {
            remember(name, () -> ledger.refused(name, hash, full));
        }
    }

    private void leave(String name) throws IOException {
        DeployedFile before = files.remove(name);
        decided.remove(name);
        retryIn.remove(name);
        if (before == null || before.loaded().isEmpty()) {
            return;
        }
        Loaded loaded = before.loaded().get();
        LOG.info("unloading {} ({} {})", name, loaded.symbolicName(), loaded.version());
        remember(name, () -> ledger.unloaded(name, loaded.symbolicName(), loaded.version(), loaded.sha256()));
        if (loaded.shipped()) {
            shipped.restore(loaded.symbolicName());
            Files.deleteIfExists(replacing.resolve(name));
        } else {
            Files.deleteIfExists(active.resolve(name));
        }
        reconsiderRefused(name);
    }

    /** A change of one file may settle the conflict that another one was refused for. */
    private void reconsiderRefused(String changed) {
        for (DeployedFile file : files.values()) {
            if (!file.file().equals(changed) && file.refusal().isPresent()) {
                decided.remove(file.file());
            }
        }
    }

    /** Refusing and unloading take effect even when the journal cannot say so: they only ever make less run. */
    private static void remember(String name, Runnable record) {
        try {
            record.run();
        } catch (StratoswarmException e) {
            LOG.error("what was decided about {} could not be recorded: {}", name, e.getMessage(), e);
        }
    }

    private static String copyAndHash(Path from, Path to) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS);
                    OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
                in.transferTo(out);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
