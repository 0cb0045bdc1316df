package io.stratoswarm.api.script;

import java.util.List;

/**
 * What a script says of itself at its head.
 *
 * @param name {@code [a-z0-9]([a-z0-9-]*[a-z0-9])?}, at most 63 characters, unique among all scripts
 * @param kind id of a {@link ScriptKind}
 * @param language {@code js} or {@code python}
 * @param description one line, may be empty
 * @param settings the keys that belong to its kind, as a JSON object: triggers, for example
 * @param limits its own, or those of its kind
 * @param examples inputs with the outputs that are expected
 */
public record ScriptHeader(
        String name,
        String kind,
        String language,
        String description,
        String settings,
        ScriptLimits limits,
        List<ScriptExample> examples) {
    public ScriptHeader {
        examples = List.copyOf(examples);
    }

    /**
     * One example.
     *
     * @param input JSON
     * @param output JSON that the script must give
     */
    public record ScriptExample(String input, String output) {}
}
