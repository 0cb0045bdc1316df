package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphSyntax.Wording;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong, each with its place and the line it stands in. */
public final class Problems {
    /** Beyond this many of a kind nobody reads on; the rest is counted. */
    static final int MAX_LISTED = 200;

    private static final int MAX_EXCERPT = 200;

    private final String file;
    private final Map<String, String> texts;
    private final Map<String, String[]> lines = new HashMap<>();
    private final Wording wording;
    private final List<ManifestProblem> errors = new ArrayList<>();
    private final List<ManifestProblem> warnings = new ArrayList<>();
    private long unlistedErrors;
    private long unlistedWarnings;

    public Problems(String file, String text) {
        this(file, Map.of(file, text), Wording.JSON);
    }

    /** @param texts of all files that places may name */
    Problems(String file, Map<String, String> texts, Wording wording) {
        this.file = file;
        this.texts = texts;
        this.wording = wording;
    }

    /** The beginning of the main file. */
    public GraphTree.Place start() {
        return new GraphTree.Place(file, 1, 1);
    }

    public String file() {
        return file;
    }

    /** All words that may stand in this kind of object: the keys, and what the syntax adds. */
    List<String> words(String what, List<String> keys) {
        List<String> more = wording.words().getOrDefault(what, List.of());
        if (more.isEmpty()) {
            return keys;
        }
        List<String> all = new ArrayList<>(more);
        all.addAll(keys);
        return all;
    }

    /** How a key is written, by the example for JSON or that of the syntax. */
    String example(String key, String json) {
        return wording.examples().getOrDefault(key, json);
    }

    /** What a syntax found already. */
    void take(List<ManifestProblem> found) {
        found.forEach(problem -> {
            if (errors.size() < MAX_LISTED) {
                errors.add(problem);
            } else {
                unlistedErrors++;
            }
        });
    }

    public void error(GraphTree.Place place, String message) {
        if (errors.size() < MAX_LISTED) {
            errors.add(problem(place, message));
        } else {
            unlistedErrors++;
        }
    }

    public void warn(GraphTree.Place place, String message) {
        if (warnings.size() < MAX_LISTED) {
            warnings.add(problem(place, message));
        } else {
            unlistedWarnings++;
        }
    }

    public boolean failed() {
        return !errors.isEmpty();
    }

    /** Whether another error would still be listed; a costly search for a good message is worth it only then. */
    boolean listing() {
        return errors.size() < MAX_LISTED;
    }

    public List<ManifestProblem> errors() {
        return finished(errors, unlistedErrors, "errors");
    }

    public List<ManifestProblem> warnings() {
        return finished(warnings, unlistedWarnings, "warnings");
    }

    private List<ManifestProblem> finished(List<ManifestProblem> all, long unlisted, String what) {
        List<ManifestProblem> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparing(
                        (ManifestProblem problem) -> !problem.file().equals(file))
                .thenComparing(ManifestProblem::file)
                .thenComparingInt(ManifestProblem::line)
                .thenComparingInt(ManifestProblem::column));
        if (unlisted > 0) {
            sorted.add(new ManifestProblem(file, 0, 0, "and " + unlisted + " more " + what + ", not listed", ""));
        }
        return sorted;
    }

    private ManifestProblem problem(GraphTree.Place place, String message) {
        return new ManifestProblem(
                place.file(), place.line(), place.column(), message.replace('\n', ' '), excerpt(place));
    }

    private String excerpt(GraphTree.Place place) {
        String[] all = lines.computeIfAbsent(
                place.file(), name -> texts.getOrDefault(name, "").split("\r\n|\r|\n", -1));
        if (place.line() < 1 || place.line() > all.length) {
            return "";
        }
        return clip(all[place.line() - 1], MAX_EXCERPT);
    }

    /** The text, or its beginning and an ellipsis; never cuts a surrogate pair. */
    public static String clip(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }
}
