package io.stratoswarm.api.flow;

import io.stratoswarm.api.StratoswarmException;
import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A FIFO of the kernel. It is open for reading and for writing at once, so it neither ends nor breaks because somebody else lets
 * go of it. No call waits. One thread at a time uses a pipe, and nobody after {@link #close}.
 *
 * <p>A pipe has room for a number of pieces of at most 4096 bytes (256 where its capacity is 1 MiB). What is written is put behind
 * what is in the last piece; but each piece that is moved or copied whole or in part takes one of its own in the target. So many
 * short moves fill a pipe long before its {@link #capacity}; move as much as you can at once.
 *
 * <p>Memory is outside of the heap, and targets are pipes of the same service; everything else is an IllegalArgumentException.
 *
 * <p>A failure of the kernel is a {@link StratoswarmException} of kind SYSTEM.
 */
@ProviderType
public interface Pipe extends AutoCloseable {
    /** Takes bytes out; 0 where there are none now. */
    long read(MemorySegment into);

    /** Puts bytes in, as many as there is room for; all or none where they are at most 4096. 0 where there is no room now. */
    long write(MemorySegment from);

    /**
     * Moves bytes to another pipe without their passing through this process, so that a crash leaves each byte in one of the two.
     * 0 where there are none, or no room.
     */
    long moveTo(Pipe target, long most);

    /** Copies bytes to another pipe and leaves them here too, from the front on. 0 where there are none, or no room. */
    long copyTo(Pipe target, long most);

    /** Takes bytes out and forgets them; how many there were. */
    long discard(long most);

    /** Bytes that can be read now. */
    long waiting();

    /** Bytes that fit in at most, in whole pieces. */
    long capacity();

    @Override
    void close();
}
