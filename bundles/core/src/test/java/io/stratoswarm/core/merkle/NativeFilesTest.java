package io.stratoswarm.core.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFilesTest {
    @TempDir
    Path temporary;

    @Test
    void shouldRemoveWhatIsMappedAndNothingElse() throws Exception {
        Path mapped = Files.createDirectory(temporary.resolve("bc-lts-jni1-libs"));
        Path others = Files.createDirectory(temporary.resolve("bc-lts-jni2-libs"));
        Files.createFile(mapped.resolve("a.so"));
        Files.createFile(mapped.resolve("probe.so"));
        Files.createFile(others.resolve("a.so"));
        Path lmdb = Files.createFile(temporary.resolve("lmdbjava-native-library-1.so"));
        Path another = Files.createFile(temporary.resolve("lmdbjava-native-library-2.so"));
        Path maps = temporary.resolve("maps");
        Files.write(
                maps,
                List.of(
                        "7f00-7f01 r-xp 00000000 fe:00 12      " + mapped.resolve("a.so"),
                        "7f02-7f03 rw-p 0 0:0 0",
                        "7f04-7f05 r-xp 00000000 fe:00 13      " + lmdb));

        NativeFiles.remove(maps);

        assertFalse(Files.exists(mapped));
        assertFalse(Files.exists(lmdb));
        assertTrue(Files.exists(others.resolve("a.so")), "another process needs it");
        assertTrue(Files.exists(another), "another process needs it");
    }

    @Test
    void shouldHashOnWithoutTheFiles() throws Exception {
        byte[] before = new TreeHasher().leaf(new byte[] {1, 2, 3});

        NativeFiles.remove();

        assertArrayEquals(before, new TreeHasher().leaf(new byte[] {1, 2, 3}));
        assertEquals(
                0,
                Files.readAllLines(Path.of("/proc/self/maps")).stream()
                        .filter(line -> line.contains("/bc-lts-jni") && !line.endsWith("(deleted)"))
                        .count());
    }
}
