package io.stratoswarm.core.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that this process maps. */
public final class MappedFile {
    private static final Logger LOG = LoggerFactory.getLogger(MappedFile.class);
    /** A line of proc_pid_maps(5) about a shared map: its first address, the one after its last, and the file. */
    private static final Pattern SHARED = Pattern.compile("(\\p{XDigit}+)-(\\p{XDigit}+) r..s \\S+ \\S+ \\S+ +(/.*)");

    private MappedFile() {}

    /**
     * Takes the pages that were read through shared maps of a file out of this process's resident memory; they remain in the page cache.
     * Nothing depends on it, so a refusal is passed over.
     */
    public static void release(Path file) {
        try {
            String name = file.toRealPath().toString();
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.UTF_8)) {
                Matcher map = SHARED.matcher(line);
                if (map.matches() && map.group(3).equals(name)) {
                    long from = Long.parseUnsignedLong(map.group(1), 16);
                    long done = Linux.releaseMapped(from, Long.parseUnsignedLong(map.group(2), 16) - from);
                    if (done < 0) {
                        LOG.debug("pages of {} stay resident: {}", file, Errno.text((int) -done));
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("pages of {} stay resident", file, e);
        }
    }
}
