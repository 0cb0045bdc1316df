package io.stratoswarm.graphops.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Steps through one JSON text (RFC 8259) in an array and makes nothing of it: values are places in the array. All of the grammar is
 * checked; that strings are valid UTF-8 is not. Used again for each record, by one thread.
 */
final class JsonReader {
    private static final int DEEPEST = 512;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x01010101_01010101L;
    private static final long HIGH = 0x80808080_80808080L;
    private static final long QUOTES = ONES * '"';
    private static final long SLASHES = ONES * '\\';

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int from;

    void open(byte[] text, int start, int length) {
        bytes = text;
        from = start;
        at = start;
        end = start + length;
    }

    int place() {
        return at;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The next byte that is no space, without stepping over it; 0 at the end. */
    byte peek() {
        while (at < end) {
            byte b = bytes[at];
            if (b > ' ' || b != ' ' && b != '\n' && b != '\t' && b != '\r') {
                return b;
            }
            at++;
        }
        return 0;
    }

    /** Steps over this byte, which must be next. */
    void expect(char wanted) throws NotJson {
        if (peek() != wanted) {
            throw wrong("'" + wanted + "' expected");
        }
        at++;
    }

    /** Steps over this byte if it is next. */
    boolean accept(char wanted) {
        if (peek() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    void end() throws NotJson {
        if (peek() != 0 || at < end) {
            throw wrong("something follows the value");
        }
    }

    /** Steps over a string; its content lies between {@code start + 1} and the place before the one that it ends at. */
    void string() throws NotJson {
        if (peek() != '"') {
            throw wrong("a name or string in quotes expected");
        }
        int place = at + 1;
        while (true) {
            while (place + Long.BYTES <= end) {
                long word = (long) WORD.get(bytes, place);
                long special = below(word ^ QUOTES, 1) | below(word ^ SLASHES, 1) | below(word, 0x20);
                if (special != 0) {
                    place += Long.numberOfTrailingZeros(special) >>> 3;
                    break;
                }
                place += Long.BYTES;
            }
            if (place >= end) {
                at = end;
                throw wrong("a string has no end");
            }
            byte b = bytes[place];
            if (b == '"') {
                at = place + 1;
                return;
            }
            if (b == '\\') {
                place = escape(place + 1);
            } else if (b >= 0 && b < ' ') {
                at = place;
                throw wrong("a control character in a string");
            } else {
                place++;
            }
        }
    }

    /** Marks the bytes that are below a limit of at most 128; the lowest mark is right, and those above it may not be. */
    private static long below(long word, long limit) {
        return (word - ONES * limit) & ~word & HIGH;
    }

    private int escape(int place) throws NotJson {
        if (place < end) {
            switch (bytes[place]) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                    return place + 1;
                }
                case 'u' -> {
                    for (int i = 1; i <= 4; i++) {
                        if (place + i >= end || Character.digit(bytes[place + i], 16) < 0) {
                            at = place;
                            throw wrong("four hexadecimal digits expected");
                        }
                    }
                    return place + 5;
                }
                default -> {}
            }
        }
        at = Math.min(place, end);
        throw wrong("an unknown escape in a string");
    }

    /** Steps over a value of any kind. */
    void skip() throws NotJson {
        long[] objects = null;
        int depth = 0;
        boolean inObject = false;
        while (true) {
            switch (peek()) {
                case '{' -> {
                    at++;
                    if (depth == DEEPEST) {
                        throw wrong("more than " + DEEPEST + " levels");
                    }
                    if (objects == null) {
                        objects = new long[DEEPEST / Long.SIZE];
                    }
                    if (peek() == '}') {
                        at++;
                        break;
                    }
                    set(objects, depth++, inObject);
                    inObject = true;
                    name();
                    continue;
                }
                case '[' -> {
                    at++;
                    if (depth == DEEPEST) {
                        throw wrong("more than " + DEEPEST + " levels");
                    }
                    if (objects == null) {
                        objects = new long[DEEPEST / Long.SIZE];
                    }
                    if (peek() == ']') {
                        at++;
                        break;
                    }
                    set(objects, depth++, inObject);
                    inObject = false;
                    continue;
                }
                default -> scalar();
            }
            // A value has ended; so may those that it is in.
            while (true) {
                if (depth == 0) {
                    return;
                }
                if (accept(',')) {
                    if (inObject) {
                        name();
                    }
                    break;
                }
                if (!accept(inObject ? '}' : ']')) {
                    throw wrong(inObject ? "',' or '}' expected" : "',' or ']' expected");
                }
                inObject = get(java.util.Objects.requireNonNull(objects), --depth);
            }
        }
    }

    private void name() throws NotJson {
        string();
        expect(':');
    }

    private static void set(long[] bits, int index, boolean value) {
        long bit = 1L << index;
        bits[index >> 6] = value ? bits[index >> 6] | bit : bits[index >> 6] & ~bit;
    }

    private static boolean get(long[] bits, int index) {
        return (bits[index >> 6] >>> index & 1) != 0;
    }

    private void scalar() throws NotJson {
        switch (peek()) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void word(String word) throws NotJson {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || bytes[at + i] != word.charAt(i)) {
                throw wrong("a value expected");
            }
        }
        at += word.length();
    }

    private void number() throws NotJson {
        int start = at;
        if (at < end && bytes[at] == '-') {
            at++;
        }
        if (at < end && bytes[at] == '0') {
            at++;
        } else if (digits() == 0) {
            at = start;
            throw wrong("a value expected");
        }
        if (at < end && bytes[at] == '.') {
            at++;
            if (digits() == 0) {
                throw wrong("a digit expected");
            }
        }
        if (at < end && (bytes[at] | 0x20) == 'e') {
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            if (digits() == 0) {
                throw wrong("a digit expected");
            }
        }
    }

    private int digits() {
        int start = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - start;
    }

    NotJson wrong(String what) {
        return new NotJson(
                at >= end ? "it ends where " + what.replace(" expected", " is expected") : what, at - from + 1);
    }

    /** Content of a string, which was stepped over, as text. */
    static String text(byte[] bytes, int start, int length) {
        int slash = -1;
        for (int i = start; i < start + length; i++) {
            if (bytes[i] == '\\') {
                slash = i;
                break;
            }
        }
        if (slash < 0) {
            return new String(bytes, start, length, StandardCharsets.UTF_8);
        }
        String raw = new String(bytes, start, length, StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = raw.charAt(++i);
            switch (escaped) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }
}
