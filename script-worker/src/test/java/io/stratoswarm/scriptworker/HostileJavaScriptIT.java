package io.stratoswarm.scriptworker;

import java.util.List;

class HostileJavaScriptIT extends HostileContract {
    HostileJavaScriptIT() {
        super("js");
    }

    @Override
    List<Attempt> attempts() {
        return List.of(
                // Which limit of the two is reached first depends on how fast the machine is.
                breach("a loop", "", "while (true);"),
                breach(
                        "a loop that catches everything",
                        "",
                        "while (true) { try { while (true); } catch (e) {} finally { continue; } }"),
                breach("many small objects", "", "const all = []; while (true) all.push({x: [1, 2, 3]});"),
                breach("a huge text", "", "return 'x'.repeat(500000000);"),
                breach("a huge buffer", "", "return new ArrayBuffer(1e9);"),
                thrown("deep recursion", "call stack", "const f = () => f() + 1; return f();"),
                breach(
                        "an endless iterator",
                        "",
                        "return {[Symbol.iterator]: () => ({next: () => ({done: false, value: 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'})})};"),
                breach("a long output", "", "return 'x'.repeat(2000000);"),
                breach("prints without end", "", "while (true) console.log('y'.repeat(10000));"),
                thrown("a file", "", "return load('/etc/passwd');"),
                thrown("a file by read", "", "return read('/etc/passwd');"),
                thrown("a class of the host", "", "return Java.type('java.lang.System').exit(1);"),
                thrown(
                        "a constructor's way out",
                        "",
                        "return input.constructor.constructor('return java.lang.System')().exit(1);"),
                thrown("a process", "", "return require('child_process').execSync('ls');"),
                thrown("a worker thread", "", "return new Worker('x.js');"),
                thrown("the environment", "", "return process.env;"),
                thrown("quit", "", "quit(3);"));
    }
}
