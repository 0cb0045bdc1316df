package io.stratoswarm.core.merkle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hashing library unpacks its native part into a new folder below java.io.tmpdir and removes it when the machine ends in good
 * order. A daemon is made to be killed, so it removes the files as soon as they are mapped; the mapping keeps what it needs.
 */
public final class NativeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(NativeFiles.class);
    private static final String FOLDER = "/bc-lts-jni";

    private NativeFiles() {}

    /** Removes what this process has mapped; call it after the first hash, when all of it is loaded. */
    public static void remove() {
        remove(Path.of("/proc/self/maps"));
    }

    /** @param maps as in proc_pid_maps(5) */
    static void remove(Path maps) {
        try {
            Set<Path> folders = Files.readAllLines(maps).stream()
                    .filter(line -> line.contains(FOLDER) && line.endsWith(".so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))).resolveSibling(""))
                    .filter(folder -> folder.getFileName().toString().startsWith(FOLDER.substring(1)))
                    .collect(Collectors.toSet());
            for (Path folder : folders) {
                remove(folder, "*.so");
            }
        } catch (IOException e) {
            LOG.debug("the unpacked native files of the hashing library stay until the end", e);
        }
    }

    private static void remove(Path folder, String glob) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
