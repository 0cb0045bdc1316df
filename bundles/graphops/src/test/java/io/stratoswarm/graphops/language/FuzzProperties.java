package io.stratoswarm.graphops.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax.Formatted;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * No input crashes the parser, lets it hang, or gets neither a graph nor an error. Mutations of good texts, by pieces that mean
 * something. {@code -Dstratoswarm.fuzz.seconds=N} goes on for longer, {@code -Dstratoswarm.fuzz.seed=N} repeats a round.
 */
class FuzzProperties {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            ",",
            ";",
            "=",
            "->",
            "==",
            "\n",
            "\r\n",
            "\"",
            "\"\"\"",
            "'",
            "'''",
            "#",
            "//",
            "$",
            "${",
            "${x}",
            "\\",
            "\\u",
            "where ",
            "and ",
            "not ",
            "in ",
            "exists",
            "graph g {",
            "node n {",
            "flow a -> b",
            "include \"a.graph\"",
            "param x = 1",
            "constraint ",
            "objective ",
            "run ",
            "after ",
            "\u0000",
            "\uD800",
            "😀",
            "1e999999999",
            "-",
            "99999999999999999999",
            "512MiB",
            "\t",
            "case a where ",
            "rename a -> ",
            "restart ",
            "null",
            "true",
            "\uFEFF",
            "\u2028");

    private static List<String> corpus() throws IOException {
        List<String> texts = new ArrayList<>();
        try (var files = Files.list(Checked.ROOT.resolve("examples"))) {
            for (Path file : files.filter(it -> it.toString().endsWith(".graph"))
                    .sorted()
                    .toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }

    private static String mutated(List<String> corpus, Random random) {
        StringBuilder text = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(1, 40));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 ->
                    text.insert(
                            at,
                            PIECES.get(random.nextInt(PIECES.size()))
                                    .repeat(random.nextInt(12) == 0 ? random.nextInt(200) : 1));
                case 3 -> {
                    String other = corpus.get(random.nextInt(corpus.size()));
                    int from = random.nextInt(other.length());
                    text.insert(at, other.substring(from, Math.min(other.length(), from + random.nextInt(1, 200))));
                }
                case 4 -> text.insert(at, (char) random.nextInt(0x10000));
                default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString();
    }

    private static void check(String text) {
        GraphSource source = new GraphSource("f.graph", text, Map.of("a.graph", "label a b\n" + text), Map.of());
        Parsed parsed = Checked.parse(source);
        assertTrue(parsed.tree().isPresent() || !parsed.problems().isEmpty());
        ManifestResult result = ManifestParser.check(source, parsed, new Extensions(List.of(), List.of(), true));
        assertEquals(result.errors().isEmpty(), result.manifest().isPresent());
        for (ManifestProblem problem : result.errors()) {
            assertTrue(problem.line() >= 0
                    && problem.column() >= 0
                    && !problem.message().isBlank());
            assertTrue(!problem.message().contains("\n"), problem.message());
        }
        Formatted formatted = Checked.LANGUAGE.format("f.graph", text);
        assertTrue(formatted.text().isPresent() != !formatted.problems().isEmpty());
        formatted
                .text()
                .ifPresent(laidOut -> assertEquals(
                        laidOut,
                        Checked.LANGUAGE.format("f.graph", laidOut).text().orElseThrow()));
    }

    @Test
    void shouldAnswerAnyMutationOfAGoodText() throws IOException {
        List<String> corpus = corpus();
        long seed = Long.getLong("stratoswarm.fuzz.seed", new Random().nextLong());
        long nanos = Long.getLong("stratoswarm.fuzz.seconds", 4) * 1_000_000_000L;
        long begin = System.nanoTime();
        int rounds = 0;
        while (System.nanoTime() - begin < nanos || rounds < 200) {
            long round = seed + rounds++;
            String text = mutated(corpus, new Random(round));
            try {
                assertTimeoutPreemptively(PATIENCE, () -> check(text));
            } catch (AssertionError | RuntimeException | StackOverflowError e) {
                throw new AssertionError("-Dstratoswarm.fuzz.seed=" + round + " with the text:\n" + text, e);
            }
        }
        System.out.println("fuzzed " + rounds + " texts from seed " + seed);
    }

    /** What would take a careless lexer or parser more than linear time. */
    @Test
    void shouldTakeTimeInProportionToTheSize() {
        int much = 200_000;
        for (String piece : List.of(
                "\"\"\"\n\\",
                "'''\n",
                "\"\\",
                "[",
                "{",
                "}",
                "a {",
                "a\n",
                "a,",
                "a -> ",
                "/",
                "#",
                "${",
                "not ",
                "where ",
                "(",
                "@\n",
                "a = ",
                "\"a\" ")) {
            String text = "graph g {\n" + piece.repeat(much / piece.length());
            assertTimeoutPreemptively(PATIENCE, () -> check(text), "a great many of " + piece);
        }
    }
}
