package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.audit.capture.linux.InjectedCall;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies by fork, of processes that check themselves. */
class ForkTest {
    private static final StopCopy.Bounds BOUNDS = new StopCopy.Bounds(2_000, 20_000, 1L << 30);

    private static final List<String> STEPS =
            List.of("prepared", "frame", "registers", "mask", "entered", "cloned", "called", "unmasked", "restored");

    /** Its timer interrupts it all the time; one block is shared and one is not given to children. */
    private static final String PYTHON = """
            import mmap, signal, time
            count = 0
            def tick(*_):
                global count
                count += 1
            shared = mmap.mmap(-1, 1 << 16)
            for page in range(0, 1 << 16, 4096):
                shared[page:page + 8] = b'SHARED!' + b'!'
            own = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            own.madvise(18)
            own[0:13] = b'WIPED ' + b'ON FORK'
            signal.signal(signal.SIGALRM, tick)
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            print('ready', flush=True)
            while True:
                begin, before = time.monotonic(), count
                time.sleep(0.1)
                print('wrong' if time.monotonic() - begin < 0.1 or count == before else 'ticks', flush=True)
            """;

    private static final String PERL = """
            $| = 1; my $text = 'x' x (2 << 20); print "ready\\n";
            while (1) { my $slept = select(undef, undef, undef, 0.05); print length($text) == 2 << 20 ? "on\\n" : "wrong\\n"; }
            """;

    private static final String BUSY = """
            import java.util.concurrent.atomic.AtomicLong;
            public class Busy {
                public static void main(String[] arguments) throws Exception {
                    AtomicLong all = new AtomicLong();
                    for (int i = 0; i < 40; i++) {
                        boolean busy = i < 2;
                        Thread.ofPlatform().daemon().start(() -> {
                            while (true) {
                                byte[] garbage = new byte[4096];
                                garbage[garbage.length - 1] = 1;
                                all.addAndGet(garbage[4095]);
                                if (!busy) {
                                    try { Thread.sleep(2); } catch (InterruptedException e) { System.out.println("wrong"); }
                                }
                            }
                        });
                    }
                    System.out.println("ready");
                    while (true) {
                        long before = all.get();
                        Thread.sleep(50);
                        System.out.println(all.get() > before ? "on" : "wrong");
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void shouldBeThisProcessor() {
        assumeTrue(LedCalls.unavailable().isEmpty());
    }

    static StopCopy copier(StopCopy.Moment moment, InjectedCall.Steps steps) {
        LedCalls calls = new LedCalls(Proc.host(), System::nanoTime, BOUNDS, steps);
        Forks forks = new Forks(Proc.host(), System::nanoTime, BOUNDS, calls);
        return new StopCopy(Proc.host(), System::nanoTime, BOUNDS, moment, forks);
    }

    private static StopCopy.Copied copy(TargetProcess... targets) throws Exception {
        List<StopCopy.Target> all = Arrays.stream(targets)
                .map(it -> new StopCopy.Target("a", it.pid))
                .toList();
        return copier(() -> {}, step -> {}).copy(all);
    }

    static Path compiled(Path folder, String name, String... options) throws Exception {
        Path source = folder.resolve(name + ".c");
        Path program = folder.resolve(name);
        try (var in = ForkTest.class.getResourceAsStream("/capture/" + name + ".c")) {
            Files.write(source, in.readAllBytes());
        }
        List<String> words = new ArrayList<>(List.of("cc", "-O1", "-pthread", "-o", program.toString()));
        words.addAll(List.of(options));
        words.add(source.toString());
        assumeTrue(Files.exists(Path.of("/usr/bin/cc")), "there is no C compiler");
        Process compiler = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(compiler.waitFor() == 0, said);
        return program;
    }

    /** It answers a signal with how many it has had, and with nothing else: it has found nothing wrong. */
    static void assertSound(TargetProcess target, int times) throws Exception {
        Proc proc = Proc.host();
        for (int i = 0; i < 500 && !target.free(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertTrue(target.free(), () -> "state " + target.state() + ": " + text(target));
        new ProcessBuilder("kill", "-USR1", String.valueOf(target.pid)).start().waitFor();
        for (int i = 0; i < 500 && !text(target).contains("sound " + times + "\n") && target.alive(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertTrue(text(target).contains("sound " + times + "\n"), () -> text(target) + target.state());
        assertFalse(text(target).contains("wrong"), () -> text(target));
        for (int tid : proc.numbers(target.pid + "/task")) {
            assertTrue("RSD".indexOf(proc.state(target.pid + "/task/" + tid)) >= 0, "thread " + tid);
        }
    }

    static String text(TargetProcess target) {
        return text(target.out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    /** Processes whose parent it is, those that have ended too. */
    static List<Integer> children(int pid) {
        Proc proc = Proc.host();
        return proc.numbers("").stream()
                .filter(it -> {
                    String[] stat = proc.stat(String.valueOf(it));
                    return stat.length > 1 && stat[1].equals(String.valueOf(pid));
                })
                .toList();
    }

    private static int occurrences(StopCopy.Copied copied, Image image, String what) {
        int found = 0;
        byte[] pattern = what.getBytes(StandardCharsets.US_ASCII);
        for (Run run : image.runs) {
            for (long at = 0; at < run.length(); at += PageScan.PAGE) {
                byte[] head = copied.buffer()
                        .segment()
                        .asSlice(run.offset() + at, pattern.length)
                        .toArray(ValueLayout.JAVA_BYTE);
                found += Arrays.equals(head, pattern) ? 1 : 0;
            }
        }
        return found;
    }

    @Test
    void shouldCopyABusyProcessAgainAndAgainAndLeaveNothing() throws Exception {
        String program = compiled(folder, "counter").toString();
        int times = Integer.getInteger("captures", 12);
        try (TargetProcess target = TargetProcess.start(folder, program)) {
            for (int i = 0; i < times; i++) {
                try (StopCopy.Copied copied = copy(target)) {
                    Image image = copied.images().getFirst();
                    assertEquals(List.of(), image.problems);
                    assertEquals(6, image.threads.size());
                    assertEquals(2048, occurrences(copied, image, "PATTERN!"));
                }
                assertTrue(target.alive(), () -> text(target));
            }
            assertEquals(List.of(), children(target.pid));
            assertSound(target, 1);
        }
    }

    /** The tracing thread ends in the middle: the kernel lets go of all that it traced, as it does where the daemon is killed. */
    @Test
    void shouldLeaveTheTargetSoundWhereverTheTracerEnds() throws Exception {
        String program = compiled(folder, "counter").toString();
        int asked = 0;
        try (TargetProcess target = TargetProcess.start(folder, program)) {
            for (String where : STEPS) {
                boolean[] reached = {false};
                StopCopy copier = copier(() -> {}, step -> {
                    if (step.equals(where)) {
                        reached[0] = true;
                        throw new IllegalStateException("the tracer ends at " + step);
                    }
                });
                assertThrows(
                        IllegalStateException.class, () -> copier.copy(List.of(new StopCopy.Target("a", target.pid))));
                assertTrue(reached[0], where);
                assertSound(target, ++asked);
                for (int child : children(target.pid)) {
                    assertEquals('Z', Proc.host().state(String.valueOf(child)), "after " + where);
                }
            }
            copy(target).close();
            assertSound(target, ++asked);
        }
    }

    @Test
    void shouldLeaveTheTargetSoundWhereTheDaemonIsKilled() throws Exception {
        String program = compiled(folder, "counter").toString();
        try (TargetProcess target = TargetProcess.start(folder, program)) {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledInTheMiddle.class.getName(),
                            String.valueOf(target.pid),
                            "cloned")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("other.out").toFile())
                    .start();
            assertEquals(128 + 9, other.waitFor(), () -> text(folder.resolve("other.out")));
            assertSound(target, 1);
            for (int child : children(target.pid)) {
                assertEquals('Z', Proc.host().state(String.valueOf(child)));
            }
        }
    }

    /** Is killed at a step of a call that a process is led to make. */
    static final class KilledInTheMiddle {
        private KilledInTheMiddle() {}

        public static void main(String[] arguments) throws Exception {
            copier(() -> {}, step -> {
                        if (step.equals(arguments[1])) {
                            try {
                                new ProcessBuilder(
                                                "kill",
                                                "-9",
                                                String.valueOf(
                                                        ProcessHandle.current().pid()))
                                        .start()
                                        .waitFor();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        }
                    })
                    .copy(List.of(new StopCopy.Target("a", Integer.parseInt(arguments[0]))));
        }
    }

    @Test
    void shouldCopyWhatTheKernelFiltersAndWhatIsStopped() throws Exception {
        String program = compiled(folder, "counter").toString();
        try (TargetProcess target = TargetProcess.start(folder, program, "seccomp")) {
            assertEquals("2", Proc.host().status(String.valueOf(target.pid), "Seccomp"));
            try (StopCopy.Copied copied = copy(target)) {
                assertEquals(List.of(), copied.images().getFirst().problems);
            }
            assertSound(target, 1);
            new ProcessBuilder("kill", "-STOP", String.valueOf(target.pid))
                    .start()
                    .waitFor();
            for (int i = 0; i < 500 && target.state() != 'T'; i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            try (StopCopy.Copied copied = copy(target)) {
                assertEquals(List.of(), copied.images().getFirst().problems);
            }
            TimeUnit.MILLISECONDS.sleep(50);
            assertEquals('T', target.state(), "as it was before");
            assertEquals(List.of(), children(target.pid));
            new ProcessBuilder("kill", "-CONT", String.valueOf(target.pid))
                    .start()
                    .waitFor();
            assertSound(target, 2);
        }
    }

    @Test
    void shouldRefuseAProgramOf32BitsAndLeaveItAlone() throws Exception {
        String program = compiled(folder, "narrow", "-m32", "-static", "-nostdlib", "-fno-pie", "-no-pie")
                .toString();
        try (TargetProcess target = TargetProcess.start(folder, program)) {
            try (StopCopy.Copied copied = copy(target)) {
                Image image = copied.images().getFirst();
                assertEquals(1, image.problems.size());
                assertTrue(
                        image.problems.getFirst().contains("none of its memory is there"), image.problems.toString());
                assertEquals(List.of(), image.runs);
            }
            TimeUnit.MILLISECONDS.sleep(50);
            assertTrue(target.free());
        }
    }

    @Test
    void shouldCopyProgramsOfOtherKindsAtOneMoment() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path source = folder.resolve("Busy.java");
        Files.writeString(source, BUSY);
        try (TargetProcess python = TargetProcess.start(folder, "python3", "-c", PYTHON);
                TargetProcess perl = TargetProcess.start(folder, "perl", "-e", PERL);
                TargetProcess machine = TargetProcess.start(folder, java, "-Xmx64m", source.toString())) {
            for (int i = 0; i < 2; i++) {
                try (StopCopy.Copied copied = copy(python, perl, machine)) {
                    for (Image image : copied.images()) {
                        assertEquals(List.of(), image.problems);
                        assertTrue(image.bytes() > 1 << 20, image.bytes() + " bytes");
                    }
                    assertEquals(16, occurrences(copied, copied.images().getFirst(), "SHARED!!"));
                    assertEquals(1, occurrences(copied, copied.images().getFirst(), "WIPED ON FORK"));
                }
            }
            for (TargetProcess target : List.of(python, perl, machine)) {
                assertEquals(List.of(), children(target.pid));
                assertTrue(target.free());
                String before = text(target);
                for (int i = 0; i < 500 && text(target).length() == before.length(); i++) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                assertTrue(text(target).length() > before.length(), () -> "it goes on: " + text(target));
                assertFalse(text(target).contains("wrong"), () -> text(target));
            }
        }
    }
}
