package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents that use something known, against what the test itself sees of them. */
class RealSamplingTest {
    private static final String AGENT = "shop/api.0";

    @TempDir
    Path temporary;

    private Rig rig;

    @BeforeEach
    void open() {
        rig = new Rig(temporary);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** User and system time of a process and of the children it waited for, as the test reads it. */
    private static double cpuSeconds(int pid) throws IOException {
        String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] field = text.substring(text.lastIndexOf(')') + 2).split(" ");
        double ticks = 0;
        for (int i = 11; i < 15; i++) {
            ticks += Double.parseDouble(field[i]);
        }
        return ticks / 100;
    }

    private double sampledCpu() {
        return rig.metrics.value(AGENT, "cpu_seconds_total", "mode", "user")
                + rig.metrics.value(AGENT, "cpu_seconds_total", "mode", "system");
    }

    @Test
    void shouldTellProcessorTimeOfTheProcessAndItsChildren() throws Exception {
        int pid = rig.start(
                AGENT,
                1,
                "/bin/sh",
                "-c",
                "(while :; do :; done) & while :; do i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done; done");
        rig.round();
        double sampledBefore = sampledCpu();
        double seenBefore = both(pid);
        Thread.sleep(600);
        rig.round();
        double seen = both(pid) - seenBefore;
        double sampled = sampledCpu() - sampledBefore;
        assertTrue(seen > 0.1, "the agent hardly ran: " + seen);
        assertEquals(seen, sampled, 0.08, "seconds of processor time");
        assertEquals(2, rig.metrics.value(AGENT, "processes"));
        assertEquals(2, rig.metrics.value(AGENT, "threads"));
    }

    private static double both(int pid) throws IOException {
        double sum = cpuSeconds(pid);
        for (String child : Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"))
                .strip()
                .split(" ")) {
            sum += child.isEmpty() ? 0 : cpuSeconds(Integer.parseInt(child));
        }
        return sum;
    }

    /** Before the round in which all members are listed, by the number that the kernel gave to the new process. */
    @Test
    void shouldSeeANewProcessInTheNextRound() throws Exception {
        rig.start(AGENT, 1, "/bin/sh", "-c", "while ! [ -e go ]; do sleep 0.05; done; sleep 100 & echo > done; wait");
        int rounds = 0;
        do {
            rig.round();
            rounds++;
        } while (rounds < 3 || Math.floorMod(rounds - AGENT.hashCode(), AgentSampler.SELDOM) != 2);
        assumeTrue(!rig.sampler.found().noGroups(), "no cgroup tells of the processes of an agent here");
        Path work = temporary.resolve("agents/shop%2Fapi.0/work");
        Files.createFile(work.resolve("go"));
        Rig.await(() -> Files.exists(work.resolve("done")));
        for (int i = 0; i < 10; i++) {
            rig.round();
        }
        assertEquals(2, rig.metrics.value(AGENT, "processes"));
    }

    @Test
    void shouldTellMemoryDescriptorsAndInput() throws Exception {
        int pid = rig.start(
                AGENT,
                1,
                "/usr/bin/perl",
                "-e",
                "my $m = 'x' x 50_000_000; my @f; for (1..40) { open(my $f, '<', '/dev/null'); push @f, $f; }"
                        + " open(my $z, '<', '/dev/zero'); for (1..100) { sysread($z, my $b, 65536); }"
                        + " open(my $d, '>', 'done'); close($d); sleep 100;");
        Path done = temporary.resolve("agents/shop%2Fapi.0/work/done");
        Rig.await(() -> Files.exists(done));
        rig.allRounds();
        double rss = rig.metrics.value(AGENT, "memory_resident_bytes");
        long seen = Long.parseLong(
                        Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ")[1])
                * 4_096;
        assertTrue(rss > 50e6, "resident " + rss);
        assertEquals(seen, rss, 1e6);
        try (var open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            assertEquals(open.count(), rig.metrics.value(AGENT, "open_fds"));
        }
        assertTrue(rig.metrics.value(AGENT, "open_fds") >= 43);
        assertTrue(rig.metrics.value(AGENT, "max_fds") > 40);
        String io = Files.readString(Path.of("/proc/" + pid + "/io"));
        double read = Double.parseDouble(io.lines().findFirst().orElseThrow().split(" ")[1]);
        assertEquals(read, rig.metrics.value(AGENT, "io_read_bytes_total"));
        assertTrue(read >= 6_553_600, "read " + read);
        assertTrue(rig.metrics.value(AGENT, "io_calls_total", "direction", "read") >= 100);
        assertTrue(rig.metrics.value(AGENT, "context_switches_total", "kind", "voluntary") >= 1);
        assertTrue(rig.metrics.value(AGENT, "uptime_seconds") >= 0);
        assertTrue(rig.metrics.value(AGENT, "uptime_seconds") < 60);
    }

    private static double switches(Rig of, String kind) {
        return of.metrics.value(AGENT, "context_switches_total", "kind", kind);
    }

    @Test
    void shouldTellTheSameContextSwitchesByFilesAndByTaskstats() throws Exception {
        String[] program = {
            "/usr/bin/perl",
            "-e",
            "fork; for (1..200) { select(undef, undef, undef, 0.001) } open(my $d, '>', \"done$$\"); close($d); sleep 100;"
        };
        try (TaskCounts kernel = TaskCounts.ofThisKernel()) {
            assumeTrue(kernel.missing() == null, kernel.missing());
        }
        try (Rig files =
                new Rig(temporary.resolve("files"), SampleSettings.DEFAULT, TaskCounts.fromFiles("not asked"), 1_000)) {
            int pid = rig.start(AGENT, 1, program);
            int other = files.start(AGENT, 1, program);
            Path work = temporary.resolve("agents/shop%2Fapi.0/work");
            Rig.await(() -> done(work) == 2 && done(temporary.resolve("files/agents/shop%2Fapi.0/work")) == 2);
            Thread.sleep(50);
            rig.allRounds();
            files.allRounds();
            assertEquals(statusSwitches(pid, "voluntary"), switches(rig, "voluntary"));
            assertEquals(statusSwitches(pid, "nonvoluntary"), switches(rig, "involuntary"));
            assertEquals(statusSwitches(other, "voluntary"), switches(files, "voluntary"));
            assertEquals(statusSwitches(other, "nonvoluntary"), switches(files, "involuntary"));
            assertTrue(switches(rig, "voluntary") >= 400, "each of both slept 200 times");
        }
    }

    private static long done(Path work) {
        String[] names = work.toFile().list((folder, name) -> name.startsWith("done"));
        return names == null ? 0 : names.length;
    }

    /** Of a process and of the child that it has. */
    private static double statusSwitches(int pid, String kind) throws IOException {
        String child = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"))
                .strip();
        double sum = 0;
        for (String each : List.of(Integer.toString(pid), child)) {
            sum += Files.readAllLines(Path.of("/proc/" + each + "/status")).stream()
                    .filter(line -> line.startsWith(kind + "_ctxt"))
                    .mapToDouble(line -> Double.parseDouble(line.split("\\s+")[1]))
                    .sum();
        }
        return sum;
    }

    @Test
    void shouldTellTheHost() {
        rig.allRounds();
        double total = rig.metrics.value("host", "memory_total_bytes");
        assertTrue(total > 1e8, "memory " + total);
        assertTrue(rig.metrics.value("host", "memory_available_bytes") < total);
        assertTrue(rig.metrics.value("host", "cpu_seconds_total", "mode", "idle") > 0);
        assertTrue(rig.metrics.value("host", "uptime_seconds") > 0);
        assertTrue(rig.metrics.value("host", "open_fds") > 0);
        assertTrue(rig.metrics.value("host", "tcp_sent_segments_total") >= 0);
        assertTrue(rig.metrics.value("host", "network_receive_bytes_total", "device", "lo") >= 0);
        assertTrue(rig.metrics.value("host", "load1") >= 0);
        assertTrue(rig.metrics.last("host", "clock_synchronized", Map.of()).isPresent());
        assertTrue(rig.metrics.value("host", "filesystem_size_bytes", "mountpoint", "/") > 1e6);
    }

    @Test
    void shouldBeginAgainWithANewProcessAndForgetTheOldOne() {
        rig.start(AGENT, 1, "/bin/sh", "-c", "head -c 1000000 /dev/zero >/dev/null; exec sleep 100");
        Rig.await(() -> {
            rig.round();
            return rig.metrics.value(AGENT, "io_read_bytes_total") > 1e6;
        });
        rig.agents.killAll(AGENT);
        Rig.await(() -> rig.agents.footprints().getFirst().pid() == 0);
        rig.round();
        assertEquals(0, rig.sampler.agents());
        rig.start(AGENT, 2, "/bin/sleep", "100");
        rig.round();
        assertTrue(rig.metrics.value(AGENT, "io_read_bytes_total") < 1e5);
        assertEquals(1, rig.metrics.value(AGENT, "processes"));
    }

    @Test
    void shouldCountSocketsByState() throws Exception {
        rig.start(
                AGENT,
                1,
                "/usr/bin/perl",
                "-MIO::Socket::INET",
                "-e",
                "my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die;"
                        + " my @c = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $l->sockport) } 1..3;"
                        + " my $u = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die;"
                        + " if (!fork) { sleep 100; } open(my $d, '>', 'done'); close($d); sleep 100;");
        Rig.await(() -> Files.exists(temporary.resolve("agents/shop%2Fapi.0/work/done")));
        rig.allRounds();
        // Shared with the child, and each still one socket; what waits to be accepted is nobody's yet.
        assertEquals(1, sockets("tcp", "listen"));
        assertEquals(3, sockets("tcp", "established"));
        assertEquals(1, sockets("udp", "open"));
        assertEquals(2, rig.metrics.value(AGENT, "processes"));
    }

    private double sockets(String protocol, String state) {
        return rig.metrics
                .last(AGENT, "sockets", Map.of("protocol", protocol, "state", state))
                .orElse(0);
    }

    @Test
    void shouldTellTheSameWhereNoFileMayBeHeld() {
        rig.start(AGENT, 1, "/bin/sleep", "100");
        try (Rig poor = new Rig(temporary.resolve("poor"), SampleSettings.DEFAULT, TaskCounts.ofThisKernel(), 0)) {
            poor.start(AGENT, 1, "/bin/sleep", "100");
            rig.allRounds();
            poor.allRounds();
            assertEquals(
                    rig.metrics.series(AGENT, "*", 0, 0).stream()
                            .map(Object::toString)
                            .sorted()
                            .toList(),
                    poor.metrics.series(AGENT, "*", 0, 0).stream()
                            .map(Object::toString)
                            .sorted()
                            .toList());
            assertEquals(rig.metrics.value(AGENT, "open_fds"), poor.metrics.value(AGENT, "open_fds"));
        }
    }

    @Test
    void shouldReadAllThatCostsMuchInTurnsWhereItCostsTooMuch() {
        try (Rig thrifty = new Rig(
                temporary.resolve("thrifty"),
                new SampleSettings(true, 1_000, 0.000_001, 0),
                TaskCounts.ofThisKernel(),
                1_000)) {
            List<String> both = List.of(AGENT, "shop/other.0");
            both.forEach(agent -> thrifty.start(agent, 1, "/bin/sh", "-c", "while :; do :; done"));
            thrifty.round();
            both.forEach(agent -> assertTrue(
                    thrifty.metrics.value(agent, "memory_resident_bytes") > 0, "the rest is read in each round"));
            assertEquals(1, switched(thrifty, both), "one at a time");
            thrifty.round();
            assertEquals(2, switched(thrifty, both), "the other one has its turn");
            assertTrue(thrifty.metrics.value("host", "sampler_deferred_total") >= 1);
        }
    }

    private static long switched(Rig rig, List<String> agents) {
        return agents.stream()
                .filter(agent -> rig.metrics
                        .last(agent, "context_switches_total", Map.of("kind", "voluntary"))
                        .isPresent())
                .count();
    }
}
