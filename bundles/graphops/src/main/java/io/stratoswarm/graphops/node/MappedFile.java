package io.stratoswarm.graphops.node;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file in memory. What is stored in it stays when this process is killed, in the order in which it was stored, as long as the
 * host runs. It is let go of once nobody refers to it.
 */
final class MappedFile {
    /** What stands before the data. */
    static final int HEADER = 4_096;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final int PIECE = 64 << 10;

    private final MemorySegment segment;

    private MappedFile(MemorySegment segment) {
        this.segment = segment;
    }

    /** Makes or lengthens the file so that it has so many bytes of data; all of them exist on the disk, for a hole in a full one would kill the process. */
    static MappedFile open(Path file, long dataBytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long wanted = Math.max(HEADER + dataBytes, channel.size());
            ByteBuffer zeros = ByteBuffer.allocate(PIECE);
            for (long at = channel.size(); at < wanted; ) {
                zeros.clear().limit((int) Math.min(PIECE, wanted - at));
                at += channel.write(zeros, at);
            }
            return new MappedFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, wanted, Arena.ofAuto()));
        }
    }

    long dataBytes() {
        return segment.byteSize() - HEADER;
    }

    MemorySegment data() {
        return segment.asSlice(HEADER);
    }

    /** Of the header. */
    long number(int offset) {
        return (long) LONG.getAcquire(segment, (long) offset);
    }

    /** Stored after everything that was stored before. */
    void number(int offset, long value) {
        LONG.setRelease(segment, (long) offset, value);
    }
}
