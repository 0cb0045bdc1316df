package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that go on from an image; what makes the process is a program of the test, which does as CRIU does: the process is its sibling. */
class StagedImageTest {
    private static final String AGENT = "shop/it's one";
    private static final String SIBLING = """
            my $folder = shift;
            my $clone = `uname -m` =~ /x86_64/ ? 56 : 220;
            my $pid = syscall $clone, 0x8000 | 17, 0, 0, 0, 0;    # CLONE_PARENT | SIGCHLD
            exec @ARGV or exit 9 if $pid == 0;
            open my $file, '>', "$folder/pid";
            print $file "$pid\\n";
            """;

    @TempDir
    Path temporary;

    private final AgentSpec command = SpecBuilder.shell("exit 3").build();
    private final Recorder told = new Recorder();
    private DataFolder data;
    private LinuxProcessHost host;

    @BeforeEach
    void open() {
        data = new DataFolder(temporary.resolve("it's data"));
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
    }

    @AfterEach
    void close() {
        host.release(AGENT);
        host.close();
    }

    private void stage(String script) {
        Path folder = host.stage(AGENT);
        host.use(AGENT, List.of("/usr/bin/perl", "-e", SIBLING, folder.toString(), "/bin/sh", "-c", script));
    }

    private ExitStatus run(long incarnation) {
        host.start(AGENT, incarnation, command);
        Recorder.Told end = told.awaitEnd(AGENT, incarnation);
        assertEquals("exited", end.what(), end.text());
        return end.status();
    }

    @Test
    void shouldGoOnFromItOnceAndEndAsTheProcessDoes() {
        stage("echo restored; exit 7");
        assertEquals(new ExitStatus(7, 0), run(1));
        assertEquals(
                List.of("restored"),
                host.log(AGENT, 9).stream().map(LogLine::text).toList());
        assertFalse(Files.exists(new StagedImage(AgentFolder.of(data, AGENT)).begin()), "it is used once");
        assertEquals(new ExitStatus(3, 0), run(2));
        stage("kill -TERM $$");
        assertEquals(new ExitStatus(-1, 15), run(3));
        stage("kill -KILL $$");
        assertEquals(new ExitStatus(-1, 9), run(4));
    }

    @Test
    void shouldBeTheProcessThatIsToldSignalledAndAdopted() throws Exception {
        stage("trap 'exit 5' TERM; echo trapped; while :; do sleep 0.05; done");
        host.start(AGENT, 1, command);
        int pid = told.await("started", AGENT, 1).pid();
        for (int waited = 0; waited < 10_000 && host.log(AGENT, 9).isEmpty(); waited++) {
            Thread.sleep(1);
        }
        assertEquals("trapped", host.log(AGENT, 9).getFirst().text());
        ProcFs proc = ProcFs.host();
        int between = proc.stat(pid).orElseThrow().parent();
        assertNotEquals(1, between);
        assertEquals(
                host.footprints().getFirst().keeper(),
                proc.stat(between).orElseThrow().parent(),
                "its parent is a child of the keeper");
        host.close();
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
        var found = (ProcessHost.Recovered.Running) host.recover(AGENT, 1, command);
        assertEquals(pid, found.pid());
        assertTrue(host.signal(AGENT, 1, Linux.SIGTERM));
        assertEquals(new ExitStatus(5, 0), told.awaitEnd(AGENT, 1).status());
    }

    @Test
    void shouldTellAStartThatFailsAndRunTheCommandAfterIt() throws IOException {
        host.stage(AGENT);
        host.use(AGENT, List.of("/bin/sh", "-c", "echo no such image >&2; exit 4"));
        host.start(AGENT, 1, command);
        Recorder.Told end = told.awaitEnd(AGENT, 1);
        assertEquals("setupFailed", end.what());
        assertTrue(end.text().startsWith("cannot go on from its image (exit 4)"), end.text());
        assertEquals("no such image", host.log(AGENT, 1).getFirst().text());
        assertEquals(new ExitStatus(3, 0), run(2));
        stage("exit 7");
        host.discard(AGENT);
        assertEquals(new ExitStatus(3, 0), run(3));
        try (var left = Files.list(StagedImage.all(data.root()))) {
            assertEquals(0, left.count());
        }
    }
}
