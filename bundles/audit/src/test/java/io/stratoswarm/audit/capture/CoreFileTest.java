package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gdb finds in an exported core file, against what gcore writes of the same process standing still. */
class CoreFileTest {
    private static final String C = """
            #include <pthread.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            char *heap;
            static __attribute__((noinline)) void innermost(int depth) {
                register double kept __asm__("xmm9") = 42.5;
                __asm__ volatile("" : "+x"(kept));
                puts("ready"); fflush(stdout);
                for (;;) pause();
            }
            static __attribute__((noinline)) void middle(int depth) { innermost(depth + 1); __asm__ volatile(""); }
            static void *worker(void *name) { for (;;) sleep(600); return name; }
            int main(void) {
                heap = malloc(1 << 20); strcpy(heap, "the heap of the target");
                pthread_t thread; for (int i = 0; i < 3; i++) pthread_create(&thread, 0, worker, 0);
                middle(7); __asm__ volatile(""); return 0;
            }
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void needGdb() {
        assumeTrue(has("gdb"), "gdb is not installed");
    }

    private static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(it -> Files.isExecutable(Path.of(it, program)));
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private String gdb(String program, Path core, String... commands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of("gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off", program, core.toString()));
        for (String command : commands) {
            words.addAll(List.of("-ex", command));
        }
        return run(words.toArray(String[]::new));
    }

    private record Cores(Path ours, Path theirs) {}

    private Cores cores(TargetProcess target) throws IOException, InterruptedException {
        Path ours = folder.resolve("ours.core");
        try (CaptureRig rig = new CaptureRig(folder.resolve("data"), new RunningAgents().with("g/a", target.pid))) {
            assertEquals(List.of(), rig.capture(false).agents().getFirst().problems());
            rig.export(1, "g/a", ours);
        }
        run("gdb", "-nx", "-batch", "-p", String.valueOf(target.pid), "-ex", "gcore " + folder.resolve("theirs"));
        return new Cores(ours, folder.resolve("theirs"));
    }

    /** Names of the functions of each thread, threads in order. */
    private static List<String> frames(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile("^#\\d+ +(?:0x[0-9a-f]+ in )?(\\S+)", Pattern.MULTILINE)
                .matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void shouldShowThreadsRegistersAndMemoryOfAProgramInC() throws Exception {
        assumeTrue(has("cc"), "no C compiler is installed");
        Path source = folder.resolve("target.c");
        Files.writeString(source, C);
        Path program = folder.resolve("target");
        assertEquals("", run("cc", "-g", "-O1", "-o", program.toString(), source.toString(), "-lpthread"));
        try (TargetProcess target = TargetProcess.start(folder, program.toString())) {
            Cores cores = cores(target);
            String text = gdb(
                    program.toString(),
                    cores.ours(),
                    "bt",
                    "print heap",
                    "print $xmm9.v2_double[0]",
                    "info threads",
                    "up");
            assertTrue(
                    Pattern.compile(
                                    "innermost \\(depth=[^)]*8\\).*middle \\(depth=[^)]*7\\).*main \\(\\)",
                                    Pattern.DOTALL)
                            .matcher(text)
                            .find(),
                    text);
            assertTrue(text.contains("\"the heap of the target\""), text);
            assertTrue(text.contains("= 42.5"), text);
            assertEquals(
                    4,
                    Pattern.compile("LWP \\d+\\)")
                            .matcher(text.substring(text.indexOf("Id ")))
                            .results()
                            .count(),
                    text);
            String registers = "thread apply all info registers";
            List<String> expected = registers(gdb(program.toString(), cores.theirs(), registers));
            List<String> found = registers(gdb(program.toString(), cores.ours(), registers));
            assertEquals(4, found.size());
            for (int i = 0; i < 4; i++) {
                assertEquals(expected.get(i), found.get(i));
            }
            String all = "thread apply all bt";
            assertEquals(
                    frames(gdb(program.toString(), cores.theirs(), all)),
                    frames(gdb(program.toString(), cores.ours(), all)));
        }
    }

    /** Lines of registers, by thread; threads may be listed in another order. */
    private static List<String> registers(String text) {
        return Stream.of(text.split("(?=Thread \\d+ \\()"))
                .filter(it -> it.startsWith("Thread "))
                .map(it -> it.replaceFirst("^Thread \\d+ ", ""))
                // What gdb before 14 itself reads of a live process on processors of AMD is wrong for these.
                .map(it -> it.replaceAll("(?m)^k[0-7] .*\\R?", ""))
                .map(String::strip)
                .sorted()
                .toList();
    }

    @Test
    void shouldShowTheStackOfAProgramInPython() throws Exception {
        try (TargetProcess target = TargetProcess.start(
                folder,
                "python3",
                "-c",
                "import threading, time\n"
                        + "for _ in range(2): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
                        + "print('ready', flush=True)\ntime.sleep(600)")) {
            Cores cores = cores(target);
            String program = Proc.host().link(target.pid + "/exe");
            List<String> expected = frames(gdb(program, cores.theirs(), "thread apply all bt"));
            List<String> found = frames(gdb(program, cores.ours(), "thread apply all bt"));
            assertTrue(found.size() > 12, found::toString);
            assertEquals(expected, found);
        }
    }

    @Test
    void shouldShowTheStacksOfAJavaMachine() throws Exception {
        Path source = folder.resolve("Sleeper.java");
        Files.writeString(source, """
                public class Sleeper {
                    public static void main(String[] a) throws Exception {
                        System.out.println("ready");
                        synchronized (Sleeper.class) { Sleeper.class.wait(); }
                    }
                }
                """);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (TargetProcess target = TargetProcess.start(
                folder, java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", source.toString())) {
            Cores cores = cores(target);
            String all = "thread apply all bt 12";
            List<String> expected = threads(gdb(java, cores.theirs(), all));
            List<String> found = threads(gdb(java, cores.ours(), all));
            assertTrue(found.size() >= 10, found::toString);
            // Some threads of a Java machine wake up each second, so between the two cores a few may have moved on.
            long same = found.stream().filter(expected::contains).count();
            assertTrue(same >= found.size() - 2 && found.size() == expected.size(), () -> found + "\n" + expected);
        }
    }

    private static List<String> threads(String text) {
        return Stream.of(text.split("(?=Thread \\d+ \\()"))
                .filter(it -> it.startsWith("Thread "))
                .map(it -> it.replaceFirst("(?s)^Thread \\d+ \\((.*?)\\):.*", "$1") + frames(it))
                .toList();
    }
}
