package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** Whatever comes in, the parser gives an answer, and never both a graph and an error. */
class ManifestParserProperties {
    private static final String GOOD = """
            {"name": "shop", "nodes": [
              {"id": "db", "command": ["sleep", "60"], "readiness": {"tcp": {"port": 5432}, "interval": "2s"}},
              {"id": "web", "command": ["sleep", "60"], "dependsOn": [{"node": "db", "condition": "ready"}],
               "resources": {"cpu": 0.5, "memory": "64MiB"}, "restart": {"policy": "always", "factor": 2.5},
               "rlimits": {"nofile": {"soft": 100, "hard": "unlimited"}}, "affinity": "0-1", "umask": "022"},
              {"id": "tick", "command": ["true"], "lifecycle": "cron", "schedule": "*/5 1-3 * * mon"}
            ]}
            """;
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "null",
            "-1",
            "1e400",
            "true",
            "\\u0000",
            "\"id\"",
            "//",
            "/*",
            "\n",
            "0",
            "\uD800",
            "é",
            "\"99999999999999999999\"",
            "\"\"",
            "*/0");

    private static void check(String text) {
        ManifestResult result = assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> ManifestParser.parse("f", text, new FixedHost()));
        assertEquals(result.errors().isEmpty(), result.manifest().isPresent());
        for (ManifestProblem problem : result.errors()) {
            assertTrue(problem.line() >= 0 && problem.column() >= 0);
            assertTrue(!problem.message().isBlank() && !problem.message().contains("\n"), problem.message());
        }
    }

    @Property(tries = 300)
    void shouldAnswerAnyText(@ForAll @StringLength(max = 300) String text) {
        check(text);
    }

    @Property(tries = 1_500)
    void shouldAnswerAnyMutationOfAGoodManifest(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(GOOD);
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(1, 12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> text.insert(at, text.substring(at, end));
                default -> text.setCharAt(at, (char) random.nextInt(32, 127));
            }
        }
        check(text.toString());
    }

    @Example
    void shouldAcceptTheManifestThatIsMutated() {
        assertEquals(List.of(), ManifestParser.parse("f", GOOD, new FixedHost()).errors());
    }
}
