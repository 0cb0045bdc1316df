package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.core.data.DataFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts keepers. A keeper is never a child of this process: {@code setsid --fork} forks it into a session of its own and ends,
 * so that init adopts it. The JDK's process reaper would otherwise own it, and it would not outlive us cleanly.
 */
final class KeeperLauncher {
    private final Path script;
    private final List<String> prefix;

    KeeperLauncher(DataFolder data) throws IOException {
        script = data.agents().resolve(".keeper.sh").toAbsolutePath();
        byte[] text;
        try (InputStream in = KeeperLauncher.class.getResourceAsStream("keeper.sh")) {
            if (in == null) {
                throw new IllegalStateException("keeper.sh is missing beside " + KeeperLauncher.class.getName());
            }
            text = in.readAllBytes();
        }
        // Keepers that run read on in the file they opened, so it is replaced and never written over.
        Path fresh = script.resolveSibling(".keeper.sh.new");
        Files.write(fresh, text);
        Files.move(fresh, script, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        prefix = new ArrayList<>(List.of(Shell.tool("setsid").toString(), "--fork"));
        prefix.addAll(List.of(Shell.tool("env").toString(), "-i"));
        if (resetsSignals()) {
            // A daemon started by nohup or in the background ignores signals, and what is ignored is inherited for
            // good.
            prefix.add("--default-signal");
        }
        prefix.add("PATH=/usr/bin:/bin");
        prefix.add(Shell.tool("dash").toString());
        prefix.add(script.toString());
    }

    private static boolean resetsSignals() throws IOException {
        Process probe = new ProcessBuilder(Shell.tool("env").toString(), "--default-signal", "true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return finished(probe) && probe.exitValue() == 0;
    }

    void launch(AgentFolder folder, List<Path> cgroups) {
        List<String> command = new ArrayList<>(prefix);
        command.add(folder.runtime().toAbsolutePath().toString());
        command.add(folder.name());
        cgroups.forEach(procs -> command.add(procs.toString()));
        Path messages = folder.runtime().resolve("launch");
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
                        "the keeper of " + folder.name() + " cannot be started: "
                                + Files.readString(messages, StandardCharsets.UTF_8)
                                        .trim());
            }
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM,
                    "the keeper of " + folder.name() + " cannot be started: " + e.getMessage(),
                    e);
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
