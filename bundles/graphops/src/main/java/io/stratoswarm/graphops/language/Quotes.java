package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree.Place;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** What stands in quotes: escapes, parameters, and the layout of texts of many lines. */
final class Quotes {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private Quotes() {}

    /** A text in which no parameter may stand. */
    static String plain(Syntax.Quoted quoted, Messages messages) {
        return resolve(quoted, messages, (place, name) -> {
            messages.error(place, "a key or field cannot hold a parameter; write '\\${' for the characters themselves");
            return Optional.of("");
        });
    }

    /** The text with escapes and parameters resolved. */
    static String resolve(
            Syntax.Quoted quoted, Messages messages, BiFunction<Place, String, Optional<String>> parameters) {
        String text = quoted.text();
        if (!quoted.interpolated() || text.indexOf('\\') < 0 && text.indexOf("${") < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\') {
                i = escape(quoted, i + 1, out, messages);
            } else if (c == '$' && text.startsWith("${", i)) {
                int end = text.indexOf('}', i);
                String name = end < 0 ? "" : text.substring(i + 2, end).strip();
                if (!NAME.matcher(name).matches()) {
                    messages.error(
                            quoted.place(),
                            "'" + Messages.clip(text.substring(i), 20)
                                    + "' names no parameter, for example ${port}; write '\\${' for the characters"
                                    + " themselves");
                    return out.toString();
                }
                parameters.apply(quoted.place(), name).ifPresent(out::append);
                i = end + 1;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /** Appends what the escape at this index means and returns the index behind it. */
    private static int escape(Syntax.Quoted quoted, int index, StringBuilder out, Messages messages) {
        String text = quoted.text();
        char c = index < text.length() ? text.charAt(index) : ' ';
        switch (c) {
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case '"', '\\', '$', '/', '\'' -> out.append(c);
            case 'u' -> {
                return unicode(quoted, index, out, messages);
            }
            default ->
                messages.error(
                        quoted.place(),
                        "'\\" + (Character.isISOControl(c) ? "" : c)
                                + "' is no escape; known are \\n \\t \\r \\b \\f \\\" \\\\ \\$ and \\u with four digits;"
                                + " 'single quotes' take everything as it stands");
        }
        return index + 1;
    }

    private static int unicode(Syntax.Quoted quoted, int index, StringBuilder out, Messages messages) {
        String text = quoted.text();
        int end = Math.min(text.length(), index + 5);
        String digits = text.substring(index + 1, end);
        if (!digits.matches("[0-9A-Fa-f]{4}")) {
            messages.error(quoted.place(), "'\\u' needs four hexadecimal digits, for example \\u00e9");
            return end;
        }
        char c = (char) Integer.parseInt(digits, 16);
        boolean low = Character.isLowSurrogate(c);
        boolean afterHigh = !out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1));
        boolean beforeLow = text.startsWith("\\u", end)
                && text.length() >= end + 6
                && text.substring(end + 2, end + 6).matches("[dD][c-fC-F][0-9A-Fa-f]{2}");
        if (c == 0 || low && !afterHigh || Character.isHighSurrogate(c) && !beforeLow) {
            messages.error(
                    quoted.place(),
                    c == 0
                            ? "a text must not contain the NUL character (\\u0000)"
                            : "'\\u" + digits + "' is half of a character; write both halves, or the character itself");
            return end;
        }
        out.append(c);
        return end;
    }

    /**
     * A text of many lines without the indentation that all its lines have in common, as in Java's text blocks: a line's end behind
     * the opening quotes is dropped, and the line with the closing ones counts for the indentation and else is nothing.
     */
    static String unindented(String raw) {
        String text = raw.replace("\r\n", "\n").replace('\r', '\n');
        int first = text.indexOf('\n');
        if (first < 0 || !text.substring(0, first).isBlank()) {
            return text;
        }
        String[] lines = text.substring(first + 1).split("\n", -1);
        int common = Integer.MAX_VALUE;
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank() || i == lines.length - 1) {
                int spaces = 0;
                while (spaces < lines[i].length() && " \t".indexOf(lines[i].charAt(spaces)) >= 0) {
                    spaces++;
                }
                common = Math.min(common, spaces);
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            boolean closing = i == lines.length - 1;
            String line = lines[i].length() <= common ? "" : lines[i].substring(common);
            out.append(closing && line.isBlank() ? "" : line).append(closing ? "" : "\n");
        }
        return out.toString();
    }
}
