package io.stratoswarm.core.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Reads what is added to the log of one stream, through rotations, whole lines at a time. Holds no file open between reads. Not safe
 * for threads.
 */
public final class LogTail {
    private final Path folder;
    private final String stream;
    private int number = -1;
    private long offset;

    /** @param stream {@code out} or {@code err} */
    public LogTail(Path folder, String stream) {
        this.folder = folder;
        this.stream = stream;
    }

    /** Goes to where at most so many bytes are left of the newest file. */
    public void startBefore(long bytes) throws IOException {
        List<Integer> numbers = LogFiles.numbers(folder, stream);
        number = numbers.isEmpty() ? 1 : numbers.getLast();
        offset = 0;
        try (FileChannel file = open()) {
            offset = Math.max(0, file.size() - bytes);
        } catch (NoSuchFileException none) {
            offset = 0;
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(LogFiles.log(folder, stream, number), StandardOpenOption.READ);
    }

    /**
     * Fills the buffer with whole lines from where the last read ended; a line that is longer than the buffer comes in pieces. The buffer is
     * flipped; it is empty where nothing was added.
     */
    public void read(ByteBuffer buffer) throws IOException {
        buffer.clear();
        for (int files = 0; files < 16; files++) {
            boolean last = next() == number;
            try (FileChannel file = open()) {
                while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) > 0) {
                    // Until the buffer is full or the file is at its end.
                }
            } catch (NoSuchFileException rotatedAway) {
                buffer.clear();
            }
            int end = buffer.position();
            int whole = end;
            while (whole > 0 && buffer.get(whole - 1) != '\n') {
                whole--;
            }
            if (whole == 0 && (!buffer.hasRemaining() || !last)) {
                // Nothing ends this piece but the buffer, or the file.
                whole = end;
            }
            if (whole > 0 || last) {
                offset += whole;
                buffer.position(whole).flip();
                return;
            }
            number = next();
            offset = 0;
            buffer.clear();
        }
        buffer.flip();
    }

    /** Number of the file that follows this one, or this one's where it is the newest. */
    private int next() {
        if (java.nio.file.Files.exists(LogFiles.log(folder, stream, number + 1))) {
            return number + 1;
        }
        if (java.nio.file.Files.exists(LogFiles.log(folder, stream, number))) {
            return number;
        }
        // It was rotated away while we did not look.
        return LogFiles.numbers(folder, stream).stream()
                .filter(n -> n > number)
                .findFirst()
                .orElse(number);
    }

    /** Goes to the end of the newest file; bytes that were passed over, as far as they are still there. */
    public long skip() throws IOException {
        long passed = -offset;
        for (int n : LogFiles.numbers(folder, stream)) {
            if (n >= number) {
                number = n;
                try (FileChannel file = open()) {
                    offset = file.size();
                    passed += offset;
                } catch (NoSuchFileException rotatedAway) {
                    offset = 0;
                }
            }
        }
        return Math.max(0, passed);
    }
}
