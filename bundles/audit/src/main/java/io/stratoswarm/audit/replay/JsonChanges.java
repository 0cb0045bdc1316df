package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.replay.Replays.StateChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * In what two JSON values differ. Elements of an array of objects that have an id or a name are told apart by it, whatever their
 * place: {@code agents[shop/web].phase}. An object that is there in one of the two alone is one change.
 */
final class JsonChanges {
    private static final List<String> KEYS = List.of("id", "name", "number");

    private JsonChanges() {}

    static List<StateChange> between(JsonNode before, JsonNode after) {
        List<StateChange> changes = new ArrayList<>();
        compare("", before, after, changes);
        return changes;
    }

    private static void compare(String path, @Nullable JsonNode a, @Nullable JsonNode b, List<StateChange> changes) {
        if (a != null && a.equals(b)) {
            return;
        }
        if (a != null && b != null && a.isObject() && b.isObject()) {
            for (String name : names(fields(a), fields(b))) {
                compare(path.isEmpty() ? name : path + "." + name, a.get(name), b.get(name), changes);
            }
            return;
        }
        Map<String, JsonNode> as = a == null ? null : keyed(a);
        Map<String, JsonNode> bs = b == null ? null : keyed(b);
        if (as != null && bs != null) {
            for (String key : names(as, bs)) {
                compare(path + "[" + key + "]", as.get(key), bs.get(key), changes);
            }
            return;
        }
        changes.add(new StateChange(path, a == null ? "" : a.toString(), b == null ? "" : b.toString()));
    }

    private static Set<String> names(Map<String, JsonNode> a, Map<String, JsonNode> b) {
        Set<String> names = new TreeSet<>(a.keySet());
        names.addAll(b.keySet());
        return names;
    }

    private static Map<String, JsonNode> fields(JsonNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        object.fields().forEachRemaining(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    /** The elements of an array by what names them; null where it is no array, or one of other things. */
    static @Nullable Map<String, JsonNode> keyed(JsonNode array) {
        if (!array.isArray()) {
            return null;
        }
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        for (JsonNode element : array) {
            String key = KEYS.stream()
                    .filter(element::has)
                    .map(name -> element.path(name).asText())
                    .findFirst()
                    .orElse("");
            if (key.isEmpty() || elements.put(key, element) != null) {
                return null;
            }
        }
        return elements;
    }
}
