package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.flow.FlowLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process with the engine is killed with SIGKILL again and again while records flow; others go on with what is left. */
class KilledEngineTest {
    private static final int RECORDS = 400_000;
    private static final int KILLS = 6;

    @TempDir
    Path folder;

    private Process child(int number) throws IOException {
        Path ready = folder.resolve("ready" + number);
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineChild.class.getName(),
                        folder.toString(),
                        ready.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("child" + number + ".log").toFile())
                .start();
        Rig.await("the engine of child " + number, () -> Files.exists(ready) || !child.isAlive());
        assertTrue(child.isAlive(), () -> "child " + number + " ended");
        return child;
    }

    private long written() throws IOException {
        return Files.size(folder.resolve("b")) + Files.size(folder.resolve("c0")) + Files.size(folder.resolve("c1"));
    }

    @Test
    void shouldLoseAndDoubleNothing() throws Exception {
        // This process holds the pipes, as the holder of a daemon does: those that there are when it opens them.
        Random random = new Random(42);
        try (Rig rig = new Rig(folder)) {
            // Readers that are slower than the source, so that there is always something in flight.
            rig.start("g/b", "stdin", "while read n; do echo $n; done", folder.resolve("b"));
            rig.start("g/c.0", "stdin", "cat", folder.resolve("c0"));
            rig.start("g/c.1", "stdin", "while read n; do echo $n; done", folder.resolve("c1"));
            rig.channel("g/a", "stdout");
            rig.apply(EngineChild.flows());
            rig.stopEngine();
            rig.start("g/a", "stdout", "seq 1 " + RECORDS, folder);
            for (int i = 0; i < KILLS; i++) {
                Process child = child(i);
                long before = written();
                int more = 1 + random.nextInt(200_000);
                Rig.await("bytes to come through", () -> {
                    try {
                        return written() >= before + more || !child.isAlive();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertTrue(child.isAlive(), "it did not end by itself");
                child.destroyForcibly().waitFor();
            }
            rig.restart();
            Rig.await(
                    "all records",
                    () -> rig.status("plain").ledger().delivered() == RECORDS
                            && rig.status("spread").ledger().delivered() == RECORDS);
            Rig.await(
                    "all lines",
                    () -> lines("b").size() == RECORDS
                            && lines("c0").size() + lines("c1").size() == RECORDS);
            List<Integer> wanted = IntStream.rangeClosed(1, RECORDS).boxed().toList();
            assertEquals(wanted, lines("b"));
            List<Integer> both = new ArrayList<>(lines("c0"));
            assertEquals(both.stream().sorted().toList(), both, "in order");
            both.addAll(lines("c1"));
            assertEquals(wanted, both.stream().sorted().toList());
            for (String flow : List.of("plain", "spread")) {
                FlowLedger ledger = rig.status(flow).ledger();
                assertTrue(ledger.balanced(), ledger.toString());
                assertEquals(RECORDS, ledger.read(), ledger.toString());
                assertEquals(0, ledger.lostBytes() + ledger.dropped() + ledger.refused(), ledger.toString());
            }
        }
    }

    private List<Integer> lines(String file) {
        try {
            return Files.readAllLines(folder.resolve(file)).stream()
                    .map(Integer::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
