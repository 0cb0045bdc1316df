package io.stratoswarm.audit.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that is no child of this Java machine, as agents are none: the reaper of the JDK takes stops of its own children for exits.
 */
final class TargetProcess implements AutoCloseable {
    final int pid;
    final Path out;

    private TargetProcess(int pid, Path out) {
        this.pid = pid;
        this.out = out;
    }

    /** Starts a program, which must print a line once it is ready. */
    static TargetProcess start(Path folder, String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "target", ".out");
        List<String> words =
                new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" >\"$0\" 2>&1 </dev/null & echo $!", out.toString()));
        words.addAll(List.of(command));
        Process shell = new ProcessBuilder(words).redirectErrorStream(true).start();
        String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        shell.waitFor();
        TargetProcess target = new TargetProcess(Integer.parseInt(answer), out);
        for (int i = 0; i < 3000 && Files.size(out) == 0; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        if (Files.size(out) == 0 || !target.alive()) {
            throw new IOException("the target did not get ready: " + Files.readString(out));
        }
        return target;
    }

    boolean alive() {
        char state = state();
        return state != '?' && state != 'Z' && state != 'X';
    }

    char state() {
        return Proc.host().state(String.valueOf(pid));
    }

    /** Whether it runs or sleeps and is neither stopped nor traced. */
    boolean free() {
        return "RSD".indexOf(state()) >= 0
                && Proc.host().status(String.valueOf(pid), "TracerPid").equals("0");
    }

    void kill() throws IOException {
        new ProcessBuilder("kill", "-9", String.valueOf(pid)).start();
    }

    @Override
    public void close() throws IOException {
        if (alive()) {
            kill();
        }
    }
}
