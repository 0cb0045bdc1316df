package io.stratoswarm.core.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Small files of a runtime folder. */
final class Scripts {
    private Scripts() {}

    /**
     * Writes a script under a name made of its hash, so that an unchanged one is not written again; older ones go. Returns the
     * name.
     */
    static String write(Path folder, String kind, String text) throws IOException {
        String name = kind + "." + hash(text);
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            return name;
        }
        try (var old = Files.newDirectoryStream(folder, kind + ".*")) {
            for (Path entry : old) {
                Files.deleteIfExists(entry);
            }
        }
        Path fresh = folder.resolve("." + name);
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return name;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static void writePaths(Path file, List<Path> paths) throws IOException {
        Files.write(file, paths.stream().map(Path::toString).toList());
    }

    static List<Path> readPaths(Path file) throws IOException {
        try {
            return Files.readAllLines(file).stream().map(Path::of).toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** Whether all in the folder has names that begin so; true where it is empty. */
    static boolean hasOnly(Path folder, String prefix) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(prefix)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The folder itself stays where something in it does. */
    static void deleteAllBut(Path folder, String prefix) {
        boolean empty = true;
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith(prefix)) {
                    empty = false;
                } else {
                    deleteTree(entry);
                }
            }
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete what is in " + folder, e);
        }
        if (empty) {
            deleteTree(folder);
        }
    }

    static void deleteTree(Path root) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @org.jspecify.annotations.Nullable IOException e)
                        throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }
}
