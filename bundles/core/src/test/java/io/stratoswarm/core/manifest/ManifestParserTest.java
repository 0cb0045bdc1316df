package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ManifestParserTest {
    private static ManifestResult parse(String text) {
        return ManifestParser.parse("shop.json", text, new FixedHost());
    }

    private static GraphManifest good(String text) {
        ManifestResult result = parse(text);
        assertEquals(
                List.of(), result.errors().stream().map(ManifestProblem::render).toList());
        return result.manifest().orElseThrow();
    }

    /** A graph with one node that has these further members. */
    private static String node(String members) {
        return "{\"name\": \"shop\", \"nodes\": [{\"id\": \"web\", \"command\": [\"sleep\", \"60\"]"
                + (members.isEmpty() ? "" : ", " + members) + "}]}";
    }

    private static AgentSpec agent(String members) {
        return good(node(members)).nodes().getFirst().agent();
    }

    private static void refused(String text, String... parts) {
        ManifestResult result = parse(text);
        String all = result.errors().stream().map(ManifestProblem::render).collect(Collectors.joining("\n"));
        assertEquals(Optional.empty(), result.manifest(), "accepted: " + text);
        for (String part : parts) {
            assertTrue(all.contains(part), "expected '" + part + "' in:\n" + all);
        }
    }

    @Test
    void shouldGiveEveryDefault() {
        assertEquals(AgentSpec.of(List.of("sleep", "60")), agent(""));
        NodeSpec node = good(node("")).nodes().getFirst();
        assertEquals(1, node.replicas());
        assertEquals(List.of(), node.dependsOn());
    }

    @Test
    void shouldReadEveryKey() {
        AgentSpec agent = agent("""
                "type": "process", "environment": {"MODE": "fast"}, "secrets": {"TOKEN": {"file": "/etc/token"}},
                "workingDirectory": "/srv", "user": 1000, "group": "www-data", "umask": "027",
                "rlimits": {"nofile": {"soft": 100, "hard": "unlimited"}, "core": 0, "as": "1GiB"},
                "resources": {"cpu": 0.5, "memory": "64MiB", "pids": 100}, "niceness": -5, "affinity": "0-1",
                "hooks": {"preStart": {"command": ["true"], "timeout": "5s"}, "postStop": {"command": ["true"]}},
                "restart": {"policy": "on-failure", "initial": "50ms", "max": "1m", "factor": 3, "jitter": 0, "resetAfter": "1h",
                            "intensity": 5, "window": "2m"},
                "stop": {"signal": "SIGINT", "grace": "1.5s"},
                "readiness": {"log": {"pattern": "ready|up"}, "timeout": "10s"},
                "liveness": {"http": {"url": "http://127.0.0.1:8080/"}, "interval": "5s", "failureThreshold": 2},
                "watchdog": "30s", "log": {"maxFile": "1MiB", "maxFiles": 2, "maxRate": "1MB/s"},
                "metrics": {"http": {"port": 9100, "path": "/m?x=1", "every": "30s"}},
                "labels": {"team/name": "blue"}
                """);
        assertEquals(Map.of("MODE", "fast"), agent.environment());
        assertEquals(Map.of("TOKEN", new AgentSpec.Secret("/etc/token")), agent.secrets());
        assertEquals(Optional.of("1000"), agent.user());
        assertEquals(OptionalInt.of(027), agent.umask());
        assertEquals(
                Map.of("nofile", new Rlimit(100, -1), "core", new Rlimit(0, 0), "as", new Rlimit(1L << 30, 1L << 30)),
                agent.rlimits());
        assertEquals(OptionalLong.of(64L << 20), agent.resources().memoryBytes());
        assertEquals(List.of(0, 1), agent.affinity());
        assertEquals(5_000, agent.hooks().preStart().orElseThrow().timeoutMillis());
        assertEquals(10_000, agent.hooks().postStop().orElseThrow().timeoutMillis());
        assertEquals(
                new AgentSpec.RestartPolicy(RestartMode.ON_FAILURE, 50, 60_000, 3, 0, 3_600_000, 5, 120_000),
                agent.restart());
        assertEquals(new AgentSpec.StopPolicy("INT", 1_500), agent.stop());
        assertEquals(
                new AgentSpec.Probe(new ProbeAction.LogPattern("ready|up"), 0, 1_000, 10_000, 1, 3),
                agent.readiness().orElseThrow());
        assertEquals(2, agent.liveness().orElseThrow().failureThreshold());
        assertEquals(OptionalLong.of(30_000), agent.watchdogMillis());
        assertEquals(new AgentSpec.LogPolicy(1 << 20, 2, 1_000_000), agent.log());
        assertEquals(Optional.of(new AgentSpec.MetricsSource(9100, "/m?x=1", 30_000, 5_000)), agent.metrics());
    }

    @Test
    void shouldResolveDependenciesByTheKindOfNode() {
        List<NodeSpec> nodes = good("""
                        {"name": "shop", "nodes": [ // comments are fine
                          {"id": "init", "command": ["true"], "lifecycle": "oneshot"},
                          {"id": "db", "command": ["sleep", "9"], "dependsOn": ["init"]},
                          /* and trailing commas */
                          {"id": "web", "command": ["sleep", "9"], "replicas": 3,
                           "dependsOn": ["db", {"node": "init", "condition": "started"}],},
                        ]}
                        """).nodes();
        assertEquals(
                List.of(new NodeSpec.Dependency("init", Condition.COMPLETED)),
                nodes.get(1).dependsOn());
        assertEquals(
                List.of(
                        new NodeSpec.Dependency("db", Condition.READY),
                        new NodeSpec.Dependency("init", Condition.STARTED)),
                nodes.get(2).dependsOn());
        assertEquals(RestartMode.NEVER, nodes.get(0).agent().restart().mode());
    }

    @Test
    void shouldReportAllErrorsAtOnceWithPlaceExcerptAndNearestKey() {
        String text = """
                {
                  "name": "Shop",
                  "nodes": [
                    {"id": "web", "comand": ["sleep"]},
                    {"id": "web", "command": ["sleep"], "replicas": "two"}
                  ],
                  "nods": []
                }
                """;
        List<String> errors =
                parse(text).errors().stream().map(ManifestProblem::render).toList();
        assertEquals(
                List.of(
                        "shop.json:2:11: 'name' must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either"
                                + " end, not 'Shop'",
                        "shop.json:4:5: a node needs the key 'command', for example [\"/usr/bin/sleep\", \"60\"]",
                        "shop.json:4:19: unknown key 'comand' in a node; did you mean 'command'?",
                        "shop.json:5:12: duplicate id 'web'; the first stands in line 4",
                        "shop.json:5:53: 'replicas' must be a whole number, not a string",
                        "shop.json:7:3: unknown key 'nods' in a graph; did you mean 'nodes'?"),
                errors);
        assertEquals(
                "    {\"id\": \"web\", \"comand\": [\"sleep\"]},",
                parse(text).errors().get(2).excerpt());
    }

    @Test
    void shouldNameThePathOfADependencyCycle() {
        refused(
                """
                {"name": "shop", "nodes": [
                  {"id": "a", "command": ["sleep"], "dependsOn": ["b"]},
                  {"id": "b", "command": ["sleep"], "dependsOn": ["c"]},
                  {"id": "c", "command": ["sleep"], "dependsOn": ["a", "nothing", "a"]},
                  {"id": "d", "command": ["sleep"], "dependsOn": ["d"]}
                ]}
                """,
                "shop.json:4:51: dependency cycle: a -> b -> c -> a",
                "shop.json:4:56: node 'c' depends on 'nothing', which is no node of this graph",
                "'a' is named twice",
                "node 'd' depends on itself");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            "resources": {"memory": 0}~must be at least 1
            "resources": {"memory": "0MiB"}~must not be
            "resources": {"memory": "12 parsecs"}~must be a size such as
            "resources": {"cpu": 0}~must be 0.01 to
            "resources": {"cpu": 1e999999999}~must be 0.01 to
            "resources": {"pids": 99999999999999999999999}~must be 1 to
            "rlimits": {"nofile": {"soft": 10, "hard": 5}}~must not exceed its hard limit
            "rlimits": {"nofile": {"soft": "unlimited", "hard": 5}}~must not exceed its hard limit
            "rlimits": {"nofiles": 5}~did you mean 'nofile'?
            "umask": "999"~octal
            "umask": 22~put it in double quotes
            "affinity": []~names no processor
            "affinity": "3-1"~must be processor numbers
            "affinity": [0, 5000]~must be 0 to 1023
            "niceness": 20~must be -20 to 19
            "replicas": 0~must be 1 to 10000
            "lifecycle": "one-shot"~did you mean 'oneshot'?
            "schedule": "* * * * *"~only for "lifecycle": "cron"
            "lifecycle": "cron"~needs the key 'schedule'
            "lifecycle": "cron", "schedule": "61 * * * *"~is no cron schedule
            "lifecycle": "cron", "schedule": "* * * *"~is no cron schedule
            "lifecycle": "cron", "schedule": "0 0 30 2 *"~never comes
            "lifecycle": "cron", "schedule": "* * * * *", "readiness": {"notifyFd": 3}~a cron agent has no readiness
            "lifecycle": "oneshot", "liveness": {"tcp": {"port": 1}}~has no liveness
            "lifecycle": "oneshot", "restart": {"policy": "always"}~use "on-failure"
            "stop": {"signal": "TREM"}~did you mean 'TERM'?
            "stop": {"grace": 10}~must be a duration such as
            "stop": {"grace": "-1s"}~must be a duration such as
            "stop": {"grace": "99999d"}~must be a duration such as
            "restart": {"initial": "10s", "max": "1s"}~must not be less than 'initial'
            "restart": {"jitter": 2}~must be 0.0 to 1.0
            "readiness": {}~exactly one of
            "readiness": {"notifyFd": 3, "tcp": {"port": 1}}~found notifyFd and tcp
            "readiness": {"notifyFd": 2}~must be 3 to 9
            "readiness": {"notifySocket": false}~must be true
            "readiness": {"log": {"pattern": "("}}~is no regular expression
            "readiness": {"http": {"url": "ftp://x"}}~absolute http or https address
            "readiness": {"http": {"url": "http://x:99999/"}}~the highest is 65535
            "liveness": {"log": {"pattern": "x"}}~unknown key 'log'
            "environment": {"1X": "y"}~is no name of a variable
            "environment": {"X": 5}~put it in double quotes
            "environment": {"X": "a\\u0000b"}~NUL
            "environment": {"X": "\\ud800"}~surrogate
            "environment": {"X": "y"}, "secrets": {"X": {"file": "/x"}}~keep one
            "secrets": {"X": "value"}~never write its value here
            "secrets": {"X": {"file": "x"}}~must be an absolute path
            "workingDirectory": "srv"~must be an absolute path
            "user": "no such:name"~must be a name or a number
            "log": {"maxRate": "5MiB"}~must be a rate such as
            "log": {"maxFile": "1B"}~the least is 4096 bytes
            "labels": {"-": "x"}~label name
            "metrics": {}~needs the key 'http'
            "metrics": {"http": {}}~needs the key 'port'
            "metrics": {"http": {"port": 9100, "path": "metrics"}}~must begin with a slash
            "metrics": {"http": {"port": 9100, "every": "2s", "timeout": "3s"}}~must not be more than 'every'
            "type": "container"~known are process, script, source, sink
            "hooks": {"preStart": {}}~needs the key 'command'
            "hooks": {"preStart": {"command": []}}~needs a program
            "hooks": {"preStart": {"command": ["./x"]}}~absolute path
            "dependsOn": "db"~must be an array
            "dependsOn": [5]~a dependency is the id of a node
            "watchdog": "10ms"~the least is 100 ms
            """)
    void shouldRefuse(String members, String part) {
        refused(node(members), part);
    }

    @Test
    void shouldRefuseConditionsThatCannotComeTrue() {
        String graph = """
                {"name": "shop", "nodes": [
                  {"id": "db", "command": ["sleep"]},
                  {"id": "tick", "command": ["sleep"], "lifecycle": "cron", "schedule": "0 * * * *"},
                  {"id": "web", "command": ["sleep"], "dependsOn": [%s]}]}
                """;
        refused(graph.formatted("{\"node\": \"db\", \"condition\": \"completed\"}"), "never completes");
        refused(graph.formatted("{\"node\": \"db\", \"condition\": \"healthy\"}"), "has no liveness probe");
        refused(graph.formatted("\"tick\""), "runs by its schedule only");
        refused(graph.formatted("{\"node\": \"db\", \"condition\": \"redy\"}"), "did you mean 'ready'?");
    }

    @Test
    void shouldRefuseStateByKeyThatCouldNotBeHandedOver() {
        String graph = """
                {"name": "shop", "nodes": [{"id": "web", "command": ["sleep"], %s "labels": {"state": "by-key"%s}}]}
                """;
        refused(graph.formatted("", ""), "does not say by which; give it the label state-key");
        refused(
                graph.formatted("\"channels\": {\"state-in\": {\"direction\": \"in\"}},", ", \"state-key\": \"k\""),
                "the channel 'state-in' of node 'web' is there already");
        refused(
                "{\"name\": \"shop\", \"nodes\": [{\"id\": \"web\", \"type\": \"script\", \"script\": \"s\","
                        + " \"labels\": {\"state\": \"by-key\", \"state-key\": \"k\"}}]}",
                "is no process");
        good(graph.formatted("", ", \"state-key\": \"k\""));
    }

    @Test
    void shouldOnlyWarnOfWhatThisHostLacks() {
        ManifestResult result = parse("""
                {"name": "shop", "nodes": [
                  {"id": "a", "command": ["nowhere"], "resources": {"cpu": 8, "memory": "8GiB"}, "affinity": [0, 9]},
                  {"id": "b", "command": ["/opt/x"], "workingDirectory": "/none", "stop": {"signal": "CONT"},
                   "environment": {"PATH": "/usr/sbin", "STRATOSWARM_X": "1"}, "resources": {"memory": "4KiB"}},
                  {"id": "c", "command": ["true"], "environment": {"PATH": "/bin"}}]}
                """);
        assertTrue(result.manifest().isPresent());
        List<String> warnings =
                result.warnings().stream().map(ManifestProblem::message).toList();
        assertEquals(10, warnings.size(), String.join("\n", warnings));
        assertTrue(
                warnings.contains("the program 'nowhere' is not on the PATH of the agent (/usr/local/bin:/usr/bin)"));
        assertTrue(warnings.contains("the program 'true' is not on the PATH of the agent (/bin)"));
    }

    @Test
    void shouldTellOnceOfAProgramThatManyNodesLack() {
        ManifestResult result = parse("""
                {"name": "shop", "nodes": [
                  {"id": "a", "command": ["nowhere"]}, {"id": "b", "command": ["nowhere"]}, {"id": "c", "command": ["nothing"]}]}
                """);
        assertEquals(2, result.warnings().size());
        assertTrue(result.warnings().getFirst().message().contains("'nowhere'"));
    }

    @Test
    void shouldTellWhereJsonIsBroken() {
        refused("", "shop.json:1:1: the manifest is empty");
        refused("{\"name\": \"x\",\n \"nodes\": [}\n", "shop.json:2:12: not valid JSON");
        refused("{\n", "expected close marker for Object (opened in line 1)");
        refused("{} {}", "more text after the end");
        refused("[]", "a manifest is an object");
        refused("[".repeat(100_000), "nested deeper than 64 levels");
        refused(
                "{\"name\": \"x\", \"name\": \"y\", \"nodes\": []}",
                "1:15: duplicate key 'name'; it already stands in line 1");
        refused("\"" + "x".repeat(ManifestParser.MAX_BYTES) + "\"", "larger than 4 MiB");
        refused("{\"name\": \"x\", \"nodes\": []}", "must not be empty");
    }

    @Test
    void shouldHoldLimitsOfSize() {
        String many = IntStream.rangeClosed(0, GraphReader.MAX_NODES)
                .mapToObj(i -> "{\"id\": \"n" + i + "\", \"command\": [\"sleep\"]}")
                .collect(Collectors.joining(","));
        refused("{\"name\": \"x\", \"nodes\": [" + many + "]}", "at most 10000 nodes; this one has 10001");
        refused(
                "{\"name\": \"x\", \"nodes\": [{\"id\": \"a\", \"command\": [\"sleep\"], \"replicas\": 6000},"
                        + "{\"id\": \"b\", \"command\": [\"sleep\"], \"replicas\": 6000}]}",
                "add up to 12000");
        String wrong =
                IntStream.range(0, 5_000).mapToObj(i -> "\"k" + i + "\": 1").collect(Collectors.joining(","));
        List<ManifestProblem> errors = parse("{" + wrong + "}").errors();
        assertEquals(Problems.MAX_LISTED + 1, errors.size());
        assertTrue(
                errors.getLast().message().contains("4802 more errors"),
                errors.getLast().message());
    }

    @Test
    void shouldReadALongChainWithoutRecursion() {
        String chain = IntStream.range(0, 9_000)
                .mapToObj(i -> "{\"id\": \"n" + i + "\", \"command\": [\"sleep\"]"
                        + (i == 8_999 ? "" : ", \"dependsOn\": [\"n" + (i + 1) + "\"]") + "}")
                .collect(Collectors.joining(","));
        assertEquals(
                9_000,
                good("{\"name\": \"x\", \"nodes\": [" + chain + "]}").nodes().size());
    }

    @Test
    void shouldKeepTheSourceAndAcceptAByteOrderMark() {
        String text = "\uFEFF" + node("");
        assertEquals(text, good(text).source());
        assertEquals(Lifecycle.SERVICE, good(text).nodes().getFirst().agent().lifecycle());
    }
}
