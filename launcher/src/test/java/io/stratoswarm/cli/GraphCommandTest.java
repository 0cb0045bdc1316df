package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GraphCommandTest {
    private static final String SHOP = """
            graph shop {
              param size = 2
              include "db.graph"
              node web {
                run true
                replicas ${size}
                after db started
              }
              sink out {
                file {
                  path "/tmp/out"
                }
              }
              flow web -> out {
                route copy
              }
            }
            """;

    @TempDir
    Path data;

    private CannedDaemon daemon;
    private Path shop;
    private String out = "";
    private String err = "";

    @BeforeEach
    void open() throws IOException {
        daemon = new CannedDaemon(data);
        shop = data.resolve("shop.graph");
        Files.writeString(shop, SHOP);
        Files.writeString(data.resolve("db.graph"), "node db {\n  run true\n}\n");
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
    }

    private ExitCode run(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(
                        "# from a pipe\ngraph pipe { node a { run true } }".getBytes(StandardCharsets.UTF_8)),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                InstantSource.fixed(Instant.EPOCH));
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        assertFalse(err.contains("\tat "), "a stack trace reached the user: " + err);
        return exit;
    }

    @Test
    void shouldCheckFilesWithIncludesAndParametersWithoutADaemon() throws IOException {
        assertEquals(ExitCode.OK, run("graph", "check", shop.toString()));
        assertEquals(shop + ": good, graph shop with 3 nodes and 1 flow\n", out);
        assertEquals(ExitCode.INVALID, run("validate", "--param", "size=0", shop.toString()));
        assertTrue(
                err.contains(
                        shop
                                + ":6:14: error: 'replicas' must be 1 to 10000, not 0\n        replicas ${size}\n                 ^\n"),
                err);
        assertEquals(ExitCode.INVALID, run("validate", "--param", "sise=3", shop.toString()));
        assertTrue(err.contains("did you mean 'size'?"), err);
        assertEquals(ExitCode.USAGE, run("validate", "--param", "size", shop.toString()));
        Files.writeString(data.resolve("db.graph"), "\nnode db { rum true }\n");
        assertEquals(ExitCode.INVALID, run("graph", "check", shop.toString()));
        assertTrue(err.contains(data + "/db.graph:2:11: error: unknown key 'rum' in a node; did you mean 'run'?"), err);
        assertEquals(ExitCode.OK, run("graph", "check", "-"));
        assertEquals("standard-input.graph: good, graph pipe with 1 node\n", out);
    }

    @Test
    void shouldFormatFilesInPlaceAndNameThoseThatDiffer() throws IOException {
        Path file = data.resolve("f.graph");
        Files.writeString(file, "graph g {node a{run true # why\n}}");
        assertEquals(ExitCode.FAILED, run("graph", "fmt", "--check", file.toString(), shop.toString()));
        assertEquals(file + "\n", out);
        assertEquals(ExitCode.OK, run("graph", "fmt", file.toString()));
        String laidOut = "graph g {\n  node a {\n    run true # why\n  }\n}\n";
        assertEquals(laidOut, out);
        assertEquals(ExitCode.OK, run("graph", "fmt", "-w", file.toString()));
        assertEquals(laidOut, Files.readString(file));
        assertEquals(ExitCode.OK, run("graph", "fmt", "--check", file.toString()));
        Files.writeString(file, "graph g {");
        assertEquals(ExitCode.INVALID, run("graph", "fmt", "-w", file.toString()));
        assertEquals("graph g {", Files.readString(file));
        try (var files = Files.list(data)) {
            assertEquals(
                    List.of(),
                    files.filter(it -> it.getFileName().toString().startsWith(".fmt"))
                            .toList());
        }
    }

    @Test
    void shouldShowAGraphInEveryForm() throws Exception {
        assertEquals(ExitCode.OK, run("graph", "show", "--param", "size=3", shop.toString()));
        assertTrue(out.contains("  node web {\n    run \"true\"\n    replicas 3\n    after db started\n  }\n"), out);
        assertEquals(ExitCode.OK, run("graph", "show", "--json", shop.toString()));
        assertEquals("shop", JsonText.object(out).get("name"));
        assertEquals(ExitCode.OK, run("graph", "show", "--dot", shop.toString()));
        assertTrue(out.contains("\"web\" -> \"out\" [label=\"text\"]"), out);
        assertTrue(out.contains("\"db\" -> \"web\" [style=dashed, label=\"started\"]"), out);
        assertEquals(ExitCode.OK, run("graph", "show", "--mermaid", shop.toString()));
        assertTrue(out.contains("  n_web[\"web × 2\"]\n") && out.contains("  n_web -->|\"text\"| n_out\n"), out);
        assertEquals(ExitCode.OK, run("graph", "show", "--svg", shop.toString()));
        var svg = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(out.getBytes(StandardCharsets.UTF_8)));
        assertEquals(3, svg.getElementsByTagName("rect").getLength());
        assertEquals(ExitCode.USAGE, run("graph", "show", "--svg", "--dot", shop.toString()));
    }

    @Test
    void shouldCompareFilesWithWhatWasApplied() throws IOException {
        daemon.answer(
                "GET graphs/shop/source?generation=3",
                200,
                "{\"name\":\"shop\",\"file\":\"shop.json\",\"text\":\"{\\\"name\\\": \\\"shop\\\", \\\"nodes\\\": [{\\\"id\\\": \\\"web\\\","
                        + "\\\"command\\\": [\\\"true\\\"], \\\"replicas\\\": 1}, {\\\"id\\\": \\\"old\\\", \\\"command\\\": [\\\"true\\\"]}]}\",\"included\":{},\"parameters\":{}}");
        assertEquals(ExitCode.OK, run("graph", "diff", "shop@3", shop.toString()));
        assertEquals("""
                + node db
                ~ node web
                    replicas: 1 -> 2
                    dependsOn: [{"condition":"started","node":"db"}] (new)
                + node out
                + flow web -> out
                - node old
                """, out);
        assertEquals(ExitCode.OK, run("graph", "diff", shop.toString(), shop.toString()));
        assertEquals("no difference\n", out);
        assertEquals(ExitCode.OK, run("graph", "diff", "--json", "shop@3", "shop@3"));
        assertTrue(out.contains("\"equal\":true"), out);
        assertEquals(ExitCode.NOT_FOUND, run("graph", "show", data + "/nothing.graph"));
    }

    @Test
    void shouldSendAllFilesOfAGraphToTheDaemon() throws IOException {
        String query = "dryRun=true&file=" + ApiClient.encode(shop.toString()) + "&form=sources";
        ExitCode exit = run("graph", "plan", "--param", "size=4", shop.toString());
        assertEquals(ExitCode.FAILED, exit);
        String request = daemon.requests().getFirst();
        assertTrue(request.startsWith("POST graphs?" + query + " {"), request);
        Map<String, Object> body = JsonText.object(request.substring(request.indexOf('{')));
        assertEquals(SHOP, body.get("text"));
        assertEquals(Map.of("size", "4"), body.get("parameters"));
        assertEquals(Map.of(data + "/db.graph", "node db {\n  run true\n}\n"), body.get("included"));
        String key = "POST graphs?" + query + " ";
        assertTrue(request.startsWith(key));
        assertEquals(ExitCode.USAGE, run("graph"));
        Files.writeString(data.resolve("j.json"), "{}");
        assertEquals(
                ExitCode.USAGE,
                run("apply", "--param", "a=b", data.resolve("j.json").toString()));
    }
}
