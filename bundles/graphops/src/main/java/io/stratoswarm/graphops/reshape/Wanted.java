package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Transforms.Options;
import io.stratoswarm.api.graph.Transforms.Request;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptTriggers.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A transform that a script asks for.
 *
 * @param json as the script gave it
 * @param input what it was given
 * @param others that it asked for in the same call, in words
 */
record Wanted(
        String script,
        String hash,
        Request request,
        String reason,
        double confidence,
        String json,
        String trigger,
        List<Cause> causes,
        String input,
        List<String> others) {

    String actor() {
        return Stored.actor(script, hash);
    }

    /** Whether an argument that is not about flows names a node. */
    boolean names(String node) {
        return request.arguments().entrySet().stream()
                .filter(argument -> !argument.getKey().startsWith("flow"))
                .flatMap(argument -> Stream.of(argument.getValue().split("[,=\\s]+")))
                .anyMatch(node::equals);
    }

    /** In the order in which the script would have them; the output fits its schema. */
    static List<Wanted> of(
            LoadedScript version, Trigger trigger, String graph, long generation, String input, String output) {
        JsonNode all = Json.object(output).path("transforms");
        List<String> words = new ArrayList<>();
        all.forEach(each -> words.add(words(each)));
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            JsonNode each = all.path(i);
            List<String> others = new ArrayList<>(words);
            others.remove(i);
            wanted.add(new Wanted(
                    version.header().name(),
                    version.hash(),
                    request(each, version.header().name(), graph, generation),
                    each.path("reason").asText(),
                    each.path("confidence").asDouble(1),
                    each.toString(),
                    trigger.text(),
                    trigger.event().map(event -> List.of(event.asCause())).orElse(List.of()),
                    input,
                    others));
        }
        return wanted;
    }

    private static Request request(JsonNode json, String script, String graph, long generation) {
        Map<String, String> arguments = new TreeMap<>();
        json.path("arguments").fields().forEachRemaining(each -> arguments.put(each.getKey(), number(each.getValue())));
        Optional<GraphSource> fragment = json.has("fragment")
                ? Optional.of(Stored.source(script, json.path("fragment").asText()))
                : Optional.empty();
        JsonNode options = json.path("options");
        List<Integer> steps = new ArrayList<>();
        options.path("steps").forEach(step -> steps.add(step.intValue()));
        Options usual = Options.DEFAULT;
        return new Request(
                json.path("kind").asText(),
                graph,
                arguments,
                fragment,
                new Options(
                        steps,
                        options.path("holdMillis").asLong(usual.holdMillis()),
                        options.path("readyMillis").asLong(usual.readyMillis()),
                        options.path("graceMillis").asLong(usual.graceMillis()),
                        OptionalLong.of(generation)));
    }

    /** A script that counts to three may have it as 3.0, which no argument is written as. */
    private static String number(JsonNode value) {
        return value.isNumber() && value.canConvertToExactIntegral()
                ? String.valueOf(value.longValue())
                : value.asText();
    }

    private static String words(JsonNode json) {
        return json.path("kind").asText() + " " + json.path("arguments");
    }
}
