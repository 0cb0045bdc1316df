package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some numbers that change together, in a mapped file. A process that is killed leaves exactly the last {@link #commit}; no system
 * call is needed for that, since the kernel keeps the page.
 *
 * <p>Layout, in words of eight bytes and the byte order of the machine: magic, version, number of words, number of notes, count of
 * commits, three that are free; then two banks of words, of which the count's lowest bit says which one holds; then notes. A commit
 * writes the other bank and then, with release order, the count. All blocks are written before the file is mapped, so that a full
 * disk is an error at creation and never a signal later.
 *
 * <p>Nothing here is forced to the disk, not even when it is made: flows would stand still for as long as that takes, and what
 * the words are about, bytes in pipes, ends with the host as well. A file whose content never got to the disk is begun anew.
 */
final class Cells {
    private static final long MAGIC = 0x53574652_43454c4cL;
    private static final long VERSION = 1;
    private static final int HEADER_WORDS = 8;
    private static final int COUNT_AT = 4;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final long[] words;
    private final int notes;
    private long count;

    private Cells(MemorySegment memory, int words, int notes) {
        this.memory = memory;
        this.words = new long[words];
        this.notes = notes;
        count = (long) WORD.getAcquire(memory, (long) COUNT_AT * Long.BYTES);
        MemorySegment.copy(memory, ValueLayout.JAVA_LONG, bank(count), this.words, 0, words);
    }

    /**
     * Opens the file, made where it is not there. One with fewer words or notes is made larger; what it held stays.
     *
     * @param notes further words that are no part of a commit
     */
    static Cells open(Path file, int words, int notes) {
        try {
            Cells found = Files.exists(file) ? map(file) : null;
            if (found == null) {
                make(file, new long[words], new long[notes]);
                found = made(file);
            }
            if (found.words.length >= words && found.notes >= notes) {
                return found;
            }
            long[] grown = Arrays.copyOf(found.words, Math.max(words, found.words.length));
            long[] kept = new long[Math.max(notes, found.notes)];
            for (int i = 0; i < found.notes; i++) {
                kept[i] = found.note(i);
            }
            make(file, grown, kept);
            return made(file);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot keep the state of a flow in " + file + ": " + e.getMessage(), e);
        }
    }

    /** As of the last change, committed or not. */
    long get(int index) {
        return words[index];
    }

    void set(int index, long value) {
        words[index] = value;
    }

    void add(int index, long more) {
        words[index] += more;
    }

    int size() {
        return words.length;
    }

    /** Makes all changes since the last one hold, at once. */
    void commit() {
        MemorySegment.copy(words, 0, memory, ValueLayout.JAVA_LONG, bank(count + 1), words.length);
        count++;
        WORD.setRelease(memory, (long) COUNT_AT * Long.BYTES, count);
    }

    /** Takes back all changes since the last commit. */
    void revert() {
        MemorySegment.copy(memory, ValueLayout.JAVA_LONG, bank(count), words, 0, words.length);
    }

    /** A note is written at once. It counts only through a word that is committed after it. */
    void note(int index, long value) {
        memory.set(ValueLayout.JAVA_LONG, noteAt(index), value);
    }

    long note(int index) {
        return memory.get(ValueLayout.JAVA_LONG, noteAt(index));
    }

    int notes() {
        return notes;
    }

    private long bank(long number) {
        return Long.BYTES * (HEADER_WORDS + (number & 1) * words.length);
    }

    private long noteAt(int index) {
        return Long.BYTES * (HEADER_WORDS + 2L * words.length + Objects.checkIndex(index, notes));
    }

    private static Cells made(Path file) throws IOException {
        return Objects.requireNonNull(map(file), "it was written just now");
    }

    /** Null where the host ended before anything of it was on the disk. */
    private static @Nullable Cells map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_WORDS * Long.BYTES).order(java.nio.ByteOrder.nativeOrder());
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // Reads on until the header is there or the file ends.
            }
            if (blank(header)) {
                return null;
            }
            long words = header.getLong(2 * Long.BYTES);
            long notes = header.getLong(3 * Long.BYTES);
            if (header.hasRemaining()
                    || header.getLong(0) != MAGIC
                    || header.getLong(Long.BYTES) != VERSION
                    || words < 0
                    || notes < 0
                    || words > 1 << 20
                    || notes > 1 << 24
                    || channel.size() != size(words, notes)) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        file + " is no state of a flow that this version can read; delete and apply the graph"
                                + " again, or put back the version that wrote it");
            }
            MemorySegment memory = channel.map(MapMode.READ_WRITE, 0, size(words, notes), Arena.ofAuto());
            return new Cells(memory, (int) words, (int) notes);
        }
    }

    /** Whether nothing was read but what a file system gives for blocks that were never written. */
    private static boolean blank(ByteBuffer read) {
        for (int i = 0; i < read.position(); i++) {
            if (read.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void make(Path file, long[] words, long[] notes) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        ByteBuffer all =
                ByteBuffer.allocate((int) size(words.length, notes.length)).order(java.nio.ByteOrder.nativeOrder());
        all.putLong(MAGIC).putLong(VERSION).putLong(words.length).putLong(notes.length);
        all.position(HEADER_WORDS * Long.BYTES);
        for (long word : words) {
            all.putLong(word);
        }
        all.position((HEADER_WORDS + 2 * words.length) * Long.BYTES);
        for (long note : notes) {
            all.putLong(note);
        }
        all.clear();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (all.hasRemaining()) {
                channel.write(all);
            }
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static long size(long words, long notes) {
        return Long.BYTES * (HEADER_WORDS + 2 * words + notes);
    }
}
