package io.stratoswarm.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the folders that the launcher itself needs, and refuses configuration that others could have written. */
final class Folders {
    private static final int WRITABLE_BY_OTHERS = 0022;

    private Folders() {}

    /** Makes what is missing, for the daemon's user alone. */
    static void makeData(Places places) throws LaunchException {
        try {
            makePrivate(places.data());
            makePrivate(places.data().resolve("logs"));
            makePrivate(places.deploy());
        } catch (IOException e) {
            throw new LaunchException(
                    Exit.CANNOT_CREATE,
                    "cannot make the data folder " + places.data() + ": " + describe(e)
                            + "; choose another with --data DIR, or let its owner make it for this user",
                    e);
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.isWritable(folder)) {
            throw new IOException(folder + " is not writable for this user");
        }
    }

    /** Held until the process ends; keeps two daemons from sharing one data folder even before the journal is opened. */
    static FileLock lock(Places places) throws LaunchException {
        Path file = places.data().resolve("daemon.lock");
        try {
            // Not in a try-with-resources: closing any descriptor of the file would release the lock.
            FileChannel channel = new RandomAccessFile(file.toFile(), "rw").getChannel();
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                String owner = Files.readString(file, StandardCharsets.UTF_8).strip();
                throw new LaunchException(
                        Exit.IN_USE,
                        "the data folder " + places.data() + " is in use by the daemon with process id "
                                + (owner.isEmpty() ? "unknown" : owner)
                                + "; stop that one, or choose another folder with --data DIR");
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
            return lock;
        } catch (IOException e) {
            throw new LaunchException(Exit.CANNOT_CREATE, "cannot lock " + file + ": " + describe(e), e);
        }
    }

    /** Framework storage and staged bundles are rebuilt at each start, so nothing stale is ever loaded. */
    static void clearTransient(Places places) throws LaunchException {
        try {
            deleteTree(places.frameworkStorage());
            deleteTree(places.staging());
            makePrivate(places.frameworkStorage());
            makePrivate(places.staging());
            makePrivate(places.staged());
        } catch (IOException e) {
            throw new LaunchException(
                    Exit.CANNOT_CREATE, "cannot clear the working folders in " + places.data() + ": " + describe(e), e);
        }
    }

    /** Configuration decides what code runs, so it must come from root or the daemon's user and from nobody else. */
    static void checkConfig(Path config, int userId) throws LaunchException {
        if (!Files.isRegularFile(config.resolve("framework.properties"))) {
            throw new LaunchException(
                    Exit.CONFIGURATION,
                    "no framework.properties in " + config
                            + "; point --config to a copy of the distribution's felix-config");
        }
        try (var files = Files.list(config)) {
            checkOwner(config, userId);
            for (Path file : (Iterable<Path>) files::iterator) {
                checkOwner(file, userId);
            }
        } catch (IOException e) {
            throw new LaunchException(Exit.CONFIGURATION, "cannot read " + config + ": " + describe(e), e);
        }
    }

    private static void checkOwner(Path path, int userId) throws IOException, LaunchException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode");
        int owner = (Integer) Objects.requireNonNull(attributes.get("uid"));
        int mode = (Integer) Objects.requireNonNull(attributes.get("mode"));
        if (owner != 0 && owner != userId) {
            throw new LaunchException(
                    Exit.CONFIGURATION,
                    path + " belongs to uid " + owner + " and is not trusted; run: chown " + userId + " '" + path
                            + "'");
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new LaunchException(
                    Exit.CONFIGURATION,
                    path + " is writable for others than its owner and is not trusted; run: chmod go-w '" + path + "'");
        }
    }

    /** The user id that this process acts as; /proc/self belongs to it. */
    static int userId() throws LaunchException {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new LaunchException(Exit.UNAVAILABLE, "cannot read /proc/self: " + describe(e), e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The JDK's file exceptions carry only a path as message; their class names the trouble. */
    static String describe(Exception e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case java.nio.file.NoSuchFileException missing -> missing.getFile() + " does not exist";
            case java.nio.file.FileAlreadyExistsException exists -> exists.getFile() + " exists and is not a folder";
            default -> String.valueOf(e.getMessage());
        };
    }
}
