package io.stratoswarm.graphops.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GraphLanguageTest {
    private static String node(String body) {
        return "graph g {\n  node a {\n    run true\n    " + body + "\n  }\n}\n";
    }

    private static void same(String json, String text) throws IOException {
        assertEquals(Checked.json(json), Checked.tree(text));
    }

    private static void refused(String text, String... parts) {
        String all = Checked.rendered(Checked.check(text).errors());
        for (String part : parts) {
            assertTrue(all.contains(part), "expected\n" + part + "\nin\n" + all);
        }
    }

    @Test
    void shouldMakeTheJsonFormOfEveryWord() throws IOException {
        same("""
                {"name": "shop", "description": "d", "labels": {"team": "blue"},
                 "types": {"order": {"format": "json"}},
                 "nodes": [
                  {"id": "api", "command": ["sleep", "60", "-x"], "replicas": 3, "resources": {"memory": "512MiB", "cpu": 0.5},
                   "requests": {"gpu": 1, "disk": "1GiB"}, "labels": {"zone": "a"}, "environment": {"LANG": "C", "N": "1"},
                   "secrets": {"TOKEN": {"file": "/t"}}, "dependsOn": [{"node": "db", "condition": "ready"}, "x"],
                   "restart": {"policy": "always", "initial": "200ms"}, "stop": {"signal": "INT"},
                   "channels": {"errors": {"direction": "out", "data": "json"}}, "policies": ["p"]},
                  {"id": "s", "type": "script", "script": "s"}],
                 "flows": [
                  {"from": "api.errors", "to": ["a", "b"], "delivery": "at-least-once", "ack": "channel", "ackChannel": "acks",
                   "route": "key-hash", "key": "user.id",
                   "transforms": [{"where": {"field": "l", "equals": "x"}}, {"script": "f", "batch": 9}, {"project": ["a", "b.c"]},
                                  {"rename": {"a": "b"}}, {"sample": 0.1}],
                   "cases": [{"to": "a", "when": {"field": "$", "exists": true}}, {"to": "b"}]}],
                 "constraints": [
                  {"kind": "spread", "nodes": ["api"], "by": "zone", "maxSkew": 2},
                  {"kind": "affinity", "nodes": ["api", "s"], "label": "disk", "values": ["ssd"]},
                  {"kind": "pin", "nodes": ["s"], "place": "numa0"}],
                 "objectives": {"latency": 2, "cost": 1}}
                """, """
                graph shop { description d; label team = blue
                  type order { format json }
                  node api { run sleep 60 -x; replicas 3; memory 512MiB; cpu 0.5; gpu 1; request disk 1GiB; label zone = "a"
                    env LANG = C
                    env N 1; secret TOKEN "/t"; after db ready, x; restart always { initial 200ms }
                    stop INT; channel errors out { data json }; policy p }
                  script s { script s }
                  flow api.errors -> a, b { delivery at-least-once ack channel acks; route key-hash "user.id"
                    where l == x; script f { batch 9 }; project a, b.c; rename a -> b; sample 0.1
                    case a where $ exists; case b }
                  constraint spread api by zone { maxSkew 2 }
                  constraint affinity api, s to disk = ssd
                  constraint pin s to numa0
                  objective latency 2, cost
                }
                """);
    }

    @Test
    void shouldTakeKeysOfTheJsonFormAsTheyStand() throws IOException {
        same("""
                {"name": "g", "x": [1, "a", {"b": [true, null, {}]}, []], "y": true, "z": {"run": -1.5e3, "k v": "1"}}
                """, """
                graph g {
                  x [1, a
                     { b [true null, {}] },
                     [],]
                  y; "z" = { "run" -1.5e3; "k v" = "1" }
                }
                """);
    }

    @Test
    void shouldSayWhereAnAgentServesMetrics() throws IOException {
        same("""
                {"name": "g", "nodes": [{"id": "a", "command": ["sleep", "60"], "metrics": {"http":
                  {"port": 9100, "path": "/m?x=1", "every": "30s", "timeout": "2s"}}}]}
                """, """
                graph g { node a { run sleep 60; metrics { http { port 9100; path "/m?x=1"; every 30s; timeout 2s } } } }
                """);
        refused(
                node("metrics { http { prot 9100 } }"),
                "unknown key 'prot' in http metrics; did you mean 'port'?",
                "http metrics needs the key 'port'");
        refused(node("metrics { }"), "metrics needs the key 'http', for example http { port 9100 }");
    }

    @Test
    void shouldReadTextsInEveryKindOfQuotes() throws IOException {
        same(
                "{\"name\": \"g\", \"a\": \"q\\\" \\\\ \\n ${x} é 😀\", \"b\": \"\\\\n ${x} \\\"\", \"c\": \"one\\n  two\\n\","
                        + " \"d\": \"p=7\", \"e\": \"one\", \"f\": 7, \"h\": \"\"}",
                """
                graph g {
                  param p = 7
                  a "q\\" \\\\ \\n \\${x} \\u00e9 \\ud83d\\ude00"
                  b '\\n ${x} "'
                  c '''
                    one
                      two
                    '''
                  d \"""
                     p=${ p }\"""
                  e '''one'''
                  f ${p}; h ""
                }
                """);
    }

    @Test
    void shouldGiveConditionsTheUsualPrecedence() throws IOException {
        same(
                """
                {"name": "g", "flows": [{"from": "a", "to": "b", "transforms": [{"where": {"any": [
                  {"field": "a", "less": 1},
                  {"all": [{"field": "b", "in": [1, "x"]}, {"not": {"any": [{"field": "not", "matches": "^x"}, {"field": "d", "exists": true}]}}]}
                ]}}]}]}
                """,
                "graph g { flow a -> b { where a < 1 or b in [1, x] and not (\"not\" matches \"^x\" or d exists) } }");
    }

    @Test
    void shouldPlaceProblemsOfMeaningInTheText() {
        ManifestResult result = Checked.check(node("replicas 0\n    memmory 64MiB\n    after b redy"));
        List<ManifestProblem> errors = result.errors();
        assertEquals(
                "shop.graph:4:14: 'replicas' must be 1 to 10000, not 0",
                errors.get(0).render());
        assertEquals("    replicas 0", errors.get(0).excerpt());
        assertEquals(
                "shop.graph:5:5: unknown key 'memmory' in a node; did you mean 'memory'?",
                errors.get(1).render());
        assertTrue(Checked.rendered(errors).contains("6:13: 'condition' must be one of"), Checked.rendered(errors));
        assertTrue(Checked.rendered(errors).contains("6:11: node 'a' depends on 'b', which is no node"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', textBlock = """
            replicas = ~expected
            run ~'run' is used like this: run "/usr/bin/sleep" "60"
            after ~'after' is used like this: after db ready, cache
            a -> b ~expected a value, 'where', '=' or the end of the line, found '->'
            x a -> b ~'->' does not belong here
            nod x { } ~unknown word 'nod' in a node
            env A B C ~'env' is used like this
            x "abc ~the string is not closed in this line
            x \"""abc ~is never closed
            x "\\q" ~'\\q' is no escape
            x "\\u00" ~needs four hexadecimal digits
            x "\\ud800" ~half of a character
            x "${y}" ~there is no parameter 'y'
            x ${y} ~there is no parameter 'y'
            x [1, 2 ~'}' does not close the '[' of line 4
            x ) ~')' does not close the '{'
            x @ ~the character '@' means nothing here
            x 1; x 2 ~'x' stands here twice; the first is in line 4
            where a == 1 ~'where' stands in a flow only
            restart always never ~'restart' is used like this
            """)
    void shouldSayWhatIsWrong(String body, String part) {
        refused(node(body), part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', textBlock = """
            ~the file declares no graph
            node a { } ~expected 'graph NAME { ... }', found 'node'
            graph { } ~'graph' is used like this: graph shop { ... }
            graph g { nod web { run x } } ~1:11: unknown word 'nod' in a graph; did you mean 'node'?
            graph g { flow a } ~'flow' is used like this: flow ingest -> parse
            graph g { flow a -> b -> c } ~'flow' is used like this
            graph g { flow a => b } ~expected
            graph g { node a { run x } } graph h { } ~a file declares one graph
            graph g { , } ~expected a key, found ','
            graph g { = 1; node a { run x } } ~expected a key, found '='
            graph g { objective fast 1; node a { run x } } ~unknown key 'fast' in objectives
            graph g { constraint near a; node a { run x } } ~unknown kind of constraint 'near'
            graph g { include "no.graph" } ~there is no file 'no.graph' to include
            } ~'}' closes nothing
            """)
    void shouldSayWhatIsWrongWithTheWhole(String text, String part) {
        refused(text == null ? "" : text, part);
    }

    @Test
    void shouldGiveOneMessageForEachWrongStatement() {
        ManifestResult result = Checked.check("""
                graph g {
                  node a { run x; restart = ; replicas 2 }
                  flow a -> -> b
                  node b { x [1 = 2]; y = 1 2 }
                  label = = =
                }
                """);
        assertEquals("""
                shop.graph:2:29: expected a value, found the end of the statement
                shop.graph:4:17: expected ']', found '='
                shop.graph:4:29: expected the end of the line, found '2'
                shop.graph:5:11: expected a value, found '='""", Checked.rendered(result.errors()));
    }

    @Test
    void shouldResolveIncludesRelativeToTheIncludingFile() {
        Map<String, String> files = Map.of(
                "lib/common.graph",
                "include \"node.graph\" { id = one; size = 2 }\ninclude \"./node.graph\" { id two; size 3 }\nparam z = 1",
                "lib/node.graph",
                "param size = 9\nnode \"${id}\" { run x \"${top}\"; replicas ${size} }");
        ManifestResult result = Checked.check(
                "graph g { param top = 5; include \"lib/common.graph\"; node last { run y ${z} } }", files, Map.of());
        assertEquals("", Checked.rendered(result.errors()));
        GraphManifest manifest = result.manifest().orElseThrow();
        assertEquals(
                List.of("one", "two", "last"),
                manifest.nodes().stream().map(node -> node.id()).toList());
        assertEquals(2, manifest.nodes().getFirst().replicas());
        assertEquals(List.of("x", "5"), manifest.nodes().getFirst().agent().command());
        assertEquals(List.of("y", "1"), manifest.nodes().getLast().agent().command());
    }

    @Test
    void shouldNameAProblemsFileAndTheCycleOfIncludes() {
        Map<String, String> files =
                Map.of("a.graph", "include \"b.graph\"", "b.graph", "\ninclude \"a.graph\"\nnode x { rum y }");
        String all = Checked.rendered(Checked.check("graph g { include \"a.graph\" }", files, Map.of())
                .errors());
        assertTrue(all.contains("b.graph:2:9: include cycle: a.graph -> b.graph -> a.graph"), all);
        assertTrue(all.contains("b.graph:3:10: unknown key 'rum' in a node; did you mean 'run'?"), all);
    }

    @Test
    void shouldTakeParametersFromOutsideAndCheckTheirKind() {
        String text =
                "graph g { param port = 80; param name; param on = true; node a { run ${name} ${port}; x ${on} } }";
        String all = Checked.rendered(Checked.check(text, Map.of(), Map.of("prt", "1", "port", "x", "on", "maybe"))
                .errors());
        assertTrue(all.contains("the parameter 'name' has no value; give it with --param name=..."), all);
        assertTrue(all.contains("the parameter 'port' must be a number; given is 'x'"), all);
        assertTrue(all.contains("the parameter 'on' must be true or false; given is 'maybe'"), all);
        assertTrue(
                all.contains(
                        "the parameter 'prt' is given, but the graph declares none of this name; did you mean 'port'?"),
                all);
        Parsed parsed = Checked.parse(
                new GraphSource("f", "param n = a\ngraph \"${n}\" { x [${n}, 1] }", Map.of(), Map.of("n", "7")));
        assertEquals("[]", parsed.problems().toString());
    }

    @Test
    void shouldKeepTheSourceWithFilesAndParameters() {
        Map<String, String> files = Map.of("a.graph", "node x { run true }", "unused.graph", "x");
        GraphManifest manifest = Checked.check("graph g { param p = 1; include \"a.graph\" }", files, Map.of("p", "2"))
                .manifest()
                .orElseThrow();
        GraphSource kept = io.stratoswarm.core.manifest.SourceCodec.read("g", manifest.source());
        assertEquals(Map.of("a.graph", "node x { run true }"), kept.included());
        assertEquals(Map.of("p", "2"), kept.parameters());
    }

    @Test
    void shouldKeepParametersFromGrowingWithoutEnd() {
        StringBuilder text = new StringBuilder("graph g {\n  param p0 = \"0123456789\"\n");
        for (int i = 1; i < 60; i++) {
            text.append("  param p%d = \"${p%d}${p%d}\"%n".formatted(i, i - 1, i - 1));
        }
        refused(text.append("node a { run x }\n}").toString(), "grows beyond 16 MiB");
        StringBuilder lists = new StringBuilder("graph g {\n  param p0 = [1, 1]\n");
        for (int i = 1; i < 60; i++) {
            lists.append("  param p%d = [${p%d}, ${p%d}]%n".formatted(i, i - 1, i - 1));
        }
        refused(lists.append("node a { run x }\n}").toString(), "grows beyond 16 MiB");
    }

    @Test
    void shouldBoundIncludesDepthAndSize() {
        refused("graph g { x " + "[".repeat(70) + "]".repeat(70) + " }", "nested deeper than 64");
        refused("graph g { x " + "[".repeat(100_000), "nested deeper than 64");
        refused("graph g { " + "a {".repeat(100_000), "nested deeper than 64");
        refused("graph g { flow a -> b { where " + "not ".repeat(5_000) + "x exists } }", "two of them cancel");
        refused("graph g { flow a -> b { where " + "(".repeat(5_000) + "x exists", "nested deeper than 64");
        refused("#" + "x".repeat(Files.MAX_CHARACTERS), "larger than 4 MiB");
        ManifestResult result = Checked.check(
                "graph g { include \"a\" }",
                Map.of("a", "include \"b\"\n".repeat(20), "b", "include \"c\"\n".repeat(20), "c", ""),
                Map.of());
        assertTrue(Checked.rendered(result.errors()).contains("at most 256 includes"));
    }

    @Test
    void shouldReadAFlowWithAllItsParts() {
        ManifestResult result = Checked.check("""
                graph g {
                  source in { file { path "/a" } }
                  node work { run x; replicas 4; channel acks out }
                  flow in -> work {
                    data json; framing length-prefixed; rate 5MiB/s; burst 1MiB; buffer 2MiB; maxRecord 4KiB
                    delivery at-least-once ack channel acks; route key-hash user.id
                  }
                }
                """);
        assertEquals("", Checked.rendered(result.errors()));
        FlowSpec flow = result.manifest().orElseThrow().flows().getFirst();
        assertEquals("in-work", flow.id());
        assertEquals(new FlowSpec.End("in", "stdout"), flow.from());
        assertEquals(FlowSpec.Framing.LENGTH_PREFIXED, flow.framing());
        assertEquals(new FlowSpec.Delivery.AtLeastOnce(new FlowSpec.Ack.OnChannel("acks")), flow.delivery());
        assertEquals(new FlowSpec.Routing.KeyHash("user.id"), flow.routing());
        assertEquals(2 << 20, flow.bufferBytes());
    }
}
