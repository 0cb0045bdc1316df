package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.manifest;
import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real processes announce: in the way of systemd and in that of s6, to a daemon that is there, and to one that is not. */
@Timeout(90)
class NotifyTest {
    private static final long WATCHDOG_MILLIS = 1_000;

    /** Says that it is ready, and that it is alive as long as the file is there; a daemon that is away is no reason to end. */
    private static final String BEATING = """
            use Socket;
            $n = $ENV{NOTIFY_SOCKET}; $n =~ s/^@/\\0/;
            socket(S, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
            sub tell_ { send(S, $_[0], 0, pack_sockaddr_un($n)) }
            select(undef, undef, undef, 0.2);
            tell_("READY=1\\nSTATUS=beats") or die "send: $!";
            while (1) { tell_("WATCHDOG=1") if -e $ARGV[0]; select(undef, undef, undef, 0.05); }
            """;

    @TempDir
    Path folder;

    private Path beat;

    @BeforeEach
    void beginToBeat() throws Exception {
        beat = Files.createFile(folder.resolve("beat"));
    }

    private SpecMaker beating() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl is not here; Debian's base system has it");
        return sleeper()
                .command("/usr/bin/perl", "-e", BEATING, beat.toString())
                .readiness(Probe.of(new ProbeAction.NotifySocket()))
                .watchdog(WATCHDOG_MILLIS)
                .restart(new RestartPolicy(RestartMode.ALWAYS, 1, 1, 1, 0, 0, 100, 60_000));
    }

    private static List<String> said(RealDaemon daemon, String type) {
        return daemon.journal.journal().read(EventQuery.all().type(type)).stream()
                .map(Event::payloadText)
                .toList();
    }

    @Test
    void shouldTakeReadinessAndSignsOfLifeFromARealProcess() throws Exception {
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            daemon.apply(manifest("g", node("a", beating().make())));
            daemon.untilPhase("g/a", AgentPhase.READY);
            assertTrue(said(daemon, Events.READY).getFirst().contains("it said so"));
            int pid = daemon.pid("g/a");
            Thread.sleep(2 * WATCHDOG_MILLIS);
            assertEquals(pid, daemon.pid("g/a"), "it was restarted though it gave signs of life");
            Files.delete(beat);
            RealDaemon.until("it is restarted", () -> daemon.status("g/a").incarnation() == 2);
            Files.createFile(beat);
            daemon.untilPhase("g/a", AgentPhase.READY);
            assertTrue(said(daemon, Events.UNHEALTHY).getFirst().contains("no WATCHDOG=1 within 1 s"));
            assertTrue(said(daemon, Events.STOP_REQUESTED).getFirst().contains("stopped for a restart"));
            daemon.assertFoldsAgree();
        } finally {
            daemon.end();
        }
    }

    @Test
    void shouldWatchAnAdoptedAgentFromTheAdoptionOn() throws Exception {
        int pid;
        try (RealDaemon daemon = new RealDaemon(folder.resolve("data"))) {
            daemon.apply(manifest("g", node("a", beating().make())));
            daemon.untilPhase("g/a", AgentPhase.READY);
            pid = daemon.pid("g/a");
        }
        // Longer than its time without a sign of life that anybody heard.
        Thread.sleep(WATCHDOG_MILLIS + 300);
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            Thread.sleep(WATCHDOG_MILLIS + 300);
            assertEquals(AgentPhase.READY, daemon.status("g/a").phase());
            assertEquals(pid, daemon.pid("g/a"), "it was restarted though it gave signs of life");
            Files.delete(beat);
            RealDaemon.until("it is restarted", () -> daemon.status("g/a").incarnation() == 2);
        } finally {
            daemon.end();
        }
    }

    @Test
    void shouldNotLoseReadinessThatIsAnnouncedWhileNoDaemonRuns() throws Exception {
        Path gate = folder.resolve("gate");
        Path said = folder.resolve("said");
        String script = "until [ -e '" + gate + "' ]; do sleep 0.05; done; echo >&4; exec 4>&-; : >'" + said
                + "'; exec sleep 1000";
        int pid;
        try (RealDaemon daemon = new RealDaemon(folder.resolve("data"))) {
            daemon.apply(manifest(
                    "g",
                    node(
                            "a",
                            sleeper()
                                    .command("/bin/sh", "-c", script)
                                    .readiness(Probe.of(new ProbeAction.NotifyFd(4)))
                                    .make())));
            daemon.untilPhase("g/a", AgentPhase.RUNNING);
            pid = daemon.pid("g/a");
        }
        Files.createFile(gate);
        RealDaemon.until("it has announced readiness", () -> Files.exists(said));
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            daemon.untilPhase("g/a", AgentPhase.READY);
            assertEquals(pid, daemon.pid("g/a"));
        } finally {
            daemon.end();
        }
    }
}
