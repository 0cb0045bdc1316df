package io.stratoswarm.graphops.flow;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the values of some fields of a JSON record in one pass over it, and looks no further once it has all of them: of several
 * fields with one name the first counts, and only a record that lacks a field is checked to its end. Used again for each record, by
 * one thread.
 */
final class FieldValues {
    private final FieldTree tree = new FieldTree();
    private final JsonReader reader = new JsonReader();
    private int count;
    private int missing;
    private int[] starts = new int[0];
    private int[] ends = new int[0];
    private byte[] bytes = new byte[0];

    /** Asks for a field from now on; its number. */
    int add(String path) {
        int number = tree.add(path, count);
        if (number == count) {
            count++;
            starts = new int[count];
            ends = new int[count];
        }
        return number;
    }

    boolean none() {
        return count == 0;
    }

    void read(byte[] record, int start, int length) throws NotJson {
        bytes = record;
        Arrays.fill(starts, -1);
        missing = count;
        reader.open(record, start, length);
        if (value(tree, true)) {
            reader.end();
        }
    }

    /**
     * Steps over a value.
     *
     * @param stops whether nothing needs to know where it ends, once all fields are found
     * @return false where it stopped within it
     */
    private boolean value(FieldTree node, boolean stops) throws NotJson {
        reader.peek();
        int start = reader.place();
        int number = node.number();
        if (node.leaf() || !reader.accept('{')) {
            reader.skip();
        } else if (!members(node, stops && number < 0)) {
            return false;
        }
        if (number >= 0 && starts[number] < 0) {
            starts[number] = start;
            ends[number] = reader.place();
            missing--;
        }
        return true;
    }

    private boolean members(FieldTree node, boolean stops) throws NotJson {
        if (reader.accept('}')) {
            return true;
        }
        do {
            int quote = reader.name();
            FieldTree child = node.child(bytes, quote, reader.nameEnd() - quote, reader.escaped());
            if (child == null) {
                reader.skip();
            } else if (!value(child, stops) || stops && missing == 0) {
                return false;
            }
        } while (reader.accept(','));
        reader.expect('}');
        return true;
    }

    boolean there(int field) {
        return starts[field] >= 0;
    }

    int start(int field) {
        return starts[field];
    }

    int length(int field) {
        return ends[field] - starts[field];
    }

    byte[] bytes() {
        return bytes;
    }

    private byte first(int field) {
        return bytes[starts[field]];
    }

    boolean isNumber(int field) {
        byte first = first(field);
        return first == '-' || first >= '0' && first <= '9';
    }

    /** A string's content, or else the value as it is written. */
    String text(int field) {
        return first(field) == '"'
                ? JsonReader.text(bytes, starts[field] + 1, length(field) - 2)
                : new String(bytes, starts[field], length(field), StandardCharsets.UTF_8);
    }

    /** Whether {@link #text} is this one. */
    boolean textIs(int field, byte[] utf8, String text) {
        boolean string = first(field) == '"';
        int start = starts[field] + (string ? 1 : 0);
        int end = ends[field] - (string ? 1 : 0);
        if (Arrays.equals(bytes, start, end, utf8, 0, utf8.length)) {
            return true;
        }
        for (int i = start; string && i < end; i++) {
            if (bytes[i] == '\\') {
                return text(field).equals(text);
            }
        }
        return false;
    }

    BigDecimal number(int field) {
        return new BigDecimal(new String(bytes, starts[field], length(field), StandardCharsets.ISO_8859_1));
    }

    /** The value where it is a whole number of at most 18 digits, else {@code Long.MIN_VALUE}. */
    long whole(int field) {
        return whole(bytes, starts[field], ends[field]);
    }

    static long whole(byte[] bytes, int start, int end) {
        int at = start;
        boolean negative = at < end && bytes[at] == '-';
        if (negative) {
            at++;
        }
        if (end - at > 18 || at == end) {
            return Long.MIN_VALUE;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return Long.MIN_VALUE;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }
}
