package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.process.Footprints.Group;
import io.stratoswarm.core.testing.MemoryMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as kernels of each kind of cgroup set-up show them, with numbers that tell each field from the others. */
class FakeHostTest {
    private static final String AGENT = "shop/api";
    /** Above any pid that the kernel gives, so that no real process is meant. */
    private static final int MAIN = 9_000_001;

    private static final int CHILD = 9_000_002;
    private static final int KEEPER = 9_000_000;

    @TempDir
    Path root;

    private final MemoryMetrics metrics = new MemoryMetrics();
    private final Map<String, Group> groups = new HashMap<>();
    private Footprint footprint = new Footprint(AGENT, 1, MAIN, 500, KEEPER, 0);
    private @Nullable Sampler sampler;
    private long millis = 1_000_000;

    private Path write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private void process(int pid, int parent, int session, long start, long ticks, long faults, long rss, int threads)
            throws IOException {
        write(
                "proc/" + pid + "/stat",
                pid + " (a (bad) name) S " + parent + " 7 " + session + " 0 -1 4194304 100 200 " + faults + " 3 "
                        + ticks
                        + " " + (ticks + 1) + " 10 20 20 0 " + threads + " 0 " + start + " 9999999 " + rss
                        + " 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
        write(
                "proc/" + pid + "/io",
                "rchar: 1000\nwchar: 2000\nsyscr: 30\nsyscw: 40\nread_bytes: 4096\nwrite_bytes: 8192\n"
                        + "cancelled_write_bytes: 0\n");
        write(
                "proc/" + pid + "/status",
                "Name:\ta\nVmSwap:\t     12 kB\nvoluntary_ctxt_switches:\t77\nnonvoluntary_ctxt_switches:\t5\n");
        write(
                "proc/" + pid + "/smaps_rollup",
                "00400000-7fff r\nRss:  100 kB\nPss:                  64 kB\nPss_Anon: 1 kB\n");
        Files.createDirectories(root.resolve("proc/" + pid + "/fd"));
        for (int fd = 0; fd < 3; fd++) {
            Path link = root.resolve("proc/" + pid + "/fd/" + fd);
            if (!Files.exists(link)) {
                write("proc/" + pid + "/fd/" + fd, "");
            }
        }
    }

    private void twoProcesses() throws IOException {
        process(MAIN, KEEPER, KEEPER, 500, 100, 6, 1_000, 1);
        process(CHILD, MAIN, KEEPER, 600, 50, 1, 10, 1);
        process(KEEPER, 1, KEEPER, 400, 9_000, 9_000, 9_000, 1);
        write("proc/uptime", "100.00 50.00\n");
    }

    private void group(String name, int version, String folder, Map<String, String> files) throws IOException {
        Path path = Files.createDirectories(root.resolve(folder));
        for (var file : files.entrySet()) {
            write(folder + "/" + file.getKey(), file.getValue());
        }
        write(folder + "/cgroup.procs", KEEPER + "\n" + MAIN + "\n" + CHILD + "\n");
        groups.put(name, new Group(version, path));
    }

    /** So many rounds were done, and so this is the number of the next. */
    private long sampled;

    private Sampler sampler() {
        Sampler made = sampler;
        if (made == null) {
            made = new Sampler(
                    new Host(root.resolve("proc"), root.resolve("sys"), 4_096, false),
                    TaskCounts.fromFiles("another host"),
                    new Descriptors(100, () -> 0),
                    new Footprints() {
                        @Override
                        public List<Footprint> footprints() {
                            return List.of(footprint);
                        }

                        @Override
                        public Place place(String agent) {
                            return new Place(Set.of(KEEPER), "token:shop:", groups, root);
                        }
                    },
                    metrics,
                    new SampleSettings(true, 1_000, 100, 15),
                    () -> Instant.ofEpochMilli(millis),
                    System::nanoTime);
            sampler = made;
        }
        return made;
    }

    private void rounds(int count) {
        Sampler rounds = sampler();
        for (int i = 0; i < count; i++) {
            millis += 1_000;
            sampled++;
            rounds.step();
        }
    }

    @AfterEach
    void close() {
        if (sampler != null) {
            sampler.close();
        }
    }

    private double value(String name, String... labels) {
        return metrics.value(AGENT, name, labels);
    }

    private boolean told(String name) {
        return metrics.latest(AGENT).stream().anyMatch(it -> it.series().name().equals(name));
    }

    private double pressure(String resource, String share) {
        return metrics.last(AGENT, "pressure_stalled_seconds_total", Map.of("resource", resource, "share", share))
                .orElseThrow();
    }

    private void assertProcessFields() {
        assertEquals(2, value("processes"), "the keeper does not count");
        assertEquals(1_010 * 4_096.0, value("memory_resident_bytes"));
        assertEquals(2 * 64 * 1_024.0, value("memory_proportional_bytes"));
        assertEquals(2 * 12 * 1_024.0, value("memory_swapped_bytes"));
        assertEquals(2, value("threads"));
        assertEquals(6, value("open_fds"));
        assertEquals(13, value("page_faults_total", "kind", "major"), "6 + 1, and 3 of the children of each");
        assertEquals(2_000, value("io_read_bytes_total"));
        assertEquals(4_000, value("io_written_bytes_total"));
        assertEquals(60, value("io_calls_total", "direction", "read"));
        assertEquals(80, value("io_calls_total", "direction", "write"));
        assertEquals(8_192, value("storage_read_bytes_total"));
        assertEquals(16_384, value("storage_written_bytes_total"));
        assertEquals(154, value("context_switches_total", "kind", "voluntary"));
        assertEquals(10, value("context_switches_total", "kind", "involuntary"));
        assertEquals(95, value("uptime_seconds"));
    }

    private void assertCpuOfProcesses() {
        assertEquals((100 + 10 + 50 + 10) / 100.0, value("cpu_seconds_total", "mode", "user"), 1e-9);
        assertEquals((101 + 20 + 51 + 20) / 100.0, value("cpu_seconds_total", "mode", "system"), 1e-9);
    }

    @Test
    void shouldReadVersionTwoAlone() throws IOException {
        twoProcesses();
        Map<String, String> files = new HashMap<>(
                Map.of(
                        "cpu.stat",
                        "usage_usec 3000000\nuser_usec 1000000\nsystem_usec 2000000\nnr_periods 9\nnr_throttled 4\n"
                                + "throttled_usec 500000\n",
                        "cpu.pressure",
                        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n",
                        "memory.pressure",
                        "some avg10=0.00 avg60=0.00 avg300=0.00 total=10\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n",
                        "io.pressure",
                        "some avg10=0.00 avg60=0.00 avg300=0.00 total=7000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));
        files.putAll(Map.of(
                "memory.current", "123456\n",
                "memory.max", "max\n",
                "memory.events", "low 0\nhigh 0\nmax 0\noom 3\noom_kill 2\n",
                "pids.current", "3\n",
                "pids.max", "101\n",
                "cpu.max", "50000 100000\n"));
        group(Footprints.TRACKING, 2, "sys/fs/cgroup/a", files);
        for (String controller : List.of("cpu", "memory", "pids")) {
            groups.put(controller, new Group(2, root.resolve("sys/fs/cgroup/a")));
        }
        rounds(16);
        assertProcessFields();
        assertEquals(1, value("cpu_seconds_total", "mode", "user"));
        assertEquals(2, value("cpu_seconds_total", "mode", "system"));
        assertEquals(4, value("cpu_throttled_periods_total"));
        assertEquals(0.5, value("cpu_throttled_seconds_total"));
        assertEquals(0.5, value("cgroup_cpu_limit_cores"));
        assertEquals(123_456, value("cgroup_memory_bytes"));
        assertFalse(told("cgroup_memory_limit_bytes"), "no limit is no number");
        assertEquals(2, value("out_of_memory_kills_total"));
        assertEquals(3, value("cgroup_tasks"));
        assertEquals(101, value("cgroup_tasks_limit"));
        assertEquals(1.5, pressure("cpu", "some"));
        assertEquals(0.25, pressure("cpu", "full"));
        assertEquals(7, pressure("io", "some"));
        assertEquals(5e-6, pressure("memory", "full"));
    }

    private static String stalled(long micros) {
        return "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + micros
                + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
    }

    /** What an agent waited for counts for the group above it as well, so that this one file tells of all that did not wait. */
    @Test
    void shouldReadThePressureOfAnAgentWhereThatOfTheGroupAboveGrew() throws IOException {
        twoProcesses();
        group(
                Footprints.TRACKING,
                2,
                "sys/fs/cgroup/all/a",
                Map.of("cpu.stat", "user_usec 1\nsystem_usec 1\n", "io.pressure", stalled(1_000_000)));
        write("sys/fs/cgroup/all/io.pressure", stalled(5_000_000));
        rounds(1);
        assertEquals(1, pressure("io", "some"));
        write("sys/fs/cgroup/all/a/io.pressure", stalled(2_000_000));
        write("sys/fs/cgroup/all/a/cpu.stat", "user_usec 2\nsystem_usec 1\n");
        write("sys/fs/cgroup/all/io.pressure", stalled(6_000_000));
        rounds(1);
        assertEquals(2, pressure("io", "some"));
        write("sys/fs/cgroup/all/a/io.pressure", stalled(3_000_000));
        write("sys/fs/cgroup/all/a/cpu.stat", "user_usec 3\nsystem_usec 1\n");
        while (Math.floorMod(sampled - AGENT.hashCode(), AgentSampler.SELDOM) != 0) {
            rounds(1);
            assertEquals(2, pressure("io", "some"), "above nothing grew");
        }
        write("sys/fs/cgroup/all/a/cpu.stat", "user_usec 4\nsystem_usec 1\n");
        rounds(1);
        assertEquals(3, pressure("io", "some"), "all is read in its turn");
    }

    @Test
    void shouldReadTheProcessorTimeOfAnAgentWhereThatOfTheGroupAboveGrew() throws IOException {
        twoProcesses();
        group(Footprints.TRACKING, 2, "sys/fs/cgroup/all/a", Map.of("cpu.stat", "user_usec 1000000\nsystem_usec 0\n"));
        write("sys/fs/cgroup/all/cpu.stat", "usage_usec 5000000\n");
        rounds(1);
        // Of an agent that begins, and of the group above that, all is read.
        while (Math.floorMod(sampled - AGENT.hashCode(), AgentSampler.SELDOM) != 2) {
            rounds(1);
        }
        assertEquals(1, value("cpu_seconds_total", "mode", "user"));
        write("sys/fs/cgroup/all/a/cpu.stat", "user_usec 2000000\nsystem_usec 0\n");
        rounds(1);
        assertEquals(1, value("cpu_seconds_total", "mode", "user"), "above nothing ran");
        write("sys/fs/cgroup/all/cpu.stat", "usage_usec 6000000\n");
        rounds(1);
        assertEquals(2, value("cpu_seconds_total", "mode", "user"));
    }

    @Test
    void shouldReadVersionOneBesideVersionTwo() throws IOException {
        twoProcesses();
        group(
                Footprints.TRACKING,
                2,
                "sys/fs/cgroup/unified/a",
                Map.of("cpu.stat", "usage_usec 30\nuser_usec 10\nsystem_usec 20\nnice_usec 0\n"));
        group(
                "memory",
                1,
                "sys/fs/cgroup/memory/a",
                Map.of(
                        "memory.usage_in_bytes", "4096\n",
                        "memory.limit_in_bytes", "209715200\n",
                        "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"));
        group(
                "cpu",
                1,
                "sys/fs/cgroup/cpu/a",
                Map.of(
                        "cpu.stat", "nr_periods 10\nnr_throttled 6\nthrottled_time 1500000000\n",
                        "cpu.cfs_quota_us", "150000\n",
                        "cpu.cfs_period_us", "100000\n"));
        rounds(16);
        assertProcessFields();
        assertEquals(1e-5, value("cpu_seconds_total", "mode", "user"));
        assertEquals(4_096, value("cgroup_memory_bytes"));
        assertEquals(209_715_200, value("cgroup_memory_limit_bytes"));
        assertEquals(1, value("out_of_memory_kills_total"));
        assertEquals(1.5, value("cpu_throttled_seconds_total"));
        assertEquals(6, value("cpu_throttled_periods_total"));
        assertEquals(1.5, value("cgroup_cpu_limit_cores"));
        assertFalse(told("cgroup_tasks"));
        assertFalse(told("pressure_stalled_seconds_total"));
    }

    @Test
    void shouldReadVersionOneAlone() throws IOException {
        twoProcesses();
        group(Footprints.TRACKING, 1, "sys/fs/cgroup/cpuset/a", Map.of());
        group(
                "memory",
                1,
                "sys/fs/cgroup/memory/a",
                Map.of("memory.usage_in_bytes", "4096\n", "memory.limit_in_bytes", "9223372036854771712\n"));
        // A limit was lifted: the group is there, and the agent is not in it.
        group("pids", 1, "sys/fs/cgroup/pids/a", Map.of("pids.current", "5\n"));
        write("sys/fs/cgroup/pids/a/cgroup.procs", "");
        rounds(16);
        assertProcessFields();
        assertCpuOfProcesses();
        assertEquals(4_096, value("cgroup_memory_bytes"));
        assertFalse(told("cgroup_memory_limit_bytes"));
        assertFalse(told("cgroup_tasks"));
    }

    @Test
    void shouldFindProcessesWithoutCgroups() throws IOException {
        twoProcesses();
        // A daemonised one in a session of its own, known by the mark alone; and one that is not the agent's.
        process(9_000_003, 1, 9_000_003, 700, 0, 0, 0, 1);
        write("proc/9000003/environ", "A=b\0STRATOSWARM_MARK=token:shop:1\0");
        process(9_000_004, 1, 9_000_004, 800, 0, 0, 0, 1);
        write("proc/9000004/environ", "STRATOSWARM_MARK=token:other:1\0");
        rounds(16);
        assertEquals(3, value("processes"));
        assertEquals(9, value("open_fds"));
        assertEquals(1.80, value("cpu_seconds_total", "mode", "user"), 1e-9);
        assertFalse(told("pressure_stalled_seconds_total"));
        List<String> unavailable = new ArrayList<>();
        sampler().found().capabilities(new Host(root, root, 4_096, false)).stream()
                .filter(capability -> !capability.available())
                .forEach(capability -> unavailable.add(capability.name()));
        assertTrue(
                unavailable.containsAll(List.of("metrics.psi", "metrics.agent.cgroup", "metrics.agent.psi")),
                unavailable::toString);
    }

    @Test
    void shouldNotTakeAnotherProcessOfTheSamePidForTheAgent() throws IOException {
        twoProcesses();
        rounds(1);
        process(MAIN, 1, 1, 777, 99_999, 99_999, 99_999, 99);
        rounds(16);
        assertEquals(1_010 * 4_096.0, value("memory_resident_bytes"), "the last true value");
        List<Sample> all = metrics.all(AGENT, "memory_resident_bytes", Map.of());
        assertEquals(1, all.size(), "nothing is told once it is gone");
    }

    @Test
    void shouldBeginCountersAgainWithANewIncarnation() throws IOException {
        twoProcesses();
        rounds(2);
        double before = value("io_read_bytes_total");
        footprint = new Footprint(AGENT, 2, MAIN + 10, 900, KEEPER, 0);
        process(MAIN + 10, KEEPER, 1, 900, 1, 0, 5, 1);
        rounds(1);
        assertEquals(2_000, before);
        assertEquals(1_000, value("io_read_bytes_total"));
        assertEquals(0.11, value("cpu_seconds_total", "mode", "user"), 1e-9);
    }

    @Test
    void shouldNotCountTwiceWhatAChildHandsToItsParent() throws IOException {
        twoProcesses();
        rounds(1);
        assertEquals(13, value("page_faults_total", "kind", "major"));
        // The child is gone, and its parent was read before it waited: for one round the sum is too low.
        write("proc/" + CHILD + "/stat", "");
        rounds(1);
        assertEquals(13, value("page_faults_total", "kind", "major"));
        write(
                "proc/" + MAIN + "/stat",
                Files.readString(root.resolve("proc/" + MAIN + "/stat")).replace(" 6 3 100 ", " 6 8 100 "));
        rounds(1);
        assertEquals(14, value("page_faults_total", "kind", "major"));
    }

    @Test
    void shouldTellNothingOfWhatItMayNotRead() throws IOException {
        twoProcesses();
        for (int pid : new int[] {MAIN, CHILD}) {
            Files.delete(root.resolve("proc/" + pid + "/io"));
            Files.createDirectory(root.resolve("proc/" + pid + "/io"));
            Files.delete(root.resolve("proc/" + pid + "/smaps_rollup"));
        }
        rounds(16);
        assertFalse(told("io_read_bytes_total"));
        assertFalse(told("memory_proportional_bytes"));
        assertTrue(told("memory_resident_bytes"));
        assertTrue(sampler().found().ioForbidden());
    }
}
