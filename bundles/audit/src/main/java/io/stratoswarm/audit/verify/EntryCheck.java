package io.stratoswarm.audit.verify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks at leaves where they lie in a buffer, after {@code docs/journal-format.md} and nothing else. For one thread. */
final class EntryCheck {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] INTRODUCTION = "LogKeyIntroduced".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SALVAGE = "JournalSalvaged".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRUNING = "JournalPruned".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESTORE = "JournalRestored".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = 37;
    private static final int MOST_TEXT = 500;

    private int typeAt;
    private int typeLength;
    private int payloadAt;

    static long journalHigh(byte[] data, int at) {
        return (long) LONG.get(data, at + 1);
    }

    static long journalLow(byte[] data, int at) {
        return (long) LONG.get(data, at + 9);
    }

    static long sequence(byte[] data, int at) {
        return (long) LONG.get(data, at + 17);
    }

    static long time(byte[] data, int at) {
        return (long) LONG.get(data, at + 25);
    }

    /** @throws Bad with what is wrong; its message goes on after "entry N" */
    void check(byte[] data, int at, int length) throws Bad {
        if (length < FIXED) {
            throw new Bad("has " + length + " bytes, too few for a leaf");
        }
        if (data[at] != 1) {
            throw new Bad("is of leaf format " + data[at] + ", not 1");
        }
        if (two(data, at + 33) == 0) {
            throw new Bad("has the type version 0");
        }
        int causes = two(data, at + 35);
        int end = at + length;
        int next = at + FIXED;
        typeAt = next + 2;
        for (int i = 0; i < 5; i++) {
            int after = text(data, next, end);
            if (i == 0) {
                typeLength = after - typeAt;
            }
            next = after;
        }
        for (int i = 0; i < causes; i++) {
            int kind = next < end ? data[next] : 0;
            next += kind == 1 ? 25 : 41;
            if (kind != 1 && kind != 2 || next > end) {
                throw new Bad("has a cause that is none, or ends within it");
            }
        }
        payloadAt = next;
    }

    private static int two(byte[] data, int at) {
        return (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF;
    }

    private static int text(byte[] data, int at, int end) throws Bad {
        int length = at + 2 <= end ? two(data, at) : 0;
        int after = at + 2 + length;
        if (length < 1 || length > MOST_TEXT || after > end) {
            throw new Bad("has a text of " + length + " bytes, or ends within it");
        }
        int signs = 0;
        for (int i = at + 2; i < after; i++) {
            signs |= data[i];
        }
        if (signs < 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data, at + 2, length));
            } catch (CharacterCodingException e) {
                throw new Bad("has a text that is not UTF-8");
            }
        }
        return after;
    }

    /** Whether the leaf that was checked last introduces a key of the log. */
    boolean introduces(byte[] data) {
        return isOfType(data, INTRODUCTION);
    }

    /** Whether it says that events before it were lost. */
    boolean salvages(byte[] data) {
        return isOfType(data, SALVAGE);
    }

    /** Whether it says that what is before an entry was pruned. */
    boolean prunes(byte[] data) {
        return isOfType(data, PRUNING);
    }

    /** Whether it says that the journal was restored from a backup of another one. */
    boolean restores(byte[] data) {
        return isOfType(data, RESTORE);
    }

    private boolean isOfType(byte[] data, byte[] type) {
        return typeLength == type.length && Arrays.equals(data, typeAt, typeAt + typeLength, type, 0, type.length);
    }

    byte[] payload(byte[] data, int end) {
        return Arrays.copyOfRange(data, payloadAt, end);
    }
}
