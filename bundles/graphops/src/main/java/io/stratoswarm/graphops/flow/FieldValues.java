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
    private static final int STOPPED = -1;

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
        for (int i = 0; i < count; i++) {
            starts[i] = -1;
        }
        missing = count;
        int end = start + length;
        reader.open(record, start, length);
        int behind = value(tree, record, JsonReader.space(record, start, end), end, true);
        if (behind >= 0) {
            reader.end(behind);
        }
    }

    /**
     * Steps over a value, which begins here.
     *
     * @param stops whether nothing needs to know where it ends, once all fields are found
     * @return the place behind it, or {@link #STOPPED} where it stopped within it
     */
    private int value(FieldTree node, byte[] text, int start, int end, boolean stops) throws NotJson {
        if (node.leaf() || start >= end || text[start] != '{') {
            int behind = reader.value(start);
            found(node.number(), start, behind);
            return behind;
        }
        int behind = members(node, text, JsonReader.space(text, start + 1, end), end, stops && node.number() < 0);
        if (behind >= 0) {
            found(node.number(), start, behind);
        }
        return behind;
    }

    private void found(int number, int start, int behind) {
        if (number >= 0 && starts[number] < 0) {
            starts[number] = start;
            ends[number] = behind;
            missing--;
        }
    }

    /** Steps over the members of an object, up to and with its end; places as those of {@link #value}. */
    private int members(FieldTree node, byte[] text, int first, int end, boolean stops) throws NotJson {
        int p = first;
        if (p < end && text[p] == '}') {
            return p + 1;
        }
        while (true) {
            int colon = reader.name(p);
            FieldTree child = node.child(text, p + 1, reader.nameEnd() - p - 1, reader.escaped());
            p = JsonReader.space(text, colon + 1, end);
            if (child == null) {
                p = reader.value(p);
            } else {
                if (child.leaf()) {
                    int start = p;
                    p = reader.value(p);
                    found(child.number(), start, p);
                } else {
                    p = value(child, text, p, end, stops);
                }
                if (p < 0 || stops && missing == 0) {
                    return STOPPED;
                }
            }
            p = JsonReader.space(text, p, end);
            if (p >= end || text[p] != ',') {
                if (p < end && text[p] == '}') {
                    return p + 1;
                }
                throw reader.wrong(p, "'}' expected");
            }
            p = JsonReader.space(text, p + 1, end);
        }
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

    /** {@link Receiver#key(String)} of {@link #text}, mostly without making that. */
    long key(int field) {
        int quote = first(field) == '"' ? 1 : 0;
        long key = Receiver.key(bytes, starts[field] + quote, ends[field] - quote);
        return key == 0 ? Receiver.key(text(field)) : key;
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
