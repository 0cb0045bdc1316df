package io.stratoswarm.core.data;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A data folder held by this process: nobody else may write to it until it is closed. */
public final class OpenDataFolder implements AutoCloseable {
    /** The format that this version writes; it reads all earlier ones. */
    static final int FORMAT = 1;

    private static final String FORMAT_TEXT = "stratoswarm data format ";

    private final DataFolder folder;
    private final FileChannel channel;
    private final FileLock lock;

    private OpenDataFolder(DataFolder folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Creates the folder where it is missing and takes its lock.
     *
     * @throws StratoswarmException kind CONFLICT where another process holds it or a newer version wrote it
     */
    public static OpenDataFolder open(Path root) {
        Folders.createPrivate(root);
        DataFolder folder = new DataFolder(root);
        OpenDataFolder opened = lock(folder);
        try {
            opened.checkFormat();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The process that holds the folder, as text, or null where nobody does. */
    public static @Nullable String holder(Path root) {
        DataFolder folder = new DataFolder(root);
        if (heldHere(folder)) {
            return ownPid();
        }
        if (!Files.exists(lockFile(folder))) {
            return null;
        }
        try (FileChannel channel =
                        FileChannel.open(lockFile(folder), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null ? pid(folder) : null;
        } catch (OverlappingFileLockException e) {
            return pid(folder);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read " + lockFile(folder) + ": " + e, e);
        }
    }

    /**
     * A system property that is set while this JVM holds the folder. A process loses its locks on a file as soon as it closes any
     * descriptor of it, so within the holder's own JVM the file must not even be looked at; bundles have class loaders of their
     * own, so a static field would not do.
     */
    private static String marker(DataFolder folder) {
        return "stratoswarm.holds." + folder.root().toAbsolutePath().normalize();
    }

    private static boolean heldHere(DataFolder folder) {
        return System.getProperty(marker(folder)) != null;
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static StratoswarmException inUse(DataFolder folder, String pid) {
        return new StratoswarmException(
                Kind.CONFLICT,
                "the data folder " + folder.root() + " is in use by process " + pid
                        + "; stop that daemon, or choose another folder with --data");
    }

    private static Path lockFile(DataFolder folder) {
        return folder.root().resolve("lock");
    }

    private static OpenDataFolder lock(DataFolder folder) {
        if (heldHere(folder)) {
            throw inUse(folder, ownPid());
        }
        Path file = lockFile(folder);
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw inUse(folder, pid(folder));
            }
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
            System.setProperty(marker(folder), "true");
            return new OpenDataFolder(folder, channel, lock);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot lock " + file + ": " + e + "; check the folder's owner and permissions", e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String pid(DataFolder folder) {
        try {
            String text = Files.readString(lockFile(folder)).strip();
            return text.isEmpty() ? "(unknown)" : text;
        } catch (IOException e) {
            return "(unknown)";
        }
    }

    private void checkFormat() {
        Path file = folder.root().resolve("FORMAT");
        try {
            if (!Files.exists(file)) {
                if (Files.exists(folder.journal())) {
                    throw new StratoswarmException(
                            Kind.DAMAGED,
                            file + " is missing although there is a journal; put back the file with the line '"
                                    + FORMAT_TEXT + FORMAT + "' if this folder was written by this version");
                }
                writeFormat(file);
                return;
            }
            String text = Files.readString(file).strip();
            String number = text.startsWith(FORMAT_TEXT) ? text.substring(FORMAT_TEXT.length()) : "";
            if (!number.matches("[0-9]{1,6}")) {
                throw new StratoswarmException(
                        Kind.DAMAGED, file + " should say '" + FORMAT_TEXT + FORMAT + "', and says '" + text + "'");
            }
            if (Integer.parseInt(number) > FORMAT) {
                throw new StratoswarmException(
                        Kind.CONFLICT,
                        "the data folder " + folder.root() + " has format " + number + ", this version knows up to "
                                + FORMAT + "; start the newer Stratoswarm that wrote it");
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read or write " + file + ": " + e, e);
        }
    }

    private void writeFormat(Path file) throws IOException {
        Path aside = file.resolveSibling("FORMAT.new");
        try (FileChannel out = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer text = StandardCharsets.US_ASCII.encode(FORMAT_TEXT + FORMAT + "\n");
            while (text.hasRemaining()) {
                out.write(text);
            }
            out.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(folder.root());
    }

    public DataFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        try (channel) {
            System.clearProperty(marker(folder));
            lock.release();
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot release " + lockFile(folder) + ": " + e, e);
        }
    }
}
