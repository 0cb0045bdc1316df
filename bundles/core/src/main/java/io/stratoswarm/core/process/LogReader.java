package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.LogLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Reads the log of one stream of one agent, from any place on, through rotations. Not safe for threads. */
final class LogReader {
    /** A longer line is given in pieces. */
    private static final int LONGEST_LINE = 1 << 20;

    private static final int BLOCK = 256 << 10;
    /** No more than this is held for one call. */
    private static final long MOST_BYTES = 64 << 20;

    private final Path folder;
    private final String agent;
    private final String stream;
    private int number;
    private long offset;
    private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
    private long lineMillis;

    LogReader(Path folder, String agent, String stream) {
        this.folder = folder;
        this.agent = agent;
        this.stream = stream;
    }

    /** Goes to where at most so many lines are left to the end, or to the start of what is kept. */
    void seekBack(int lines) {
        List<Integer> numbers = LogFiles.numbers(folder, stream);
        if (numbers.isEmpty()) {
            number = 1;
            offset = 0;
            return;
        }
        long found = 0;
        long scanned = 0;
        boolean last = true;
        for (int i = numbers.size() - 1; i >= 0; i--) {
            try (FileChannel file =
                    FileChannel.open(LogFiles.log(folder, stream, numbers.get(i)), StandardOpenOption.READ)) {
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                for (long end = file.size(); end > 0; ) {
                    long start = Math.max(0, end - BLOCK);
                    block.clear().limit((int) (end - start));
                    int read = readFully(file, block, start);
                    for (int at = read - 1; at >= 0; at--) {
                        // The line end at the very end closes the last line; it does not begin another.
                        if (block.get(at) == '\n' && !(last && start + at == file.size() - 1) && ++found >= lines) {
                            number = numbers.get(i);
                            offset = start + at + 1;
                            return;
                        }
                    }
                    scanned += read;
                    end = start;
                    if (scanned > MOST_BYTES || lines <= 0) {
                        number = numbers.get(i);
                        offset = lines <= 0 ? file.size() : start;
                        return;
                    }
                }
                last &= file.size() == 0;
            } catch (NoSuchFileException rotatedAway) {
                break;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the logs in " + folder, e);
            }
        }
        number = numbers.get(0);
        offset = 0;
    }

    private static int readFully(FileChannel file, ByteBuffer block, long at) throws IOException {
        int read = 0;
        while (block.hasRemaining()) {
            int now = file.read(block, at + read);
            if (now < 0) {
                break;
            }
            read += now;
        }
        return read;
    }

    /** Adds all whole lines that are there by now, at most about so many bytes of them. */
    void read(List<LogLine> into) {
        long total = 0;
        while (total < MOST_BYTES) {
            long read = readFile(into);
            total += read;
            if (read == 0 && !next()) {
                return;
            }
        }
    }

    /** Adds what is left of a line that has no end yet. */
    void readPartial(List<LogLine> into) {
        if (line.size() > 0) {
            finish(into);
        }
    }

    /** Goes to the next file where this one is at its end for good. */
    private boolean next() {
        for (int candidate : LogFiles.numbers(folder, stream)) {
            if (candidate > number) {
                // Something may have been written between our last look and the rotation.
                if (readableBytes() <= 0) {
                    number = candidate;
                    offset = 0;
                }
                return true;
            }
        }
        return false;
    }

    private long readableBytes() {
        try (FileChannel file = FileChannel.open(LogFiles.log(folder, stream, number), StandardOpenOption.READ)) {
            return file.size() - offset;
        } catch (IOException gone) {
            return 0;
        }
    }

    private long readFile(List<LogLine> into) {
        try (FileChannel file = FileChannel.open(LogFiles.log(folder, stream, number), StandardOpenOption.READ)) {
            long available = file.size() - offset;
            if (available <= 0) {
                return 0;
            }
            LogFiles.Times times = LogFiles.Times.read(LogFiles.index(folder, stream, number));
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(available, BLOCK));
            int read = readFully(file, block, offset);
            for (int i = 0; i < read; i++) {
                if (line.size() == 0) {
                    lineMillis = times.at(offset + i);
                }
                byte b = block.get(i);
                if (b == '\n') {
                    finish(into);
                } else {
                    line.write(b);
                    if (line.size() >= LONGEST_LINE) {
                        finish(into);
                    }
                }
            }
            offset += read;
            return read;
        } catch (NoSuchFileException rotatedAway) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the logs in " + folder, e);
        }
    }

    private void finish(List<LogLine> into) {
        into.add(new LogLine(agent, lineMillis, stream, line.toString(StandardCharsets.UTF_8)));
        line.reset();
    }
}
