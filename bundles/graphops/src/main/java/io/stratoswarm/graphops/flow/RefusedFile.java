package io.stratoswarm.graphops.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that a flow refused, one JSON object in a line. Bounded: when the file is full it becomes {@code .1}, and what was
 * {@code .1} is gone. Records are counted elsewhere, so one that cannot be written is not forgotten.
 */
final class RefusedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedFile.class);
    /** Most bytes of a record that are kept. */
    static final int MOST_OF_RECORD = 16 << 10;

    private final Path file;
    private final long mostBytes;
    private final InstantSource clock;
    private @Nullable FileChannel channel;
    private long number;
    private long length;
    private long unwritten;
    private @Nullable String failure;

    RefusedFile(Path file, long mostBytes, InstantSource clock) {
        this.file = file;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /**
     * Goes on where the state of the flow says that it was, and cuts off what was written after that, for those records will be
     * refused again.
     */
    void resume(long number, long length) {
        this.number = number;
        this.length = length;
        try {
            if (Files.exists(file)) {
                FileChannel open = open();
                if (open.size() > length) {
                    open.truncate(length);
                }
                this.length = open.size();
            } else {
                this.length = 0;
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    long number() {
        return number;
    }

    long length() {
        return length;
    }

    /** Why the last one could not be written, if so. */
    @Nullable
    String failure() {
        return failure;
    }

    long unwritten() {
        return unwritten;
    }

    /** Adds a record, of which only the beginning may be given. */
    void add(String reason, byte[] record, int start, int given, long recordBytes) {
        int kept = Math.min(given, MOST_OF_RECORD);
        StringBuilder line = new StringBuilder(128 + kept);
        line.append("{\"time\":\"").append(clock.instant()).append("\",\"reason\":");
        Json.text(line, reason);
        line.append(",\"bytes\":").append(recordBytes);
        String text = kept == given ? text(record, start, kept) : null;
        if (text != null) {
            line.append(",\"record\":");
            Json.text(line, text);
        } else {
            byte[] part = java.util.Arrays.copyOfRange(record, start, start + kept);
            line.append(kept < recordBytes ? ",\"beginning64\":\"" : ",\"record64\":\"")
                    .append(Base64.getEncoder().encodeToString(part))
                    .append('"');
        }
        write(line.append("}\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] line) {
        try {
            if (length > 0 && length + line.length > mostBytes) {
                rotate();
            }
            FileChannel open = open();
            ByteBuffer bytes = ByteBuffer.wrap(line);
            long at = length;
            while (bytes.hasRemaining()) {
                at += open.write(bytes, at);
            }
            length = at;
            failure = null;
        } catch (IOException e) {
            unwritten++;
            failed(e);
        }
    }

    private void rotate() throws IOException {
        close();
        Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        number++;
        length = 0;
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
            open = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel = open;
        }
        return open;
    }

    private void failed(IOException e) {
        if (failure == null) {
            LOG.error("refused records cannot be written to {}, they are counted only: {}", file, e.toString());
        }
        failure = "refused records cannot be written to " + file + ": " + e.getMessage();
    }

    private static @Nullable String text(byte[] record, int start, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(record, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                failed(e);
            }
            channel = null;
        }
    }
}
