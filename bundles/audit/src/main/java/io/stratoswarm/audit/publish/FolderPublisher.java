package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.log.LogFolders.Published;
import io.stratoswarm.api.log.LogFolders.Source;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.TreeHead;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Brings a folder up to a checkpoint: entries and tiles first, then, once they are durable and give its root, the checkpoint. Each
 * file is made aside and renamed into place, so whoever is killed leaves whole files only, and the next run goes on.
 */
final class FolderPublisher {
    /** Where files are made; what a killed run left in it goes. */
    private static final String ASIDE = ".new";

    private static final String LOCK = ".lock";
    private static final int BATCH = 512;
    private static final Pattern WIDTH = Pattern.compile("[1-9][0-9]{0,2}");

    private final Source source;
    private final Path folder;
    private final Set<Path> touched = new LinkedHashSet<>();
    /** Files that were made aside, and where they belong. */
    private final Map<Path, Path> waiting = new LinkedHashMap<>();

    private long written;
    private long minimum;

    FolderPublisher(Source source, Path folder) {
        this.source = source;
        this.folder = folder;
    }

    Published publish() {
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    throw busy();
                }
                return publishLocked();
            } catch (OverlappingFileLockException e) {
                throw busy();
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot publish into " + folder + ": " + e, e);
        }
    }

    private StratoswarmException busy() {
        return new StratoswarmException(Kind.CONFLICT, "another process publishes into " + folder + " now");
    }

    private Published publishLocked() throws IOException {
        clearAside();
        Note note = Note.parse(need(LogState.CHECKPOINT));
        TreeHead head = TreeHead.parse(note.text());
        Optional<TreeHead> before = PrivateFiles.read(folder.resolve(LogState.CHECKPOINT))
                .map(bytes -> TreeHead.parse(Note.parse(bytes).text()));
        if (before.isPresent()) {
            check(before.get(), head);
        }
        long from = before.map(TreeHead::size).orElse(0L);
        minimum = minimum();
        write(TilePath.ENTRIES, from, head.size());
        for (int level = 0; TilePath.count(level, head.size()) > 0; level++) {
            write(level, from, head.size());
        }
        settle();
        TiledTree tree = new TiledTree(this::tile);
        if (before.isPresent()
                && from > 0
                && !TreeHash.hex(tree.root(from)).equals(before.get().root())) {
            throw conflict("what the log gives now does not extend the checkpoint over " + from
                    + " events that is in the folder: the journal was rolled back or replaced, or files of the folder were"
                    + " changed, which 'stratoswarm audit verify' tells");
        }
        if (!TreeHash.hex(tree.root(head.size())).equals(head.root())) {
            throw conflict(
                    "the tiles in the folder do not give the root of the log's checkpoint; they are of another tree,"
                            + " or damaged, which 'stratoswarm audit verify' tells; publish into a new folder");
        }
        for (Path each : touched) {
            PrivateFiles.sync(each);
        }
        Optional<byte[]> cosigned = get(LogState.COSIGNED);
        if (cosigned.isPresent()
                && TreeHead.parse(Note.parse(cosigned.get()).text()).size() <= head.size()) {
            store(folder.resolve(LogState.COSIGNED), cosigned.get());
        }
        settle();
        store(folder.resolve(LogState.CHECKPOINT), note.bytes());
        settle();
        PrivateFiles.sync(folder);
        clearPartial(from, head.size());
        return new Published(head.origin(), from, head.size(), head.root(), written);
    }

    /** The log's minimum index: bundles that end at or below it were pruned, and it has them no more. */
    private long minimum() throws IOException {
        Optional<byte[]> file = get(LogState.MINIMUM);
        if (file.isEmpty()) {
            return 0;
        }
        String text = new String(file.get(), StandardCharsets.US_ASCII).strip();
        if (!text.matches("[0-9]{1,18}")) {
            throw new StratoswarmException(Kind.DAMAGED, "the log's minimum index is '" + text + "', no number");
        }
        store(folder.resolve(LogState.MINIMUM), file.get());
        return Long.parseLong(text);
    }

    private void check(TreeHead before, TreeHead head) {
        if (!before.origin().equals(head.origin())) {
            throw conflict("the folder holds the log " + before.origin() + ", and this is " + head.origin());
        }
        if (before.size() > head.size()
                || before.size() == head.size() && !before.root().equals(head.root())) {
            throw conflict("the folder holds a checkpoint over " + before.size() + " events, root " + before.root()
                    + ", and the log's is over " + head.size() + ", root " + head.root()
                    + ": the journal was rolled back to an older copy or replaced");
        }
    }

    private StratoswarmException conflict(String message) {
        return new StratoswarmException(Kind.CONFLICT, folder + ": " + message);
    }

    private Optional<byte[]> get(String path) throws IOException {
        try {
            return source.get(path);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot read " + path + " of the log: " + e.getMessage(), e);
        }
    }

    private byte[] need(String path) throws IOException {
        return get(path)
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "the log has no file '" + path + "' now"));
    }

    /** The tiles of a level that a tree of this size has and one of the size before had not. */
    private void write(int level, long before, long size) throws IOException {
        long count = TilePath.count(level, size);
        long first = TilePath.count(level, before) / TilePath.WIDTH;
        for (long index = first; index < count / TilePath.WIDTH; index++) {
            write(TilePath.full(level, index));
        }
        int rest = (int) (count % TilePath.WIDTH);
        if (rest > 0) {
            write(new TilePath(level, count / TilePath.WIDTH, rest));
        }
    }

    private void write(TilePath tile) throws IOException {
        Path file = folder.resolve(tile.toString());
        boolean pruned = tile.level() == TilePath.ENTRIES && (tile.index() + 1) * TilePath.WIDTH <= minimum;
        if (!Files.exists(file) && !pruned) {
            byte[] bytes = need(tile.toString());
            if (tile.level() != TilePath.ENTRIES && bytes.length != tile.width() * TreeHash.SIZE) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "the log gave " + bytes.length + " bytes for " + tile + ", which has "
                                + tile.width() * TreeHash.SIZE);
            }
            store(file, bytes);
        }
    }

    private void store(Path file, byte[] bytes) throws IOException {
        Path parent = file.toAbsolutePath().resolveSibling("");
        for (Path missing = parent; !Files.isDirectory(missing); missing = missing.resolveSibling("")) {
            touched.add(missing.resolveSibling(""));
        }
        Files.createDirectories(parent);
        Files.createDirectories(folder.resolve(ASIDE));
        Path aside = folder.resolve(ASIDE).resolve(String.valueOf(written));
        Files.write(aside, bytes);
        waiting.put(aside, file);
        touched.add(parent);
        written++;
        if (waiting.size() == BATCH) {
            settle();
        }
    }

    /** Puts what waits into place, durable before it is there. A file system makes many files durable faster together. */
    private void settle() throws IOException {
        for (Path aside : waiting.keySet()) {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                channel.force(false);
            }
        }
        for (Map.Entry<Path, Path> each : waiting.entrySet()) {
            Files.move(each.getKey(), each.getValue(), StandardCopyOption.ATOMIC_MOVE);
        }
        waiting.clear();
    }

    private void clearAside() throws IOException {
        if (Files.isDirectory(folder.resolve(ASIDE))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve(ASIDE))) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The hashes of a tile from the full file or from a partial one that is wide enough. */
    private byte[] tile(int level, long index, int width) throws IOException {
        Path full = folder.resolve(TilePath.full(level, index).toString());
        if (Files.exists(full)) {
            return hashes(full, width);
        }
        int best = widths(level, index, width)
                .orElseThrow(() -> conflict("the tile " + TilePath.full(level, index) + " is missing"));
        return hashes(folder.resolve(new TilePath(level, index, best).toString()), width);
    }

    private byte[] hashes(Path file, int width) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length < width * TreeHash.SIZE) {
            throw conflict(file + " is too short");
        }
        return bytes;
    }

    private Optional<Integer> widths(int level, long index, int least) throws IOException {
        Path partial = folder.resolve(TilePath.full(level, index) + ".p");
        if (!Files.isDirectory(partial)) {
            return Optional.empty();
        }
        OptionalLong best = OptionalLong.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(partial)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (WIDTH.matcher(name).matches() && Long.parseLong(name) >= least) {
                    best = OptionalLong.of(Math.min(best.orElse(Long.MAX_VALUE), Long.parseLong(name)));
                }
            }
        }
        return best.isPresent() ? Optional.of((int) best.getAsLong()) : Optional.empty();
    }

    /** C2SP tlog-tiles allows to delete partial tiles once the full one is there. */
    private void clearPartial(long before, long size) throws IOException {
        for (int level = TilePath.ENTRIES; TilePath.count(level, size) > 0; level++) {
            long index = TilePath.count(level, before) / TilePath.WIDTH;
            Path partial = folder.resolve(TilePath.full(level, index) + ".p");
            // Of entries that were pruned meanwhile, the partial bundle is all that is left.
            if (index < TilePath.count(level, size) / TilePath.WIDTH
                    && Files.exists(folder.resolve(TilePath.full(level, index).toString()))
                    && Files.isDirectory(partial)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(partial)) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
                Files.delete(partial);
            }
        }
    }
}
