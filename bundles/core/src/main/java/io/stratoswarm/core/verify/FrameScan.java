package io.stratoswarm.core.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which events are in a file whose pages cannot be followed: every frame shows itself by its magic and its checksum. So what is
 * lost can be told from what only could not be checked.
 */
final class FrameScan {
    private static final int BLOCK = 4 << 20;
    private static final int LONGEST = LeafView.HEADER + 0xFFFF;

    private final long first;
    private final long end;
    private final BitSet found = new BitSet();

    private FrameScan(long first, long end) {
        this.first = first;
        this.end = end;
    }

    /** Looks for events of these sequences, the end not included. */
    static FrameScan of(Path file, long first, long end) throws IOException {
        // What is found is counted from the first on; a sequence beyond what one segment can hold is no event of it.
        FrameScan scan = new FrameScan(first, Math.min(end, first + Integer.MAX_VALUE - 1));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK + LONGEST);
            long size = channel.size();
            for (long start = 0; start < size; start += BLOCK) {
                block.clear();
                while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
                    // Reads on until the block is full or the file ends.
                }
                block.flip();
                scan.look(block);
            }
        }
        return scan;
    }

    private void look(ByteBuffer block) {
        int until = Math.min(BLOCK, block.limit() - LeafView.HEADER + 1);
        for (int at = 0; at < until; at += 2) {
            if (block.getInt(at) != LeafView.MAGIC) {
                continue;
            }
            int length = block.getInt(at + 4);
            long sequence = block.getLong(at + 8);
            if (sequence < first
                    || sequence >= end
                    || length <= 0
                    || length > 0xFFFF
                    || at + LeafView.HEADER + length > block.limit()) {
                continue;
            }
            byte[] frame = new byte[LeafView.HEADER + length];
            block.get(at, frame);
            try {
                LeafView.checkFrame(frame, sequence);
                found.set((int) (sequence - first));
            } catch (LeafView.Malformed e) {
                // What only begins like a frame is none.
            }
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** One more than the greatest sequence that was found. */
    long last() {
        return first + found.length();
    }

    /** Ranges before this sequence of which nothing was found, as pairs of first and last-plus-one. */
    List<long[]> gaps(long before) {
        List<long[]> gaps = new ArrayList<>();
        int length = (int) Math.min(before - first, Integer.MAX_VALUE - 1);
        for (int at = found.nextClearBit(0); at < length; ) {
            int next = found.nextSetBit(at);
            int gapEnd = next < 0 ? length : Math.min(next, length);
            gaps.add(new long[] {first + at, first + gapEnd});
            at = found.nextClearBit(gapEnd);
        }
        return gaps;
    }
}
