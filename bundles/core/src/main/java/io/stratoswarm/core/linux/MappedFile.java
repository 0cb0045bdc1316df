package io.stratoswarm.core.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that this process maps. */
public final class MappedFile {
    private static final Logger LOG = LoggerFactory.getLogger(MappedFile.class);
    /** A line of proc_pid_maps(5) about a shared map: its first address, the one after its last, and the file. */
    private static final Pattern SHARED = Pattern.compile("(\\p{XDigit}+)-(\\p{XDigit}+) r..s \\S+ \\S+ \\S+ +(/.*)");

    /** The same of a private map that may only be read, or run. */
    private static final Pattern READ_ONLY =
            Pattern.compile("(\\p{XDigit}+)-(\\p{XDigit}+) r-[-x]p \\S+ \\S+ \\S+ +(/.*)");
    /** Lines of proc_pid_smaps(5) that tell of pages that differ from the file's. */
    private static final Pattern OWN = Pattern.compile("(?:Anonymous|Swap): +(\\d+) kB");

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
                    release(map);
                }
            }
        } catch (IOException e) {
            LOG.debug("pages of {} stay resident", file, e);
        }
    }

    /**
     * Does the same with files that are mapped for this process alone and cannot be written to, as far as every page is still the file's own: what
     * was changed in memory, for example because it lies elsewhere than it was made for, would be lost.
     */
    public static void releaseReadOnly(Predicate<String> files) {
        try {
            Matcher map = null;
            long own = 0;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"), StandardCharsets.UTF_8)) {
                Matcher pages = OWN.matcher(line);
                if (pages.matches()) {
                    own += Long.parseLong(pages.group(1));
                } else if (line.startsWith("VmFlags:")) {
                    if (map != null && own == 0) {
                        release(map);
                    }
                } else if (!line.contains(": ")) {
                    Matcher next = READ_ONLY.matcher(line);
                    map = next.matches() && files.test(next.group(3)) ? next : null;
                    own = 0;
                }
            }
        } catch (IOException e) {
            LOG.debug("pages of files stay resident", e);
        }
    }

    private static void release(Matcher map) {
        long from = Long.parseUnsignedLong(map.group(1), 16);
        long done = Linux.releaseMapped(from, Long.parseUnsignedLong(map.group(2), 16) - from);
        if (done < 0) {
            LOG.debug("pages of {} stay resident: {}", map.group(3), Errno.text((int) -done));
        }
    }
}
