package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.process.LinuxProcessHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    Path root;

    private Rehearsal rehearsal() throws Exception {
        String bootId =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        return new Rehearsal(new DataFolder(root), CLOCK, System::nanoTime, new SecureRandom(), bootId);
    }

    @Test
    void shouldRestartAsOftenAsAskedAndLeaveNothing() throws Exception {
        long done = rehearsal().run(5, Duration.ofSeconds(20));

        assertTrue(done >= 5, done + " restarts");
        assertFalse(Files.exists(new DataFolder(root).rehearsal()));
    }

    @Test
    void shouldEndWhatARehearsalThatWasKilledLeftRunning() throws Exception {
        DataFolder left = new DataFolder(new DataFolder(root).rehearsal());
        long pid;
        try (LinuxProcessHost host = LinuxProcessHost.open(left, CLOCK, new SecureRandom())) {
            host.start("rehearsal/rehearsal", 1, AgentSpec.of(List.of("/bin/sleep", "1000")));
            RealDaemon.until("the agent runs", () -> sleeper().isPresent());
            pid = sleeper().orElseThrow().pid();
        }

        long done = rehearsal().run(1, Duration.ofSeconds(20));

        assertTrue(done >= 1, done + " restarts");
        assertFalse(ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent(), "the process left behind");
        assertFalse(Files.exists(left.root()));
    }

    private java.util.Optional<ProcessHandle> sleeper() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().command().orElse("").endsWith("sleep") && mark(p.pid()))
                .findAny();
    }

    private boolean mark(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/environ")).contains("STRATOSWARM_AGENT=rehearsal/");
        } catch (java.io.IOException gone) {
            return false;
        }
    }

    @Test
    void shouldGiveUpWhenClosed() throws Exception {
        Rehearsal rehearsal = rehearsal();
        rehearsal.later(Duration.ofMinutes(10));

        rehearsal.close();

        assertEquals(0, rehearsal.run(5, Duration.ofSeconds(20)));
    }
}
