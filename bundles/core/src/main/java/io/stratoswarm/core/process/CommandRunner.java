package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs hooks and exec probes as their agent runs, each in a session of its own, for a limited time. */
final class CommandRunner {
    private static final int TAIL = 4096;

    private final ProcFs proc;

    CommandRunner(ProcFs proc) {
        this.proc = proc;
    }

    /** Blocks until the command has ended or its time is up. */
    ProcessHost.ExecResult run(AgentFolder folder, String script, long timeoutMillis) throws IOException {
        Path file = folder.runtime().resolve(script);
        Process process = new ProcessBuilder(
                        Shell.tool("setsid").toString(),
                        Shell.tool("env").toString(),
                        "-i",
                        "PATH=/usr/bin:/bin",
                        Shell.tool("dash").toString(),
                        file.toAbsolutePath().toString())
                .directory(folder.runtime().toFile())
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .start();
        int session = (int) process.pid();
        Tail tail = new Tail(process.getInputStream());
        Thread reader = Thread.ofVirtual().name("exec-output-" + folder.name()).start(tail);
        boolean timedOut = false;
        try {
            timedOut = !process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS);
            if (timedOut) {
                killSession(session);
                process.waitFor();
            }
            // What it left in the background may hold the pipe; its output is not waited for.
            reader.join(timedOut ? 100 : 200);
        } catch (InterruptedException e) {
            killSession(session);
            Thread.currentThread().interrupt();
        }
        int code = process.isAlive() ? -1 : process.exitValue();
        ExitStatus status = timedOut
                ? new ExitStatus(-1, 9)
                : code > 128 ? new ExitStatus(-1, code - 128) : new ExitStatus(code, 0);
        return new ProcessHost.ExecResult(status, timedOut, tail.text());
    }

    private void killSession(int session) {
        for (int round = 0; round < 20; round++) {
            boolean any = false;
            for (int pid : proc.pids()) {
                Optional<ProcFs.Stat> stat = proc.stat(pid);
                if (stat.isPresent()
                        && stat.get().session() == session
                        && stat.get().alive()) {
                    any = true;
                    Sweeper.kill(
                            pid,
                            p -> proc.stat(p).map(s -> s.session() == session).orElse(false));
                }
            }
            if (!any) {
                return;
            }
        }
    }

    /** Keeps the last bytes of a stream. */
    private static final class Tail implements Runnable {
        private final InputStream in;
        private byte[] kept = {};

        Tail(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[8192];
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    add(buffer, read);
                }
            } catch (IOException closed) {
                add(new byte[0], 0);
            }
        }

        private synchronized void add(byte[] bytes, int length) {
            byte[] all = java.util.Arrays.copyOf(kept, kept.length + length);
            System.arraycopy(bytes, 0, all, kept.length, length);
            kept = all.length > TAIL ? java.util.Arrays.copyOfRange(all, all.length - TAIL, all.length) : all;
        }

        synchronized String text() {
            return new String(kept, StandardCharsets.UTF_8);
        }
    }

    /** Writes the script of a command; removes it where the command has ended. */
    static String prepare(
            AgentFolder folder,
            String agent,
            AgentSpec spec,
            String mark,
            List<String> command,
            List<Path> groups,
            long serial)
            throws IOException {
        if (command.isEmpty()) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID, "a hook or probe of agent " + agent + " has an empty command");
        }
        Files.createDirectories(folder.work());
        String text = new StartScript(folder, agent, spec, mark, Optional.empty()).forCommand(command, groups);
        return Scripts.write(folder.runtime(), "exec" + serial, text);
    }
}
