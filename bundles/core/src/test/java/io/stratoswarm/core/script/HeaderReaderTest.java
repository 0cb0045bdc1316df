package io.stratoswarm.core.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeaderReaderTest {
    private static ScriptFile read(String file, String text) {
        return HeaderReader.read(
                file,
                "00",
                text,
                id -> id.equals("recorder") ? Optional.of(new ScriptRig.Recorder("recorder")) : Optional.empty());
    }

    private static List<String> problems(String file, String text) {
        return read(file, text).problems().stream().map(ScriptFile::shown).toList();
    }

    @Test
    void shouldReadAHeaderAfterOtherComments() {
        ScriptHeader header = read("a.js", """
                        #!/usr/bin/env node
                        // @ts-check
                        /* Copyright: none. */

                        /* stratoswarm {
                          // What it is for.
                          "name": "my-script", "kind": "recorder", "description": "does nothing",
                          "every": "5m", "limits": {"wall": "200ms", "memory": "32MiB", "output": "64KiB", "queue": 5, "statements": 5000},
                          "examples": [{"input": {"n": 1}, "output": {"x": 1.0}}],
                        } */
                        function record() {}
                        """).header().orElseThrow();
        assertEquals("my-script", header.name());
        assertEquals("js", header.language());
        assertEquals("{\"every\":\"5m\"}", header.settings());
        assertEquals(new ScriptLimits(200, 5_000, 32 << 20, 64 << 10, 5), header.limits());
        assertEquals("{\"n\":1}", header.examples().getFirst().input());

        ScriptHeader python = read("b-2.py", "# coding: utf-8\n'''stratoswarm\n{\"kind\": \"recorder\"}\n'''\n")
                .header()
                .orElseThrow();
        assertEquals("b-2", python.name());
        assertEquals("python", python.language());
        assertEquals(ScriptLimits.DEFAULT, python.limits());
    }

    @Test
    void shouldTellThePlaceOfEachMistake() {
        assertEquals(
                List.of(
                        "a.py:3:3: unknown key 'evry' in the header; did you mean 'every'?",
                        "a.py:4:22: 'wall' must be a duration such as \"10s\" or \"500ms\", not the number 5",
                        "a.py:4:25: unknown key 'memry' in the limits; did you mean 'memory'?",
                        "a.py:5:26: the example's input: n: must be integer, not \"one\""),
                problems("a.py", """
                        \"\"\"stratoswarm {
                          "kind": "recorder",
                          "evry": "5s",
                          "limits": {"wall": 5, "memry": "1MiB"},
                          "examples": [{"input": {"n": "one"}, "output": {}}]
                        }\"\"\"
                        """));
    }

    @Test
    void shouldSayWhatIsMissingOrOpen() {
        assertTrue(problems("a.js", "function record() {}")
                .getFirst()
                .startsWith("a.js:1:1: there is no header; a script begins"));
        assertTrue(problems("a.py", "'''No header.'''\n").getFirst().startsWith("a.py:1:1: there is no header"));
        assertEquals(
                List.of("a.js:2:1: this block comment is never closed; end it with */"),
                problems("a.js", "\n/* stratoswarm {\"kind\": \"recorder\"}"));
        assertEquals(
                List.of("a.js:1:16: the header needs the key 'kind', for example \"reaction\""),
                problems("a.js", "/* stratoswarm {} */"));
        assertTrue(problems("My Script.js", "/* stratoswarm {\"kind\": \"recorder\"} */")
                .getFirst()
                .contains("the file's name 'My Script' cannot be the script's"));
        assertEquals(
                List.of("a.js:1:16: the header must be an object, not an array"),
                problems("a.js", "/* stratoswarm [] */"));
    }

    @Test
    void shouldExplainACommentThatEndsWithinAString() {
        List<String> problems =
                problems("a.js", "/* stratoswarm {\n  \"kind\": \"recorder\", \"on\": \"*/5 * * * *\"} */\n");
        assertTrue(
                problems.stream().anyMatch(it -> it.contains("*/ ends the comment; write it as *\\/")),
                problems.toString());
        assertEquals(
                "{\"on\":\"*/5 * * * *\"}",
                read("a.js", "/* stratoswarm {\n  \"kind\": \"recorder\", \"on\": \"*\\/5 * * * *\"} */\n")
                        .header()
                        .orElseThrow()
                        .settings());
    }

    @Test
    void shouldNotFailForAnyInput() {
        for (String text : List.of(
                "",
                "/*",
                "/**/",
                "/* stratoswarm */",
                "/* stratoswarm { */",
                "/* stratoswarm {\"a\":1e999999999} */",
                "\u0000",
                "/* stratoswarm {\"kind\":\"recorder\",\"every\":1e400} */",
                "/* stratoswarm {\"kind\":\"\\ud800\"} */")) {
            ScriptFile file = read("a.js", text);
            assertTrue(
                    file.header().isPresent() != !file.problems().isEmpty()
                            || file.header().isPresent(),
                    text);
        }
    }
}
