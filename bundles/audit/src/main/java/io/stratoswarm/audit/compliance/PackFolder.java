package io.stratoswarm.audit.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One folder of packs. Files that others than the daemon's user and root may write to are not read. */
final class PackFolder {
    private static final String ENDING = ".yaml";
    private static final int MAX_BYTES = 1 << 20;
    private static final int WRITABLE_BY_OTHERS = 0022;

    /**
     * What has come of a file.
     *
     * @param bytes empty where it is gone or may not be read
     * @param problem why it may not be read; empty where it may
     */
    record Change(Path file, Optional<byte[]> bytes, String problem) {}

    private record Seen(long modifiedMillis, long size, Object key) {}

    private final Path folder;
    private final int user;
    private final Map<Path, Seen> seen = new HashMap<>();

    /** @param user uid of the daemon */
    PackFolder(Path folder, int user) {
        this.folder = folder;
        this.user = user;
    }

    /** What has changed since the last call, by the name of the file. */
    List<Change> changes() throws IOException {
        Map<Path, Change> changes = new TreeMap<>();
        Map<Path, Seen> now = new HashMap<>();
        for (Path file : files()) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                Object key = attributes.fileKey() == null ? file : attributes.fileKey();
                Seen found = new Seen(attributes.lastModifiedTime().toMillis(), attributes.size(), key);
                now.put(file, found);
                if (!found.equals(seen.get(file))) {
                    changes.put(file, read(file, attributes));
                }
            } catch (NoSuchFileException e) {
                now.remove(file); // It went meanwhile, and is gone for the next step as well.
            }
        }
        for (Path file : seen.keySet()) {
            if (!now.containsKey(file)) {
                changes.put(file, new Change(file, Optional.empty(), ""));
            }
        }
        seen.clear();
        seen.putAll(now);
        return List.copyOf(changes.values());
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(ENDING) && !name.startsWith(".");
                    })
                    .sorted()
                    .toList();
        }
    }

    private Change read(Path file, BasicFileAttributes attributes) throws IOException {
        Optional<String> problem = problem(file, attributes);
        if (problem.isEmpty()) {
            problem = problem(folder, Files.readAttributes(folder, BasicFileAttributes.class));
        }
        return problem.isPresent()
                ? new Change(file, Optional.empty(), problem.get())
                : new Change(file, Optional.of(Files.readAllBytes(file)), "");
    }

    private Optional<String> problem(Path path, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            return Optional.of(path + " is a symbolic link; put the file itself there");
        }
        if (!path.equals(folder) && (!attributes.isRegularFile() || attributes.size() > MAX_BYTES)) {
            return Optional.of(path + " is no regular file of at most " + MAX_BYTES + " bytes");
        }
        int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if (owner != 0 && owner != user) {
            return Optional.of(path + " belongs to uid " + owner
                    + ", which is neither root nor the daemon's user; run: chown " + user + " '" + path + "'");
        }
        return (mode & WRITABLE_BY_OTHERS) == 0
                ? Optional.empty()
                : Optional.of(path + " can be written to by others than its owner; run: chmod go-w '" + path + "'");
    }

    static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ENDING.length());
    }
}
