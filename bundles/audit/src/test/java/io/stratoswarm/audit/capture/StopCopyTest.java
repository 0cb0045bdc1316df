package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.linux.Ptrace;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopCopyTest {
    private static final String THREADS = """
            import mmap, threading, time
            block = mmap.mmap(-1, 1 << 20)
            for page in range(0, 1 << 20, 8192):
                block[page:page + 8] = b'PATTERN!'
            for _ in range(5):
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            print('ready', flush=True)
            while True:
                time.sleep(0.001)
            """;

    private static final PageHash HASH = new PageHash(new java.util.Random(5));

    @TempDir
    Path folder;

    static StopCopy copier(StopCopy.Moment moment) {
        return new StopCopy(Proc.host(), System::nanoTime, new StopCopy.Bounds(2_000, 20_000, 1L << 30), HASH, moment);
    }

    private TargetProcess python(String program) throws Exception {
        return TargetProcess.start(folder, "python3", "-c", program);
    }

    @Test
    void shouldCopyEveryThreadAndPageAndLetGo() throws Exception {
        try (TargetProcess target = python(THREADS)) {
            char[] state = {'?'};
            StopCopy copier = copier(() -> state[0] = target.state());
            try (StopCopy.Copied copied = copier.copy(List.of(new StopCopy.Target("a", target.pid)))) {
                Image image = copied.images().getFirst();
                assertEquals(List.of(), image.problems);
                assertEquals('t', state[0], "it is stopped while it is copied");
                assertTrue(target.free(), "it runs again: " + target.state());
                assertEquals(6, image.threads.size());
                image.threads.forEach(
                        it -> assertTrue(it.registers().getOrDefault(Ptrace.NT_PRSTATUS, new byte[0]).length >= 216));
                assertEquals(128, occurrences(copied, image), "pages of the pattern");
                assertTrue(image.descriptors.stream().anyMatch(it -> it.target().equals(target.out.toString())));
                assertTrue(StopCopy.text(image, "cmdline").contains("PATTERN!"));
            }
        }
    }

    private static int occurrences(StopCopy.Copied copied, Image image) {
        int found = 0;
        byte[] pattern = "PATTERN!".getBytes(StandardCharsets.US_ASCII);
        for (Run run : image.runs) {
            for (long at = 0; at < run.length(); at += PageScan.PAGE) {
                byte[] head =
                        copied.buffer().segment().asSlice(run.offset() + at, 8).toArray(ValueLayout.JAVA_BYTE);
                found += java.util.Arrays.equals(head, pattern) ? 1 : 0;
            }
        }
        return found;
    }

    @Test
    void shouldGiveAPartialImageOfAProcessThatIsKilledWhileItIsStopped() throws Exception {
        try (TargetProcess target = python(THREADS)) {
            StopCopy copier = copier(() -> {
                try {
                    target.kill();
                    TimeUnit.MILLISECONDS.sleep(200);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            copier.copy(List.of(new StopCopy.Target("a", target.pid))).close();
            for (int i = 0; i < 500 && target.state() != '?'; i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertEquals('?', target.state(), "its parent was told of its end");
        }
    }

    @Test
    void shouldSayThatAProcessHasEnded() throws Exception {
        TargetProcess target = python(THREADS);
        target.close();
        for (int i = 0; i < 500 && target.alive(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        StopCopy gone =
                new StopCopy(Proc.host(), System::nanoTime, new StopCopy.Bounds(1_000, 1_000, 1 << 20), HASH, () -> {});
        try (StopCopy.Copied copied = gone.copy(List.of(new StopCopy.Target("a", target.pid)))) {
            assertEquals(
                    List.of("process " + target.pid + " was not captured: it has ended"),
                    copied.images().getFirst().problems);
        }
    }

    @Test
    void shouldLeaveAStoppedProcessStoppedAndDeliverItsSignals() throws Exception {
        try (TargetProcess target = python("""
                import signal, time
                count = 0
                def tick(*_):
                    global count
                    count += 1
                signal.signal(signal.SIGALRM, tick)
                signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
                print('ready', flush=True)
                while True:
                    time.sleep(1)
                """)) {
            for (int i = 0; i < 20; i++) {
                copier(() -> {})
                        .copy(List.of(new StopCopy.Target("a", target.pid)))
                        .close();
                assertTrue(target.alive());
            }
            assertTrue(target.free());
            new ProcessBuilder("kill", "-STOP", String.valueOf(target.pid))
                    .start()
                    .waitFor();
            for (int i = 0; i < 500 && target.state() != 'T'; i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            copier(() -> {}).copy(List.of(new StopCopy.Target("a", target.pid))).close();
            TimeUnit.MILLISECONDS.sleep(50);
            assertEquals('T', target.state(), "as it was before");
        }
    }

    @Test
    void shouldLeaveTheTargetRunningWhereTheCapturingMachineIsKilled() throws Exception {
        try (TargetProcess target = python(THREADS)) {
            Path mark = folder.resolve("stopped");
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HoldStopped.class.getName(),
                            String.valueOf(target.pid),
                            mark.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("other.out").toFile())
                    .start();
            for (int i = 0; i < 3000 && !Files.exists(mark); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertTrue(Files.exists(mark), () -> read(folder.resolve("other.out")));
            assertEquals('t', target.state());
            other.destroyForcibly().waitFor();
            for (int i = 0; i < 500 && !target.free(); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertTrue(target.free(), "state " + target.state());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    /** Stops a process and never lets go. */
    static final class HoldStopped {
        private HoldStopped() {}

        public static void main(String[] arguments) throws Exception {
            copier(() -> {
                        try {
                            Files.createFile(Path.of(arguments[1]));
                            TimeUnit.HOURS.sleep(1);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    })
                    .copy(List.of(new StopCopy.Target("a", Integer.parseInt(arguments[0]))));
        }
    }
}
