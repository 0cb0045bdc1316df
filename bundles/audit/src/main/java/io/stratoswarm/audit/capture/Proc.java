package io.stratoswarm.audit.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads below {@code /proc} and {@code /sys}. What is not there, or may not be read, is empty: processes end at any moment. */
final class Proc {
    /** More than any file of these has; what is longer is cut off. */
    private static final int MOST = 16 << 20;

    private final Path root;

    Proc(Path root) {
        this.root = root;
    }

    static Proc host() {
        return new Proc(Path.of("/proc"));
    }

    Path path(String name) {
        return root.resolve(name);
    }

    Optional<byte[]> bytes(String name) {
        return read(root.resolve(name));
    }

    static Optional<byte[]> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(in.readNBytes(MOST));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Bytes that are not UTF-8 are shown as question marks. */
    String text(String name) {
        return bytes(name).map(it -> new String(it, StandardCharsets.UTF_8)).orElse("");
    }

    List<String> lines(String name) {
        return text(name).lines().toList();
    }

    String link(String name) {
        try {
            return Files.readSymbolicLink(root.resolve(name)).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Names that are numbers, ascending: processes, threads, descriptors. */
    List<Integer> numbers(String folder) {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    found.add(Integer.parseInt(name));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return List.of();
        }
        Collections.sort(found);
        return found;
    }

    /** Of {@code /proc/PID/stat}, from the third field on: the name before it may hold anything. */
    String[] stat(String of) {
        String text = text(of + "/stat");
        int end = text.lastIndexOf(')');
        return end < 0 ? new String[0] : text.substring(end + 1).strip().split(" ");
    }

    /** The state letter of a process or thread; a question mark where it is gone. */
    char state(String of) {
        String[] stat = stat(of);
        return stat.length == 0 ? '?' : stat[0].charAt(0);
    }

    /** The value of a line of {@code status}. */
    String status(String of, String key) {
        return lines(of + "/status").stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
