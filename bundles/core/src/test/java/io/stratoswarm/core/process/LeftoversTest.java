package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.ProcFs;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was looked at right after an end must not hide what is there when the next start asks. */
class LeftoversTest {
    private static final String AGENT = "shop/left";
    /** In a session of its own and with nothing of the agent in its environment, so that only the cgroup tells whose it is. */
    private static final String ESCAPED = "setsid env -i sleep 1000 >/dev/null 2>&1 & echo $!";
    /** Longer than the look after an end takes. */
    private static final long LOOK_MILLIS = 100;

    @TempDir
    Path temporary;

    private LinuxProcessHost host;
    private final Recorder told = new Recorder();

    @BeforeEach
    void open() {
        host = LinuxProcessHost.open(new DataFolder(temporary), InstantSource.system(), new SecureRandom());
        host.listener(told);
        Assumptions.assumeTrue(
                host.capabilities().stream().anyMatch(c -> c.name().equals("cgroup.pids") && c.available()),
                "cgroups cannot be used here");
    }

    @AfterEach
    void close() {
        host.release(AGENT);
        host.close();
    }

    private static AgentSpec spec(String script) {
        return SpecBuilder.shell(script)
                .resources(new AgentSpec.Resources(Optional.empty(), OptionalLong.empty(), OptionalLong.of(100)))
                .build();
    }

    private static boolean alive(int pid) {
        return ProcFs.host().stat(pid).map(ProcFs.Stat::alive).orElse(false);
    }

    @Test
    void shouldKillWhatAnEndLeft() throws Exception {
        host.start(AGENT, 1, spec(ESCAPED + "; exit 3"));
        assertEquals(new ExitStatus(3, 0), told.awaitEnd(AGENT, 1).status());
        Thread.sleep(LOOK_MILLIS);
        int escaped = Integer.parseInt(host.log(AGENT, 1).getFirst().text());
        assertTrue(alive(escaped));
        host.killAll(AGENT);
        assertFalse(alive(escaped));
    }

    @Test
    void shouldKillWhatACommandLeftAfterACleanEnd() throws Exception {
        AgentSpec spec = spec("exit 0");
        host.start(AGENT, 1, spec);
        told.awaitEnd(AGENT, 1);
        Thread.sleep(LOOK_MILLIS);
        ProcessHost.ExecResult hook =
                host.exec(AGENT, spec, List.of("sh", "-c", ESCAPED), 5_000).get();
        int escaped = Integer.parseInt(hook.output().trim());
        assertTrue(alive(escaped));
        host.killAll(AGENT);
        assertFalse(alive(escaped));
    }

    @Test
    void shouldKillWhatTheNextIncarnationStarted() {
        host.start(AGENT, 1, spec("exit 0"));
        told.awaitEnd(AGENT, 1);
        host.killAll(AGENT);
        host.start(AGENT, 2, spec("exec sleep 1000"));
        int main = told.await("started", AGENT, 2).pid();
        host.killAll(AGENT);
        assertEquals(new ExitStatus(-1, 9), told.awaitEnd(AGENT, 2).status());
        assertFalse(alive(main));
    }
}
