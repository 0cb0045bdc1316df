package io.stratoswarm.core.lmdbfile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One checked page of a tree. After {@link #check} every accessor stays within the page. */
final class Page {
    static final int HEADER = 16;
    static final int BRANCH = 1;
    static final int LEAF = 2;
    static final int OVERFLOW = 4;
    static final int META = 8;
    static final int NODE = 8;
    static final int BIG = 1;
    static final int SUBTREE = 2;
    static final int MAX_KEY = 511;

    final ByteBuffer bytes;
    final int size;
    private int keys;
    private int flags;

    Page(int size) {
        this.size = size;
        this.bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Checks header, offsets and nodes of a branch or leaf page that was just read into {@link #bytes}. */
    void check(long number) {
        long own = bytes.getLong(0);
        if (own != number) {
            throw new LmdbDamage("page " + number + " says it is page " + own);
        }
        flags = bytes.getShort(10) & 0xFFFF;
        if (flags != BRANCH && flags != LEAF) {
            throw new LmdbDamage(
                    "page " + number + " has flags 0x" + Integer.toHexString(flags) + ", expected a branch or a leaf");
        }
        int lower = bytes.getShort(12) & 0xFFFF;
        int upper = bytes.getShort(14) & 0xFFFF;
        if (lower < HEADER || (lower & 1) != 0 || lower > upper || upper > size) {
            throw new LmdbDamage("page " + number + " has free space from " + lower + " to " + upper);
        }
        keys = (lower - HEADER) / 2;
        if (keys == 0) {
            throw new LmdbDamage("page " + number + " is empty");
        }
        int used = 0;
        for (int i = 0; i < keys; i++) {
            used += checkNode(number, i, upper);
        }
        if (used != size - upper) {
            throw new LmdbDamage("page " + number + " holds nodes of " + used + " bytes in " + (size - upper));
        }
    }

    private int checkNode(long number, int i, int upper) {
        int at = at(i);
        if (at < upper || at > size - NODE || (at & 1) != 0) {
            throw new LmdbDamage("page " + number + ", node " + i + " lies at " + at);
        }
        int keySize = keySize(i);
        if (keySize > MAX_KEY) {
            throw new LmdbDamage("page " + number + ", node " + i + " has a key of " + keySize + " bytes");
        }
        long length = NODE + (long) keySize;
        if (leaf()) {
            int nodeFlags = nodeFlags(i);
            if (nodeFlags != 0 && nodeFlags != BIG && nodeFlags != SUBTREE) {
                throw new LmdbDamage("page " + number + ", node " + i + " has flags " + nodeFlags);
            }
            long data = dataSize(i);
            if (nodeFlags == SUBTREE && data != Tree.BYTES) {
                throw new LmdbDamage("page " + number + ", node " + i + " names a table in " + data + " bytes");
            }
            length += nodeFlags == BIG ? 8 : data;
        }
        if (at + length > size) {
            throw new LmdbDamage("page " + number + ", node " + i + " ends beyond the page");
        }
        return (int) (length + 1 & ~1L);
    }

    boolean leaf() {
        return flags == LEAF;
    }

    int keys() {
        return keys;
    }

    private int at(int i) {
        return bytes.getShort(HEADER + 2 * i) & 0xFFFF;
    }

    int nodeFlags(int i) {
        return bytes.getShort(at(i) + 4) & 0xFFFF;
    }

    int keySize(int i) {
        return bytes.getShort(at(i) + 6) & 0xFFFF;
    }

    int keyAt(int i) {
        return at(i) + NODE;
    }

    /** Of a leaf: the length of the value, also where it lies in overflow pages. */
    long dataSize(int i) {
        return bytes.getInt(at(i)) & 0xFFFFFFFFL;
    }

    int dataAt(int i) {
        return keyAt(i) + keySize(i);
    }

    /** Of a branch. */
    long child(int i) {
        return bytes.getInt(at(i)) & 0xFFFFFFFFL | (long) nodeFlags(i) << 32;
    }

    byte[] key(int i) {
        byte[] key = new byte[keySize(i)];
        bytes.get(keyAt(i), key);
        return key;
    }
}
