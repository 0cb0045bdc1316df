package io.stratoswarm.audit.verify;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the files of a log lie, C2SP tlog-tiles. */
final class Layout {
    static final int WIDTH = 256;

    private final Path folder;

    Layout(Path folder) {
        this.folder = folder;
    }

    /** @param what {@code entries} or a level */
    static String name(String what, long index) {
        StringBuilder digits = new StringBuilder(Long.toString(index));
        while (digits.length() % 3 != 0) {
            digits.insert(0, '0');
        }
        StringBuilder out = new StringBuilder("tile/").append(what);
        for (int i = 0; i < digits.length(); i += 3) {
            out.append(i + 3 < digits.length() ? "/x" : "/").append(digits, i, i + 3);
        }
        return out.toString();
    }

    /** The file of so many hashes or entries; the full one serves where a partial one is not there. */
    private Path file(String name, int width) {
        Path full = folder.resolve(name);
        Path partial = folder.resolve(name + ".p").resolve(String.valueOf(width));
        return width < WIDTH && Files.exists(partial) ? partial : full;
    }

    /** The name of the file that {@link #read} takes. */
    String used(String name, int width) {
        return width < WIDTH && Files.exists(folder.resolve(name + ".p").resolve(String.valueOf(width)))
                ? name + ".p/" + width
                : name;
    }

    /** All of a file; null where there is none. */
    byte @Nullable [] read(String name, int width) throws IOException {
        Path file = file(name, width);
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    /** As {@link #read}, into this buffer where it is large enough. */
    int read(String name, int width, Buffer buffer) throws IOException {
        Path file = file(name, width);
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            int length = 0;
            while (true) {
                int got = in.read(buffer.bytes, length, buffer.bytes.length - length);
                if (got < 0) {
                    return length;
                }
                length += got;
                if (length == buffer.bytes.length) {
                    buffer.bytes = java.util.Arrays.copyOf(buffer.bytes, 2 * length);
                }
            }
        } catch (java.io.FileNotFoundException e) {
            return -1;
        }
    }

    /** A buffer that is used again. */
    static final class Buffer {
        byte[] bytes = new byte[1 << 20];
    }

    /** The widths of partial files beside a full one or of earlier checkpoints; empty where there are none. */
    List<Integer> partials(String name) throws IOException {
        Path partial = folder.resolve(name + ".p");
        List<Integer> widths = new ArrayList<>();
        if (Files.isDirectory(partial)) {
            try (Stream<Path> files = Files.list(partial)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    String width = String.valueOf(file.getFileName());
                    if (width.matches("[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]")) {
                        widths.add(Integer.parseInt(width));
                    }
                }
            }
        }
        return widths;
    }

    byte[] partial(String name, int width) throws IOException {
        return Files.readAllBytes(folder.resolve(name + ".p").resolve(String.valueOf(width)));
    }
}
