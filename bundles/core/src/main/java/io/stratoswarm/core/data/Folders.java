package io.stratoswarm.core.data;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders and what makes changes in them durable. */
public final class Folders {
    private Folders() {}

    /** Creates a folder, with its parents, that its owner alone may enter. */
    public static void createPrivate(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Path parent = folder.toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            if (e instanceof FileAlreadyExistsException && Files.isDirectory(folder)) {
                // Another thread has made it since it was looked for.
                return;
            }
            throw new StratoswarmException(
                    Kind.SYSTEM,
                    "cannot create the folder " + folder + ": " + e + "; check its parent's permissions",
                    e);
        }
    }

    /** Makes creations, renames and deletions in a folder durable. */
    public static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes a file's content durable. */
    public static void syncFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** The regular files below a folder that others may be changing; what disappears meanwhile may be left out. */
    public static List<Path> files(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException && !file.equals(root)) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return found;
    }

    public static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    /** Deletes what lies directly in a folder and whose name matches; nothing where the folder does not exist. */
    public static void deleteMatching(Path folder, String regex) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            List<Path> found;
            try (Stream<Path> entries = Files.list(folder)) {
                found = entries.filter(entry -> entry.getFileName().toString().matches(regex))
                        .toList();
            }
            for (Path each : found) {
                delete(each);
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot clean " + folder + ": " + e, e);
        }
    }
}
