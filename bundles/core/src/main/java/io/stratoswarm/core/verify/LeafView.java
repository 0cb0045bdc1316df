package io.stratoswarm.core.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/** A stored frame and the leaf in it, decoded after {@code docs/journal-format.md} and nothing else; the payload of a JournalPruned only. */
record LeafView(UUID journal, long sequence, long time, String type, String subject, byte[] payload) {
    static final int HEADER = 20;
    static final int MAGIC = 0x53574A31;

    /** Why a frame is not acceptable. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    static boolean isLost(byte[] frame) {
        return frame.length == HEADER;
    }

    static void checkFrame(byte[] frame, long sequence) throws Malformed {
        if (frame.length < HEADER) {
            throw new Malformed("its frame has " + frame.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(frame);
        if (in.getInt(0) != MAGIC) {
            throw new Malformed("its frame does not begin with SWJ1");
        }
        if (in.getInt(4) != frame.length - HEADER) {
            throw new Malformed("its frame says " + in.getInt(4) + " bytes and has " + (frame.length - HEADER));
        }
        if (in.getLong(8) != sequence) {
            throw new Malformed("its frame says it is event " + in.getLong(8));
        }
        CRC32C crc = new CRC32C();
        crc.update(frame, 4, 12);
        crc.update(frame, HEADER, frame.length - HEADER);
        if ((int) crc.getValue() != in.getInt(16)) {
            throw new Malformed("its checksum is wrong");
        }
    }

    static LeafView read(byte[] frame) throws Malformed {
        ByteBuffer in = ByteBuffer.wrap(frame, HEADER, frame.length - HEADER);
        try {
            int format = in.get();
            if (format != 1) {
                throw new Malformed("its leaf format is " + format);
            }
            UUID journal = new UUID(in.getLong(), in.getLong());
            long sequence = in.getLong();
            long time = in.getLong();
            if (in.getShort() == 0) {
                throw new Malformed("its type version is 0");
            }
            int causes = in.getShort() & 0xFFFF;
            String type = text(in);
            text(in);
            String subject = text(in);
            text(in);
            text(in);
            for (int i = 0; i < causes; i++) {
                int kind = in.get();
                if (kind != 1 && kind != 2) {
                    throw new Malformed("cause " + i + " is of kind " + kind);
                }
                in.position(in.position() + (kind == 1 ? 24 : 40));
            }
            byte[] payload = new byte[type.equals(Cuts.TYPE) ? in.remaining() : 0];
            in.get(payload);
            return new LeafView(journal, sequence, time, type, subject, payload);
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            throw new Malformed("its leaf ends too early");
        }
    }

    private static String text(ByteBuffer in) throws Malformed {
        int length = in.getShort() & 0xFFFF;
        if (length > in.remaining()) {
            throw new Malformed("its leaf ends too early");
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("a text in it is not UTF-8");
        }
    }
}
