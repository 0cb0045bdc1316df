package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The log files of one stream of one agent: {@code out.000001.log} and so on, with rising numbers, and beside each an index
 * {@code out.000001.idx} of records (offset, milliseconds since 1970), both 64 bits little-endian, one for each chunk that
 * arrived in a millisecond of its own. The files hold the agent's bytes as they came; taken in the order of their numbers they are one stream.
 */
final class StreamLog {
    /** How far a file may outgrow its limit while it waits for the end of a line. */
    private static final long SLACK = 64 << 10;

    private static final ValueLayout.OfLong LITTLE = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path folder;
    private final String stream;
    private final long maxBytes;
    private final int maxFiles;
    private int number;
    private int file = -1;
    private int index = -1;
    private long size;
    private long indexedMillis = Long.MIN_VALUE;

    StreamLog(Path folder, String stream, long maxBytes, int maxFiles) throws IOException {
        this.folder = folder;
        this.stream = stream;
        this.maxBytes = Math.max(4096, maxBytes);
        this.maxFiles = Math.max(1, maxFiles);
        Files.createDirectories(folder);
        number = LogFiles.numbers(folder, stream).stream().max(Integer::compare).orElse(1);
        open();
    }

    private void open() {
        file = Linux.open(LogFiles.log(folder, stream, number), Linux.O_RDWR | Linux.O_CREAT, 0640);
        index = Linux.open(
                LogFiles.index(folder, stream, number), Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND, 0640);
        size = Linux.seekEnd(file);
        indexedMillis = Long.MIN_VALUE;
    }

    /** Moves what waits in a pipe to the end of the log, at most so many bytes; bytes moved, or the negated errno. */
    long splice(int pipe, long most, long nowMillis) {
        rotate();
        mark(nowMillis);
        long moved = Linux.spliceToFile(pipe, file, size, Math.min(most, maxBytes + SLACK - size));
        if (moved > 0) {
            size += moved;
        }
        return moved;
    }

    /** Writes bytes of our own, such as a note of what was dropped; false where the disk takes none. */
    boolean append(byte[] bytes, long nowMillis) {
        rotate();
        mark(nowMillis);
        Linux.seekEnd(file);
        try (Arena arena = Arena.ofConfined()) {
            long written = Linux.write(file, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
            if (written == bytes.length) {
                size += written;
            } else if (written > 0) {
                Linux.truncate(file, size);
            }
            return written == bytes.length;
        }
    }

    boolean endsLine() {
        return size == 0 || Linux.byteAt(file, size - 1) == '\n';
    }

    /** Before the bytes it is for, so that a crash in between leaves a record too many rather than bytes without a time. */
    private void mark(long nowMillis) {
        if (nowMillis == indexedMillis) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(16, 8);
            record.set(LITTLE, 0, size);
            record.set(LITTLE, 8, nowMillis);
            // Where the disk is full the bytes keep the time of the record before.
            if (Linux.write(index, record) == 16) {
                indexedMillis = nowMillis;
            }
        }
    }

    private void rotate() {
        if (size < maxBytes || size < maxBytes + SLACK && !endsLine()) {
            return;
        }
        close();
        number++;
        open();
        for (int old : LogFiles.numbers(folder, stream)) {
            if (old <= number - maxFiles) {
                LogFiles.delete(folder, stream, old);
            }
        }
    }

    void close() {
        Linux.close(file);
        Linux.close(index);
    }
}
