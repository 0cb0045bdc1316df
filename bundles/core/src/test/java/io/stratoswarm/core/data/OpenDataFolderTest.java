package io.stratoswarm.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenDataFolderTest {
    @TempDir
    Path folder;

    @Test
    void shouldHoldTheFolderForOneProcessAndNameItsHolder() throws IOException {
        Path data = folder.resolve("data");
        String pid = Long.toString(ProcessHandle.current().pid());
        try (OpenDataFolder opened = OpenDataFolder.open(data)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
            assertEquals(data, opened.folder().root());
            StratoswarmException e = assertThrows(StratoswarmException.class, () -> OpenDataFolder.open(data));
            assertEquals(Kind.CONFLICT, e.kind());
            assertTrue(String.valueOf(e.getMessage()).contains("process " + pid), e.getMessage());
            assertEquals(pid, OpenDataFolder.holder(data));
        }
        assertNull(OpenDataFolder.holder(data));
        OpenDataFolder.open(data).close();
    }

    @Test
    void shouldRefuseANewerOrUnreadableFormat() throws IOException {
        Path data = folder.resolve("data");
        OpenDataFolder.open(data).close();
        assertEquals("stratoswarm data format 1\n", Files.readString(data.resolve("FORMAT")));
        Files.writeString(data.resolve("FORMAT"), "stratoswarm data format 2\n");
        StratoswarmException newer = assertThrows(StratoswarmException.class, () -> OpenDataFolder.open(data));
        assertEquals(Kind.CONFLICT, newer.kind());
        assertTrue(String.valueOf(newer.getMessage()).contains("format 2"), newer.getMessage());
        Files.writeString(data.resolve("FORMAT"), "nonsense");
        assertEquals(
                Kind.DAMAGED,
                assertThrows(StratoswarmException.class, () -> OpenDataFolder.open(data))
                        .kind());
    }
}
