package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts processes that are never children of this one: {@code setsid --fork} forks each into a session of its own and ends, so
 * that init adopts it. The JDK's process reaper would otherwise own it, and it would not outlive us cleanly.
 */
final class Detached {
    private final List<String> prefix;

    Detached() throws IOException {
        prefix = new ArrayList<>(List.of(Shell.tool("setsid").toString(), "--fork"));
        prefix.addAll(List.of(Shell.tool("env").toString(), "-i"));
        if (resetsSignals()) {
            // A daemon started by nohup or in the background ignores signals, and what is ignored is inherited for
            // good.
            prefix.add("--default-signal");
        }
        prefix.add("PATH=/usr/bin:/bin");
    }

    /** Puts a script that lies beside this class into a file. */
    static void install(String resource, Path script) throws IOException {
        byte[] text;
        try (InputStream in = Detached.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing beside " + Detached.class.getName());
            }
            text = in.readAllBytes();
        }
        // Those that run read on in the file they opened, so it is replaced and never written over.
        Path fresh = script.resolveSibling(script.getFileName() + ".new");
        Files.write(fresh, text);
        Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean resetsSignals() throws IOException {
        Process probe = new ProcessBuilder(Shell.tool("env").toString(), "--default-signal", "true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return finished(probe) && probe.exitValue() == 0;
    }

    /** @param messages file for what the start has to say */
    void start(String what, Path messages, List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(words);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start();
            process.getOutputStream().close();
            if (!finished(process) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new StratoswarmException(
                        StratoswarmException.Kind.SYSTEM,
                        what + " cannot be started: "
                                + Files.readString(messages, StandardCharsets.UTF_8)
                                        .trim());
            }
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM, what + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static boolean finished(Process process) {
        try {
            return process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
