package io.stratoswarm.core.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the archive of classes of a Java machine of its own. */
class StartPagesTest {
    /** Prints how much of the archive is resident, before and after. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(resident());
            StartPages.release();
            System.out.println(resident());
            // Classes of the archive that were not used before.
            System.out.println(Class.forName("java.util.concurrent.Phaser").getMethods().length > 10);
        }

        /** KiB of its maps that may only be read. */
        private static long resident() throws IOException {
            long sum = 0;
            boolean counts = false;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                if (!line.contains(": ")) {
                    counts = line.endsWith(".jsa") && line.contains(" r--p ");
                } else if (counts && line.startsWith("Rss:")) {
                    sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
            return sum;
        }
    }

    private static List<String> run() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-XX:+UseSerialGC",
                        "-XX:+UnlockDiagnosticVMOptions",
                        // Elsewhere than it was made for, it is read and not mapped.
                        "-XX:ArchiveRelocationMode=0",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader()
                .lines()
                .filter(line -> !line.contains("DEBUG"))
                .toList();
        assertEquals(0, process.waitFor(), lines.toString());
        assumeTrue(!lines.getFirst().equals("0"), "this Java machine has no archive of classes");
        return lines;
    }

    @Test
    void shouldLetGoOfTheArchiveAndGoOnWithIt() throws Exception {
        List<String> lines = run();
        long before = Long.parseLong(lines.get(0));
        long after = Long.parseLong(lines.get(1));
        assertTrue(after < before, lines.toString());
        assertEquals("true", lines.get(2));
    }
}
