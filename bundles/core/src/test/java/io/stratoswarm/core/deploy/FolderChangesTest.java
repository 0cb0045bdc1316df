package io.stratoswarm.core.deploy;

import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderChangesTest {
    private static final long LONG = 60_000;
    private static final Duration SHORT = Duration.ofSeconds(20);

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void make() throws Exception {
        folder = Files.createDirectory(root.resolve("deploy"));
    }

    @Test
    void shouldEndTheWaitAtAChange() throws Exception {
        try (FolderChanges changes = new FolderChanges(folder, 1)) {
            changes.await(1);
            Files.createFile(folder.resolve("a.jar"));
            assertTimeout(SHORT, () -> changes.await(LONG));

            Files.delete(folder.resolve("a.jar"));
            assertTimeout(SHORT, () -> changes.await(LONG));
        }
    }

    @Test
    void shouldWaitWhereNothingChanges() throws Exception {
        try (FolderChanges changes = new FolderChanges(folder, 1)) {
            long began = System.nanoTime();
            changes.await(200);
            assertTrue(System.nanoTime() - began >= 190_000_000L, "it did not wait");
        }
    }

    @Test
    void shouldWatchAFolderThatComesAgain() throws Exception {
        try (FolderChanges changes = new FolderChanges(folder, 1)) {
            changes.await(1);
            Files.delete(folder);
            assertTimeout(SHORT, () -> changes.await(LONG));
            assertTimeout(SHORT, () -> changes.await(LONG));

            Files.createDirectory(folder);
            changes.await(1);
            Files.createFile(folder.resolve("b.jar"));
            assertTimeout(SHORT, () -> changes.await(LONG));
        }
    }
}
