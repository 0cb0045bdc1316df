package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How full the file systems on disks are. Asking one whose disk is dead may hang for ever, so it is done on a thread of its own, and not
 * again while that hangs. Network file systems, of which this is usual, are not asked at all.
 */
final class FileSystems {
    /** Those that keep data on a block device of this host, and the overlay that is the root of a container. */
    private static final Set<String> LOCAL = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "zfs",
            "f2fs",
            "jfs",
            "reiserfs",
            "nilfs2",
            "bcachefs",
            "vfat",
            "exfat",
            "ntfs3",
            "overlay");

    private static final int MOST = 128;

    /** One mounted file system. */
    private record Mount(String point, Series size, Series avail, Series files, Series filesFree) {}

    private record Answer(Mount mount, double size, double avail, double files, double filesFree) {}

    private final Path mountInfo;
    private final Map<String, Mount> known = new java.util.HashMap<>();
    private volatile List<Answer> answers = List.of();
    private volatile String asking = "";
    private @Nullable Thread asker;
    private int waited;

    FileSystems(Path mountInfo) {
        this.mountInfo = mountInfo;
    }

    /** Hands over what the last question gave, once. */
    void collect(Batch batch) {
        if (answers.isEmpty()) {
            return;
        }
        for (Answer answer : answers) {
            batch.add(answer.mount().size(), answer.size());
            batch.add(answer.mount().avail(), answer.avail());
            batch.add(answer.mount().files(), answer.files());
            batch.add(answer.mount().filesFree(), answer.filesFree());
        }
        answers = List.of();
    }

    /** Asks, unless the last question still waits for its answer. */
    void ask() {
        Thread before = asker;
        if (before != null && before.isAlive()) {
            waited++;
            return;
        }
        waited = 0;
        List<Mount> mounts = mounts();
        asker = Thread.ofPlatform().name("filesystem-sampler").daemon().start(() -> answer(mounts));
    }

    /** Why they are not told; null where they are. */
    @Nullable
    String hanging() {
        return waited < 2 ? null : "asking the file system at " + asking + " for its space hangs; its disk may be dead";
    }

    private void answer(List<Mount> mounts) {
        List<Answer> found = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(256, 8);
            for (Mount mount : mounts) {
                asking = mount.point();
                long result = Linux.statfs(arena.allocateFrom(mount.point()), buffer);
                while (result == -Errno.EINTR) {
                    result = Linux.statfs(arena.allocateFrom(mount.point()), buffer);
                }
                if (result == 0) {
                    found.add(answer(mount, buffer));
                }
            }
        }
        answers = found;
    }

    /** From a struct statfs, which is the same on both architectures: type, block size, blocks, free, available, files, free files. */
    private static Answer answer(Mount mount, MemorySegment buffer) {
        long fragment = buffer.get(ValueLayout.JAVA_LONG, 72);
        double block = fragment > 0 ? fragment : buffer.get(ValueLayout.JAVA_LONG, 8);
        return new Answer(
                mount,
                buffer.get(ValueLayout.JAVA_LONG, 16) * block,
                buffer.get(ValueLayout.JAVA_LONG, 32) * block,
                buffer.get(ValueLayout.JAVA_LONG, 40),
                buffer.get(ValueLayout.JAVA_LONG, 48));
    }

    /** One mount of each local file system: the first, since others show the same again. */
    private List<Mount> mounts() {
        List<Mount> all = new ArrayList<>();
        Set<String> devices = new HashSet<>();
        try {
            for (String line : Files.readAllLines(mountInfo, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                int dash = line.indexOf(" - ");
                String[] left = line.substring(0, Math.max(0, dash)).split(" ");
                String type = line.substring(dash + 3).split(" ")[0];
                if (dash > 0 && left.length > 4 && LOCAL.contains(type) && devices.add(left[2]) && all.size() < MOST) {
                    all.add(known.computeIfAbsent(unescape(left[4]), FileSystems::mount));
                }
            }
        } catch (IOException unreadable) {
            return List.of();
        }
        known.values().retainAll(all);
        return all;
    }

    private static Mount mount(String point) {
        Map<String, String> labels = Map.of("mountpoint", point);
        return new Mount(
                point,
                Series.of(Series.HOST, Names.FS_SIZE, labels),
                Series.of(Series.HOST, Names.FS_AVAIL, labels),
                Series.of(Series.HOST, Names.FS_FILES, labels),
                Series.of(Series.HOST, Names.FS_FILES_FREE, labels));
    }

    private static String unescape(String field) {
        byte[] latin = field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\134", "\\")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return new String(latin, java.nio.charset.StandardCharsets.UTF_8);
    }
}
