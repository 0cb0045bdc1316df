package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A daemon without a head, in a process of its own, for tests to kill: recovers or starts so many agents and waits. */
final class CrashingDaemon {
    private CrashingDaemon() {}

    /** Prints bursts of numbered lines; ends with status 7 once the file {@code stop} is there. */
    static AgentSpec counter(Path folder) {
        return SpecBuilder.shell("i=0; while [ ! -e stop ]; do n=0; while [ $n -lt 50 ]; do"
                        + " echo \"$i of a line that has a certain length\"; i=$((i+1)); n=$((n+1)); done; sleep 0.25; done;"
                        + " echo last $i; exit 7")
                .directory(folder.toString())
                .build();
    }

    static String name(int i) {
        return "load/agent." + i;
    }

    /** Arguments: the data folder, the number of agents, the folder of the stop file. */
    public static void main(String[] arguments) throws InterruptedException {
        DataFolder data = new DataFolder(Path.of(arguments[0]));
        int agents = Integer.parseInt(arguments[1]);
        LinuxProcessHost host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        Recorder told = new Recorder();
        host.listener(told);
        AgentSpec spec = counter(Path.of(arguments[2]));
        List<Integer> started = new ArrayList<>();
        System.out.println("BEGIN");
        for (int i = 0; i < agents; i++) {
            ProcessHost.Recovered found = host.recover(name(i), 1, spec);
            if (found instanceof ProcessHost.Recovered.NeverStarted) {
                host.start(name(i), 1, spec);
                started.add(i);
            } else if (!(found instanceof ProcessHost.Recovered.Running)) {
                System.out.println("agent " + i + " is " + found);
            }
        }
        started.forEach(i -> told.await("started", name(i), 1));
        System.out.println("UP");
        Thread.sleep(60_000);
    }

    /** Starts it and waits until it says BEGIN, before the first start, or UP, after the last. */
    static Process spawn(DataFolder data, int agents, Path folder, String word, String... prefix) throws IOException {
        List<String> command = new ArrayList<>(List.of(prefix));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                CrashingDaemon.class.getName(),
                data.root().toString(),
                Integer.toString(agents),
                folder.toString()));
        Path messages = Files.createTempFile(folder, "daemon", ".log");
        Process process =
                new ProcessBuilder(command).redirectError(messages.toFile()).start();
        String line = process.inputReader().readLine();
        while (line != null && !line.equals(word) && (line.contains("DEBUG") || line.equals("BEGIN"))) {
            line = process.inputReader().readLine();
        }
        if (!word.equals(line)) {
            process.destroyForcibly();
            throw new AssertionError("the daemon said " + line + "; " + Files.readString(messages));
        }
        return process;
    }
}
