package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plans on places of a file, without a daemon. */
@Timeout(60)
class PlacementCommandTest {
    private static final String SHOP = """
            graph shop {
              node web {
                run true
                replicas 2
                cpu 3
              }
              node db {
                run true
                memory 6GiB
              }
              constraint spread web by zone
              constraint pin db to a1
              objective balance 1
            }
            """;
    private static final String NODES = """
            {
              // Two zones.
              "places": [
                {"id": "a1", "zone": "a", "capacity": {"cpu": 4, "memory": "8GiB"}},
                {"id": "b1", "zone": "b", "capacity": {"cpu": 4, "memory": "8GiB"}},
                {"id": "b2", "zone": "b", "capacity": {"cpu": 2, "memory": "8GiB"}},
              ]
            }
            """;

    @TempDir
    Path data;

    private Path shop;
    private Path nodes;
    private String out = "";
    private String err = "";

    @BeforeEach
    void write() throws IOException {
        shop = Files.writeString(data.resolve("shop.graph"), SHOP);
        nodes = Files.writeString(data.resolve("nodes.json"), NODES);
    }

    private ExitCode run(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(new byte[0]),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                InstantSource.fixed(Instant.EPOCH));
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return exit;
    }

    @Test
    void shouldPlanOnPlacesOfAFile() {
        assertEquals(ExitCode.OK, run("graph", "plan", "--nodes", nodes.toString(), shop.toString()), err);
        assertTrue(out.matches("(?s).*web +2 +(a1, b1|b1, a1)\n.*"), out);
        assertTrue(out.matches("(?s).*db +1 +a1\n.*"), out);
        assertTrue(out.contains("balance"), out);
        assertTrue(out.contains("seed 1"), out);
    }

    @Test
    void shouldPlanAsJson() throws IOException {
        assertEquals(ExitCode.OK, run("--json", "graph", "plan", "--nodes", nodes.toString(), shop.toString()), err);
        Map<String, Object> answer = JsonText.object(out);
        assertTrue(JsonText.flag(answer, "feasible"));
        assertEquals("a1", JsonText.text(JsonText.child(answer, "places"), "shop/db"));
    }

    @Test
    void shouldExplainEachAgentOfANode() {
        assertEquals(ExitCode.OK, run("graph", "explain", "--nodes", nodes.toString(), shop.toString(), "web"), err);
        assertTrue(out.contains("shop/web.0 is on "), out);
        assertTrue(out.contains("requests: it has 2 cpu, the agent asks 3 cpu"), out);
        assertTrue(out.contains("requests: it has 1 cpu left, the agent asks 3 cpu"), out);
        assertEquals(ExitCode.NOT_FOUND, run("graph", "explain", "--nodes", nodes.toString(), shop.toString(), "x"));
        assertEquals(ExitCode.USAGE, run("graph", "explain", "--nodes", nodes.toString(), shop.toString()));
        assertEquals(ExitCode.USAGE, run("graph", "explain", "shop"));
    }

    @Test
    void shouldSayWhatCannotBeGiven() throws IOException {
        Files.writeString(shop, SHOP.replace("replicas 2", "replicas 3"));
        assertEquals(ExitCode.INVALID, run("graph", "plan", "--nodes", nodes.toString(), shop.toString()));
        assertTrue(err.contains("no placement keeps all constraints"), err);
        assertTrue(err.contains("all agents together ask 9 cpu") || err.contains("requests"), err);
    }

    @Test
    void shouldNameTheLineOfABadFileOfPlaces() throws IOException {
        Files.writeString(nodes, NODES.replace("\"zone\": \"a\"", "\"zonne\": \"a\""));
        assertEquals(ExitCode.INVALID, run("graph", "plan", "--nodes", nodes.toString(), shop.toString()));
        assertTrue(err.contains("nodes.json:4:18: error: unknown key 'zonne' in a place; did you mean 'zone'?"), err);
    }
}
