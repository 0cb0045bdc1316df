package io.stratoswarm.core.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.store.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployScanTest {
    @TempDir
    Path root;

    private Path folder;
    private Path active;
    private final Ledger ledger = new Ledger();
    private final Blobs blobs = new Blobs();
    private final Shipped shipped = new Shipped();
    private DeployScan scan;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        folder = Files.createDirectory(
                root.resolve("deploy"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        active = Files.createDirectories(root.resolve("staging/active"));
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        scan = new DeployScan(folder, root.resolve("staging"), new FolderGuard(user), blobs, ledger, shipped);
    }

    @Test
    void shouldStageTheHashedBytesOnceTheFileRests() throws IOException {
        byte[] jar = TestJar.bundle("com.example.a", "1.0.0");
        put("a.jar", jar);

        assertTrue(scan.settled());
        scan.step();
        assertFalse(Files.exists(active.resolve("a.jar")), "one look does not tell whether it is still being written");
        assertFalse(scan.settled(), "it must look again soon");
        scan.step();
        assertTrue(scan.settled());

        assertTrue(Arrays.equals(jar, Files.readAllBytes(active.resolve("a.jar"))));
        String hash = TestJar.sha256(jar);
        assertEquals(List.of("loaded a.jar com.example.a 1.0.0 " + hash), ledger.lines);
        assertEquals(List.of(hash), blobs.stored);
    }

    @Test
    void shouldRememberBeforeItStages() throws IOException {
        ledger.failure = new StratoswarmException(StratoswarmException.Kind.FULL, "no space left");
        put("a.jar", TestJar.bundle("com.example.a", "1.0.0"));
        steps(5);

        assertFalse(Files.exists(active.resolve("a.jar")), "what the journal does not know must not run");
        assertTrue(only().refusal().orElseThrow().contains("no space left"));

        ledger.failure = null;
        steps(40);
        assertTrue(Files.exists(active.resolve("a.jar")), "it is tried again by itself");
    }

    @Test
    void shouldSayOnceWhatIsRefused() throws IOException {
        put("garbage.jar", "this is no jar".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        steps(6);

        assertEquals(1, ledger.lines.size(), ledger.lines.toString());
        assertTrue(ledger.lines.getFirst().startsWith("refused garbage.jar"), ledger.lines.getFirst());
        assertTrue(only().refusal().orElseThrow().contains("is not a jar"));
        assertEquals(List.of(), staged());
    }

    @Test
    void shouldRefuseEveryTruncationAndEveryFlippedByteOfContent() throws IOException {
        byte[] jar = TestJar.bundle("com.example.a", "1.0.0");
        for (int length = 1; length < jar.length; length += 7) {
            put("a.jar", Arrays.copyOf(jar, length));
            steps(2);
            assertTrue(only().refusal().isPresent(), "length " + length);
        }
        assertEquals(List.of(), staged());
    }

    @Test
    void shouldKeepTheGoodOneWhenABadOneReplacesIt() throws IOException {
        byte[] good = TestJar.bundle("com.example.a", "1.0.0");
        put("a.jar", good);
        steps(2);
        put("a.jar", Arrays.copyOf(good, good.length / 2));
        steps(3);

        assertTrue(Arrays.equals(good, Files.readAllBytes(active.resolve("a.jar"))));
        assertTrue(only().refusal().orElseThrow().contains("1.0.0 of before stays loaded"));
        assertEquals("com.example.a", only().loaded().orElseThrow().symbolicName());
    }

    @Test
    void shouldNotLoadTheSameBytesAgain() throws IOException {
        byte[] jar = TestJar.bundle("com.example.a", "1.0.0");
        put("a.jar", jar);
        steps(2);
        put("a.jar", jar);
        steps(3);

        assertEquals(1, ledger.lines.size(), ledger.lines.toString());
    }

    @Test
    void shouldUnloadWhatIsDeleted() throws IOException {
        put("a.jar", TestJar.bundle("com.example.a", "1.0.0"));
        steps(2);
        Files.delete(folder.resolve("a.jar"));
        scan.step();

        assertEquals(List.of(), staged());
        assertEquals(List.of(), scan.files());
        assertTrue(ledger.lines.getLast().startsWith("unloaded a.jar com.example.a"));
    }

    @Test
    void shouldRefuseASecondFileOfOneBundleUntilTheFirstIsGone() throws IOException {
        put("a-1.jar", TestJar.bundle("com.example.a", "1.0.0"));
        steps(2);
        put("a-2.jar", TestJar.bundle("com.example.a", "2.0.0"));
        steps(2);
        assertEquals(List.of("a-1.jar"), staged());
        assertTrue(file("a-2.jar").refusal().orElseThrow().contains("a-1.jar"));

        Files.delete(folder.resolve("a-1.jar"));
        steps(3);
        assertEquals(List.of("a-2.jar"), staged());
        assertEquals(Optional.empty(), file("a-2.jar").refusal());
    }

    @Test
    void shouldRefuseBundlesThatOnlyAnUpgradeMayChange() throws IOException {
        put("core.jar", TestJar.bundle("io.stratoswarm.core", "9.0.0"));
        put("scr.jar", TestJar.bundle("org.apache.felix.scr", "9.0.0"));
        put("fragment.jar", TestJar.bundle("com.example.f", "1.0.0", "Fragment-Host: io.stratoswarm.core"));
        steps(2);

        assertEquals(List.of(), staged());
        scan.files()
                .forEach(it -> assertTrue(it.refusal().orElseThrow().contains("stratoswarm upgrade"), it.toString()));
    }

    @Test
    void shouldReplaceAShippedBundleAndGoBackToIt() throws IOException {
        put("console.jar", TestJar.bundle("io.stratoswarm.console", "9.0.0"));
        steps(2);
        assertEquals(List.of("replace io.stratoswarm.console"), shipped.calls);
        assertEquals(List.of(), staged(), "File Install must not make a second bundle of it");

        Files.delete(folder.resolve("console.jar"));
        scan.step();
        assertEquals(List.of("replace io.stratoswarm.console", "restore io.stratoswarm.console"), shipped.calls);
    }

    @Test
    void shouldLoadNothingFromAFolderThatOthersCanWriteTo() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        put("a.jar", TestJar.bundle("com.example.a", "1.0.0"));
        steps(4);

        assertEquals(List.of(), staged());
        assertTrue(scan.folderProblem().orElseThrow().contains("chmod go-w"));
        assertEquals(1, ledger.lines.size(), "said once: " + ledger.lines);

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        steps(2);
        assertEquals(List.of("a.jar"), staged());
    }

    @Test
    void shouldRefuseFilesThatOthersCanWriteToAndLinks() throws IOException {
        put("open.jar", TestJar.bundle("com.example.a", "1.0.0"));
        Files.setPosixFilePermissions(folder.resolve("open.jar"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Path elsewhere = root.resolve("elsewhere.jar");
        Files.write(elsewhere, TestJar.bundle("com.example.b", "1.0.0"));
        Files.createSymbolicLink(folder.resolve("link.jar"), elsewhere);
        steps(2);

        assertEquals(List.of(), staged());
        assertTrue(file("open.jar").refusal().orElseThrow().contains("chmod go-w"));
        assertTrue(file("link.jar").refusal().orElseThrow().contains("symbolic link"));

        Files.setPosixFilePermissions(folder.resolve("open.jar"), PosixFilePermissions.fromString("rw-r--r--"));
        steps(2);
        assertEquals(List.of("open.jar"), staged(), "a change of mode alone is noticed");
    }

    private void put(String name, byte[] bytes) throws IOException {
        Path hidden = folder.resolve(".new");
        Files.write(hidden, bytes);
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(hidden, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void steps(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            scan.step();
        }
    }

    private List<String> staged() throws IOException {
        try (var list = Files.list(active)) {
            return list.map(it -> it.getFileName().toString()).sorted().toList();
        }
    }

    private DeployedFile only() {
        assertEquals(1, scan.files().size());
        return scan.files().getFirst();
    }

    private DeployedFile file(String name) {
        return scan.files().stream()
                .filter(it -> it.file().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Keeps lines instead of events. */
    private static final class Ledger implements DeployLedger {
        private final List<String> lines = new ArrayList<>();
        private @org.jspecify.annotations.Nullable StratoswarmException failure;

        @Override
        public void loaded(String file, String symbolicName, String version, String sha256, int owner) {
            add("loaded " + file + " " + symbolicName + " " + version + " " + sha256);
        }

        @Override
        public void unloaded(String file, String symbolicName, String version, String sha256) {
            add("unloaded " + file + " " + symbolicName + " " + version);
        }

        @Override
        public void refused(String file, String sha256, String reason) {
            add("refused " + file + " " + reason);
        }

        @Override
        public void failed(String file, String symbolicName, String version, String sha256, String reason) {
            add("failed " + file + " " + reason);
        }

        private void add(String line) {
            if (failure != null) {
                throw failure;
            }
            lines.add(line);
        }
    }

    private static final class Blobs implements BlobStore {
        private final List<String> stored = new ArrayList<>();
        private final Map<String, byte[]> bytes = new HashMap<>();

        @Override
        public String put(byte[] content) {
            String hash = TestJar.sha256(content);
            stored.add(hash);
            bytes.put(hash, content.clone());
            return hash;
        }

        @Override
        public String put(InputStream content) throws IOException {
            return put(content.readAllBytes());
        }

        @Override
        public Optional<byte[]> get(String hash) {
            return Optional.ofNullable(bytes.get(hash));
        }

        @Override
        public boolean contains(String hash) {
            return bytes.containsKey(hash);
        }
    }

    private static final class Shipped implements ShippedBundles {
        private final List<String> calls = new ArrayList<>();

        @Override
        public boolean contains(String symbolicName) {
            return List.of("io.stratoswarm.core", "io.stratoswarm.console", "org.apache.felix.scr")
                    .contains(symbolicName);
        }

        @Override
        public boolean hot(String symbolicName) {
            return symbolicName.equals("io.stratoswarm.console");
        }

        @Override
        public void replace(String symbolicName, Path jar) {
            calls.add("replace " + symbolicName);
        }

        @Override
        public void restore(String symbolicName) {
            calls.add("restore " + symbolicName);
        }
    }
}
