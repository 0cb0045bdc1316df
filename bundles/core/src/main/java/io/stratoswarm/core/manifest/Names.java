package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The forms of names. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?");
    private static final String NAME_RULE =
            "must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end";
    private static final int MAX_LABEL_VALUE = 1_024;

    private Names() {}

    static boolean good(String name) {
        return NAME.matcher(name).matches();
    }

    /** Reports a name that is none. */
    static boolean check(Problems problems, GraphTree.Place place, String key, String name) {
        boolean good = good(name);
        if (!good) {
            problems.error(place, "'" + key + "' " + NAME_RULE + ", not '" + Problems.clip(name, 63) + "'");
        }
        return good;
    }

    static boolean checkLabel(Problems problems, GraphTree.Place place, String name) {
        boolean good = LABEL.matcher(name).matches();
        if (!good) {
            problems.error(
                    place,
                    "the label name '" + Problems.clip(name, 60)
                            + "' must be letters, digits and . _ / - in between, at most 128");
        }
        return good;
    }

    /** The key {@code labels} of an object. */
    static Map<String, String> labels(Problems problems, Fields fields) {
        Map<String, String> labels = new LinkedHashMap<>();
        fields.texts("labels").forEach((name, value) -> {
            if (checkLabel(problems, value.place(), name) && value.value().length() > MAX_LABEL_VALUE) {
                problems.error(value.place(), "a label's value has at most " + MAX_LABEL_VALUE + " characters");
            }
            labels.put(name, value.value());
        });
        return labels;
    }
}
