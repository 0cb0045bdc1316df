package io.stratoswarm.core.merkle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The libraries for hashing and for LMDB unpack their native parts below java.io.tmpdir and remove them when the machine ends in
 * good order. A daemon is made to be killed, so it removes the files as soon as they are mapped; the mapping keeps what it needs.
 */
public final class NativeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(NativeFiles.class);
    /** A folder of its own for each process. */
    private static final Pattern HASHING = Pattern.compile("(/.*/bc-lts-jni[^/]*)/[^/]*\\.so");
    /** A file of its own for each process. */
    private static final Pattern LMDB = Pattern.compile("/.*/lmdbjava-native-library-[^/]*\\.so");

    private NativeFiles() {}

    /** Removes what this process has mapped; call it after the first hash and the first store, when all of it is loaded. */
    public static void remove() {
        remove(Path.of("/proc/self/maps"));
    }

    /** @param maps as in proc_pid_maps(5) */
    static void remove(Path maps) {
        try {
            Set<String> mapped = Files.readAllLines(maps).stream()
                    .filter(line -> line.indexOf('/') >= 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .collect(Collectors.toSet());
            Set<Path> folders = new HashSet<>();
            for (String file : mapped) {
                Matcher hashing = HASHING.matcher(file);
                if (hashing.matches()) {
                    folders.add(Path.of(hashing.group(1)));
                } else if (LMDB.matcher(file).matches()) {
                    Files.deleteIfExists(Path.of(file));
                }
            }
            for (Path folder : folders) {
                remove(folder, "*.so");
            }
        } catch (IOException e) {
            LOG.debug("unpacked native files stay until the end", e);
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
