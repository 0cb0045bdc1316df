package io.stratoswarm.core.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.script.KeptScript;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.ScriptTrace;
import io.stratoswarm.api.script.Scripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptHostTest {
    private static final String GOOD =
            ScriptRig.js("\"examples\": [{\"input\": {}, \"output\": {\"x\": 1}}]", "returns {\"x\":1}");

    @TempDir
    Path root;

    private ScriptRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new ScriptRig(root);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldAskForNoWorkerWhereThereIsNoScript() throws IOException {
        rig.write(rig.shipped, "shipped.js", GOOD);
        rig.settle();

        assertEquals(1, rig.host.list().size());
        assertEquals(0, rig.asked, "a shipped script is off until it is enabled");
        assertEquals(List.of(), rig.events());
    }

    @Test
    void shouldLoadARestingFileAndRecordIt() throws IOException {
        Files.writeString(rig.own.resolve("a.js"), GOOD);
        assertEquals(ScriptHost.Pace.SOON, rig.host.step());
        assertEquals(List.of(), rig.host.list(), "one look does not tell whether it is still being written");
        rig.host.step();

        assertEquals("running", rig.status("a").state());
        assertEquals(List.of("ScriptLoaded script/a"), rig.events());
        assertTrue(rig.kind.running.containsKey("a"));
        assertEquals(rig.status("a").hash(), rig.script("a").hash());
    }

    @Test
    void shouldPassOverWhatIsNoScript() throws IOException {
        Files.createDirectories(rig.own.resolve("types"));
        rig.write("types/x.js", "no header");
        rig.write(".hidden.js", "no header");
        rig.write("README.md", "# Scripts");
        assertEquals(List.of(), rig.host.list());

        Path below = Files.createDirectory(
                rig.own.resolve("below"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        rig.write(below, "b.py", "\"\"\"stratoswarm {\"kind\": \"recorder\"}\"\"\"\n# returns {\"x\": 2}\n");
        assertEquals("running", rig.status("b").state());
    }

    @Test
    void shouldSayThatModulesAndTypeScriptAreNotTaken() throws IOException {
        rig.write("a.js", GOOD);
        rig.write("a.mjs", GOOD);
        rig.write("b.ts", "export const b: number = 1;");
        rig.write("stratoswarm.d.ts", "declare function react(input: object): object;");

        assertEquals("running", rig.status("a").state());
        assertEquals(
                "a.mjs:1:1: modules (.mjs) are not taken: a script is one file without import, export and require; name it .js",
                rig.status("a.mjs").problem());
        assertTrue(
                rig.status("b.ts").problem().startsWith("b.ts:1:1: .ts is not taken: "),
                rig.status("b.ts").problem());
        assertEquals(3, rig.host.list().size(), "declarations are no scripts");
        Files.delete(rig.own.resolve("a.mjs"));
        rig.settle();
        assertEquals(2, rig.host.list().size());
    }

    @Test
    void shouldLoadAnEarlierVersionBesideTheOneThatRuns() throws IOException {
        rig.write("a.js", GOOD);
        String first = rig.status("a").hash();
        rig.write("a.js", GOOD.replace("\"x\": 1}}]", "\"x\": 2}}]").replace("{\"x\":1}", "{\"x\":2}"));
        try (KeptScript kept = rig.host.kept("a", first).join()) {
            assertEquals(first, kept.hash());
            assertEquals(
                    "{\"x\":1}",
                    kept.call("again", List.of("{}")).join().getFirst().output());
            assertEquals(
                    "{\"x\":2}",
                    rig.script("a").call("now", List.of("{}")).join().getFirst().output());
            kept.close();
            assertEquals(
                    Status.REFUSED,
                    kept.call("late", List.of("{}")).join().getFirst().status());
        }
        assertThrows(StratoswarmException.class, () -> rig.host.kept("a", "00".repeat(32)));
        assertThrows(StratoswarmException.class, () -> rig.host.kept("b", first));
    }

    @Test
    void shouldReplaceByAnEditAndKeepTheLastGoodVersionAgainstABadOne() throws IOException {
        rig.write("a.js", GOOD);
        String first = rig.status("a").hash();
        LoadedScript before = rig.script("a");
        rig.write("a.js", GOOD + "// more\n");
        String second = rig.status("a").hash();
        assertTrue(!first.equals(second) && rig.script("a").hash().equals(second));
        assertEquals(
                Status.REFUSED,
                before.call("late", List.of("{}")).join().getFirst().status(),
                "a replaced version is called no more");

        rig.write("a.js", GOOD + "syntax error");
        assertEquals("running", rig.status("a").state());
        assertEquals(second, rig.status("a").hash());
        assertEquals(
                "a.js:3:1: SyntaxError: unexpected 'error'", rig.status("a").problem());

        rig.write("a.js", ScriptRig.js("\"kund\": 1", "returns {\"x\":1}"));
        assertEquals(second, rig.status("a").hash());
        assertEquals(
                "a.js:1:37: unknown key 'kund' in the header; did you mean 'kind'?",
                rig.status("a").problem());

        rig.write("a.js", GOOD.replace("\"x\": 1}}]", "\"x\": 2}}]"));
        assertEquals(
                "a.js:1:50: example 1 of 1 fails: x: is 1; expected 2",
                rig.status("a").problem());
        assertEquals(second, rig.script("a").hash());
        assertEquals(
                List.of(
                        "ScriptLoaded script/a",
                        "ScriptLoaded script/a",
                        "ScriptRefused script/a",
                        "ScriptRefused script/a",
                        "ScriptRefused script/a"),
                rig.events());
        assertEquals(1, rig.workers.opened.get(), "what was refused or replaced is let go");
    }

    @Test
    void shouldRunTheLastGoodVersionAlsoAfterARestart() throws IOException {
        rig.write("a.js", GOOD.replace("\"kind\"", "\"name\": \"my-name\", \"kind\""));
        String good = rig.status("my-name").hash();
        rig.write("a.js", "not even a header");
        assertEquals(good, rig.status("my-name").hash());
        int events = rig.events().size();

        rig.restart();
        assertEquals("running", rig.status("my-name").state());
        assertEquals(good, rig.script("my-name").hash());
        assertTrue(rig.status("my-name").problem().startsWith("a.js:1:1: there is no header; a script begins with"));
        assertEquals(events, rig.events().size(), "a restart is no news");
    }

    @Test
    void shouldRefuseTheSecondOfAName() throws IOException {
        rig.write("a.js", GOOD);
        rig.write("b.py", "\"\"\"stratoswarm {\"name\": \"a\", \"kind\": \"recorder\"}\"\"\"\n# returns {\"x\": 2}\n");
        assertEquals("running", rig.status("a").state());
        String problem = rig.host.list().stream()
                .filter(script -> script.file().endsWith("b.py"))
                .findFirst()
                .orElseThrow()
                .problem();
        assertTrue(problem.contains("the name 'a' is taken by " + rig.own.resolve("a.js")), problem);

        Files.delete(rig.own.resolve("a.js"));
        rig.settle();
        assertEquals("python", rig.status("a").header().orElseThrow().language(), "the name is free now");
    }

    @Test
    void shouldUnloadWhatIsDeleted() throws IOException {
        rig.write("a.js", GOOD);
        Files.delete(rig.own.resolve("a.js"));
        rig.settle();
        assertEquals(List.of("loaded a", "unloaded a"), rig.kind.calls);
        assertEquals("ScriptUnloaded script/a", rig.events().getLast());
        assertEquals(0, rig.workers.opened.get());
        assertEquals(List.of(), rig.host.list());
    }

    @Test
    void shouldDisableAndEnableDurably() throws IOException {
        rig.write("a.js", GOOD);
        rig.host.disable("a", "uid:7").join();
        assertEquals("disabled", rig.status("a").state());
        assertEquals("disabled by uid:7", rig.status("a").reason());
        assertEquals(List.of(), List.copyOf(rig.kind.running.keySet()));

        rig.restart();
        assertEquals("disabled", rig.status("a").state());
        rig.write("a.js", GOOD + "// an edit does not enable it\n");
        assertEquals("disabled", rig.status("a").state());

        rig.host.enable("a", "uid:7").join();
        assertEquals("running", rig.status("a").state());
        rig.restart();
        assertEquals("running", rig.status("a").state());
    }

    @Test
    void shouldRunAShippedScriptOnceItIsEnabled() throws IOException {
        rig.write(rig.shipped, "s.js", GOOD);
        assertEquals("disabled", rig.status("s").state());
        assertTrue(rig.status("s").reason().contains("stratoswarm scripts enable s"));
        rig.host.enable("s", "uid:0").join();
        assertEquals("running", rig.status("s").state());
        assertTrue(rig.status("s").shipped());
        rig.restart();
        assertTrue(rig.kind.running.containsKey("s"), "also without anybody asking for it");
    }

    @Test
    void shouldTakeTheOperatorsScriptForAShippedOneOfItsName() throws IOException {
        rig.write(rig.shipped, "s.js", GOOD);
        assertEquals("disabled", rig.status("s").state());
        rig.write("s.js", GOOD + "// mine\n");
        assertEquals("running", rig.status("s").state());
        assertFalse(rig.status("s").shipped());
    }

    @Test
    void shouldPutRepeatedBreachesIntoQuarantine() throws IOException {
        rig.write("a.js", ScriptRig.js("", "breaches wall time over 1000 ms"));
        LoadedScript script = rig.script("a");
        script.call("one", List.of("{}", "{}")).join();
        rig.clock.advance(Duration.ofMinutes(11));
        script.call("two", List.of("{}", "{}")).join();
        assertEquals("running", rig.status("a").state(), "the first ones were long ago");
        script.call("three", List.of("{}")).join();

        assertEquals("quarantined", rig.status("a").state());
        assertTrue(rig.status("a").reason().contains("3 breaches within 10 minutes, the last one: wall time over"));
        assertEquals("ScriptQuarantined script/a", rig.events().getLast());
        assertEquals(
                Status.REFUSED,
                script.call("four", List.of("{}")).join().getFirst().status());
        rig.restart();
        assertEquals("quarantined", rig.status("a").state());
        rig.host.enable("a", "uid:0").join();
        assertEquals("running", rig.status("a").state());
    }

    @Test
    void shouldCountABatchThatGoesOverALimitAsOneBreach() throws IOException {
        rig.kind.batch = true;
        rig.write("a.js", ScriptRig.js("", "breaches wall time over 1000 ms"));
        rig.script("a").call("one", java.util.Collections.nCopies(100, "{}")).join();
        rig.script("a").call("two", java.util.Collections.nCopies(100, "{}")).join();
        assertEquals("running", rig.status("a").state());
        rig.script("a").call("three", java.util.Collections.nCopies(100, "{}")).join();
        assertEquals("quarantined", rig.status("a").state());
    }

    @Test
    void shouldNameTheFieldOfAWrongOutput() throws IOException {
        rig.write("a.js", ScriptRig.js("", "returns {\"x\": \"one\"}"));
        ScriptOutcome outcome =
                rig.script("a").call("now", List.of("{}")).join().getFirst();
        assertEquals(Status.WRONG_OUTPUT, outcome.status());
        assertEquals("x: must be integer, not \"one\"", outcome.error());
        assertEquals(
                "wrong output: x: must be integer, not \"one\"", rig.status("a").lastError());
    }

    @Test
    void shouldRefuseWhatGoesBeyondTheQueue() throws IOException {
        rig.write("a.js", ScriptRig.js("\"limits\": {\"queue\": 2}", "never"));
        LoadedScript script = rig.script("a");
        CompletableFuture<List<ScriptOutcome>> waits = script.call("one", List.of("{}", "{}"));
        ScriptOutcome third = script.call("two", List.of("{}")).join().getFirst();
        assertEquals(Status.REFUSED, third.status());
        assertEquals("its queue is full: 2 calls may wait (limits.queue)", third.error());
        assertFalse(waits.isDone());
        rig.workers
                .waiting
                .getFirst()
                .complete(
                        Collections.nCopies(2, new ScriptOutcome(Status.OK, "{\"x\":1}", "", List.of(), List.of(), 1)));
        assertTrue(waits.join().getFirst().ok());
    }

    @Test
    void shouldTraceEveryCallAndKeepFailuresLonger() throws IOException {
        rig.write("bad.js", ScriptRig.js("", "throws Error: no"));
        rig.write("a.js", ScriptRig.js("", "returns {\"x\":1}"));
        rig.script("bad")
                .call("event 7 AgentFailed agent/a/b", List.of("{\"n\":5}"))
                .join();
        for (int i = 0; i < 150; i++) {
            rig.script("a").call("i" + i, List.of("{}")).join();
        }
        List<ScriptTrace> of = rig.host.traces("a", 1_000);
        assertEquals(Traces.CALLS, of.size());
        assertEquals("i149", of.getFirst().trigger());
        ScriptTrace failed = rig.host.traces("bad", 10).getFirst();
        assertEquals("event 7 AgentFailed agent/a/b", failed.trigger());
        assertEquals("{\"n\":5}", failed.input());
        assertEquals(List.of("react (x.js:3:1)"), failed.outcome().stack());
        assertEquals("Error: no", failed.outcome().error());
        assertEquals(150, rig.status("a").calls());
        assertEquals(3, rig.host.traces("", 3).size());
    }

    @Test
    void shouldKeepScriptsOfAKindThatIsAbsent() throws IOException {
        rig.write("later.js", "/* stratoswarm {\"kind\": \"recordr\", \"whatever\": 5} */\n// returns {\"x\": 1}\n");
        assertEquals("unavailable", rig.status("later").state());
        assertTrue(
                rig.status("later").reason().contains("did you mean 'recorder'?"),
                rig.status("later").reason());
        assertEquals(0, rig.asked);

        rig.write("a.js", GOOD);
        rig.host.remove(rig.kind);
        assertEquals("unavailable", rig.status("a").state());
        assertEquals(0, rig.workers.opened.get());
        rig.host.add(rig.kind);
        assertEquals("running", rig.status("a").state());
    }

    @Test
    void shouldRefuseWhatOthersCanWriteTo() throws IOException {
        Path file = rig.own.resolve("a.js");
        Files.writeString(file, GOOD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        rig.settle();
        assertEquals("failed", rig.status("a").state());
        assertTrue(
                rig.status("a").problem().contains("chmod go-w"),
                rig.status("a").problem());
        Files.setPosixFilePermissions(rig.own, PosixFilePermissions.fromString("rwxrwxrwx"));
        rig.settle();
        assertEquals(1, rig.host.list().size());
        assertTrue(rig.host.list().getFirst().problem().contains("chmod go-w"));
    }

    @Test
    void shouldRunAndTestWithoutKeepingAnything() throws IOException {
        rig.write("a.js", GOOD);
        assertEquals(
                "{\"x\":1}", rig.host.run("a", "{\"n\": 1}", "uid:0").join().output());
        assertEquals("run by uid:0", rig.host.traces("a", 1).getFirst().trigger());
        StratoswarmException wrong =
                assertThrows(StratoswarmException.class, () -> rig.host.run("a", "{\"n\": \"x\"}", "uid:0"));
        assertEquals("the input: n: must be integer, not \"x\"", wrong.getMessage());
        assertTrue(rig.host.test("a").join().getFirst().passed());
        Scripts.CheckResult result = rig.host
                .check("b.js", GOOD.replace("\"x\": 1}}]", "\"x\": 2}}]"))
                .join();
        assertFalse(result.good());
        assertEquals("x: is 1; expected 2", result.examples().getFirst().difference());
        assertEquals(
                List.of("c.txt:1:1: the name of a script ends in .js or .py"),
                rig.host.check("c.txt", GOOD).join().problems());
        assertEquals(1, rig.workers.opened.get(), "only the loaded script stays in its worker");
        assertThrows(StratoswarmException.class, () -> rig.host.source("nobody"));
    }

    @Test
    void shouldKeepWhatRunsWhereTheJournalRefuses() throws IOException {
        rig.write("a.js", GOOD);
        String good = rig.status("a").hash();
        rig.journal.refuse(new StratoswarmException(StratoswarmException.Kind.FULL, "no space left"));
        rig.write("a.js", GOOD + "// more\n");
        assertEquals(good, rig.status("a").hash());
        assertTrue(
                rig.status("a").problem().contains("no space left"),
                rig.status("a").problem());
        rig.journal.refuse(null);
        rig.host.enable("a", "uid:0").join();
        assertTrue(!good.equals(rig.status("a").hash()));
    }
}
