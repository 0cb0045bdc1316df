package io.stratoswarm.core.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames and tree nodes in the raw bytes of a database file, whatever its pages say. A frame shows itself by its magic
 * and checksum; a tree node by the node header that LMDB writes before a key of 8 and a value of 32 bytes.
 */
final class RawScan implements AutoCloseable {
    private static final int BLOCK = 4 << 20;
    private static final int FRAME_HEADER = 20;
    private static final int MOST = FRAME_HEADER + 0xFFFF;
    private static final int MAGIC = 0x53574A31;
    /** Value length 32 in the low bytes, no flags, key length 8; little-endian on disk. */
    private static final long NODE_HEADER = 0x2000000000000800L;

    /** The size of the pages that the journal's files have, of their header, and their flags. */
    private static final int PAGE = 4096;

    private static final int PAGE_HEADER = 16;
    private static final int BRANCH_PAGE = 1;
    private static final int LEAF_PAGE = 2;

    private static final byte[] CONFLICT = new byte[0];

    private final FileChannel channel;
    private final long firstHash;
    private final long endHash;
    /** Sequence → where a frame lies and how long it is; several where old pages hold other content. */
    private final TreeMap<Long, long[]> frames = new TreeMap<>();

    private final Map<Long, byte[]> hashes = new HashMap<>();
    private long lastHash = -1;

    RawScan(Path file, long firstHash, long endHash) throws IOException {
        this.firstHash = firstHash;
        this.endHash = endHash;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            scan();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void scan() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK + MOST);
        long end = channel.size();
        long skipTo = 0;
        for (long start = 0; start < end; start += BLOCK) {
            block.clear();
            long position = start;
            while (block.hasRemaining() && position < end) {
                int read = channel.read(block, position);
                if (read < 0) {
                    break;
                }
                position += read;
            }
            block.flip();
            int until = Math.min(BLOCK, block.limit());
            int at = (int) Math.max(0, skipTo - start);
            while (at < until) {
                int found = look(block, at, start);
                // What lies within a frame belongs to it, even where it looks like one itself.
                at += found == 0 ? 2 : found + (found & 1);
                skipTo = start + at;
            }
        }
    }

    /** The length of the frame that begins here, or 0. */
    private int look(ByteBuffer block, int at, long start) {
        if (at + 16 > block.limit()) {
            return 0;
        }
        if (block.getInt(at) == MAGIC) {
            return frame(block, at, start);
        }
        if (block.getLong(at) == NODE_HEADER && at + 48 <= block.limit()) {
            node(block, at);
        }
        return 0;
    }

    private int frame(ByteBuffer block, int at, long start) {
        if (at + FRAME_HEADER > block.limit()) {
            return 0;
        }
        int length = block.getInt(at + 4);
        long sequence = block.getLong(at + 8);
        if (length < 0 || length > 0xFFFF || sequence < 0 || at + FRAME_HEADER + length > block.limit()) {
            return 0;
        }
        CRC32C crc = new CRC32C();
        crc.update(block.array(), at + 4, 12);
        crc.update(block.array(), at + FRAME_HEADER, length);
        if ((int) crc.getValue() != block.getInt(at + 16)) {
            return 0;
        }
        long[] place = {start + at, FRAME_HEADER + length};
        frames.merge(sequence, place, RawScan::joined);
        return FRAME_HEADER + length;
    }

    /**
     * Whether a sound page does not list what lies here. LMDB takes pages for new content without clearing them, and what an
     * earlier use left in the gap may be overwritten in part. A page whose header makes no sense is believed as it is.
     */
    private static boolean leftover(ByteBuffer block, int at) {
        int page = at & -PAGE;
        int flags = Short.toUnsignedInt(Short.reverseBytes(block.getShort(page + 10)));
        int lower = Short.toUnsignedInt(Short.reverseBytes(block.getShort(page + 12)));
        int upper = Short.toUnsignedInt(Short.reverseBytes(block.getShort(page + 14)));
        if (flags != LEAF_PAGE && flags != BRANCH_PAGE || lower < PAGE_HEADER || lower > upper || upper > PAGE) {
            return false;
        }
        for (int pointer = page + PAGE_HEADER; flags == LEAF_PAGE && pointer + 2 <= page + lower; pointer += 2) {
            if (Short.toUnsignedInt(Short.reverseBytes(block.getShort(pointer))) == at - page) {
                return false;
            }
        }
        return true;
    }

    private static long[] joined(long[] known, long[] added) {
        long[] all = Arrays.copyOf(known, known.length + 2);
        all[known.length] = added[0];
        all[known.length + 1] = added[1];
        return all;
    }

    private void node(ByteBuffer block, int at) {
        long index = block.getLong(at + 8);
        if (index < firstHash || index >= endHash || leftover(block, at)) {
            return;
        }
        byte[] hash = Arrays.copyOfRange(block.array(), at + 16, at + 48);
        hashes.merge(index, hash, (known, added) -> Arrays.equals(known, added) ? known : CONFLICT);
        lastHash = Math.max(lastHash, index);
    }

    /** The greatest sequence of a frame, or -1. */
    long lastFrame() {
        return frames.isEmpty() ? -1 : frames.lastKey();
    }

    long lastHash() {
        return lastHash;
    }

    /** The frames found of this sequence, each different from the others. */
    List<byte[]> frames(long sequence) throws IOException {
        long[] places = frames.getOrDefault(sequence, new long[0]);
        List<byte[]> found = new java.util.ArrayList<>(1);
        for (int i = 0; i < places.length; i += 2) {
            ByteBuffer frame = ByteBuffer.allocate((int) places[i + 1]);
            while (frame.hasRemaining()) {
                if (channel.read(frame, places[i] + frame.position()) < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
            }
            if (found.stream().noneMatch(other -> Arrays.equals(other, frame.array()))) {
                found.add(frame.array());
            }
        }
        return found;
    }

    /** The stored tree node of this index, or null where none was found or several disagree. */
    byte @Nullable [] hash(long index) {
        byte[] found = hashes.get(index);
        return found == null || found.length == 0 ? null : found;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
