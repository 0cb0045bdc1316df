package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Some numbers in a mapped file, which the kernel keeps when this process is killed. They change together: there are two copies, and
 * one number says which of them holds. Behind them is room for numbers that change each alone.
 *
 * <p>Layout, in native byte order: magic, which copy holds, the two copies, the numbers alone.
 */
final class Cell implements AutoCloseable {
    private static final long MAGIC = 0x5354_5241_5443_4531L;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final long ACTIVE = Long.BYTES;
    private static final long COPIES = 2 * Long.BYTES;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final int together;
    private final long[] values;
    private long active;

    /**
     * Opens the file or makes it, with zeros.
     *
     * @param together how many numbers change together
     * @param alone how many change each alone
     */
    Cell(Path file, int together, int alone) {
        this.together = together;
        this.values = new long[together];
        long size = COPIES + (2L * together + alone) * Long.BYTES;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long found = channel.size();
                if (found != 0 && found != size) {
                    throw damaged(file, "has " + found + " bytes instead of " + size);
                }
                memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
            }
        } catch (IOException e) {
            arena.close();
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot open " + file + ", which says how far a flow came: " + e.getMessage(), e);
        }
        long magic = memory.get(ValueLayout.JAVA_LONG, 0);
        if (magic != MAGIC && magic != 0) {
            throw damaged(file, "does not begin as such a file does");
        }
        memory.set(ValueLayout.JAVA_LONG, 0, MAGIC);
        active = memory.get(ValueLayout.JAVA_LONG, ACTIVE) & 1;
        for (int i = 0; i < together; i++) {
            values[i] = memory.get(ValueLayout.JAVA_LONG, place(active, i));
        }
    }

    private StratoswarmException damaged(Path file, String how) {
        arena.close();
        return new StratoswarmException(
                Kind.DAMAGED,
                file + " " + how
                        + "; move it aside, then the flow goes on with what its queue knows and may deliver some records again");
    }

    private long place(long copy, int index) {
        return COPIES + (copy * together + index) * Long.BYTES;
    }

    long get(int index) {
        return values[index];
    }

    /** Takes effect with the next {@link #commit}. */
    Cell set(int index, long value) {
        values[index] = value;
        return this;
    }

    /** What was set holds from here on, all of it. */
    void commit() {
        long next = 1 - active;
        for (int i = 0; i < together; i++) {
            LONG.setOpaque(memory, place(next, i), values[i]);
        }
        // Whoever reads after the process has gone sees stores in their order; this one must not come before the
        // others.
        LONG.setVolatile(memory, ACTIVE, next);
        active = next;
    }

    /** The numbers that change each alone. */
    MemorySegment alone() {
        return memory.asSlice(place(2, 0));
    }

    /** Makes all of it durable. */
    void force() {
        memory.force();
    }

    @Override
    public void close() {
        arena.close();
    }
}
