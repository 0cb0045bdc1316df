package io.stratoswarm.audit.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of {@code /proc/PID/maps}, proc_pid_maps(5).
 *
 * @param path a file, a name in brackets, or empty
 */
public record Area(long start, long end, String permissions, long fileOffset, String device, long inode, String path) {
    private static final String DELETED = " (deleted)";

    public static List<Area> parse(String maps) {
        List<Area> areas = new ArrayList<>();
        for (String line : maps.split("\n", -1)) {
            String[] words = line.split(" +", 6);
            if (words.length >= 5) {
                String[] range = words[0].split("-", 2);
                areas.add(new Area(
                        Long.parseUnsignedLong(range[0], 16),
                        Long.parseUnsignedLong(range[1], 16),
                        words[1],
                        Long.parseUnsignedLong(words[2], 16),
                        words[3],
                        Long.parseLong(words[4]),
                        words.length == 6 ? words[5] : ""));
            }
        }
        return areas;
    }

    public long length() {
        return end - start;
    }

    public boolean writable() {
        return permissions.charAt(1) == 'w';
    }

    public boolean executable() {
        return permissions.charAt(2) == 'x';
    }

    public boolean readable() {
        return permissions.charAt(0) == 'r';
    }

    /** Whether changes are seen by others that have it mapped; no copy-on-write then. */
    public boolean shared() {
        return permissions.charAt(3) == 's';
    }

    /** Code that the kernel puts into every process; its pages are not of the kinds that a scan tells. */
    boolean vdso() {
        return path.equals("[vdso]");
    }

    /** Memory of devices and of the kernel, which is not the process's and may not even bear to be read. */
    public boolean foreign() {
        boolean device = path.startsWith("/dev/") && !path.startsWith("/dev/shm/") && !path.startsWith("/dev/zero");
        return path.startsWith("[vvar") || path.equals("[vsyscall]") || device;
    }

    /** Whether pages that the process has not changed can be found in a file: not in shared memory, nor in one that was deleted. */
    public boolean hasFile() {
        return inode != 0
                && path.startsWith("/")
                && !path.endsWith(DELETED)
                && !path.startsWith("/dev/")
                && !path.startsWith("/memfd:")
                && !path.startsWith("/SYSV");
    }
}
