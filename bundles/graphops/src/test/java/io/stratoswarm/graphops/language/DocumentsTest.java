package io.stratoswarm.graphops.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation and the examples say is what the parser does. */
class DocumentsTest {
    private static final Pattern BLOCK = Pattern.compile("```(\\w*)\\n(.*?)```", Pattern.DOTALL);

    private static String guide() throws IOException {
        return Files.readString(Checked.ROOT.resolve("docs/graph-language.md"));
    }

    private static List<String> blocks(String kind) throws IOException {
        List<String> found = new ArrayList<>();
        var matcher = BLOCK.matcher(guide());
        while (matcher.find()) {
            if (matcher.group(1).equals(kind)) {
                found.add(matcher.group(2));
            }
        }
        assertFalse(found.isEmpty(), "no block of " + kind);
        return found;
    }

    static List<String> graphs() throws IOException {
        return blocks("graph");
    }

    /** A block that begins with {@code graph} or a parameter is a file, any other stands inside of a graph. */
    @ParameterizedTest
    @MethodSource("graphs")
    void shouldParseEveryExampleOfTheGuide(String block) {
        String text =
                block.lines().anyMatch(line -> line.startsWith("graph ")) ? block : "graph example {\n" + block + "}\n";
        ManifestResult result = Checked.check(
                text,
                Map.of(
                        "common.graph",
                        "label from = common\n",
                        "worker.graph",
                        "param size = 1\nnode \"worker-${id}\" { run sleep 60; replicas ${size} }\n"),
                Map.of());
        assertEquals("", Checked.rendered(result.errors()), text);
        assertEquals(
                block,
                Checked.LANGUAGE.format("guide", block).text().orElse("does not parse"),
                "not in the usual layout");
    }

    /** The guide shows the rules of the parser, without the comment at the head and the rules of the lexer. */
    @Test
    void shouldShowTheRulesOfTheParser() throws IOException {
        String grammar = Files.readString(Path.of("src/main/antlr4/io/stratoswarm/graphops/grammar/GraphText.g4"));
        String rules = grammar.substring(grammar.indexOf("file:"), grammar.indexOf("WHERE:"));
        assertEquals(rules.strip(), blocks("antlr").getFirst().strip());
        String tokens = grammar.substring(grammar.indexOf("END: ';'"), grammar.indexOf("SPACE:"));
        assertEquals(tokens.strip(), blocks("antlr").get(1).strip());
    }

    @Test
    void shouldNameEveryWord() throws IOException {
        String guide = guide();
        Words.USE
                .keySet()
                .forEach(word -> assertTrue(guide.contains("`" + word), "the guide says nothing of '" + word + "'"));
    }

    static List<Path> examples() throws IOException {
        try (var files = Files.list(Checked.ROOT.resolve("examples"))) {
            return files.filter(it -> it.toString().endsWith(".graph")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldMeanTheSameAsTheJsonBesideIt(Path example) throws IOException {
        String text = Files.readString(example);
        assertEquals(text, Checked.LANGUAGE.format("f", text).text().orElseThrow());
        Parsed parsed = Checked.parse(GraphSource.of(example.getFileName().toString(), text));
        ManifestResult result = ManifestParser.check(
                GraphSource.of("f.graph", text), parsed, new Extensions(List.of(), List.of(), true));
        assertEquals("", Checked.rendered(result.errors()));
        Path json = Path.of(example.toString().replace(".graph", ".json"));
        if (Files.exists(json)) {
            var expected = (com.fasterxml.jackson.databind.node.ObjectNode) Checked.json(Files.readString(json));
            expected.remove("$schema");
            assertEquals(expected, Checked.json(parsed.tree().orElseThrow()));
        }
    }
}
