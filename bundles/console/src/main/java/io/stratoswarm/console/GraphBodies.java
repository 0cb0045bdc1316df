package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.place.PlacementRefused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What requests that change graphs have in common. What is wrong in a body is told by the name of its key. */
final class GraphBodies {
    /** As in RFC 9110: understood, well-formed HTTP, but the content cannot be processed. */
    static final int UNPROCESSABLE = 422;

    /** Keys of {@link #source}. */
    static final List<String> SOURCE = List.of("graphSource", "file", "text", "included", "parameters");

    private GraphBodies() {}

    /**
     * All files of a manifest with their parameters.
     *
     * @param where as messages name the object: {@code the body}, or {@code 'fragment' of the body}
     */
    static GraphSource source(ObjectNode object, String where) {
        for (String key : List.of("file", "text")) {
            if (!object.path(key).isTextual()) {
                throw Request.invalid("the key '" + key + "' of " + where + " must be a string");
            }
        }
        return new GraphSource(
                object.get("file").textValue(),
                object.get("text").textValue(),
                texts(object, "included", where),
                texts(object, "parameters", where));
    }

    /** Strings by name; none where the key is absent. */
    static Map<String, String> texts(ObjectNode object, String key, String where) {
        JsonNode given = object.path(key);
        if (!given.isMissingNode() && !given.isObject()) {
            throw Request.invalid("the key '" + key + "' of " + where + " must be an object of strings");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        given.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw Request.invalid("'" + entry.getKey() + "' in '" + key + "' of " + where + " must be a string");
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        });
        return texts;
    }

    /** Where places cannot give what a graph asks, every reason is told. */
    static Reply.Whole refused(PlacementRefused refused) {
        ObjectNode problem = Problem.json(UNPROCESSABLE, refused.kind().name(), String.valueOf(refused.getMessage()));
        problem.set("errors", Json.array(refused.violations(), Shapes::violation));
        return Problem.reply(problem);
    }
}
