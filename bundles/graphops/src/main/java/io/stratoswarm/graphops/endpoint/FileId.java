package io.stratoswarm.graphops.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Which file it is, whatever its name is now. */
record FileId(long device, long inode) {
    /** Inode numbers are used again, so the beginning of a file is looked at as well. */
    private static final int BEGINNING = 1_024;

    /** What is at this path; empty where nothing is. */
    static Optional<FileId> at(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino");
            return Optional.of(new FileId(number(found.get("dev")), number(found.get("ino"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** A channel, and which file it is open to. */
    record Opened(FileChannel channel, FileId id) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** @throws NoSuchFileException where nothing is there and nothing is made */
    static Opened open(Path path, Set<? extends OpenOption> options) throws IOException {
        while (true) {
            Optional<FileId> before = at(path);
            if (before.isPresent() && !Files.isRegularFile(path)) {
                throw new IOException(path + " is " + (Files.isDirectory(path) ? "a directory" : "no regular file")
                        + "; name a file");
            }
            FileChannel channel = FileChannel.open(path, options);
            Optional<FileId> after = at(path);
            if (after.isPresent() && (before.isEmpty() || before.equals(after))) {
                return new Opened(channel, after.get());
            }
            // It was replaced meanwhile, so which one was opened is not known.
            channel.close();
        }
    }

    /** A checksum of so many bytes from the beginning, but of a kibibyte at most. */
    static long beginning(FileChannel channel, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BEGINNING, length));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            // One read may give less than there is.
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return crc.getValue();
    }
}
