package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed with -9, again and again; the agents notice nothing. */
class AdoptionTest {
    private static final int ROUNDS = Integer.getInteger("stratoswarm.adoption.rounds", 3);
    private static final int AGENTS = 100;

    @TempDir
    Path temporary;

    private final Recorder told = new Recorder();

    private LinuxProcessHost open(DataFolder data) {
        LinuxProcessHost host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
        return host;
    }

    @Test
    void shouldAdoptAHundredAgentsUnderLoadWithoutLosingALine() throws Exception {
        DataFolder data = new DataFolder(temporary.resolve("data"));
        Path work = Files.createDirectories(temporary.resolve("work"));
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            Process daemon = CrashingDaemon.spawn(data, AGENTS, work, "UP");
            Thread.sleep(random.nextInt(300));
            daemon.destroyForcibly().waitFor();
            Thread.sleep(random.nextInt(100));
        }
        AgentSpec spec = CrashingDaemon.counter(work);
        LinuxProcessHost host = open(data);
        List<Integer> pids = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            ProcessHost.Recovered found = host.recover(CrashingDaemon.name(i), 1, spec);
            pids.add(
                    assertInstanceOf(ProcessHost.Recovered.Running.class, found).pid());
        }
        long started =
                pids.stream().filter(pid -> ProcFs.host().stat(pid).isPresent()).count();
        assertEquals(AGENTS, started);
        printKeeperMemory(data);
        Files.createFile(work.resolve("stop"));
        for (int i = 0; i < AGENTS; i++) {
            assertEquals(
                    new ExitStatus(7, 0),
                    told.awaitEnd(CrashingDaemon.name(i), 1).status());
        }
        long lines = 0;
        for (int i = 0; i < AGENTS; i++) {
            lines += checkLines(host.log(CrashingDaemon.name(i), Integer.MAX_VALUE));
            host.release(CrashingDaemon.name(i));
        }
        System.out.println(
                "adoption: " + ROUNDS + " crashes, " + AGENTS + " agents, " + lines + " lines, none lost or doubled");
        assertTrue(lines > AGENTS * 100L);
        host.close();
        assertEquals(List.of(), remains(data));
    }

    private static long checkLines(List<LogLine> log) {
        for (int i = 0; i < log.size() - 1; i++) {
            assertEquals(i + " of a line that has a certain length", log.get(i).text());
        }
        assertEquals("last " + (log.size() - 1), log.getLast().text());
        return log.size();
    }

    /** Processes that were started in this data folder and are still there. */
    private static List<Integer> remains(DataFolder data) {
        return ProcFs.host().pids().stream()
                .filter(pid -> {
                    try {
                        return Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                                .contains(data.root().toString());
                    } catch (IOException gone) {
                        return false;
                    }
                })
                .toList();
    }

    private static void printKeeperMemory(DataFolder data) throws IOException {
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            String pid = Files.readString(
                            AgentFolder.of(data, CrashingDaemon.name(i)).keeper())
                    .split(" ")[0];
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    sizes.add(Long.parseLong(line.replaceAll("[^0-9]", "")));
                }
            }
        }
        sizes.sort(null);
        System.out.println(
                "keepers: PSS median " + sizes.get(sizes.size() / 2) + " KiB, most " + sizes.getLast() + " KiB");
        assertTrue(sizes.getLast() <= 1536, () -> "a keeper takes " + sizes.getLast() + " KiB");
    }

    @Test
    void shouldStartEachAgentOnceThoughKilledInTheMiddleOfStarts() throws Exception {
        DataFolder data = new DataFolder(temporary.resolve("data"));
        Path work = Files.createDirectories(temporary.resolve("work"));
        Random random = new Random(11);
        int agents = 30;
        for (int round = 0; round < ROUNDS; round++) {
            Process daemon = CrashingDaemon.spawn(data, agents, work, "BEGIN");
            int some = round * 8 + random.nextInt(8);
            for (int waited = 0; waited < 2000 && runtimeFolders(data) <= some; waited++) {
                Thread.sleep(1);
            }
            Thread.sleep(random.nextInt(15));
            daemon.destroyForcibly().waitFor();
        }
        AgentSpec spec = CrashingDaemon.counter(work);
        LinuxProcessHost host = open(data);
        int adopted = 0;
        for (int i = 0; i < agents; i++) {
            ProcessHost.Recovered found = host.recover(CrashingDaemon.name(i), 1, spec);
            if (found instanceof ProcessHost.Recovered.NeverStarted) {
                host.start(CrashingDaemon.name(i), 1, spec);
                told.await("started", CrashingDaemon.name(i), 1);
            } else {
                assertInstanceOf(ProcessHost.Recovered.Running.class, found);
                adopted++;
            }
        }
        System.out.println("killed while starting: " + adopted + " of " + agents + " agents had been started");
        Files.createFile(work.resolve("stop"));
        for (int i = 0; i < agents; i++) {
            assertEquals(
                    new ExitStatus(7, 0),
                    told.awaitEnd(CrashingDaemon.name(i), 1).status());
            checkLines(host.log(CrashingDaemon.name(i), Integer.MAX_VALUE));
            host.release(CrashingDaemon.name(i));
        }
        host.close();
        assertEquals(List.of(), remains(data));
    }

    private static int runtimeFolders(DataFolder data) {
        String[] names = data.agents().toFile().list((folder, name) -> name.startsWith("load"));
        return names == null ? 0 : names.length;
    }

    @Test
    void shouldKeepOutputAndStatusOfWhatEndsWithoutADaemon() throws Exception {
        DataFolder data = new DataFolder(temporary.resolve("data"));
        Path work = Files.createDirectories(temporary.resolve("work"));
        CrashingDaemon.spawn(data, 3, work, "UP").destroyForcibly().waitFor();
        Files.createFile(work.resolve("stop"));
        AgentSpec spec = CrashingDaemon.counter(work);
        waitForKeepers(data, 3);
        LinuxProcessHost host = open(data);
        for (int i = 0; i < 3; i++) {
            var exited =
                    assertInstanceOf(ProcessHost.Recovered.Exited.class, host.recover(CrashingDaemon.name(i), 1, spec));
            assertEquals(new ExitStatus(7, 0), exited.status());
            checkLines(host.log(CrashingDaemon.name(i), Integer.MAX_VALUE));
            assertInstanceOf(ProcessHost.Recovered.NeverStarted.class, host.recover(CrashingDaemon.name(i), 2, spec));
            host.start(CrashingDaemon.name(i), 2, SpecBuilder.shell("exit 9").build());
            assertEquals(
                    new ExitStatus(9, 0),
                    told.awaitEnd(CrashingDaemon.name(i), 2).status());
            host.release(CrashingDaemon.name(i));
        }
        assertTrue(
                told.all().stream().noneMatch(t -> t.incarnation() == 1),
                () -> told.all().toString());
        host.close();
    }

    private static void waitForKeepers(DataFolder data, int agents) throws Exception {
        for (int i = 0; i < agents; i++) {
            Path state = AgentFolder.of(data, CrashingDaemon.name(i)).state();
            for (int waited = 0; !Files.readString(state).contains("\nexit 1 7 code\n"); waited++) {
                assertTrue(waited < 1000, "no exit was recorded in " + state);
                Thread.sleep(10);
            }
        }
    }

    @Test
    void shouldMistakeNeitherAnotherProcessNorAnotherBoot() throws Exception {
        DataFolder data = new DataFolder(temporary.resolve("data"));
        LinuxProcessHost first = open(data);
        AgentSpec spec = SpecBuilder.shell("sleep 60").build();
        first.start("a", 1, spec);
        first.start("b", 1, spec);
        int a = told.await("started", "a", 1).pid();
        told.await("started", "b", 1);
        first.close();
        AgentFolder folder = AgentFolder.of(data, "a");
        // The pid is there, and belongs to a process that was started at another time.
        KeeperState state = KeeperState.read(folder.state());
        String run = Files.readString(folder.state());
        long ticks = state.run().orElseThrow().startTicks();
        assertTrue(ticks > 0, run);
        Files.writeString(folder.state(), run.replace(" " + ticks + "\n", " " + (ticks - 1) + "\n"));
        // Another boot.
        Files.writeString(AgentFolder.of(data, "b").boot(), "00000000-0000-0000-0000-000000000000");
        LinuxProcessHost second = open(data);
        assertInstanceOf(ProcessHost.Recovered.Lost.class, second.recover("a", 1, spec));
        var lost = assertInstanceOf(ProcessHost.Recovered.Lost.class, second.recover("b", 1, spec));
        assertTrue(lost.reason().contains("the host was restarted"), lost::reason);
        assertInstanceOf(ProcessHost.Recovered.NeverStarted.class, second.recover("c", 1, spec));
        second.close();
        Files.writeString(folder.state(), run);
        Files.writeString(AgentFolder.of(data, "b").boot(), ProcFs.host().bootId());
        LinuxProcessHost third = open(data);
        var running = assertInstanceOf(ProcessHost.Recovered.Running.class, third.recover("a", 1, spec));
        assertEquals(a, running.pid());
        assertInstanceOf(ProcessHost.Recovered.Running.class, third.recover("b", 1, spec));
        for (String agent : List.of("a", "b", "c")) {
            third.release(agent);
        }
        third.close();
        assertEquals(List.of(), remains(data));
    }

    @Test
    void shouldOutliveItsKeeperAndReportItsEnd() throws Exception {
        DataFolder data = new DataFolder(temporary.resolve("data"));
        LinuxProcessHost host = open(data);
        AgentSpec spec = SpecBuilder.shell("while [ ! -e " + temporary + "/go ]; do sleep 0.01; done; echo said")
                .build();
        host.start("a", 1, spec);
        int pid = told.await("started", "a", 1).pid();
        String keeper = Files.readString(AgentFolder.of(data, "a").keeper()).split(" ")[0];
        Linux.kill(Integer.parseInt(keeper), 9);
        assertTrue(told.await("note", "a", 1).text().contains("keeper was killed"));
        while (Files.notExists(AgentFolder.of(data, "a").keeper())
                || Files.readString(AgentFolder.of(data, "a").keeper()).startsWith(keeper)) {
            Thread.sleep(5);
        }
        host.close();
        LinuxProcessHost second = open(data);
        assertEquals(
                pid,
                assertInstanceOf(ProcessHost.Recovered.Running.class, second.recover("a", 1, spec))
                        .pid());
        Files.createFile(temporary.resolve("go"));
        told.awaitEnd("a", 1);
        assertEquals("said", second.log("a", 5).getLast().text());
        second.start("a", 2, SpecBuilder.shell("exit 5").build());
        assertEquals(new ExitStatus(5, 0), told.awaitEnd("a", 2).status());
        second.release("a");
        second.close();
        assertEquals(List.of(), remains(data));
    }
}
