package io.stratoswarm.core.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.metric.Series;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SortedMap;

/** Which series are asked for. Patterns may end in {@code *}. Not safe for use by several threads. */
final class Wanted {
    private final String subject;
    private final String name;
    private final SortedMap<String, String> labels;
    private final Map<Schema, int[]> columns = new IdentityHashMap<>();

    Wanted(String subject, String name, SortedMap<String, String> labels) {
        this.subject = pattern(subject, "subject");
        this.name = pattern(name, "name");
        this.labels = labels;
    }

    private static String pattern(String text, String what) {
        int star = text.indexOf('*');
        if (text.isEmpty() || star >= 0 && star < text.length() - 1) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the " + what + " '" + text + "' is neither a whole one nor the beginning of one that ends in *");
        }
        return text;
    }

    boolean oneSubject() {
        return !subject.endsWith("*");
    }

    String subject() {
        return subject;
    }

    /** What a key holds of the subject: all of it with its end, or its beginning. */
    byte[] subjectBytes() {
        return (oneSubject() ? subject + '\0' : subject.substring(0, subject.length() - 1)).getBytes(UTF_8);
    }

    boolean subject(String candidate) {
        return matches(subject, candidate);
    }

    boolean matches(Series series) {
        return matches(name, series.name())
                && (labels.isEmpty() || series.labels().entrySet().containsAll(labels.entrySet()));
    }

    private static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /** The columns of a schema that match. */
    int[] columns(Schema schema) {
        return columns.computeIfAbsent(schema, given -> {
            int[] found = new int[given.series().size()];
            int count = 0;
            for (int i = 0; i < found.length; i++) {
                if (matches(given.series().get(i))) {
                    found[count++] = i;
                }
            }
            return java.util.Arrays.copyOf(found, count);
        });
    }
}
