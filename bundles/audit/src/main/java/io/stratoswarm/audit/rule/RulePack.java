package io.stratoswarm.audit.rule;

import java.util.List;
import java.util.Map;

/**
 * Rules that belong together, from one file.
 *
 * @param file its name, for messages
 * @param sha256 of its text, lower-case hexadecimal
 * @param parameters values that its conditions use, as values of CEL
 */
public record RulePack(
        String name, String description, String file, String sha256, Map<String, Object> parameters, List<Rule> rules) {
    public RulePack {
        parameters = Map.copyOf(parameters);
        rules = List.copyOf(rules);
    }
}
