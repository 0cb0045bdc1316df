package io.stratoswarm.graphops.flow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Memory outside of the heap that all strands of a thread look at bytes through. It remembers whose bytes it shows. */
final class Buffer {
    /** What is looked at in one step. Larger pieces leave the caches of the processor on their way. */
    static final int CHUNK = 64 << 10;

    private MemorySegment memory = Arena.ofAuto().allocate(CHUNK, 64);
    private @Nullable Object shown;
    private long shownBytes;

    MemorySegment memory() {
        return memory;
    }

    /** So many bytes, whose former content is not needed any more. */
    MemorySegment borrow(long bytes) {
        shown = null;
        if (memory.byteSize() < bytes) {
            memory = Arena.ofAuto().allocate(Math.max(bytes, Math.min(2 * memory.byteSize(), 1 << 20)), 64);
        }
        return memory.asSlice(0, bytes);
    }

    /** Says that it holds the bytes of the plan that somebody carries out, from its first one on. */
    void showing(Object whose, long bytes) {
        shown = whose;
        shownBytes = bytes;
    }

    boolean shows(Object whose, long bytes) {
        return shown == whose && bytes <= shownBytes;
    }
}
