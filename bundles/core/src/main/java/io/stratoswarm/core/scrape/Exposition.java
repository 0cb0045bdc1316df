package io.stratoswarm.core.scrape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text formats that agents serve metrics in: Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and
 * OpenMetrics 1.0 (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md). The few differences need no switch: a
 * reader of the second takes the first.
 */
final class Exposition {
    /** One line of values. */
    record Point(String name, SortedMap<String, String> labels, double value) {}

    /** What is declared of a family; words are empty where nothing is. */
    record Family(String type, String help, String unit) {
        static final Family UNKNOWN = new Family("", "", "");
    }

    /** The text is in none of the formats; the message says where. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(int line, String message) {
            super("line " + line + " of the answer: " + message);
        }
    }

    private final String text;
    private final int most;
    private final List<Point> points = new ArrayList<>();
    private final Map<String, Family> families = new HashMap<>();
    private int at;
    private int line;
    private boolean ended;

    private Exposition(String text, int most) {
        this.text = text;
        this.most = most;
    }

    /**
     * Reads a whole text.
     *
     * @param most values that it may have
     */
    static Exposition read(String text, int most) throws Wrong {
        Exposition read = new Exposition(text, most);
        while (read.at < text.length()) {
            read.line++;
            read.line();
        }
        return read;
    }

    List<Point> points() {
        return points;
    }

    /** What was declared of the family of a sample, whose name may have a suffix that its type adds. */
    Family family(String name) {
        Family own = families.get(name);
        if (own != null) {
            return own;
        }
        for (String suffix : List.of("_total", "_bucket", "_sum", "_count", "_info", "_created", "_gcount", "_gsum")) {
            if (name.endsWith(suffix)) {
                Family base = families.get(name.substring(0, name.length() - suffix.length()));
                if (base != null) {
                    return base;
                }
            }
        }
        return Family.UNKNOWN;
    }

    private void line() throws Wrong {
        blanks();
        if (at >= text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r') {
            nextLine();
        } else if (ended) {
            throw new Wrong(line, "something follows # EOF");
        } else if (text.charAt(at) == '#') {
            comment();
        } else {
            sample();
        }
    }

    private void nextLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
    }

    private String restOfLine() {
        int end = text.indexOf('\n', at);
        String rest = text.substring(at, end < 0 ? text.length() : end).strip();
        nextLine();
        return rest;
    }

    private void blanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void comment() {
        String[] word = restOfLine().substring(1).strip().split("[ \t]+", 3);
        switch (word[0]) {
            case "EOF" -> ended = true;
            case "TYPE" -> declare(word, (family, told) -> new Family(told, family.help(), family.unit()));
            case "HELP" -> declare(word, (family, told) -> new Family(family.type(), unescape(told), family.unit()));
            case "UNIT" -> declare(word, (family, told) -> new Family(family.type(), family.help(), told));
            default -> {
                // A comment for people.
            }
        }
    }

    private void declare(String[] word, java.util.function.BiFunction<Family, String, Family> change) {
        if (word.length > 1) {
            Family known = families.getOrDefault(word[1], Family.UNKNOWN);
            families.put(word[1], change.apply(known, word.length > 2 ? word[2].strip() : ""));
        }
    }

    private void sample() throws Wrong {
        String name = name("a metric's name");
        SortedMap<String, String> labels = new TreeMap<>();
        blanks();
        if (at < text.length() && text.charAt(at) == '{') {
            at++;
            labels(labels);
        }
        blanks();
        String[] rest = restOfLine().split("[ \t]+", 2);
        // A timestamp and an exemplar may follow; the time of the reading is taken for all.
        points.add(new Point(name, labels, number(rest[0])));
        if (points.size() > most) {
            throw new Wrong(line, "more than " + most + " values");
        }
    }

    private String name(String what) throws Wrong {
        int from = at;
        while (at < text.length() && nameCharacter(text.charAt(at), at > from)) {
            at++;
        }
        if (at == from) {
            throw new Wrong(line, what + " is expected, not '" + clipped() + "'");
        }
        return text.substring(from, at);
    }

    private String clipped() {
        int end = text.indexOf('\n', at);
        return text.substring(at, Math.min(end < 0 ? text.length() : end, at + 30))
                .replaceAll("\\p{Cntrl}", "?");
    }

    private static boolean nameCharacter(char c, boolean digits) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || digits && c >= '0' && c <= '9';
    }

    private void labels(SortedMap<String, String> into) throws Wrong {
        while (true) {
            blanks();
            if (at < text.length() && text.charAt(at) == '}') {
                at++;
                return;
            }
            String name = name("a label's name or }");
            blanks();
            expect('=');
            blanks();
            expect('"');
            into.put(name, value());
            blanks();
            if (at < text.length() && text.charAt(at) == ',') {
                at++;
            } else if (at >= text.length() || text.charAt(at) != '}') {
                throw new Wrong(line, "a comma or } is expected, not '" + clipped() + "'");
            }
        }
    }

    private void expect(char c) throws Wrong {
        if (at >= text.length() || text.charAt(at) != c) {
            throw new Wrong(line, c + " is expected, not '" + clipped() + "'");
        }
        at++;
    }

    private String value() throws Wrong {
        int from = at;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\n') {
                throw new Wrong(line, "a label's value does not end");
            }
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            throw new Wrong(line, "a label's value does not end");
        }
        return unescape(text.substring(from, at++));
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                switch (next) {
                    case 'n' -> clean.append('\n');
                    case '\\', '"' -> clean.append(next);
                    default -> clean.append(c).append(next);
                }
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
    }

    private double number(String word) throws Wrong {
        String plain = word.toLowerCase(java.util.Locale.ROOT);
        try {
            return switch (plain) {
                case "nan" -> Double.NaN;
                case "inf", "+inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> {
                    // Java would also take 1f and 0x1p3, which are no numbers here.
                    if (plain.isEmpty() || !plain.matches("[-+]?[0-9.]+(e[-+]?[0-9]+)?")) {
                        throw new NumberFormatException();
                    }
                    yield Double.parseDouble(plain);
                }
            };
        } catch (NumberFormatException e) {
            throw new Wrong(line, "a number is expected, not '" + word.substring(0, Math.min(30, word.length())) + "'");
        }
    }
}
