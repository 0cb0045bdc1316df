package io.stratoswarm.audit.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.audit.rule.YamlTree.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleReaderTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("stratoswarm.repository.root", "../.."), "scripts", "compliance");

    private static RulePack good(String text) {
        RuleReader.Result result = RuleReader.read("a.yaml", text);
        return assertInstanceOf(RuleReader.Result.Good.class, result, result.toString())
                .pack();
    }

    private static List<Problem> bad(String text) {
        return assertInstanceOf(RuleReader.Result.Bad.class, RuleReader.read("a.yaml", text))
                .problems();
    }

    private static void shows(List<Problem> problems, String... parts) {
        String all = problems.toString();
        for (String part : parts) {
            assertTrue(all.contains(part), part + " in " + all);
        }
    }

    @Test
    void shouldReadAllOfAPack() {
        RulePack pack = good("""
                name: p
                description: what it is for
                parameters: {most: 3, names: [a, b], share: 0.5}
                rules:
                  - name: r
                    on: decision
                    types: [restart, operator.*]
                    when: decision.agent != ''
                    require: decision.confidence > 0.5 && parameters.most == 3
                    message: be sure
                    action: deny
                    severity: high
                """);
        Rule rule = pack.rules().getFirst();
        assertEquals(3L, pack.parameters().get("most"));
        assertEquals(List.of("a", "b"), pack.parameters().get("names"));
        assertEquals(Rule.Action.DENY, rule.action());
        assertEquals(Rule.Severity.HIGH, rule.severity());
        assertTrue(rule.looksAt("restart") && rule.looksAt("operator.graphs.delete"));
        assertFalse(rule.looksAt("restarted") || rule.looksAt("stop"));
    }

    @Test
    void shouldFindAllThatIsWrongAndWhere() {
        shows(
                bad("""
                name: P
                rule: []
                rules:
                  - name: r
                    on: evnt
                    require: true
                    message: m
                  - name: s
                    on: agent
                    types: [x]
                    require: agent.phase == 'ready' && evnt.x
                    action: deny
                """),
                "1:7: a name has",
                "2:1: unknown key 'rule'",
                "5:9: 'on' is one of",
                "9:9".replace("9:9", "10:12"),
                "11:40: undeclared reference to 'evnt'",
                "12:13: 'action: deny' does not fit",
                "8:5: 'message' is missing");
    }

    @Test
    void shouldSayWhatIsNoPackAtAll() {
        shows(bad(""), "empty");
        shows(bad("- a"), "mapping");
        shows(bad("name: x\nrules: 3"), "must be a list");
        shows(bad("name: x\nrules: []"), "1 to 500");
        shows(bad("name: [x\n"), "not YAML");
        shows(bad("a: &a [*a, *a]"), "1:");
        shows(bad("name: x\nname: y"), "1:1: 'rules' is missing", "there twice");
        shows(
                bad(
                        "name: x\nrules:\n  - {name: a, on: state, require: 'true', message: m}\n  - {name: a, on: state, require: 'true', message: m}"),
                "4:5: there is a rule 'a' above");
        assertInstanceOf(
                RuleReader.Result.Bad.class, RuleReader.read("a.yaml", new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1}));
    }

    @Test
    void shouldNeverFailOtherwiseThanByNamingProblems() throws IOException {
        Random random = new Random(20261126);
        List<String> texts;
        try (Stream<Path> files = Files.list(SHIPPED)) {
            texts = files.sorted().map(RuleReaderTest::text).toList();
        }
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
            for (int j = random.nextInt(1, 5); j > 0; j--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(0x20, 0x7f));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 20)));
                    default -> text.insert(at, "{[&*!|>'\"%@`:-#?\n\t".charAt(random.nextInt(18)));
                }
            }
            RuleReader.Result result = RuleReader.read("a.yaml", text.toString());
            if (result instanceof RuleReader.Result.Bad problems) {
                assertFalse(problems.problems().isEmpty(), text.toString());
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldReadEveryShippedPack() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
            assertEquals(5, all.size());
            for (Path file : all) {
                RulePack pack = good(Files.readString(file));
                assertEquals(file.getFileName().toString(), pack.name() + ".yaml");
            }
        }
    }
}
