package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.api.graph.ManifestProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Collects what is wrong with a text. */
final class Messages {
    /** Beyond this many nobody reads on. */
    static final int MAX = 200;

    private static final int MAX_EXCERPT = 200;
    private static final int MAX_WORD = 64;

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String[]> lines = new HashMap<>();
    private final List<ManifestProblem> problems = new ArrayList<>();

    void text(String file, String text) {
        texts.put(file, text);
    }

    Map<String, String> texts() {
        return texts;
    }

    boolean full() {
        return problems.size() >= MAX;
    }

    boolean none() {
        return problems.isEmpty();
    }

    List<ManifestProblem> problems() {
        return problems;
    }

    void error(Place place, String message) {
        if (!full()) {
            problems.add(new ManifestProblem(
                    place.file(), place.line(), place.column(), message.replace('\n', ' '), excerpt(place)));
        }
    }

    private String excerpt(Place place) {
        String[] all = lines.computeIfAbsent(
                place.file(), name -> texts.getOrDefault(name, "").split("\r\n|\r|\n", -1));
        return place.line() < 1 || place.line() > all.length ? "" : clip(all[place.line() - 1], MAX_EXCERPT);
    }

    /** The text, or its beginning and an ellipsis; never cuts a surrogate pair. */
    static String clip(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }

    /** {@code "; did you mean 'x'?"}, or the other text where nothing is near enough. */
    static String hint(String word, Iterable<String> candidates, String otherwise) {
        return nearest(word, candidates)
                .map(near -> "; did you mean '" + near + "'?")
                .orElse(otherwise);
    }

    private static Optional<String> nearest(String word, Iterable<String> candidates) {
        if (word.isEmpty() || word.length() > MAX_WORD) {
            return Optional.empty();
        }
        int best = Math.max(1, word.length() / 3) + 1;
        String found = "";
        for (String candidate : candidates) {
            if (candidate.length() <= MAX_WORD && Math.abs(candidate.length() - word.length()) < best) {
                int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
                if (distance < best) {
                    best = distance;
                    found = candidate;
                }
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    /** Edits (insert, delete, replace, swap of neighbours) that make one word of the other. */
    private static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                table[i][j] = Math.min(Math.min(table[i - 1][j], table[i][j - 1]) + 1, table[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
                }
            }
        }
        return table[a.length()][b.length()];
    }
}
