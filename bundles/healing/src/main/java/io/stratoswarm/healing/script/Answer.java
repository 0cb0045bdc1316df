package io.stratoswarm.healing.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Parameter;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a script said of a case.
 *
 * @param act that it chose; empty where it leaves the case to what is chosen without it
 * @param parameters of the act, by name; what is left out is as usual
 * @param why in its words
 * @param error why it said nothing that can be used; empty where it did
 */
public record Answer(String act, SortedMap<String, Double> parameters, String why, String error) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Answer {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    public Answer(String act, String why, String error) {
        this(act, Collections.emptySortedMap(), why, error);
    }

    public static Answer failed(String error) {
        return new Answer("", "", error);
    }

    /**
     * @param outcome of a call, whose output has the shape that the kind asks for
     * @param possible acts
     */
    public static Answer of(ScriptOutcome outcome, Collection<String> possible) {
        if (!outcome.ok()) {
            return failed(outcome.status().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + outcome.error());
        }
        JsonNode output;
        try {
            output = JSON.readTree(outcome.output());
        } catch (JsonProcessingException e) {
            return failed("the output is no JSON: " + e.getOriginalMessage());
        }
        if (output.isNull() || output.isMissingNode()) {
            return new Answer("", "", "");
        }
        String act = output.path("act").asText();
        Optional<Act> known = Act.of(act).filter(it -> possible.contains(act));
        if (known.isEmpty()) {
            return failed("act: '" + act + "' is not possible here; possible are " + String.join(", ", possible));
        }
        SortedMap<String, Double> parameters = parameters(output.path("parameters"));
        return Parameter.wrong(known.get(), parameters)
                .map(Answer::failed)
                .orElseGet(() -> new Answer(act, parameters, output.path("why").asText(), ""));
    }

    /** By name, out of an object of numbers; none where there is no such. */
    public static SortedMap<String, Double> parameters(JsonNode object) {
        SortedMap<String, Double> parameters = new TreeMap<>();
        object.properties()
                .forEach(each -> parameters.put(each.getKey(), each.getValue().asDouble()));
        return parameters;
    }
}
