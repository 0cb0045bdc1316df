package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What transforms on the command line ask for, and how they are shown. */
class TransformCommandTest extends CommandTest {
    static final String PLAN = """
            "kind":"split","graph":"shop","generation":4,"stages":["start web.1","share 10 %","all of it","drain"],"commit":2,
            "starts":["shop/web.1"],"drains":[],"effect":["2 replicas of web share what one had"]
            """.replace("\n", "");

    TransformCommandTest() {
        super("2026-01-01T12:01:05Z");
    }

    @Override
    ExitCode run(String... arguments) {
        return runWith("y\n", arguments);
    }

    static String transform(String state, int stage, String reason, String end, String flows) {
        return "{\"number\":7,\"state\":\"" + state + "\",\"stage\":" + stage + ",\"reason\":\"" + reason
                + "\",\"actor\":\"uid:0\",\"begin\":\"2026-01-01T12:00:00.000000000Z\","
                + (end.isEmpty() ? "" : "\"end\":\"" + end + "\",") + "\"plan\":{" + PLAN + "},\"flows\":[" + flows
                + "]}";
    }

    /** What is sent where the transform is begun with these words. */
    private Map<String, Object> sent(String... arguments) throws IOException {
        daemon.answer("POST graphs/shop/transforms?dryRun=false", 202, transform("running", 0, "", "", ""));
        String[] all = new String[arguments.length + 3];
        all[0] = "transform";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--yes";
        all[all.length - 1] = "--detach";
        assertEquals(ExitCode.OK, run(all), () -> err);
        assertTrue(out.startsWith("transform 7 has begun; 'stratoswarm transform show 7' tells"), out);
        String request = daemon.requests().getLast();
        return JsonText.object(request.substring(request.indexOf('{')));
    }

    private Map<String, Object> argumentsOf(String... words) throws IOException {
        Map<String, Object> body = sent(words);
        assertEquals(words[0], body.get("kind"));
        return JsonText.child(body, "arguments");
    }

    @Test
    void shouldSendEachKindWithItsArguments() throws IOException {
        assertEquals(Map.of("node", "web", "into", "3"), argumentsOf("split", "shop", "web", "--into", "3"));
        assertEquals(
                Map.of("node", "web", "into", "3", "route", "key:user"),
                argumentsOf("split", "shop", "web", "--into", "3", "--key", "user"));
        assertEquals(
                Map.of("node", "web", "into", "2", "route", "round-robin"),
                argumentsOf("split", "shop", "web", "--into", "2", "--round-robin"));
        assertEquals(
                Map.of("node", "web", "cases", "b1: level >= 4; b2: otherwise"),
                argumentsOf("split", "shop", "web", "--case", "b1=level >= 4", "--case", "b2=otherwise"));
        assertEquals(
                Map.of("node", "web", "cases", "b1: kind == \"a=b\"; b2: otherwise"),
                argumentsOf("split", "shop", "web", "--case", "b1=kind == \"a=b\"", "--case", "b2 = otherwise"));
        assertEquals(
                Map.of("node", "web", "by", "region", "values", "eu=w-eu,otherwise=w-us"),
                argumentsOf("split", "shop", "web", "--by", "region", "--values", "eu=w-eu,otherwise=w-us"));
        assertEquals(
                Map.of("nodes", "b,c", "into", "b", "replicas", "2"),
                argumentsOf("merge", "shop", "b", "c", "--into", "b", "--replicas", "2"));
        assertEquals(
                Map.of("path", "b,c", "lanes", "4", "key", "user"),
                argumentsOf("parallelize", "shop", "b,c", "--lanes", "4", "--key", "user"));
        assertEquals(Map.of("node", "web"), argumentsOf("remove", "shop", "web"));
        assertEquals(Map.of("flow", "a-b", "via", ""), argumentsOf("reroute", "shop", "a-b", "--direct"));
        assertEquals(
                Map.of("node", "web", "env.LEVEL", "a=b", "env.EMPTY", ""),
                argumentsOf("replace", "shop", "web", "--env", "LEVEL=a=b", "--env", "EMPTY="));
        assertEquals(
                Map.of("steps", List.of(10L, 50L), "holdMillis", 0L, "readyMillis", 60_000L, "graceMillis", 300_000L),
                sent("remove", "shop", "web", "--steps", "10,50", "--hold", "0s", "--ready", "1m", "--grace", "5m")
                        .get("options"));
    }

    @Test
    void shouldSendTheFilesThatItRead() throws IOException {
        Path fragment = data.resolve("s.graph");
        Files.writeString(fragment, "graph s {\n  param n = 1\n  include \"more.graph\"\n}\n");
        Files.writeString(data.resolve("more.graph"), "node sampler {\n  run true\n}\n");
        Map<String, Object> body = sent("insert", "shop", "a-b", "--file", fragment.toString(), "--param", "n=2");
        assertEquals(Map.of("flow", "a-b"), body.get("arguments"));
        Map<String, Object> sent = JsonText.child(body, "fragment");
        assertEquals(fragment.toString(), sent.get("file"));
        assertEquals(Files.readString(fragment), sent.get("text"));
        assertEquals(Map.of(data + "/more.graph", "node sampler {\n  run true\n}\n"), sent.get("included"));
        assertEquals(Map.of("n", "2"), sent.get("parameters"));

        Path shop = data.resolve("any.graph");
        Files.writeString(shop, "graph shop {\n  node web {\n    run true\n  }\n}\n");
        body = sent("apply", shop.toString());
        assertEquals(Map.of(), body.get("arguments"));
        assertEquals(shop.toString(), JsonText.child(body, "fragment").get("file"));
        Files.writeString(shop, "graph shop {\n  node web {\n    rum true\n  }\n}\n");
        int before = daemon.requests().size();
        assertEquals(ExitCode.INVALID, run("transform", "apply", shop.toString(), "--plan"));
        assertTrue(err.contains(shop + ":3:5: error: unknown key 'rum' in a node"), err);
        assertEquals(ExitCode.INVALID, run("transform", "replace", "shop", "web", "--file", shop.toString()));
        assertEquals(ExitCode.NOT_FOUND, run("transform", "apply", data + "/none.graph"));
        assertEquals(before, daemon.requests().size());
    }

    @Test
    void shouldTellInOneLineWhatIsWrong() {
        String[][] wrong = {
            {"needs one of split, merge", ""},
            {"needs one of --into, --case and --by", "split shop web"},
            {"not --into and --case", "split shop web --into 2 --case a=b"},
            {"--into must be 2 to 1000, not 1", "split shop web --into 1"},
            {"takes --key only with --into", "split shop web --case a=b --key k"},
            {"takes one of --key, --least-loaded and --round-robin", "split shop web --into 2 --key k --round-robin"},
            {"needs --values", "split shop web --by region"},
            {"takes --values only with --by", "split shop web --into 2 --values a=b"},
            {"--values takes VALUE=NEW, not 'eu'", "split shop web --by region --values eu"},
            {"--case takes NEW=CONDITION with the name of a new node", "split shop web --case level>=4"},
            {"has no ';'", "split shop web --case a=b;c"},
            {"--case has 'a' twice", "split shop web --case a=b --case a=c"},
            {"the nodes must be names, each once, not 'a,a'", "merge shop a a"},
            {"--replicas must be 1 to 1000, not 0", "merge shop a --replicas 0"},
            {"needs --lanes", "parallelize shop a --key k"},
            {"needs --key", "parallelize shop a --lanes 2"},
            {"the path must be names, each once, not 'a,,b'", "parallelize shop a,,b --lanes 2 --key k"},
            {"needs --file", "insert shop a-b"},
            {"needs --via or --direct", "reroute shop a-b"},
            {"not both", "reroute shop a-b --via x --direct"},
            {"needs --file", "reroute shop a-b --via x"},
            {"takes --file only with --via", "reroute shop a-b --direct --file x"},
            {"needs --file with the node as it shall be, --env with what of it changes, or --renew", "replace shop web"
            },
            {"--env takes KEY=VALUE, not 'A'", "replace shop web --env A"},
            {"--param is for the file of --file", "replace shop web --env A=b --param c=d"},
            {"--steps takes percents from 1 to 100", "remove shop web --steps 50,10"},
            {"--steps takes percents from 1 to 100", "remove shop web --steps 10%"},
            {"--hold must be a length of time such as 30s", "remove shop web --hold 2"},
            {"--grace must be a day at most", "remove shop web --grace 2d"},
            {"--plan and --detach exclude each other", "remove shop web --plan --detach"},
            {"Missing required parameter: 'NODE'", "remove shop"},
            {"a transform is named by its number, from 1, not 'x'", "show x"},
            {"a transform is named by its number, from 1, not '0'", "cancel 0"},
        };
        for (String[] each : wrong) {
            assertEquals(ExitCode.USAGE, run(("transform " + each[1]).strip().split(" ")), each[1]);
            assertTrue(err.contains(each[0]), each[1] + ": " + err);
            assertTrue(err.lines().count() <= 2, err);
        }
        assertEquals(ExitCode.USAGE, run("transforms", "--limit", "0"));
        assertEquals(List.of(), daemon.requests());
    }

    @Test
    void shouldShowThePlanAndAskBeforeItBegins() {
        String request = "POST graphs/shop/transforms?dryRun=";
        daemon.answer(request + "true", 200, "{" + PLAN + ",\"dryRun\":true}");
        String plan = """
            split of graph shop at generation 4
            STAGE  WHAT
            1      start web.1
            2      share 10 %
            3      all of it (commit point: from here on it only goes forward)
            4      drain
              starts shop/web.1
              expected: 2 replicas of web share what one had
            """;
        assertEquals(ExitCode.OK, run("transform", "split", "shop", "web", "--into", "2", "--plan"));
        assertEquals(plan + "nothing was changed: this was a dry run\n", out);
        assertEquals(ExitCode.OK, run("--json", "transform", "split", "shop", "web", "--into", "2", "--plan"));
        assertTrue(out.endsWith("\"dryRun\":true}\n"), out);
        assertEquals(ExitCode.USAGE, run("transform", "split", "shop", "web", "--into", "2"), "nobody can be asked");
        assertEquals(plan, out);
        assertTrue(err.contains("so it needs --yes where nobody can be asked; nothing was done"), err);
        assertEquals(ExitCode.USAGE, run("transform", "--json", "split", "shop", "web", "--into", "2"));
        assertEquals("", out);
        assertTrue(
                daemon.requests().stream().allMatch(it -> it.startsWith(request + "true ")),
                daemon.requests().toString());
        daemon.answer(request + "true", 409, "{\"kind\":\"CONFLICT\",\"detail\":\"transform 6 changes node web too\"}");
        assertEquals(ExitCode.CONFLICT, run("transform", "split", "shop", "web", "--into", "2", "--plan"));
        assertEquals("stratoswarm: transform 6 changes node web too\n", err);
    }

    @Test
    void shouldShowWhereATransformIsWithTheAccountsOfItsFlows() {
        String ledger = "{\"read\":%d,\"filtered\":1,\"refused\":0,\"delivered\":%d,\"inFlight\":0,\"dropped\":0,"
                + "\"lostBytes\":0,\"balanced\":%s}";
        String before = ledger.formatted(100, 99, "true");
        String flows = "{\"flow\":\"a-web\",\"before\":" + before + ",\"after\":"
                + ledger.formatted(1_234_567, 1_234_566, "false") + "},{\"flow\":\"new\",\"after\":" + before + "}";
        daemon.answer("GET transforms/7", 200, transform("running", 1, "waits", "", flows));
        assertEquals(ExitCode.OK, run("transform", "show", "7"), () -> err);
        assertEquals("""
            split of graph shop at generation 4, begun 2026-01-01T12:00:00.000Z by uid:0
            STAGE  STATE  WHAT
            1      done   start web.1
            2      now    share 10 %
            3      -      all of it (commit point: from here on it only goes forward)
            4      -      drain
            FLOW   READ            FILTERED  REFUSED  DELIVERED      IN FLIGHT  DROPPED  LOST BYTES
            a-web  100 -> 1234567  1         0        99 -> 1234566  0          0        0
            new    - -> 100        - -> 1    - -> 0   - -> 99        - -> 0     - -> 0   - -> 0
            a-web: its ledger did not balance after, which is a defect; please report it with 'transform show --json'
            transform 7 is running: waits
            """, out);
        assertEquals(ExitCode.OK, run("transform", "show", "7", "--json"));
        assertTrue(out.startsWith("{\"number\":7"), out);
        daemon.answer(
                "GET transforms/7", 200, transform("rolled-back", 1, "web.1 ended", "2026-01-01T12:00:01.5Z", ""));
        assertEquals(ExitCode.OK, run("transform", "show", "7"), () -> err);
        assertTrue(out.contains("1      undone  start web.1\n2      turned  share 10 %\n3      -"), out);
        assertTrue(out.endsWith("transform 7 was rolled back after 1.50 s: web.1 ended\n"), out);

        daemon.answer("POST transforms/7/cancel", 200, transform("going-back", 1, "cancelled by uid:0", "", ""));
        assertEquals(ExitCode.OK, run("transform", "cancel", "7"));
        assertEquals("transform 7 is asked to go back; 'stratoswarm transform show 7' tells how far it is\n", out);
        daemon.answer("POST transforms/7/cancel", 409, "{\"kind\":\"CONFLICT\",\"detail\":\"it has ended\"}");
        assertEquals(ExitCode.CONFLICT, run("transform", "cancel", "7"));
    }

    @Test
    void shouldListTransforms() {
        daemon.answer(
                "GET transforms?limit=20",
                200,
                "{\"transforms\":["
                        + transform("running", 1, "waits", "", "") + ","
                        + transform("done-with-loss", 3, "cut off", "2026-01-01T12:00:02.250Z", "") + "]}");
        assertEquals(ExitCode.OK, run("transforms"), () -> err);
        assertEquals("""
            NUMBER  GRAPH  KIND   STATE           STAGE  BEGUN     TOOK    ACTOR  REASON
            7       shop   split  running         2/4    1m5s ago  -       uid:0  waits
            7       shop   split  done-with-loss  4/4    1m5s ago  2.25 s  uid:0  cut off
            """, out);
        daemon.answer("GET transforms?limit=3&graph=shop", 200, "{\"transforms\":[]}");
        assertEquals(ExitCode.OK, run("transforms", "--graph", "shop", "--limit", "3"));
        assertTrue(err.contains("there are none"), err);
        assertEquals(ExitCode.OK, run("transforms", "--graph", "shop", "--limit", "3", "--json"));
        assertEquals("{\"transforms\":[]}\n", out);
    }

    @Test
    void shouldDescribeAndCompleteEveryKind() {
        assertEquals(ExitCode.OK, run("completion"));
        String completion = out;
        for (String kind : TransformKinds.NAMES) {
            assertEquals(ExitCode.OK, run("transform", kind, "--help"));
            assertTrue(out.contains("stratoswarm transform " + kind) && out.contains("Example"), out);
            assertTrue(out.contains("--steps") && out.contains("--plan"), out);
            assertTrue(completion.contains("_picocli_stratoswarm_transform_" + kind + "()"), kind);
        }
    }

    @Test
    void shouldApplyByATransformWhereTheDaemonSaysThatItCan() throws IOException {
        Path file = data.resolve("shop.graph");
        Files.writeString(file, "graph shop { node a { run cat }\n node b { run cat }\n flow a -> b }");
        String plan =
                "{\"name\":\"shop\",\"generation\":4,\"touches\":true,\"conflicts\":[],\"steps\":[{\"action\":\"replace\","
                        + "\"kind\":\"node\",\"id\":\"b\",\"reason\":\"changed: command\",\"restarts\":[\"shop/b\"]}]}";
        String rest = "&file=" + file + "&form=sources";
        daemon.answer("POST graphs?dryRun=true" + rest.replace("/", "%2F"), 200, plan)
                .answer("POST graphs?dryRun=true" + rest, 200, plan)
                .answer("POST graphs/shop/transforms?dryRun=true", 200, "{" + PLAN + "}")
                .answer(
                        "POST graphs/shop/transforms?dryRun=false",
                        202,
                        "{\"number\":7,\"state\":\"done\",\"stage\":3," + "\"plan\":{" + PLAN + "},\"flows\":[]}")
                .answer("GET graphs/shop", 200, "{\"name\":\"shop\",\"generation\":9}");
        assertEquals(ExitCode.OK, run("apply", "--yes", file.toString()), () -> out + err + daemon.requests());
        assertTrue(out.contains("graph shop is at generation 9"), out);
        assertFalse(out.contains("restarts"), out);
        assertTrue(
                daemon.requests().stream()
                        .anyMatch(it -> it.contains("\"only\":\"movable\"") && it.contains("\"expected\":4")),
                () -> daemon.requests().toString());
        daemon.answer(
                        "POST graphs/shop/transforms?dryRun=true",
                        409,
                        "{\"kind\":\"CONFLICT\",\"detail\":\"node b does not say\"}")
                .answer("POST graphs?dryRun=false" + rest.replace("/", "%2F"), 200, plan)
                .answer("POST graphs?dryRun=false" + rest, 200, plan);
        assertEquals(ExitCode.OK, run("apply", "--yes", file.toString()), () -> out + err + daemon.requests());
        assertTrue(out.contains("stopped and started, not followed by others: node b does not say"), out);
    }
}
