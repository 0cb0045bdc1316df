package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell that a keeper forks after an end, so that the next start need not wait for it. */
class ForkAheadTest {
    private static final String AGENT = "shop/api";
    private static final AgentSpec SPEC = SpecBuilder.shell("exit 3").build();

    @TempDir
    Path temporary;

    private DataFolder data;
    private LinuxProcessHost host;
    private Recorder told;

    @BeforeEach
    void open() {
        data = new DataFolder(temporary);
        reopen();
    }

    private void reopen() {
        told = new Recorder();
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
    }

    @AfterEach
    void close() {
        host.release(AGENT);
        host.close();
        assertFalse(Files.exists(AgentFolder.of(data, AGENT).runtime()), "the runtime folder is left");
    }

    private void runs(long incarnation, AgentSpec spec, ExitStatus status) {
        host.start(AGENT, incarnation, spec);
        Recorder.Told end = told.awaitEnd(AGENT, incarnation);
        assertEquals("exited", end.what(), end.text());
        assertEquals(status, end.status());
    }

    private int keeper() throws IOException {
        return Integer.parseInt(
                Files.readString(AgentFolder.of(data, AGENT).keeper()).split(" ")[0]);
    }

    /** The keeper's only child, once it waits for an order. */
    private int ahead() throws Exception {
        int keeper = keeper();
        for (int i = 0; i < 5_000; i++) {
            List<Integer> children = children(keeper);
            if (children.size() == 1 && waits(children.getFirst())) {
                return children.getFirst();
            }
            Thread.sleep(1);
        }
        throw new AssertionError("no shell was forked ahead");
    }

    private static List<Integer> children(int keeper) {
        ProcFs proc = ProcFs.host();
        return proc.pids().stream()
                .filter(pid -> proc.stat(pid)
                        .filter(stat -> stat.parent() == keeper && stat.alive())
                        .isPresent())
                .toList();
    }

    /** Its standard output is the agent's once it is set up. */
    private boolean waits(int pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/1")).endsWith("out");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test
    void shouldBecomeTheNextIncarnation() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        int ahead = ahead();

        runs(2, SPEC, new ExitStatus(3, 0));

        assertEquals(ahead, told.await("started", AGENT, 2).pid());
        assertNotEquals(ahead, ahead());
    }

    @Test
    void shouldMakeRoomForAChangedProgram() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        ahead();

        runs(2, SpecBuilder.shell("exit 4").build(), new ExitStatus(4, 0));
        int ahead = ahead();
        runs(3, SpecBuilder.shell("exit 4").build(), new ExitStatus(4, 0));

        assertEquals(ahead, told.await("started", AGENT, 3).pid());
    }

    @Test
    void shouldTellSignalsApartWhenForkedAhead() throws Exception {
        AgentSpec killed = SpecBuilder.shell("[ $STRATOSWARM_INCARNATION = 2 ] && exit 137; kill -9 $$")
                .build();
        runs(1, killed, new ExitStatus(-1, 9));
        ahead();
        runs(2, killed, new ExitStatus(137, 0));
        ahead();
        runs(3, killed, new ExitStatus(-1, 9));
    }

    @Test
    void shouldStartAllTheSameWhereItWasKilled() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        Linux.kill(ahead(), Linux.SIGKILL);

        runs(2, SPEC, new ExitStatus(3, 0));
        ahead();
    }

    @Test
    void shouldBeReplacedWithAKilledKeeper() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        int ahead = ahead();
        Linux.kill(keeper(), Linux.SIGKILL);
        host.close();
        reopen();
        assertEquals(new ProcessHost.Recovered.NeverStarted(), host.recover(AGENT, 2, SPEC));

        runs(2, SPEC, new ExitStatus(3, 0));

        assertFalse(ProcFs.host().stat(ahead).filter(ProcFs.Stat::alive).isPresent(), "two shells read the orders");
    }

    @Test
    void shouldServeTheNextDaemon() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        int keeper = keeper();
        ahead();
        host.close();
        reopen();
        assertEquals(new ProcessHost.Recovered.NeverStarted(), host.recover(AGENT, 2, SPEC));

        runs(2, SPEC, new ExitStatus(3, 0));

        assertEquals(keeper, keeper());
    }

    @Test
    void shouldNotCountAsSomethingLeftBehind() throws Exception {
        runs(1, SPEC, new ExitStatus(3, 0));
        int ahead = ahead();
        // Once more, so that the look at what is left comes while it waits.
        runs(2, SPEC, new ExitStatus(3, 0));
        ahead = ahead();

        host.killAll(AGENT);

        boolean groups =
                host.capabilities().stream().anyMatch(c -> c.name().equals("cgroup.tracking") && c.available());
        if (groups) {
            assertTrue(ProcFs.host().stat(ahead).filter(ProcFs.Stat::alive).isPresent(), "it was swept away");
        }
        runs(3, SPEC, new ExitStatus(3, 0));
    }
}
