package io.stratoswarm.scriptworker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool;
import io.stratoswarm.core.worker.WorkerPool.Load;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the pool promises, by the language that starts quickest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerPoolIT {
    private static final long PATIENCE_MILLIS = 20_000;
    /** Hundredths of a second. */
    private static final long WORKED_TICKS = 150;

    private Bench bench;

    @BeforeAll
    void open() {
        bench = new Bench("js");
    }

    @AfterAll
    void close() {
        bench.close();
    }

    private WorkerPool.Code function(String body) throws Exception {
        return bench.function("script", body, bench.within(PATIENCE_MILLIS));
    }

    @Test
    void shouldKeepTheOrderOfInputsAndTheStateBetweenCalls() throws Exception {
        String source = "let seen = 0;\nfunction react(n) { seen++; console.log('got', n); return n * 10 + seen; }";
        try (WorkerPool.Code code = bench.load("counter", source, bench.within(PATIENCE_MILLIS), false)) {
            var first = code.call(List.of("1", "2"));
            var second = code.call(List.of("3"));
            assertEquals(List.of("11", "22"), outputs(first));
            assertEquals(List.of("33"), outputs(second));
            assertEquals(List.of("got 3"), second.join().getFirst().log());
        }
    }

    @Test
    void shouldGiveABatchKindAllInputsInOneList() throws Exception {
        String source = "function react(list) { return list.map(text => text.toUpperCase()); }";
        try (WorkerPool.Code code = bench.load("batch", source, bench.within(PATIENCE_MILLIS), true)) {
            assertEquals(List.of("\"A\"", "\"B\\n\""), outputs(code.call(List.of("\"a\"", "\"b\\n\""))));
        }
        String wrong = "function react(list) { return [1]; }";
        try (WorkerPool.Code code = bench.load("batch", wrong, bench.within(PATIENCE_MILLIS), true)) {
            var outcomes = code.call(List.of("1", "2")).get(60, TimeUnit.SECONDS);
            assertEquals(Status.THREW, outcomes.get(1).status());
            assertEquals("output has 1 elements for 2 inputs", outcomes.get(1).error());
        }
    }

    @Test
    void shouldNameTheFieldThatJsonCannotHold() throws Exception {
        var bad = List.of(
                List.of("return {actions: [{agent: () => 1}]}", "output.actions[0].agent is a function"),
                List.of("return [1, NaN]", "output[1] is NaN, which JSON does not have"),
                List.of("const o = {}; o.o = o; return o", "is nested deeper than 64, or holds itself"),
                List.of(
                        "return {p: Promise.resolve(1)}",
                        "output.p is a value of type Promise, which JSON does not have"));
        for (List<String> pair : bad) {
            try (WorkerPool.Code code = function(pair.getFirst())) {
                ScriptOutcome outcome = Bench.call(code, "1");
                assertEquals(Status.THREW, outcome.status(), outcome.toString());
                assertTrue(outcome.error().endsWith(pair.getLast()), outcome.error());
            }
        }
    }

    @Test
    void shouldFreezeWhatAScriptIsGiven() throws Exception {
        try (WorkerPool.Code code = function("'use strict'; input.list[0].name = 'changed'; return input;")) {
            ScriptOutcome outcome = Bench.call(code, "{\"list\":[{\"name\":\"kept\"}]}");
            assertEquals(Status.THREW, outcome.status());
            assertTrue(outcome.error().startsWith("TypeError"), outcome.error());
        }
    }

    @Test
    void shouldGiveWhatBehavesAsObjectsAndArrays() throws Exception {
        String body = "return [JSON.stringify(input), {...input, c: 1}, [...input.b], input.b.map(x => x * 2),"
                + " Array.isArray(input.b), Object.entries(input), 'a' in input, JSON.parse(JSON.stringify(input)).b.length];";
        try (WorkerPool.Code code = function(body)) {
            String json = "{\"a\":{\"x\":null},\"b\":[1,2]}";
            assertEquals(
                    "[\"{\\\"a\\\":{\\\"x\\\":null},\\\"b\\\":[1,2]}\",{\"a\":{\"x\":null},\"b\":[1,2],\"c\":1},[1,2],[2,4],true,"
                            + "[[\"a\",{\"x\":null}],[\"b\",[1,2]]],true,2]",
                    Bench.call(code, json).output());
        }
    }

    @Test
    void shouldRefuseAnInputThatIsNoJson() throws Exception {
        try (WorkerPool.Code code = function("return input;")) {
            for (String wrong : List.of("", "{", "{\"a\":}", "[1,]", "1],[2", "nul", "\"\\u12\"", "01x", "\"open")) {
                ScriptOutcome outcome = Bench.call(code, wrong);
                assertEquals(Status.THREW, outcome.status(), wrong + " " + outcome);
                assertTrue(outcome.error().startsWith("the input is no JSON: "), outcome.error());
            }
            String every = "{\"a\":[1,-2.5,1.0E30,9007199254740993,\"\\u00e9\\n\\\"\",true,false,null,{},[]]}";
            String same = "{\"a\":[1,-2.5,1.0E30,9007199254740993,\"é\\n\\\"\",true,false,null,{},[]]}";
            assertEquals(same, Bench.call(code, every).output());
        }
    }

    @Test
    void shouldSayWhereAScriptIsWrong() throws Exception {
        var syntax = bench.answer("wrong", "function react(i) {\n  return );\n}", Bench.LIMITS, false);
        assertEquals(2, assertInstanceOf(Load.Rejected.class, syntax).line(), syntax.toString());
        var missing = bench.answer("empty", "const other = 1;", Bench.LIMITS, false);
        assertEquals(new Load.Rejected(0, 0, "it defines no function 'react'"), missing);
        String source = "function inner() {\n  throw new Error('no way');\n}\nfunction react(i) {\n  inner();\n}";
        try (WorkerPool.Code code = bench.load("thrower", source, bench.within(PATIENCE_MILLIS), false)) {
            ScriptOutcome outcome = Bench.call(code, "1");
            assertEquals("Error: no way", outcome.error());
            assertEquals(List.of("inner (thrower.js:2:9)", "react (thrower.js:5:3)"), outcome.stack());
        }
    }

    @Test
    void shouldRefuseWhatItsQueueCannotHold() throws Exception {
        var limits = new ScriptLimits(300, 1_000_000_000, 64 << 20, 1 << 20, 3);
        try (WorkerPool.Code code = bench.function("slow", "while (true);", limits)) {
            var waiting = code.call(List.of("1", "2", "3"));
            var refused = code.call(List.of("4")).get(5, TimeUnit.SECONDS).getFirst();
            assertEquals(Status.REFUSED, refused.status());
            assertTrue(refused.error().startsWith("queue:"), refused.error());
            waiting.get(60, TimeUnit.SECONDS).forEach(it -> assertEquals(Status.BREACHED, it.status(), it.toString()));
        }
    }

    @Test
    void shouldRunOnceMoreWhatWasInFlightWhenAWorkerIsKilled() throws Exception {
        String body = "const end = Date.now() + 3000; while (Date.now() < end); return input;";
        try (WorkerPool.Code one = function(body);
                WorkerPool.Code idle = function("return 7")) {
            CompletableFuture<List<ScriptOutcome>> running = one.call(List.of("5"));
            Thread.sleep(500);
            long pid = bench.pid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            assertEquals(List.of("5"), outputs(running));
            assertEquals("7", Bench.call(idle, "1").output());
            assertNotEquals(pid, bench.pid());
        }
    }

    @Test
    void shouldLoseWhatWasInFlightWhenTwoWorkersWereKilled() throws Exception {
        try (WorkerPool.Code one =
                function("const end = Date.now() + 18000; while (Date.now() < end); return input;")) {
            CompletableFuture<List<ScriptOutcome>> running = one.call(List.of("5"));
            long last = -1;
            while (!running.isDone()) {
                long pid = bench.pid();
                if (pid != -1 && pid != last && isAtWork(pid)) {
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                    last = pid;
                }
                Thread.sleep(100);
            }
            assertEquals(
                    Status.LOST, running.get(60, TimeUnit.SECONDS).getFirst().status());
        }
    }

    /** Whether the thread of a script has worked for longer than loading takes. */
    private static boolean isAtWork(long pid) throws Exception {
        // Threads that end meanwhile take their files with them.
        var threads = java.nio.file.Path.of("/proc/" + pid + "/task");
        try (var list = java.nio.file.Files.list(threads)) {
            for (var thread : list.toList()) {
                String stat = java.nio.file.Files.readString(thread.resolve("stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                if (stat.contains("(script-") && Long.parseLong(fields[11]) >= WORKED_TICKS) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void shouldAnswerManyAtOnceEachWithItsOwn() throws Exception {
        List<WorkerPool.Code> codes = new ArrayList<>();
        List<CompletableFuture<List<ScriptOutcome>>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            codes.add(function("return input + " + i));
        }
        for (int round = 0; round < 50; round++) {
            for (WorkerPool.Code code : codes) {
                answers.add(code.call(Collections.nCopies(3, Integer.toString(round * 10))));
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            String expected = Integer.toString(i / 5 * 10 + i % 5);
            assertEquals(Collections.nCopies(3, expected), outputs(answers.get(i)));
        }
        codes.forEach(WorkerPool.Code::close);
        assertEquals(Status.REFUSED, Bench.call(codes.getFirst(), "1").status());
    }

    private static List<String> outputs(CompletableFuture<List<ScriptOutcome>> answer) throws Exception {
        return answer.get(120, TimeUnit.SECONDS).stream()
                .map(outcome -> outcome.ok() ? outcome.output() : outcome.toString())
                .toList();
    }
}
