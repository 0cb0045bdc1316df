package io.stratoswarm.graphops.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Steps through one JSON text (RFC 8259) in an array and makes nothing of it: values are places in the array. All of the grammar is
 * checked of what it steps over; that strings are valid UTF-8 is not. Used again for each record, by one thread.
 *
 * <p>What is called for each byte or value takes the place as an argument and returns the next one, so that it stays in a register.
 */
final class JsonReader {
    private static final int DEEPEST = 512;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x01010101_01010101L;
    private static final long HIGH = 0x80808080_80808080L;
    private static final long QUOTES = ONES * '"';
    private static final long SLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';
    private static final long ZEROS = ONES * '0';
    private static final long LOW = ONES * 0x7f;
    private static final long TO_HIGH_FROM_TEN = ONES * (0x80 - 10);

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private int from;
    private boolean escaped;
    private int nameEnd;

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
        at = space(bytes, at, end);
        return at < end ? bytes[at] : 0;
    }

    /** Steps over this byte, which must be next. */
    void expect(char wanted) throws NotJson {
        if (!accept(wanted)) {
            throw wrong("'" + wanted + "' expected");
        }
    }

    /** Steps over this byte if it is next. */
    boolean accept(char wanted) {
        int place = space(bytes, at, end);
        boolean there = place < end && bytes[place] == wanted;
        at = there ? place + 1 : place;
        return there;
    }

    /** Says that the value ends at this place, behind which nothing may be. */
    void end(int place) throws NotJson {
        at = place;
        end();
    }

    void end() throws NotJson {
        if (space(bytes, at, end) < end) {
            peek();
            throw wrong("something follows the value");
        }
    }

    /** Steps over a string; its content lies between {@code start + 1} and the place before the one that it ends at. */
    void string() throws NotJson {
        if (peek() != '"') {
            throw wrong("a name or string in quotes expected");
        }
        escaped = false;
        at = string(bytes, at + 1, end);
    }

    /** Steps over a name, which begins at this place with its quote; the place of its colon. It ends at {@link #nameEnd}. */
    int name(int start) throws NotJson {
        if (start >= end || bytes[start] != '"') {
            throw wrong(start, "a name or string in quotes expected");
        }
        escaped = false;
        int behind = string(bytes, start + 1, end);
        nameEnd = behind - 1;
        int colon = space(bytes, behind, end);
        if (colon >= end || bytes[colon] != ':') {
            throw wrong(colon, "':' expected");
        }
        return colon;
    }

    int nameEnd() {
        return nameEnd;
    }

    /** Whether the string that {@link #string} stepped over last has escapes in it. */
    boolean escaped() {
        return escaped;
    }

    /** Steps over a value of any kind. */
    void skip() throws NotJson {
        at = value(space(bytes, at, end));
    }

    /** The place behind the value of any kind that begins at this one. */
    int value(int place) throws NotJson {
        return value(bytes, place, end, 0);
    }

    /** The first place from this one on that holds no space, or the end. */
    static int space(byte[] text, int place, int end) {
        int p = place;
        while (p < end) {
            byte b = text[p];
            if (b > ' ' || b != ' ' && b != '\n' && b != '\t' && b != '\r') {
                return p;
            }
            p++;
        }
        return p;
    }

    private int value(byte[] text, int p, int end, int depth) throws NotJson {
        if (p >= end) {
            throw wrong(p, "a value expected");
        }
        byte first = text[p];
        if (first == '"') {
            return string(text, p + 1, end);
        }
        return first <= '9' ? number(text, p, end) : other(text, p, end, depth);
    }

    /** What is neither a string nor a number; apart, so that the usual values are in one small piece of code. */
    private int other(byte[] text, int p, int end, int depth) throws NotJson {
        byte first = text[p];
        if (first == '{' || first == '[') {
            if (depth == DEEPEST) {
                throw wrong(p, "more than " + DEEPEST + " levels");
            }
            return first == '{' ? object(text, p + 1, end, depth + 1) : array(text, p + 1, end, depth + 1);
        }
        return switch (first) {
            case 't' -> word(text, p, end, "true");
            case 'f' -> word(text, p, end, "false");
            case 'n' -> word(text, p, end, "null");
            default -> throw wrong(p, "a value expected");
        };
    }

    private int object(byte[] text, int place, int end, int depth) throws NotJson {
        int p = space(text, place, end);
        if (p < end && text[p] == '}') {
            return p + 1;
        }
        while (true) {
            if (p >= end || text[p] != '"') {
                throw wrong(p, "a name or string in quotes expected");
            }
            p = space(text, string(text, p + 1, end), end);
            if (p >= end || text[p] != ':') {
                throw wrong(p, "':' expected");
            }
            p = space(text, value(text, space(text, p + 1, end), end, depth), end);
            if (p >= end || text[p] != ',') {
                if (p < end && text[p] == '}') {
                    return p + 1;
                }
                throw wrong(p, "',' or '}' expected");
            }
            p = space(text, p + 1, end);
        }
    }

    private int array(byte[] text, int place, int end, int depth) throws NotJson {
        int p = space(text, place, end);
        if (p < end && text[p] == ']') {
            return p + 1;
        }
        while (true) {
            p = space(text, value(text, p, end, depth), end);
            if (p >= end || text[p] != ',') {
                if (p < end && text[p] == ']') {
                    return p + 1;
                }
                throw wrong(p, "',' or ']' expected");
            }
            p = space(text, p + 1, end);
        }
    }

    /** Behind the quote that ends the string whose content begins here. */
    private int string(byte[] text, int place, int end) throws NotJson {
        int p = place;
        while (true) {
            while (p + Long.BYTES <= end) {
                long word = (long) WORD.get(text, p);
                long quote = word ^ QUOTES;
                long slash = word ^ SLASHES;
                // Marks a byte that is a quote, a backslash or below a space. The lowest mark is right; those above may
                // not be.
                long special = ((quote - ONES) & ~quote | (slash - ONES) & ~slash | (word - SPACES) & ~word) & HIGH;
                if (special != 0) {
                    p += Long.numberOfTrailingZeros(special) >>> 3;
                    break;
                }
                p += Long.BYTES;
            }
            if (p >= end) {
                throw wrong(end, "a string has no end");
            }
            byte b = text[p];
            if (b == '"') {
                return p + 1;
            }
            if (b == '\\') {
                p = escape(text, p + 1, end);
            } else if (b >= 0 && b < ' ') {
                throw wrong(p, "a control character in a string");
            } else {
                p++;
            }
        }
    }

    private int escape(byte[] text, int place, int end) throws NotJson {
        escaped = true;
        if (place < end) {
            switch (text[place]) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                    return place + 1;
                }
                case 'u' -> {
                    for (int i = 1; i <= 4; i++) {
                        if (place + i >= end || Character.digit(text[place + i], 16) < 0) {
                            throw wrong(place, "four hexadecimal digits expected");
                        }
                    }
                    return place + 5;
                }
                default -> {}
            }
        }
        throw wrong(place, "an unknown escape in a string");
    }

    private int word(byte[] text, int p, int end, String word) throws NotJson {
        for (int i = 0; i < word.length(); i++) {
            if (p + i >= end || text[p + i] != word.charAt(i)) {
                throw wrong(p, "a value expected");
            }
        }
        return p + word.length();
    }

    private int number(byte[] text, int start, int end) throws NotJson {
        int p = start;
        if (text[p] == '-') {
            p++;
        }
        if (p < end && text[p] == '0') {
            p++;
        } else {
            p = digits(text, p, end, start, "a value expected");
        }
        if (p < end && text[p] == '.') {
            p = digits(text, p + 1, end, p + 1, "a digit expected");
        }
        if (p < end && (text[p] | 0x20) == 'e') {
            p++;
            if (p < end && (text[p] == '+' || text[p] == '-')) {
                p++;
            }
            p = digits(text, p, end, p, "a digit expected");
        }
        return p;
    }

    private int digits(byte[] text, int place, int end, int blame, String expected) throws NotJson {
        int p = place;
        while (p + Long.BYTES <= end) {
            long x = (long) WORD.get(text, p) ^ ZEROS;
            // Marks each byte that is no digit; those that are have become 0 to 9.
            long others = (((x & LOW) + TO_HIGH_FROM_TEN) | x) & HIGH;
            if (others != 0) {
                p += Long.numberOfTrailingZeros(others) >>> 3;
                break;
            }
            p += Long.BYTES;
        }
        while (p < end && text[p] >= '0' && text[p] <= '9') {
            p++;
        }
        if (p == place) {
            throw wrong(blame, expected);
        }
        return p;
    }

    NotJson wrong(String what) {
        return wrong(at, what);
    }

    NotJson wrong(int place, String what) {
        at = Math.min(place, end);
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
