package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents that behave badly, and hosts that offer little; what else runs there is unharmed. */
class HostilityTest {
    @TempDir
    Path temporary;

    private DataFolder data;
    private LinuxProcessHost host;
    private final Recorder told = new Recorder();

    @BeforeEach
    void open() {
        data = new DataFolder(temporary.resolve("data"));
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
    }

    @AfterEach
    void close() {
        host.release("bad");
        host.release("good");
        host.close();
    }

    private List<String> log(String agent) {
        return host.log(agent, Integer.MAX_VALUE).stream().map(LogLine::text).toList();
    }

    @Test
    void shouldBoundAndCountAFloodAndServeOthersMeanwhile() throws Exception {
        LogPolicy policy = new LogPolicy(1 << 20, 3, 4 << 20);
        host.start(
                "bad",
                1,
                SpecBuilder.command("yes", "a line of the flood").log(policy).build());
        told.await("started", "bad", 1);
        for (int i = 1; i <= 20; i++) {
            host.start("good", i, SpecBuilder.shell("echo hello").build());
            assertEquals(new ExitStatus(0, 0), told.awaitEnd("good", i).status());
            Thread.sleep(75);
        }
        assertEquals(20, log("good").size());
        String dropped = told.await("dropped", "bad", 0).text();
        assertTrue(Long.parseLong(dropped.split(" ")[0]) > 1 << 20, dropped);
        assertTrue(Long.parseLong(dropped.split(" ")[1]) > 1000, dropped);
        host.killAll("bad");
        told.awaitEnd("bad", 1);
        long stored = 0;
        try (var files = Files.list(AgentFolder.of(data, "bad").logs())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                stored += Files.size(file);
            }
        }
        assertTrue(stored <= 2 * 3 * ((1 << 20) + (64 << 10)), "stored " + stored);
        List<String> lines = log("bad");
        assertTrue(
                lines.stream()
                        .anyMatch(
                                l -> l.matches("\\[stratoswarm] dropped [0-9]+ bytes, [0-9]+ lines.*above 4194304.*")),
                () -> lines.size() + " lines, "
                        + lines.stream()
                                .filter(l -> !l.equals("a line of the flood"))
                                .toList());
        List<String> others = lines.subList(1, lines.size()).stream()
                .filter(l -> !l.equals("a line of the flood") && !l.startsWith("[stratoswarm] dropped"))
                .toList();
        // A line may be cut where dropping begins, never where it ends.
        assertTrue(others.stream().allMatch("a line of the flood"::startsWith), () -> others.toString());
    }

    @Test
    void shouldLetAnAgentOpenTenThousandFiles() {
        host.start(
                "bad",
                1,
                SpecBuilder.command(
                                "perl",
                                "-e",
                                "for (1..10000) { open($f[$_], '<', '/dev/null') or die \"$_: $!\" } print 'all'")
                        .rlimits(Map.of("nofile", new Rlimit(10_100, 10_100)))
                        .build());
        assertEquals(new ExitStatus(0, 0), told.awaitEnd("bad", 1).status());
        assertEquals(List.of("all"), log("bad"));
    }

    @Test
    void shouldGoOnWhenTheDiskIsFull() throws Exception {
        assumeTrue(Linux.effectiveUser() == 0, "only root can mount a small file system");
        Path logs = data.logs();
        assumeTrue(command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", logs.toString()) == 0, "mount is refused");
        try {
            Files.write(logs.resolve("filler"), new byte[700 << 10]);
            String lots =
                    "i=0; while [ $i -lt 40000 ]; do echo \"line $i with some text in it\"; i=$((i+1)); done; echo end >&2;"
                            + " while [ ! -e " + temporary + "/go ]; do sleep 0.01; done; echo after";
            host.start("bad", 1, SpecBuilder.shell(lots).build());
            while (!fullyRead()) {
                Thread.sleep(20);
            }
            Files.delete(logs.resolve("filler"));
            Files.createFile(temporary.resolve("go"));
            assertEquals(new ExitStatus(0, 0), told.awaitEnd("bad", 1).status());
            List<String> lines = log("bad");
            assertEquals("line 0 with some text in it", lines.get(0));
            assertTrue(
                    lines.stream().anyMatch(l -> l.contains("dropped") && l.contains("ENOSPC")),
                    () -> lines.subList(Math.max(0, lines.size() - 3), lines.size())
                            .toString());
            assertTrue(lines.contains("after"));
            host.release("bad");
        } finally {
            host.close();
            assertEquals(0, command("umount", logs.toString()));
        }
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
    }

    /** Whether the agent has written everything and waits. */
    private boolean fullyRead() {
        return ProcFs.host().pids().stream()
                .anyMatch(pid -> ProcFs.host().started(pid, "STRATOSWARM_AGENT=bad\0")
                        && command(pid).startsWith("sleep"));
    }

    private static String command(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (java.io.IOException gone) {
            return "";
        }
    }

    private static int command(String... words) throws Exception {
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private boolean offers(String capability) {
        return host.capabilities().stream().anyMatch(c -> c.name().equals(capability) && c.available());
    }

    private static Resources resources(Optional<Double> cpu, long memory, long pids) {
        return new Resources(
                cpu,
                memory == 0 ? OptionalLong.empty() : OptionalLong.of(memory),
                pids == 0 ? OptionalLong.empty() : OptionalLong.of(pids));
    }

    @Test
    void shouldSayThatTheAgentWasKilledForMemory() {
        assumeTrue(offers("cgroup.memory"), "no cgroup controller for memory here");
        AgentSpec spec = SpecBuilder.command("perl", "-e", "$x = 'x' x 200_000_000; sleep 10")
                .resources(resources(Optional.empty(), 40 << 20, 0))
                .build();
        host.start("bad", 1, spec);
        assertEquals(new ExitStatus(-1, 9), told.awaitEnd("bad", 1).status());
        assertTrue(told.await("note", "bad", 1).text().startsWith("out of memory"));
        host.start("bad", 2, SpecBuilder.shell("exit 3").build());
        assertEquals(new ExitStatus(3, 0), told.awaitEnd("bad", 2).status());
    }

    @Test
    void shouldLimitProcessesAndProcessorTime() {
        assumeTrue(offers("cgroup.pids") && offers("cgroup.cpu"), "no cgroup controllers for pids and cpu here");
        AgentSpec spec = SpecBuilder.command(
                        "perl",
                        "-e",
                        "$n = 1; while (defined($p = fork)) { $p or do { sleep 60; exit }; $n++ } print \"$n\\n\";"
                                + " $s = time; 1 while time < $s + 2; @t = times; print $t[0] + $t[1] < 1.4 ? 'throttled' : \"@t\"")
                .resources(resources(Optional.of(0.3), 0, 5))
                .build();
        host.start("bad", 1, spec);
        assertEquals(new ExitStatus(0, 0), told.awaitEnd("bad", 1).status());
        assertEquals(List.of("5", "throttled"), log("bad"));
    }

    @Test
    void shouldSayWhichLimitsAreNotToBeHadAndStillSweepWithoutCgroups() throws Exception {
        host.close();
        host = LinuxProcessHost.open(
                data, InstantSource.system(), new SecureRandom(), ProcFs.host(), name -> new Cgroups(List.of(), name));
        host.listener(told);
        AgentSpec spec = SpecBuilder.shell("env -i sleep 61 & setsid sleep 62 & sleep 63")
                .resources(resources(Optional.of(1.0), 1 << 20, 5))
                .build();
        host.start("bad", 1, spec);
        String limited = told.await("limited", "bad", 1).text();
        assertTrue(limited.contains("limit of cpu") && limited.contains("memory") && limited.contains("pids"), limited);
        told.await("started", "bad", 1);
        List<String> sleeps = List.of("sleep\00061\0", "sleep\00062\0", "sleep\00063\0");
        while (ProcFs.host().pids().stream()
                        .filter(p -> sleeps.contains(command(p)))
                        .count()
                < 3) {
            Thread.sleep(5);
        }
        host.killAll("bad");
        assertEquals(new ExitStatus(-1, 9), told.awaitEnd("bad", 1).status());
        assertFalse(ProcFs.host().pids().stream().anyMatch(p -> sleeps.contains(command(p))));
    }
}
