package io.stratoswarm.healing.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.script.ScriptOutcome;
import java.util.Collection;
import java.util.Locale;

/**
 * What a script said of a case.
 *
 * @param act that it chose; empty where it leaves the case to what is chosen without it
 * @param why in its words
 * @param error why it said nothing that can be used; empty where it did
 */
public record Answer(String act, String why, String error) {
    private static final ObjectMapper JSON = new ObjectMapper();

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
        return possible.contains(act)
                ? new Answer(act, output.path("why").asText(), "")
                : failed("act: '" + act + "' is not possible here; possible are " + String.join(", ", possible));
    }
}
