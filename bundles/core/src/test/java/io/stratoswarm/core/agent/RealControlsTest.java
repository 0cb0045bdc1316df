package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.manifest;
import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Controls on real processes, read back from the kernel. */
@Timeout(60)
class RealControlsTest {
    private static final String ID = "shop/api";

    @TempDir
    Path folder;

    private RealDaemon daemon;

    @BeforeEach
    void open() throws Exception {
        daemon = new RealDaemon(folder.resolve("data"));
    }

    @AfterEach
    void end() throws Exception {
        daemon.assertFoldsAgree();
        daemon.end();
    }

    private void run(String... command) throws Exception {
        daemon.apply(manifest(
                "shop",
                node("api", sleeper().command(command).stop("KILL", 1_000).make())));
        daemon.untilPhase(ID, AgentPhase.READY);
    }

    private Outcome apply(Control control) throws Exception {
        return daemon.running.controls().apply(ID, control, "uid:0").get(20, TimeUnit.SECONDS);
    }

    /** Of its first child too, once it is there. */
    private List<Integer> family() throws Exception {
        int pid = daemon.pid(ID);
        Path children = Path.of("/proc/" + pid + "/task/" + pid + "/children");
        RealDaemon.until("it has a child", () -> !text(children).isBlank());
        return List.of(pid, Integer.parseInt(text(children).strip().split(" ")[0]));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String nice(int pid) {
        String stat = text(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
    }

    private static String cpus(int pid) {
        return text(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(18).strip())
                .findFirst()
                .orElse("");
    }

    private Event last(String type) {
        return daemon.journal.journal().read(EventQuery.all().limit(10_000)).stream()
                .filter(event -> event.type().equals(type))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void shouldReniceAllProcessesUntilTheNextStart() throws Exception {
        run("/bin/sh", "-c", "/bin/sleep 1000 & wait");
        List<Integer> family = family();
        String first = nice(family.getFirst());
        int wanted = Integer.parseInt(first) + 3;
        Outcome outcome = apply(new Control.Nice(wanted));
        assertTrue(outcome.done(), outcome.detail());
        assertEquals(first, outcome.before());
        assertEquals(Integer.toString(wanted), outcome.after());
        family.forEach(pid -> assertEquals(Integer.toString(wanted), nice(pid)));
        Event told = last("AgentControlled");
        assertEquals("uid:0", told.actor());
        assertTrue(told.payloadText().contains("\"control\":{\"nice\":" + wanted + "}"), told.payloadText());
        assertTrue(told.payloadText().contains("\"outcome\":\"done\""), told.payloadText());

        daemon.running.agents().restart(ID, "uid:0").get(20, TimeUnit.SECONDS);
        assertEquals(first, nice(daemon.pid(ID)), "the next start is as declared");
    }

    @Test
    void shouldKeepAllProcessesOnTheProcessorsThatThereAre() throws Exception {
        run("/bin/sh", "-c", "/bin/sleep 1000 & wait");
        List<Integer> family = family();
        String all = cpus(family.getFirst());
        String one = all.split("[-,]")[0];
        Outcome outcome = apply(new Control.Affinity(Set.of(Integer.valueOf(one))));
        assertTrue(outcome.done(), outcome.detail());
        assertEquals(all, outcome.before());
        family.forEach(pid -> assertEquals(one, cpus(pid)));

        Outcome none = apply(new Control.Affinity(new TreeSet<>(Set.of(Integer.valueOf(one), 8_191))));
        assertTrue(none.unavailable(), "a processor that is not there is never said to be used");
        assertEquals(one, none.after());
        assertTrue(last("AgentControlled").payloadText().contains("\"outcome\":\"unavailable\""));
    }

    @Test
    void shouldThrottleWhereTheHostCanAndSayWhereItCannot() throws Exception {
        run("/bin/sh", "-c", "while :; do :; done & wait");
        int spinner = family().get(1);
        Outcome outcome = apply(new Control.Throttle(0.1));
        boolean offered = daemon.host.capabilities().stream()
                .anyMatch(each -> each.name().equals("cgroup.cpu") && each.available());
        assertEquals(offered, outcome.done(), outcome.detail());
        if (!offered) {
            assertTrue(outcome.detail().startsWith("processor time cannot be limited: "), outcome.detail());
            return;
        }
        assertEquals("max", outcome.before());
        assertEquals("0.1", outcome.after());
        long used = ticks(spinner);
        Thread.sleep(1_000);
        long throttled = ticks(spinner) - used;
        assertTrue(throttled <= 30, "a tenth of a core is 10 ticks a second, not " + throttled);

        Outcome lifted = apply(new Control.Throttle(0));
        assertTrue(lifted.done(), lifted.detail());
        assertEquals("max", lifted.after());
        apply(new Control.Throttle(0.1));
        daemon.running.agents().restart(ID, "uid:0").get(20, TimeUnit.SECONDS);
        assertEquals("max", apply(new Control.Throttle(0.2)).before(), "the next start is as declared");
    }

    private static long ticks(int pid) {
        String stat = text(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    void shouldReclaimWhatTheKernelCanBringBackAndTellHowMuchIsGone() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 maps a file");
        Path file = folder.resolve("mapped");
        Files.write(file, new byte[64 << 20]);
        Path touched = folder.resolve("touched");
        run(
                "/usr/bin/python3",
                "-c",
                "import mmap,sys,time\n"
                        + "f=open(sys.argv[1],'rb')\n"
                        + "m=mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ)\n"
                        + "sum(m[i] for i in range(0,len(m),4096))\n"
                        + "open(sys.argv[2],'w').close()\n"
                        + "time.sleep(1000)",
                file.toString(),
                touched.toString());
        RealDaemon.until("all pages are there", () -> Files.exists(touched));
        Outcome outcome = apply(new Control.Reclaim(32 << 20));
        if (outcome.unavailable()) {
            assertTrue(outcome.detail().startsWith("memory cannot be reclaimed: "), outcome.detail());
            return;
        }
        long gone = Long.parseLong(outcome.before()) - Long.parseLong(outcome.after());
        assertTrue(gone >= 24 << 20 && gone <= 60 << 20, outcome.toString());
    }

    @Test
    void shouldSayThatMemoryOfNoFileCannotGoWithoutSwap() throws Exception {
        assumeTrue(text(Path.of("/proc/swaps")).lines().count() < 2, "this host has swap");
        run("/bin/sleep", "1000");
        apply(new Control.Reclaim(1L << 40));
        Outcome again = apply(new Control.Reclaim(1L << 40));
        if (again.unavailable()) {
            assertTrue(again.detail().startsWith("memory cannot be reclaimed: "), again.detail());
            assertEquals(again.before(), again.after());
        }
    }

    @Test
    void shouldRefuseWhatCannotBe() throws Exception {
        run("/bin/sleep", "1000");
        for (Control wrong : List.of(
                new Control.Nice(20),
                new Control.Affinity(Set.of()),
                new Control.Throttle(0.001),
                new Control.Throttle(Double.NaN),
                new Control.Reclaim(0))) {
            assertEquals(Kind.INVALID, refused(wrong), wrong.toString());
        }
        daemon.running.agents().stop(ID, "uid:0").get(20, TimeUnit.SECONDS);
        assertEquals(Kind.CONFLICT, refused(new Control.Nice(1)));
    }

    private Kind refused(Control control) {
        var e = assertThrows(ExecutionException.class, () -> apply(control));
        return assertInstanceOf(StratoswarmException.class, e.getCause()).kind();
    }
}
