package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds a part of a JSON value by a path as {@link JsonChanges} writes it; an element of an array also by its place. */
final class StatePath {
    private static final int MOST_NAMES = 20;

    private StatePath() {}

    static JsonNode find(JsonNode root, String path) {
        JsonNode at = root;
        int i = 0;
        while (i < path.length()) {
            int end;
            String name;
            boolean element = path.charAt(i) == '[';
            if (element) {
                end = path.indexOf(']', i);
                if (end < 0) {
                    throw new StratoswarmException(Kind.INVALID, "'" + path + "' has no ] after " + path.substring(i));
                }
                name = path.substring(i + 1, end);
                i = end + 1;
            } else {
                end = end(path, i);
                name = path.substring(i, end);
                i = end;
            }
            JsonNode next = element ? element(at, name) : at.get(name);
            if (next == null) {
                throw new StratoswarmException(
                        Kind.NOT_FOUND,
                        "the state has no '" + name + "' in '" + path + "'; there "
                                + (known(at).isEmpty() ? "is nothing" : "are " + known(at)));
            }
            at = next;
            if (i < path.length() && path.charAt(i) == '.') {
                i++;
            }
        }
        return at;
    }

    private static int end(String path, int from) {
        int i = from;
        while (i < path.length() && path.charAt(i) != '.' && path.charAt(i) != '[') {
            i++;
        }
        return i;
    }

    private static @Nullable JsonNode element(JsonNode array, String name) {
        Map<String, JsonNode> keyed = JsonChanges.keyed(array);
        if (keyed != null && keyed.containsKey(name)) {
            return keyed.get(name);
        }
        return name.matches("[0-9]{1,9}") ? array.get(Integer.parseInt(name)) : null;
    }

    private static String known(JsonNode at) {
        TreeSet<String> names = new TreeSet<>();
        Map<String, JsonNode> keyed = JsonChanges.keyed(at);
        if (keyed != null) {
            names.addAll(keyed.keySet());
        } else {
            at.fieldNames().forEachRemaining(names::add);
        }
        String all = String.join(", ", names.stream().limit(MOST_NAMES).toList());
        return names.size() > MOST_NAMES ? all + " and " + (names.size() - MOST_NAMES) + " more" : all;
    }
}
