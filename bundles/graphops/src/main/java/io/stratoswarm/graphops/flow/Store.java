package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A kept pipe whose bytes are counted: how many ever came in and went out. Nobody else touches the pipe, so what waits in it is the
 * difference. Where the two disagree after a crash, the one operation that was going on is the reason, and its direction tells
 * which count is behind. So that this holds, each operation is committed before one of the other direction starts.
 *
 * <p>A pipe of many small pieces is full long before its bytes are many. {@link #compact} writes its content to the twin of the
 * pipe; the twin that is not in use holds nothing that counts.
 */
final class Store implements AutoCloseable {
    /** Words that a store needs. */
    static final int WORDS = 4;

    private static final int ENTERED = 0;
    private static final int LEFT = 1;
    private static final int TWIN = 2;

    private final Pipes pipes;
    private final String name;
    private final Cells cells;
    private final int at;
    private final Pipe scratch;
    private Pipe pipe;
    private long capacity;
    private @Nullable Pipe other;

    /** @param scratch empty between the calls */
    Store(Pipes pipes, String name, Cells cells, int at, Pipe scratch) {
        this.pipes = pipes;
        this.name = name;
        this.cells = cells;
        this.at = at;
        this.scratch = scratch;
        pipe = pipes.kept(nameOf(cells.get(at + TWIN)));
        capacity = pipe.capacity();
    }

    private String nameOf(long twin) {
        return twin == 0 ? name : name + ".b";
    }

    /**
     * Makes the counts fit what is in the pipe.
     *
     * @return how many bytes came in (positive) or went out (negative) since the last commit
     */
    long recover() {
        long difference = pipe.waiting() - (entered() - left());
        if (difference > 0) {
            cells.add(at + ENTERED, difference);
        } else {
            cells.add(at + LEFT, -difference);
        }
        return difference;
    }

    /** Bytes in a store that is not open, whose words begin here. */
    static long waiting(Cells cells, int at) {
        return cells.get(at + ENTERED) - cells.get(at + LEFT);
    }

    /** Whether the store whose words begin here ever held anything. */
    static boolean opened(Cells cells, int at) {
        return cells.get(at + ENTERED) > 0;
    }

    void commit() {
        cells.commit();
    }

    /** All bytes that ever came in. */
    long entered() {
        return cells.get(at + ENTERED);
    }

    long left() {
        return cells.get(at + LEFT);
    }

    long waiting() {
        return entered() - left();
    }

    /** Asked for each record, so it is not asked of the kernel. */
    long capacity() {
        return capacity;
    }

    Pipe pipe() {
        return pipe;
    }

    /** Moves bytes in from a pipe that is not a store. */
    long take(Pipe source, long most) {
        return came(source.moveTo(pipe, most));
    }

    /** Copies bytes in from the front of another pipe. */
    long copyFrom(Pipe source, long most) {
        return came(source.copyTo(pipe, most));
    }

    /** Writes bytes; as many as there is room for. Commits nothing. */
    long write(MemorySegment bytes) {
        return pipe.write(bytes);
    }

    /** Counts bytes as having come in; the next commit makes it hold. */
    void entered(long bytes) {
        cells.add(at + ENTERED, bytes);
    }

    /** Copies the front of what waits, at most as many bytes as fit, and leaves it. How many there were. */
    long peek(MemorySegment into) {
        long copied = pipe.copyTo(scratch, into.byteSize());
        long read = 0;
        while (read < copied) {
            long more = scratch.read(into.asSlice(read, copied - read));
            if (more <= 0) {
                throw new IllegalStateException("a pipe gave " + read + " of " + copied + " bytes");
            }
            read += more;
        }
        return copied;
    }

    /** Moves bytes out. The caller commits. */
    long moveTo(Pipe target, long most) {
        long moved = pipe.moveTo(target, most);
        cells.add(at + LEFT, moved);
        return moved;
    }

    /** Forgets exactly so many bytes, which must be there. The caller commits. */
    void discard(long bytes) {
        long gone = 0;
        while (gone < bytes) {
            long more = pipe.discard(bytes - gone);
            if (more <= 0) {
                throw new IllegalStateException(name + " lacks " + (bytes - gone) + " of " + bytes + " bytes");
            }
            gone += more;
        }
        cells.add(at + LEFT, bytes);
    }

    /** Forgets all that waits, in the counts only: after the pipe itself was lost. */
    long forget() {
        long lost = waiting() - pipe.waiting();
        cells.add(at + LEFT, lost);
        return lost;
    }

    /** Puts the content into as few pieces as possible; whether it could. */
    boolean compact(MemorySegment buffer) {
        long bytes = waiting();
        long twin = 1 - cells.get(at + TWIN);
        Pipe next = other == null ? pipes.kept(nameOf(twin)) : other;
        other = next;
        empty(next);
        MemorySegment all = buffer.asSlice(0, bytes);
        if (peek(all) != bytes || next.write(all) != bytes) {
            empty(next); // It is in more pieces than can be handled at once, and stays as it is.
            return false;
        }
        cells.set(at + TWIN, twin);
        cells.commit();
        Pipe before = pipe;
        pipe = next;
        capacity = next.capacity();
        other = before;
        empty(before);
        return true;
    }

    @Override
    public void close() {
        pipe.close();
        if (other != null) {
            other.close();
            other = null;
        }
    }

    private static void empty(Pipe pipe) {
        while (pipe.discard(Long.MAX_VALUE) > 0) {
            // Goes on until nothing is left.
        }
    }

    private long came(long bytes) {
        if (bytes > 0) {
            cells.add(at + ENTERED, bytes);
            cells.commit();
        }
        return bytes;
    }
}
