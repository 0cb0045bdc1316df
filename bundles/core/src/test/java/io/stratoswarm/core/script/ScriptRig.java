package io.stratoswarm.core.script;

import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.deploy.FolderGuard;
import io.stratoswarm.core.store.FileBlobStore;
import io.stratoswarm.core.testing.FakeClock;
import io.stratoswarm.core.testing.InMemoryJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A host on two folders, with its journal and workers in memory; a second host on the same is a restart. */
final class ScriptRig implements AutoCloseable {
    final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T12:00:00Z"));
    final InMemoryJournal journal = new InMemoryJournal(clock);
    final InMemoryWorkers workers = new InMemoryWorkers();
    final Recorder kind = new Recorder("recorder");
    final Path own;
    final Path shipped;
    private final BlobStore blobs;
    int asked;
    ScriptHost host;

    ScriptRig(Path root) throws IOException {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        own = folder(root, "own");
        shipped = folder(root, "shipped");
        blobs = new FileBlobStore(root.resolve("blobs"));
        host = open();
    }

    private static Path folder(Path root, String name) throws IOException {
        return Files.createDirectory(
                root.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private ScriptHost open() throws IOException {
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        ScriptHost opened = new ScriptHost(
                new ScriptHost.Surroundings(
                        shipped,
                        own,
                        new FolderGuard(user),
                        new ScriptLedger(journal),
                        blobs,
                        () -> {
                            asked++;
                            return workers;
                        },
                        clock,
                        Runnable::run),
                BreachCount.Rules.DEFAULT);
        opened.add(kind);
        return opened;
    }

    void restart() throws IOException {
        host.close();
        kind.running.clear();
        host = open();
        settle();
    }

    void write(String name, String text) throws IOException {
        write(own, name, text);
    }

    void write(Path folder, String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        settle();
    }

    void settle() throws IOException {
        host.step();
        host.step();
    }

    ScriptStatus status(String name) {
        return host.get(name).orElseThrow();
    }

    LoadedScript script(String name) {
        return java.util.Objects.requireNonNull(kind.running.get(name), name);
    }

    List<String> events() {
        return journal.events().stream()
                .map(event -> event.type() + " " + event.subject())
                .toList();
    }

    /** A script that returns this, of the recording kind. */
    static String js(String header, String what) {
        return "/* stratoswarm {\"kind\": \"recorder\"" + (header.isEmpty() ? "" : ", " + header) + "} */\n// " + what
                + "\n";
    }

    @Override
    public void close() {
        host.close();
    }

    /** A kind that remembers what it was given. */
    static final class Recorder implements ScriptKind {
        final Map<String, LoadedScript> running = new TreeMap<>();
        final List<String> calls = new ArrayList<>();
        private final String id;
        boolean batch;

        Recorder(String id) {
            this.id = id;
        }

        @Override
        public boolean batch() {
            return batch;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String function() {
            return "record";
        }

        @Override
        public String inputSchema() {
            return "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}}";
        }

        @Override
        public String outputSchema() {
            return "{\"type\": \"object\", \"properties\": {\"x\": {\"type\": \"integer\"}}, \"required\": [\"x\"]}";
        }

        @Override
        public Set<String> settings() {
            return Set.of("every", "on");
        }

        @Override
        public void loaded(LoadedScript script) {
            running.put(script.header().name(), script);
            calls.add("loaded " + script.header().name());
        }

        @Override
        public void unloaded(String name) {
            running.remove(name);
            calls.add("unloaded " + name);
        }
    }
}
