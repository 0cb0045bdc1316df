package io.stratoswarm.graphops.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Paths of fields, such as {@code user.id}, as a tree of names; each path has a number. */
final class FieldTree {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] name;
    /** Its first bytes, eight at most, and which bits of a word they are. */
    private final long word;

    private final long mask;
    private FieldTree[] children = new FieldTree[0];
    private int number = -1;

    FieldTree() {
        this(new byte[0]);
    }

    private FieldTree(byte[] name) {
        this.name = name;
        word = (long) WORD.get(Arrays.copyOf(name, Math.max(name.length, Long.BYTES)), 0);
        mask = name.length >= Long.BYTES ? -1L : (1L << (Byte.SIZE * name.length)) - 1;
    }

    /** Adds a path under this number, or gives the number that it has. */
    int add(String path, int number) {
        FieldTree node = this;
        for (String part : path.split("\\.", -1)) {
            node = node.childNamed(part);
        }
        if (node.number < 0) {
            node.number = number;
        }
        return node.number;
    }

    private FieldTree childNamed(String part) {
        byte[] wanted = part.getBytes(StandardCharsets.UTF_8);
        for (FieldTree child : children) {
            if (Arrays.equals(child.name, wanted)) {
                return child;
            }
        }
        FieldTree fresh = new FieldTree(wanted);
        children = Arrays.copyOf(children, children.length + 1);
        children[children.length - 1] = fresh;
        return fresh;
    }

    /**
     * The child whose name is the content of this JSON string, or null.
     *
     * @param escaped whether it has escapes in it
     */
    @Nullable
    FieldTree child(byte[] bytes, int start, int length, boolean escaped) {
        if (escaped) {
            byte[] plain = JsonReader.text(bytes, start, length).getBytes(StandardCharsets.UTF_8);
            return child(plain, 0, plain.length, false);
        }
        for (int i = 0; i < children.length; i++) {
            FieldTree child = children[i];
            if (child.name.length == length && child.named(bytes, start, length)) {
                return child;
            }
        }
        return null;
    }

    /** Most names have a few bytes, which are compared as one word. */
    private boolean named(byte[] bytes, int start, int length) {
        boolean whole = start + Long.BYTES <= bytes.length;
        if (whole && (((long) WORD.get(bytes, start) ^ word) & mask) != 0) {
            return false;
        }
        return whole && length <= Long.BYTES || Arrays.equals(name, 0, length, bytes, start, start + length);
    }

    /** Number of the path that ends here, or -1. */
    int number() {
        return number;
    }

    boolean leaf() {
        return children.length == 0;
    }
}
