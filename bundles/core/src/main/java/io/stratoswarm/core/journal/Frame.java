package io.stratoswarm.core.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What surrounds a leaf where it is stored, so that it can be found and checked in raw pages: magic, length, sequence,
 * CRC-32C of length, sequence and leaf. Not part of what is hashed. A frame of length 0 stands for an event that was lost to
 * damage and whose leaf hash alone is known.
 */
final class Frame {
    static final int HEADER_BYTES = 20;
    static final int CHECKSUM_AT = 16;
    /** "SWJ1". */
    static final int MAGIC = 0x53574A31;

    private Frame() {}

    /** Writes the header of a frame that fills the buffer's array. */
    static void seal(ByteBuffer frame, long sequence) {
        head(frame, sequence);
        frame.putInt(CHECKSUM_AT, checksum(frame.array()));
    }

    /** Writes all of the header but the checksum. */
    static void head(ByteBuffer frame, long sequence) {
        frame.putInt(0, MAGIC);
        frame.putInt(4, frame.capacity() - HEADER_BYTES);
        frame.putLong(8, sequence);
    }

    static int checksum(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 4, 12);
        crc.update(frame, HEADER_BYTES, frame.length - HEADER_BYTES);
        return (int) crc.getValue();
    }

    static byte[] lost(long sequence) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES);
        seal(frame, sequence);
        return frame.array();
    }

    /** Whether the whole buffer is an intact frame of this sequence. Leaves position and limit as they are. */
    static boolean intact(ByteBuffer frame, long sequence) {
        int size = frame.remaining();
        int at = frame.position();
        if (size < HEADER_BYTES
                || frame.getInt(at) != MAGIC
                || frame.getInt(at + 4) != size - HEADER_BYTES
                || frame.getLong(at + 8) != sequence) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(frame.slice(at + 4, 12));
        crc.update(frame.slice(at + HEADER_BYTES, size - HEADER_BYTES));
        return (int) crc.getValue() == frame.getInt(at + 16);
    }

    static boolean isLost(ByteBuffer frame) {
        return frame.remaining() == HEADER_BYTES;
    }
}
