package io.stratoswarm.core.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a line into words, and puts a name for what looks like a value: {@code <UUID>}, {@code <IP>}, {@code <TIME>}, {@code <HEX>} and
 * {@code <NUM>}. A value begins where no letter or digit stands before it, so that the 2 of {@code http2} stays. By hand and not by
 * regular expressions: each byte of output passes here.
 */
final class Masks {
    /** What is beyond does not tell templates apart. */
    static final int MOST_WORDS = 48;

    static final int LONGEST_LINE = 1_024;
    private static final int MIN_HEX = 8;

    private final byte[] line;
    private final int end;

    private Masks(byte[] line, int end) {
        this.line = line;
        this.end = end;
    }

    /** The words of a line in UTF-8, without its end. */
    static List<String> words(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + LONGEST_LINE);
        Masks masks = new Masks(bytes, end);
        List<String> words = new ArrayList<>(16);
        int at = from;
        while (at < end) {
            while (at < end && blank(bytes[at])) {
                at++;
            }
            int start = at;
            while (at < end && !blank(bytes[at])) {
                at++;
            }
            if (at > start) {
                if (words.size() == MOST_WORDS) {
                    words.set(MOST_WORDS - 1, DrainTree.ANY);
                    break;
                }
                words.add(masks.word(start, at));
            }
        }
        return words;
    }

    private static boolean blank(byte b) {
        return b >= 0 && b <= ' ';
    }

    private String word(int start, int wordEnd) {
        StringBuilder masked = null;
        int copied = start;
        int at = start;
        while (at < wordEnd) {
            int length = begins(at, start) ? value(at, wordEnd) : 0;
            if (length == 0) {
                at++;
                continue;
            }
            if (masked == null) {
                masked = new StringBuilder();
            }
            append(masked, copied, at);
            masked.append(name(at, length));
            at += length;
            copied = at;
        }
        if (masked == null) {
            return text(start, wordEnd);
        }
        append(masked, copied, wordEnd);
        return masked.toString();
    }

    private void append(StringBuilder masked, int from, int to) {
        if (to > from) {
            masked.append(text(from, to));
        }
    }

    private String text(int from, int to) {
        return new String(line, from, to - from, java.nio.charset.StandardCharsets.UTF_8);
    }

    private boolean begins(int at, int start) {
        return at == start || !alphanumeric(line[at - 1]);
    }

    private static boolean alphanumeric(byte b) {
        return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b < 0;
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean hexDigit(byte b) {
        return digit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F';
    }

    private String found = "";

    private String name(int at, int length) {
        return length == 0 ? text(at, at) : found;
    }

    /** Length of the value that begins here, and its name in {@link #found}; 0 where none does. */
    private int value(int at, int to) {
        if (!hexDigit(line[at])) {
            return 0;
        }
        int length = uuid(at, to);
        if (length > 0) {
            found = "<UUID>";
            return length;
        }
        if (!digit(line[at])) {
            return hex(at, to);
        }
        length = address(at, to);
        if (length > 0) {
            found = "<IP>";
            return length;
        }
        length = time(at, to);
        if (length > 0) {
            found = "<TIME>";
            return length;
        }
        length = hex(at, to);
        return length > 0 ? length : number(at, to);
    }

    private int run(int at, int to, boolean hex) {
        int i = at;
        while (i < to && (hex ? hexDigit(line[i]) : digit(line[i]))) {
            i++;
        }
        return i - at;
    }

    private boolean is(int at, int to, char c) {
        return at < to && line[at] == c;
    }

    private boolean ends(int at, int to) {
        return at >= to || !alphanumeric(line[at]);
    }

    private int uuid(int at, int to) {
        int i = at;
        for (int part : new int[] {8, 4, 4, 4, 12}) {
            if (i > at && !is(i++, to, '-') || run(i, to, true) != part) {
                return 0;
            }
            i += part;
        }
        return ends(i, to) ? i - at : 0;
    }

    /** Four numbers and perhaps a port. */
    private int address(int at, int to) {
        int i = at;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && !is(i++, to, '.')) {
                return 0;
            }
            int digits = run(i, to, false);
            if (digits == 0 || digits > 3) {
                return 0;
            }
            i += digits;
        }
        if (!ends(i, to) || is(i, to, '.') && i + 1 < to && digit(line[i + 1])) {
            return 0;
        }
        int port = is(i, to, ':') ? run(i + 1, to, false) : 0;
        return i - at + (port > 0 ? port + 1 : 0);
    }

    /** A date as in 2026-11-23 or 2026/11/23, a time as in 04:35:41.452Z, or both. */
    private int time(int at, int to) {
        int i = at;
        int digits = run(i, to, false);
        boolean date = digits == 4
                && (is(i + 4, to, '-') || is(i + 4, to, '/'))
                && run(i + 5, to, false) == 2
                && is(i + 7, to, (char) line[i + 4])
                && run(i + 8, to, false) >= 2;
        if (date) {
            i += 10;
            if (!(is(i, to, 'T') && i + 1 < to && digit(line[i + 1]))) {
                return ends(i, to) ? i - at : 0;
            }
            i++;
            digits = run(i, to, false);
        }
        boolean clock = digits == 2 && is(i + 2, to, ':') && run(i + 3, to, false) == 2;
        if (!clock) {
            return 0;
        }
        i += 5;
        if (is(i, to, ':') && run(i + 1, to, false) == 2) {
            i += 3;
            if (is(i, to, '.') || is(i, to, ',')) {
                i += 1 + run(i + 1, to, false);
            }
        } else if (!date) {
            return 0;
        }
        if (is(i, to, 'Z')) {
            return i + 1 - at;
        }
        if ((is(i, to, '+') || is(i, to, '-')) && run(i + 1, to, false) >= 2) {
            i += 1 + run(i + 1, to, false);
            if (is(i, to, ':')) {
                i += 1 + run(i + 1, to, false);
            }
        }
        return i - at;
    }

    /** 0x and hexadecimal digits, or many of them with both letters and digits. */
    private int hex(int at, int to) {
        if (line[at] == '0' && (is(at + 1, to, 'x') || is(at + 1, to, 'X'))) {
            int digits = run(at + 2, to, true);
            found = "<HEX>";
            return digits > 0 && ends(at + 2 + digits, to) ? digits + 2 : 0;
        }
        int length = run(at, to, true);
        if (length < MIN_HEX || !ends(at + length, to)) {
            return 0;
        }
        boolean letters = false;
        boolean digits = false;
        for (int i = at; i < at + length; i++) {
            digits |= digit(line[i]);
            letters |= !digit(line[i]);
        }
        found = "<HEX>";
        return letters && digits ? length : 0;
    }

    /** Digits, a fraction and an exponent; a unit that follows stays. */
    private int number(int at, int to) {
        int length = run(at, to, false);
        while ((is(at + length, to, '.') || is(at + length, to, ',')) && run(at + length + 1, to, false) > 0) {
            length += 1 + run(at + length + 1, to, false);
        }
        found = "<NUM>";
        return length;
    }
}
