package io.stratoswarm.core.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files and parameters of a manifest as one text, as they are kept with a graph and sent to a daemon: a JSON object whose
 * key {@code graphSource} is 1. A manifest in JSON is kept as it is.
 */
public final class SourceCodec {
    private static final String VERSION = "graphSource";
    private static final JsonFactory FACTORY = new JsonFactory();

    private SourceCodec() {}

    public static String write(GraphSource source) {
        // By the streaming writer: the command line, which checks manifests too, would pay for the loading of the other
        // one.
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField(VERSION, 1);
            json.writeStringField("file", source.file());
            json.writeStringField("text", source.text());
            texts(json, "included", source.included());
            texts(json, "parameters", source.parameters());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string writer does not fail", e);
        }
        return text.toString();
    }

    private static void texts(JsonGenerator json, String key, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(key);
        for (Map.Entry<String, String> entry : new TreeMap<>(texts).entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    /** What a kept text is: what {@link #write} gave, or else a manifest in JSON. */
    public static GraphSource read(String graph, String kept) {
        if (!kept.startsWith("{\"" + VERSION + "\":")) {
            return GraphSource.of(graph + ".json", kept);
        }
        try {
            JsonNode json = new JsonMapper().readTree(kept);
            if (json.path(VERSION).intValue() != 1) {
                throw new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "the source of graph " + graph + " was kept by a later version; upgrade to read it");
            }
            return new GraphSource(
                    json.path("file").asText(),
                    json.path("text").asText(),
                    texts(json.path("included")),
                    texts(json.path("parameters")));
        } catch (JsonProcessingException e) {
            throw new StratoswarmException(Kind.DAMAGED, "the kept source of graph " + graph + " is not readable", e);
        }
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
