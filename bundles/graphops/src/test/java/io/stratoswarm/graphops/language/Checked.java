package io.stratoswarm.graphops.language;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import io.stratoswarm.core.manifest.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Texts in the graph language, and what comes of them. */
final class Checked {
    static final Path ROOT = Path.of(System.getProperty("stratoswarm.repository.root", "../.."));
    static final GraphLanguage LANGUAGE = new GraphLanguage();
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    private Checked() {}

    static Parsed parse(GraphSource source) {
        return LANGUAGE.parse(
                source, name -> Optional.ofNullable(source.included().get(name)));
    }

    static Parsed parse(String text) {
        return parse(GraphSource.of("shop.graph", text));
    }

    /** With the checks of meaning. */
    static ManifestResult check(String text, Map<String, String> included, Map<String, String> parameters) {
        return ManifestParser.parse(
                new GraphSource("shop.graph", text, included, parameters),
                new Extensions(List.of(LANGUAGE), List.of(), true));
    }

    static ManifestResult check(String text) {
        return check(text, Map.of(), Map.of());
    }

    static String rendered(List<ManifestProblem> problems) {
        return problems.stream().map(ManifestProblem::render).collect(Collectors.joining("\n"));
    }

    static JsonNode json(String text) throws IOException {
        return MAPPER.readTree(text);
    }

    static JsonNode json(GraphTree tree) throws IOException {
        return json(Trees.json(tree));
    }

    /** The tree of a text that must be good as far as the language goes. */
    static JsonNode tree(String text) throws IOException {
        Parsed parsed = parse(text);
        if (!parsed.problems().isEmpty()) {
            throw new AssertionError(rendered(parsed.problems()) + "\nin\n" + text);
        }
        return json(parsed.tree().orElseThrow());
    }
}
