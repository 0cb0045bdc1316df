package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of captures. One who changes it at a time: callers hold the lock that they share. */
public final class CaptureFolder {
    private static final Pattern CAPTURE = Pattern.compile("([1-9][0-9]{0,17})\\.capture");
    private static final Pattern PACK = Pattern.compile("([1-9][0-9]{0,17})\\.pack");

    private final Path root;
    private final Path packs;
    private final Sealing sealing;
    private final ExecutorService workers;

    private CaptureFolder(Path root, Sealing sealing, ExecutorService workers) {
        this.root = root;
        this.packs = root.resolve("packs");
        this.sealing = sealing;
        this.workers = workers;
    }

    /**
     * Opens the folder, makes it where it is not there, and removes what a killed writer left behind.
     *
     * @param keyFile makes the key known, once it is known whether there are captures that need an old one
     */
    public static CaptureFolder open(Path root, KeySource keyFile, ExecutorService workers) {
        try {
            Durable.privateFolder(root);
            Path packs = Durable.privateFolder(root.resolve("packs"));
            boolean empty = numbers(root, CAPTURE).isEmpty();
            CaptureFolder folder = new CaptureFolder(root, keyFile.open(empty), workers);
            boolean left = folder.removeAside(root) | folder.removeAside(packs);
            if (left || Files.exists(folder.writing())) {
                folder.sweep();
                Files.deleteIfExists(folder.writing());
            }
            return folder;
        } catch (IOException e) {
            throw failure("the folder of captures " + root + " cannot be opened", e);
        }
    }

    /** Where the key comes from. */
    @FunctionalInterface
    public interface KeySource {
        Sealing open(boolean mayBeNew);
    }

    static StratoswarmException failure(String what, IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new StratoswarmException(
                full ? Kind.FULL : Kind.SYSTEM, what + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
    }

    /** Where a folder may be for as long as something is made in it. */
    public Path making() {
        return root.resolve("making");
    }

    /** Is there while packs are written whose manifest is not there yet. */
    private Path writing() {
        return root.resolve("writing");
    }

    private boolean removeAside(Path folder) throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.list(folder)) {
            left = files.filter(it -> it.toString().endsWith(Durable.ASIDE)).toList();
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
        return !left.isEmpty();
    }

    private static List<Long> numbers(Path folder, Pattern names) throws IOException {
        List<Long> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> {
                Matcher matcher = names.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    found.add(Long.parseLong(matcher.group(1)));
                }
            });
        }
        Collections.sort(found);
        return found;
    }

    /** Numbers of the captures that are there, ascending. */
    public List<Long> captures() {
        try {
            return numbers(root, CAPTURE);
        } catch (IOException e) {
            throw failure("captures cannot be listed", e);
        }
    }

    private Path capture(long number) {
        return root.resolve(number + ".capture");
    }

    public Manifest manifest(long number) {
        try {
            return Manifest.decode(number, Files.readAllBytes(capture(number)), sealing);
        } catch (NoSuchFileException e) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "there is no capture " + number + "; 'stratoswarm captures' lists them", e);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "the capture " + number + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A number that no capture has had. It is used up once this returns. */
    public long nextNumber() {
        Path file = root.resolve("last");
        try {
            long last =
                    Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
            List<Long> there = captures();
            long next = Math.max(last, there.isEmpty() ? 0 : there.getLast()) + 1;
            Durable.write(file, String.valueOf(next).getBytes(StandardCharsets.US_ASCII));
            return next;
        } catch (IOException e) {
            throw failure("a number for the capture cannot be kept in " + file, e);
        } catch (NumberFormatException e) {
            throw new StratoswarmException(
                    Kind.DAMAGED, file + " holds no number; write the last capture's number to it", e);
        }
    }

    /** Reads objects; a view of what is there now. */
    public Objects objects() {
        try {
            Objects objects = new Objects();
            try {
                for (long id : numbers(packs, PACK)) {
                    try {
                        objects.add(Pack.open(pack(id), id, sealing));
                    } catch (IOException e) {
                        // What is in a damaged pack is missed by those who look for it; everything else can still be
                        // read.
                        objects.damaged(pack(id).getFileName() + ": " + e.getMessage());
                    }
                }
                return objects;
            } catch (IOException | RuntimeException e) {
                objects.close();
                throw e;
            }
        } catch (IOException e) {
            throw failure("packs of captures cannot be listed", e);
        }
    }

    private Path pack(long id) {
        return packs.resolve(id + ".pack");
    }

    PackWriter newPack() throws IOException {
        List<Long> ids = numbers(packs, PACK);
        long id = (ids.isEmpty() ? 0 : ids.getLast()) + 1;
        return new PackWriter(pack(id), id, sealing, workers);
    }

    /** Begins a capture. */
    public CaptureWriter begin(long number) {
        try {
            Durable.write(writing(), new byte[0]);
            return new CaptureWriter(this, number);
        } catch (IOException e) {
            throw failure("the capture " + number + " cannot be begun", e);
        }
    }

    void publish(Manifest manifest) throws IOException {
        Durable.write(capture(manifest.number()), manifest.encode(sealing));
        Files.deleteIfExists(writing());
    }

    /** Bytes that the folder's files have. */
    public long bytes() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw failure("the size of the captures cannot be told", e);
        }
    }

    /** Bytes of one capture's manifest. */
    public long manifestBytes(long number) {
        return capture(number).toFile().length();
    }

    /** Removes a capture; what only it needed goes with the next {@link #sweep}. */
    public void remove(long number) {
        try {
            // Were the daemon killed before the sweep, the next start would make up for it.
            Durable.write(writing(), new byte[0]);
            if (!Files.deleteIfExists(capture(number))) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND, "there is no capture " + number + "; 'stratoswarm captures' lists them");
            }
            Durable.sync(root);
        } catch (IOException e) {
            throw failure("the capture " + number + " cannot be removed", e);
        }
    }

    /** Gives back the space of what no capture needs. */
    public void sweep() {
        try {
            new Sweep(this, objects()).run();
            Files.deleteIfExists(writing());
        } catch (IOException e) {
            throw failure("space of removed captures cannot be given back", e);
        }
    }
}
