package io.stratoswarm.core.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Names of log files, and the times that their indexes hold. */
final class LogFiles {
    private LogFiles() {}

    static Path log(Path folder, String stream, int number) {
        return folder.resolve(String.format("%s.%06d.log", stream, number));
    }

    static Path index(Path folder, String stream, int number) {
        return folder.resolve(String.format("%s.%06d.idx", stream, number));
    }

    /** Numbers of the files that are there, rising. */
    static List<Integer> numbers(Path folder, String stream) {
        List<Integer> numbers = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder, stream + ".*.log")) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                numbers.add(Integer.parseInt(name.substring(stream.length() + 1, name.length() - 4)));
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the logs in " + folder, e);
        }
        numbers.sort(null);
        return numbers;
    }

    static void delete(Path folder, String stream, int number) {
        try {
            Files.deleteIfExists(log(folder, stream, number));
            Files.deleteIfExists(index(folder, stream, number));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete an old log in " + folder, e);
        }
    }

    /** Offsets and times of one file's chunks, in order. */
    record Times(long[] offsets, long[] millis) {
        static Times read(Path file) {
            ByteBuffer bytes;
            try {
                bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            } catch (IOException none) {
                bytes = ByteBuffer.allocate(0);
            }
            int count = bytes.remaining() / 16;
            long[] offsets = new long[count];
            long[] millis = new long[count];
            for (int i = 0; i < count; i++) {
                offsets[i] = bytes.getLong();
                millis[i] = bytes.getLong();
            }
            return new Times(offsets, millis);
        }

        /** When the byte at this offset arrived; 0 where that is not known. */
        long at(long offset) {
            int low = 0;
            int high = offsets.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (offsets[middle] <= offset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low == 0 ? 0 : millis[low - 1];
        }
    }
}
