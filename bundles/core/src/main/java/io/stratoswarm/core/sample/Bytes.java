package io.stratoswarm.core.sample;

import java.nio.charset.StandardCharsets;

/** Text of the kernel as bytes, with a place in it. Parsing makes no object. */
final class Bytes {
    private byte[] bytes;
    private int length;
    private int at;

    Bytes(int capacity) {
        bytes = new byte[capacity];
    }

    static Bytes of(String text) {
        Bytes made = new Bytes(1);
        made.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        made.length = made.bytes.length;
        return made;
    }

    /** Makes room for so many and gives the array; {@link #filled} must follow. */
    byte[] room(int wanted) {
        if (bytes.length < wanted) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(wanted, 2 * bytes.length));
        }
        return bytes;
    }

    void filled(int count) {
        length = count;
        at = 0;
    }

    int length() {
        return length;
    }

    int place() {
        return at;
    }

    void to(int place) {
        at = Math.min(place, length);
    }

    boolean atEnd() {
        return at >= length;
    }

    /** The byte at a place, as an unsigned number; -1 past the end. */
    int byteAt(int place) {
        return place < length ? bytes[place] & 0xff : -1;
    }

    /** Whether the text goes on with this ASCII word; it is then passed. */
    boolean pass(byte[] word) {
        if (at + word.length > length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        at += word.length;
        return true;
    }

    /** Goes behind the next occurrence of this ASCII word; false, and nowhere, where there is none. */
    boolean find(byte[] word) {
        int last = length - word.length;
        for (int i = at; i <= last; i++) {
            int k = 0;
            while (k < word.length && bytes[i + k] == word[k]) {
                k++;
            }
            if (k == word.length) {
                at = i + k;
                return true;
            }
        }
        return false;
    }

    /** Goes behind the last occurrence of a byte; false where there is none. */
    boolean findLast(char wanted) {
        for (int i = length - 1; i >= at; i--) {
            if (bytes[i] == wanted) {
                at = i + 1;
                return true;
            }
        }
        return false;
    }

    /** Goes to the begin of the next line; false at the end. */
    boolean nextLine() {
        while (at < length && bytes[at] != '\n') {
            at++;
        }
        at = Math.min(at + 1, length);
        return at < length;
    }

    private void skipBlanks() {
        while (at < length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
    }

    /** Passes so many words and the blanks before each. */
    void skipWords(int count) {
        for (int i = 0; i < count; i++) {
            skipBlanks();
            while (at < length && bytes[at] > ' ') {
                at++;
            }
        }
    }

    /** The next number on this line, blanks before it passed; -1 where there is none. A sign is passed and makes it negative. */
    long number() {
        skipBlanks();
        boolean negative = at < length && bytes[at] == '-';
        int from = negative ? at + 1 : at;
        int i = from;
        long value = 0;
        while (i < length && bytes[i] >= '0' && bytes[i] <= '9') {
            value = value * 10 + (bytes[i] - '0');
            i++;
        }
        if (i == from) {
            return -1;
        }
        at = i;
        return negative ? -value : value;
    }

    /** The next hexadecimal number; -1 where there is none. */
    long hex() {
        skipBlanks();
        int from = at;
        long value = 0;
        while (at < length) {
            int digit = Character.digit(bytes[at], 16);
            if (digit < 0) {
                break;
            }
            value = (value << 4) | digit;
            at++;
        }
        return at == from ? -1 : value;
    }

    /** A number with an optional fraction; NaN where there is none. */
    double decimal() {
        long whole = number();
        if (whole == -1 && (at >= length || bytes[at] != '.')) {
            return Double.NaN;
        }
        double value = whole;
        if (at < length && bytes[at] == '.') {
            at++;
            double scale = 1;
            while (at < length && bytes[at] >= '0' && bytes[at] <= '9') {
                scale /= 10;
                value += (bytes[at] - '0') * scale;
                at++;
            }
        }
        return value;
    }

    /** The next word of this line; empty where there is none. */
    String word() {
        skipBlanks();
        int from = at;
        while (at < length && bytes[at] > ' ') {
            at++;
        }
        return new String(bytes, from, at - from, StandardCharsets.UTF_8);
    }

    /** Everything, for messages and for what is read rarely. */
    String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
