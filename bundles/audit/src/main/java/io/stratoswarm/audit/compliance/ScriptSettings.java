package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.audit.rule.CelView;
import io.stratoswarm.audit.rule.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the header of a rule that is a script says; the words are those of a rule in a pack.
 *
 * @param action on events and states what is done; on decisions the strictest that it can say
 * @param failsOpen whether a decision may act that the script gave no answer about
 * @param parameters as values of CEL
 */
record ScriptSettings(
        Rule.On on,
        List<String> types,
        Rule.Action action,
        Rule.Severity severity,
        boolean failsOpen,
        Map<String, Object> parameters) {
    static final Set<String> KEYS = Set.of("on", "types", "action", "severity", "failure", "parameters");
    private static final String FAILURE = "failure";
    private static final String OPEN = "allow";

    ScriptSettings {
        types = List.copyOf(types);
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads them.
     *
     * @param settings a JSON object
     * @param wrong gets a line for each that is wrong, {@code key: what and what to do}
     */
    static ScriptSettings of(String settings, List<String> wrong) {
        JsonNode given = Told.parse(settings);
        Rule.On on = word(given, "on", Rule.On.values(), Rule.On::word, wrong).orElseGet(() -> {
            if (given.path("on").isMissingNode()) {
                wrong.add("on: is missing; " + String.join(", ", words(Rule.On.values(), Rule.On::word)));
            }
            return Rule.On.STATE;
        });
        boolean decides = on == Rule.On.DECISION;
        List<String> types = types(given.path("types"), decides || on == Rule.On.EVENT, wrong);
        Rule.Action action = decides ? Rule.Action.DENY : Rule.Action.ALERT;
        if (given.has("action") && decides) {
            wrong.add(
                    "action: on decisions the script says itself what is done (allow, violation, approve, deny); leave"
                            + " it out");
        } else {
            action = word(given, "action", Rule.Action.values(), Rule.Action::word, wrong)
                    .orElse(action);
            if (!action.fits(on)) {
                wrong.add("action: '" + action.word() + "' does not fit a script on " + on.word());
            }
        }
        Rule.Severity severity = word(given, "severity", Rule.Severity.values(), Rule.Severity::word, wrong)
                .orElse(Rule.Severity.MEDIUM);
        if (given.has(FAILURE) && !decides) {
            wrong.add("failure: is for scripts on decision: what becomes of a decision that it gave no answer about");
        } else if (given.has(FAILURE)
                && !Set.of(OPEN, "deny").contains(given.path(FAILURE).asText())) {
            wrong.add("failure: must be \"deny\", which is usual, or \"allow\", not " + given.path(FAILURE));
        }
        JsonNode parameters = given.path("parameters");
        if (!parameters.isMissingNode() && !parameters.isObject()) {
            wrong.add("parameters: must be an object, not " + parameters);
        }
        return new ScriptSettings(
                on, types, action, severity, given.path(FAILURE).asText().equals(OPEN), values(parameters));
    }

    @SuppressWarnings("unchecked") // An object gives a map.
    private static Map<String, Object> values(JsonNode parameters) {
        return parameters.isObject() ? (Map<String, Object>) CelView.value(parameters) : Map.of();
    }

    private static List<String> types(JsonNode types, boolean fit, List<String> wrong) {
        if (types.isMissingNode()) {
            return List.of();
        }
        if (!fit) {
            wrong.add("types: is for scripts on event or decision");
        }
        List<String> read = new ArrayList<>();
        (types.isArray() ? types : List.of(types)).forEach(each -> {
            if (each.isTextual() && !each.asText().isEmpty()) {
                read.add(each.asText());
            } else {
                wrong.add("types: must be types, such as \"kill\" or \"operator.*\", not " + each);
            }
        });
        return read;
    }

    private static <T> List<String> words(T[] values, Function<T, String> words) {
        return Arrays.stream(values).map(words).toList();
    }

    private static <T> Optional<T> word(
            JsonNode given, String key, T[] values, Function<T, String> words, List<String> wrong) {
        JsonNode text = given.path(key);
        Optional<T> found = Arrays.stream(values)
                .filter(each -> words.apply(each).equals(text.asText()))
                .findFirst();
        if (!text.isMissingNode() && found.isEmpty()) {
            wrong.add(key + ": must be one of " + String.join(", ", words(values, words)) + ", not " + text);
        }
        return found;
    }
}
