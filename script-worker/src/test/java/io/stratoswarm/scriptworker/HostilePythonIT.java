package io.stratoswarm.scriptworker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostilePythonIT extends HostileContract {
    HostilePythonIT() {
        super("python");
    }

    @Test
    void shouldGiveDictionariesAndListsOfPython() throws Exception {
        String body = """
                import json
                before = json.dumps(input)
                input['map']['new'] = [isinstance(input, dict), isinstance(input['list'], list)]
                input['list'].append(input['big'] + 1)
                return [before, input, {**input['map']}, input['none'] is None]""";
        String input =
                "{\"list\": [1, -2.5, \"\\u00e9\"], \"map\": {\"k\": {}}, \"none\": null, \"big\": 12345678901234567890}";
        try (WorkerPool.Code code = bench.function("native", body, bench.within(20_000))) {
            String expected =
                    "[\"" + input.replace("\\", "\\\\").replace("\"", "\\\"").replace("\\\\\"", "\\\"")
                            + "\",{\"list\":[1,-2.5,\"é\",12345678901234567891],\"map\":{\"k\":{},\"new\":[true,true]},\"none\":null,"
                            + "\"big\":12345678901234567890},{\"k\":{},\"new\":[true,true]},true]";
            assertEquals(expected, Bench.call(code, input).output());
            assertEquals(expected, Bench.call(code, input).output());
        }
    }

    @Test
    void shouldGiveABatchAsAList() throws Exception {
        String source =
                "import json\ndef react(all):\n    assert type(all) is list\n    return [json.dumps(one) for one in all]\n";
        try (WorkerPool.Code code = bench.load("batch", source, bench.within(20_000), true)) {
            List<String> outputs =
                    code.call(List.of("{\"a\":[1]}", "\"text\"", "null", "3")).get(60, TimeUnit.SECONDS).stream()
                            .map(outcome -> outcome.ok() ? outcome.output() : outcome.toString())
                            .toList();
            assertEquals(List.of("\"{\\\"a\\\": [1]}\"", "\"\\\"text\\\"\"", "\"null\"", "\"3\""), outputs);
        }
    }

    @Test
    void shouldRefuseAnInputThatIsNoJson() throws Exception {
        try (WorkerPool.Code code = bench.function("same", "return input", bench.within(20_000))) {
            for (String wrong :
                    List.of("", "{", "{\"a\":}", "[1,]", "1],[2", "nul", "NaN", "\"\\u12\"", "01x", "\"open")) {
                ScriptOutcome outcome = Bench.call(code, wrong);
                assertEquals(Status.THREW, outcome.status(), wrong + " " + outcome);
                assertTrue(outcome.error().startsWith("the input is no JSON: "), outcome.error());
            }
        }
    }

    @Override
    List<Attempt> attempts() {
        return List.of(
                breach("a loop", "wallMillis", "while True: pass"),
                breach(
                        "a loop that catches everything",
                        "wallMillis",
                        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
                breach("many small objects", "", "all = []\nwhile True: all.append({'x': [1, 2, 3]})"),
                breach("one huge object", "", "return bytearray(10**9)"),
                breach("a huge text", "", "return 'x' * (5 * 10**8)"),
                thrown("deep recursion", "recursion", "def f(): return f() + 1\nreturn f()"),
                breach("an endless iterator", "", "def g():\n    while True: yield 'y' * 100\nreturn g()"),
                breach("a long output", "", "return 'x' * 2000000"),
                breach("prints without end", "", "while True: print('y' * 10000)"),
                thrown("os._exit", "exit(3)", "import os; os._exit(3)"),
                thrown("sys.exit", "", "import sys; sys.exit(4)"),
                thrown("raise_signal 15", "raise_signal", "import signal; signal.raise_signal(15)"),
                thrown("a file", "not permitted", "return open('/etc/passwd').read()"),
                thrown("a folder", "not permitted", "import os; return os.listdir('/')"),
                thrown("a thread", "", "import _thread; return _thread.start_new_thread(print, ())"),
                thrown("a process", "", "import os; return os.system('true') + int(1/0)"),
                thrown("a fork", "", "import os; return os.fork()"),
                thrown("a signal to itself", "", "import os; os.kill(os.getpid(), 9); return 1/0"),
                thrown("a socket", "", "import _socket; return _socket.socket().connect(('127.0.0.1', 22))"),
                thrown("a class of the host", "not allowed", "import java; return java.type('java.lang.System')"),
                thrown("native code", "", "import ctypes; return ctypes.CDLL('libc.so.6').getpid()"),
                breach("one long operation", "wallMillis", "return sum(range(10**13))"),
                breach("one huge number", "wallMillis", "return 3**(10**8)"));
    }
}
