package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.ManifestProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, each with its place and the line it stands in. */
public final class Problems {
    /** Beyond this many of a kind nobody reads on; the rest is counted. */
    static final int MAX_LISTED = 200;

    private static final int MAX_EXCERPT = 200;

    private final String file;
    private final String[] lines;
    private final List<ManifestProblem> errors = new ArrayList<>();
    private final List<ManifestProblem> warnings = new ArrayList<>();
    private long unlistedErrors;
    private long unlistedWarnings;

    public Problems(String file, String text) {
        this.file = file;
        this.lines = text.split("\r\n|\r|\n", -1);
    }

    public void error(Json.Place place, String message) {
        if (errors.size() < MAX_LISTED) {
            errors.add(problem(place, message));
        } else {
            unlistedErrors++;
        }
    }

    public void warn(Json.Place place, String message) {
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
        sorted.sort(Comparator.comparingInt(ManifestProblem::line).thenComparingInt(ManifestProblem::column));
        if (unlisted > 0) {
            sorted.add(new ManifestProblem(file, 0, 0, "and " + unlisted + " more " + what + ", not listed", ""));
        }
        return sorted;
    }

    private ManifestProblem problem(Json.Place place, String message) {
        return new ManifestProblem(file, place.line(), place.column(), message.replace('\n', ' '), excerpt(place));
    }

    private String excerpt(Json.Place place) {
        if (place.line() < 1 || place.line() > lines.length) {
            return "";
        }
        return clip(lines[place.line() - 1], MAX_EXCERPT);
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
