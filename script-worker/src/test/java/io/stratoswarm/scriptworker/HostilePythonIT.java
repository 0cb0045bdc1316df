package io.stratoswarm.scriptworker;

import java.util.List;

class HostilePythonIT extends HostileContract {
    HostilePythonIT() {
        super("python");
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
