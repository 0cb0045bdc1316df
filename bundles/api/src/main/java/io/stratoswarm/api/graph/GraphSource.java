package io.stratoswarm.api.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that a manifest was written in: enough to read it again later, on another machine.
 *
 * @param file name of the main file; its ending tells the syntax
 * @param text of the main file
 * @param included texts of included files by name, as the syntax asks for them
 * @param parameters values given for parameters, by name
 */
public record GraphSource(String file, String text, Map<String, String> included, Map<String, String> parameters) {
    public GraphSource {
        included = Collections.unmodifiableMap(new LinkedHashMap<>(included));
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** A single file without parameters. */
    public static GraphSource of(String file, String text) {
        return new GraphSource(file, text, Map.of(), Map.of());
    }
}
