package io.stratoswarm.scriptworker;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into what guests see as values that cannot be changed. A small reader of its own, because the worker carries
 * no library that scripts do not need, and because the guests' own parsers give values that would have to be frozen one by one, which
 * costs several times the call itself.
 */
final class JsonReader {
    private static final int MAX_DEPTH = 512;

    /** The input is no JSON. */
    static final class NoJson extends RuntimeException {
        NoJson(String what, int at) {
            this(what + " at character " + at);
        }

        NoJson(String what) {
            super("the input is no JSON: " + what, null, false, false);
        }
    }

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    static @Nullable Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.space();
        if (reader.at < text.length()) {
            throw new NoJson("more follows", reader.at);
        }
        return value;
    }

    private @Nullable Object value() {
        space();
        char c = peek();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private char peek() {
        if (at >= text.length()) {
            throw new NoJson("it ends too early", at);
        }
        return text.charAt(at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw new NoJson("an unknown word", at);
        }
        at += word.length();
        return value;
    }

    private Object object() {
        enter();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (more('}', map.isEmpty())) {
            if (peek() != '"') {
                throw new NoJson("a name in quotes was expected", at);
            }
            String name = string();
            space();
            expect(':');
            map.put(name, value());
        }
        depth--;
        return Views.map(map);
    }

    private Object array() {
        enter();
        List<@Nullable Object> list = new ArrayList<>();
        while (more(']', list.isEmpty())) {
            list.add(value());
        }
        depth--;
        return Views.list(list);
    }

    private void enter() {
        at++;
        if (++depth > MAX_DEPTH) {
            throw new NoJson("it is nested deeper than " + MAX_DEPTH, at);
        }
    }

    /** Whether another entry comes; stands at its begin then, and behind the end else. */
    private boolean more(char end, boolean first) {
        space();
        if (peek() == end) {
            at++;
            return false;
        }
        if (!first) {
            expect(',');
            space();
        }
        return true;
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw new NoJson("'" + wanted + "' was expected", at);
        }
        at++;
    }

    private String string() {
        int from = ++at;
        int quote = text.indexOf('"', from);
        int escape = text.indexOf('\\', from);
        if (quote < 0) {
            throw new NoJson("a text does not end", from);
        }
        if (escape < 0 || escape > quote) {
            at = quote + 1;
            return text.substring(from, quote);
        }
        StringBuilder out = new StringBuilder();
        for (char c = peek(); c != '"'; c = peek()) {
            at++;
            out.append(c == '\\' ? escaped() : c);
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> c;
            case 'u' -> {
                at += 4;
                try {
                    yield (char) Integer.parseInt(text, at - 4, at, 16);
                } catch (IndexOutOfBoundsException | NumberFormatException e) {
                    throw new NoJson("four hexadecimal digits were expected", at - 4);
                }
            }
            default -> throw new NoJson("an unknown escape", at - 1);
        };
    }

    private Object number() {
        int from = at;
        boolean whole = true;
        while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
            char c = text.charAt(at++);
            whole &= c == '-' || c >= '0' && c <= '9';
        }
        String digits = text.substring(from, at);
        try {
            if (!whole) {
                return Double.parseDouble(digits);
            }
            return digits.length() <= 18 ? shortest(Long.parseLong(digits)) : long19(new BigInteger(digits));
        } catch (NumberFormatException e) {
            throw new NoJson("a value was expected", from);
        }
    }

    /** JavaScript counts an int among its own numbers and treats a long as foreign. */
    private static Object shortest(long value) {
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private static Object long19(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : (Object) value;
    }
}
