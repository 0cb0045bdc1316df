package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The host in a process of the user nobody. */
class UnprivilegedTest {
    /** Runs as nobody; prints one line for each thing that works. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            DataFolder data = new DataFolder(Path.of(arguments[0]));
            Recorder told = new Recorder();
            try (LinuxProcessHost host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom())) {
                host.listener(told);
                AgentSpec spec = SpecBuilder.shell("id -un; nice; ulimit -n; setsid sleep 64 & sleep 65")
                        .niceness(3)
                        .rlimits(Map.of("nofile", new Rlimit(100, 200)))
                        .build();
                host.start("a", 1, spec);
                told.await("started", "a", 1);
                while (host.log("a", 9).size() < 3 || sleepers() < 2) {
                    Thread.sleep(5);
                }
                System.out.println(
                        "log " + host.log("a", 9).stream().map(LogLine::text).toList());
                host.killAll("a");
                System.out.println("exit " + told.awaitEnd("a", 1).status() + ", left " + sleepers());
                host.start("a", 2, SpecBuilder.shell("true").user("root").build());
                System.out.println("root " + told.awaitEnd("a", 2).text().contains("cannot become user 'root'"));
                System.out.println("user "
                        + host.capabilities().stream().anyMatch(c -> c.name().equals("agents.user") && !c.available()));
                host.release("a");
            }
        }

        private static long sleepers() {
            return ProcFs.host().pids().stream().filter(Main::sleeper).count();
        }

        private static boolean sleeper(int pid) {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/cmdline")).matches("sleep\0006[45]\0");
            } catch (java.io.IOException gone) {
                return false;
            }
        }
    }

    @Test
    void shouldWorkForAUserWithoutPrivileges() throws Exception {
        assumeTrue(Linux.effectiveUser() == 0 && Shell.find("setpriv").isPresent(), "only root can become nobody");
        // Neither the build folder nor the temporary folders of JUnit can be entered by nobody.
        Path open = Files.createTempDirectory(Path.of("/tmp"), "nobody");
        try {
            Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
            List<String> path = new ArrayList<>();
            String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            for (String entry : own.split(File.pathSeparator)) {
                Path from = Path.of(entry);
                Path to = open.resolve("lib" + path.size() + "-" + from.getFileName());
                if (Files.isDirectory(from)) {
                    copyTree(from, to);
                } else if (Files.exists(from) && entry.matches(".*(slf4j|logback|jspecify|api|osgi)[^/]*")) {
                    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
                }
                path.add(to.toString());
            }
            Process process = new ProcessBuilder(
                            "setpriv",
                            "--reuid",
                            "nobody",
                            "--regid",
                            "nogroup",
                            "--clear-groups",
                            "--",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            String.join(File.pathSeparator, path),
                            Main.class.getName(),
                            open.resolve("data").toString())
                    .redirectErrorStream(true)
                    .start();
            List<String> said = process.inputReader()
                    .lines()
                    .filter(l -> !l.contains("DEBUG"))
                    .toList();
            assertEquals(
                    List.of(
                            "log [nobody, 3, 100]",
                            "exit ExitStatus[code=-1, signal=9], left 0",
                            "root true",
                            "user true"),
                    said);
        } finally {
            Scripts.deleteTree(open);
        }
    }

    private static void copyTree(Path from, Path to) throws java.io.IOException {
        try (var all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
