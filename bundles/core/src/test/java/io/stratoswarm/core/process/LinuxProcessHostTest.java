package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.agent.AgentSpec.Secret;
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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes under real keepers, in a data folder whose name a careless script would trip over. */
class LinuxProcessHostTest {
    private static final String AGENT = "shop/a'pi \"x\".0";

    @TempDir
    Path temporary;

    private DataFolder data;
    private LinuxProcessHost host;
    private final Recorder told = new Recorder();

    @BeforeEach
    void open() {
        data = new DataFolder(temporary.resolve("it's a \"data\" $folder with a long name " + "x".repeat(150)));
        host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
    }

    @AfterEach
    void close() {
        host.release(AGENT);
        host.close();
        assertFalse(Files.exists(AgentFolder.of(data, AGENT).runtime()), "the runtime folder is left");
    }

    private ExitStatus run(AgentSpec spec) {
        host.start(AGENT, 1, spec);
        Recorder.Told end = told.awaitEnd(AGENT, 1);
        assertEquals("exited", end.what(), end.text());
        return end.status();
    }

    private List<String> log() {
        return host.log(AGENT, 1000).stream().map(LogLine::text).toList();
    }

    @Test
    void shouldTellStartExitAndOutput() {
        assertEquals(
                new ExitStatus(3, 0),
                run(SpecBuilder.shell("echo out; echo err >&2; exit 3").build()));
        assertTrue(told.await("started", AGENT, 1).pid() > 0);
        assertEquals(
                Map.of("out", "out", "err", "err"),
                host.log(AGENT, 10).stream().collect(Collectors.toMap(LogLine::stream, LogLine::text)));
    }

    @Test
    void shouldTellSignalFromStatusOfTheSameNumber() {
        assertEquals(new ExitStatus(137, 0), run(SpecBuilder.shell("exit 137").build()));
        host.start(AGENT, 2, SpecBuilder.shell("kill -9 $$").build());
        assertEquals(new ExitStatus(-1, 9), told.awaitEnd(AGENT, 2).status());
        host.start(AGENT, 3, SpecBuilder.shell("exit 143").build());
        assertEquals(new ExitStatus(143, 0), told.awaitEnd(AGENT, 3).status());
    }

    @Test
    void shouldLeaveSignalsAtTheirDefaultsAndOutliveASignalToTheGroup() throws IOException {
        assertEquals(
                new ExitStatus(-1, 2),
                run(SpecBuilder.shell("kill -INT $$; exit 5").build()));
        String keeper = Files.readString(AgentFolder.of(data, AGENT).keeper());
        host.start(AGENT, 2, SpecBuilder.shell("trap '' TERM; kill 0; exit 6").build());
        assertEquals(new ExitStatus(6, 0), told.awaitEnd(AGENT, 2).status());
        host.start(AGENT, 3, SpecBuilder.shell("kill -QUIT 0; exit 7").build());
        assertEquals(new ExitStatus(-1, 3), told.awaitEnd(AGENT, 3).status());
        assertEquals(keeper, Files.readString(AgentFolder.of(data, AGENT).keeper()));
        host.start(AGENT, 4, SpecBuilder.shell("kill -9 0; exit 8").build());
        assertEquals(ExitStatus.UNKNOWN, told.awaitEnd(AGENT, 4).status());
        host.start(AGENT, 5, SpecBuilder.shell("exit 9").build());
        assertEquals(new ExitStatus(9, 0), told.awaitEnd(AGENT, 5).status());
    }

    @Test
    void shouldSayWhatTheHostOffers() {
        List<io.stratoswarm.api.host.Capability> all = HostFacts.all(ProcFs.host(), temporary);
        assertTrue(all.stream().allMatch(c -> !c.name().isBlank() && !c.detail().isBlank()), all::toString);
        assertTrue(all.stream().anyMatch(c -> c.name().equals("pidfd") && c.available()), all::toString);
        assertTrue(all.stream()
                .map(io.stratoswarm.api.host.Capability::name)
                .toList()
                .containsAll(List.of(
                        "kernel",
                        "cgroup.cpu",
                        "cgroup.memory",
                        "cgroup.pids",
                        "cgroup.tracking",
                        "agents.user",
                        "storage.sync")));
        assertTrue(
                all.stream()
                        .anyMatch(c -> c.name().equals("pipes") && c.detail().matches("at most [0-9]{4,}.*")),
                all::toString);
        all.forEach(c -> System.out.println((c.available() ? "yes  " : "no   ") + c.name() + ": " + c.detail()));
    }

    @Test
    void shouldTellSetupFailureFromTheProgramsOwnStatus() throws IOException {
        assertEquals(new ExitStatus(127, 0), run(SpecBuilder.shell("exit 127").build()));
        host.start(AGENT, 2, SpecBuilder.shell("exit 126").build());
        assertEquals(new ExitStatus(126, 0), told.awaitEnd(AGENT, 2).status());
        host.start(AGENT, 3, SpecBuilder.command("/no/such program").build());
        assertTrue(
                told.awaitEnd(AGENT, 3).text().contains("'/no/such program' does not exist"),
                () -> told.all().toString());
        Path plain = Files.writeString(temporary.resolve("plain"), "data");
        host.start(AGENT, 4, SpecBuilder.command(plain.toString()).build());
        assertTrue(
                told.awaitEnd(AGENT, 4).text().contains("is not executable"),
                () -> told.all().toString());
        host.start(AGENT, 5, SpecBuilder.command("no-such-program").build());
        assertTrue(
                told.awaitEnd(AGENT, 5).text().contains("was not found on the PATH"),
                () -> told.all().toString());
        host.start(
                AGENT, 6, SpecBuilder.shell("true").directory("/no/such folder").build());
        assertTrue(
                told.awaitEnd(AGENT, 6).text().contains("enter the folder /no/such folder"),
                () -> told.all().toString());
        assertTrue(told.all().stream().noneMatch(t -> t.what().equals("started") && t.incarnation() > 2));
    }

    @Test
    void shouldPassNastyValuesUnchanged() {
        Map<String, String> nasty = Map.of(
                "QUOTES",
                "a'b\"c`d$e\\f",
                "LINES",
                "one\ntwo\n\nthree",
                "UNICODE",
                "āȁ\u0088 ☃ 😀",
                "SPACES",
                "  x  ",
                "EMPTY",
                "",
                "agent",
                "x",
                "number",
                "9",
                "IFS",
                "xyz");
        String script = "for n in QUOTES LINES UNICODE SPACES EMPTY agent number IFS; do"
                + " eval \"v=\\\"\\$$n\\\"\"; printf '%s' \"$v\" | od -An -v -tx1 | tr -d ' \\n'; echo; done; printf '<%s>\\n' \"$@\"";
        AgentSpec spec = SpecBuilder.command("/bin/sh", "-c", script, "name", "-n", "a 'b'", "")
                .environment(nasty)
                .build();
        assertEquals(new ExitStatus(0, 0), run(spec));
        List<String> names = List.of("QUOTES", "LINES", "UNICODE", "SPACES", "EMPTY", "agent", "number", "IFS");
        List<String> expected = new java.util.ArrayList<>(names.stream()
                .map(n -> java.util.HexFormat.of()
                        .formatHex(nasty.getOrDefault(n, "").getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .toList());
        // The shell under test ignores IFS of its environment.
        expected.set(7, java.util.HexFormat.of().formatHex(" \t\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        expected.addAll(List.of("<-n>", "<a 'b'>", "<>"));
        assertEquals(expected, log());
    }

    @Test
    void shouldGiveACleanEnvironmentAndNoDescriptors() {
        run(SpecBuilder.shell("env | sed 's/=.*//' | sort | tr '\\n' ' '; echo; ls /proc/self/fd | tr '\\n' ' '")
                .build());
        assertEquals(
                List.of(
                        "HOME LANG LOGNAME PATH PWD STRATOSWARM_AGENT STRATOSWARM_INCARNATION STRATOSWARM_MARK USER ",
                        "0 1 2 3 "),
                log().stream().map(l -> l.replace("OLDPWD ", "")).toList());
    }

    @Test
    void shouldReadSecretsOnlyAtTheStart() throws IOException {
        Path secret = Files.writeString(temporary.resolve("sec'ret"), "s3cr3t 'x'\nline\n");
        AgentSpec spec = SpecBuilder.shell("printf '%s.' \"$DB\"; sleep 30")
                .secrets(Map.of("DB", new Secret(secret.toString())))
                .build();
        host.start(AGENT, 1, spec);
        told.await("started", AGENT, 1);
        try (var files = Files.walk(data.agents())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(file).contains("s3cr3t"), () -> "the secret is in " + file);
            }
        }
        host.start(
                AGENT + "2",
                1,
                SpecBuilder.shell("true")
                        .secrets(Map.of("DB", new Secret("/no/file")))
                        .build());
        assertTrue(told.awaitEnd(AGENT + "2", 1).text().contains("read the secret DB from /no/file"));
        host.release(AGENT + "2");
    }

    @Test
    void shouldApplyUmaskLimitsNicenessAndAffinity() {
        run(SpecBuilder.shell("umask; ulimit -Sn; ulimit -Hn; ulimit -Sc; nice; taskset -p -c $$ | sed 's/.*: //'; pwd")
                .umask(027)
                .rlimits(Map.of(
                        "nofile", new Rlimit(111, 222), "core", new Rlimit(0, -1), "msgqueue", new Rlimit(1000, 2000)))
                .niceness(5)
                .affinity(1)
                .directory("/usr")
                .build());
        assertEquals(List.of("0027", "111", "222", "0", "5", "1", "/usr"), log());
    }

    @Test
    void shouldRunAsAnotherUser() {
        org.junit.jupiter.api.Assumptions.assumeTrue(Linux.effectiveUser() == 0, "only root can become another user");
        run(SpecBuilder.shell("id -un; id -Gn; echo $HOME; touch x && ls -l x | cut -d' ' -f3; exit 127")
                .user("nobody")
                .build());
        assertEquals(List.of("nobody", "nogroup", "/nonexistent", "nobody"), log());
        host.start(AGENT, 2, SpecBuilder.command("/no/such").user("nobody").build());
        assertTrue(
                told.awaitEnd(AGENT, 2).text().contains("does not exist"),
                () -> told.all().toString());
        host.start(AGENT, 3, SpecBuilder.shell("true").user("no-such-user").build());
        assertTrue(told.awaitEnd(AGENT, 3).text().contains("user 'no-such-user' does not exist"));
    }

    @Test
    void shouldKillWhatIgnoresTermAndWhatDaemonised() throws Exception {
        host.start(
                AGENT,
                1,
                SpecBuilder.shell(
                                "trap '' TERM; (setsid env -i sh -c 'echo $$; trap \"\" TERM; while :; do sleep 1; done' &) ; sleep 0.2; echo main $$; while :; do sleep 1; done")
                        .build());
        int main = told.await("started", AGENT, 1).pid();
        while (log().size() < 2) {
            Thread.sleep(5);
        }
        int grandchild = Integer.parseInt(log().get(0));
        assertTrue(host.signal(AGENT, 1, 15));
        Thread.sleep(50);
        assertTrue(alive(main) && alive(grandchild));
        host.killAll(AGENT);
        assertEquals(new ExitStatus(-1, 9), told.awaitEnd(AGENT, 1).status());
        assertFalse(alive(main));
        assertFalse(alive(grandchild));
        assertFalse(host.signal(AGENT, 1, 15));
        host.start(AGENT, 2, SpecBuilder.shell("exit 4").build());
        assertEquals(new ExitStatus(4, 0), told.awaitEnd(AGENT, 2).status());
    }

    private static boolean alive(int pid) {
        return ProcFs.host().stat(pid).map(ProcFs.Stat::alive).orElse(false);
    }

    @Test
    void shouldTakeReadinessByDescriptorAndBySocket() {
        host.start(
                AGENT,
                1,
                SpecBuilder.shell("sleep 0.1; echo >&4; sleep 30")
                        .readiness(new ProbeAction.NotifyFd(4))
                        .build());
        told.await("ready", AGENT, 1);
        host.killAll(AGENT);
        told.awaitEnd(AGENT, 1);
        String perl =
                "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0) or die; my $n = $ENV{NOTIFY_SOCKET}; $n =~ s/^@/\\0/;"
                        + " my $to = pack('S', AF_UNIX) . $n; send(S, $_, 0, $to) or die $! for 'READY=1', \"STATUS=fine\\nWATCHDOG=1\"; sleep 30";
        host.start(
                AGENT,
                2,
                SpecBuilder.command("perl", "-e", perl)
                        .readiness(new ProbeAction.NotifySocket())
                        .watchdog(5_000)
                        .build());
        told.await("ready", AGENT, 2);
        told.await("watchdog", AGENT, 2);
        assertEquals("fine", told.await("note", AGENT, 2).text());
    }

    @Test
    void shouldRunCommandsAsTheAgentAndKillThemInTime() throws Exception {
        AgentSpec spec = SpecBuilder.shell("true")
                .environment(Map.of("A", "b c"))
                .umask(077)
                .build();
        ProcessHost.ExecResult good = host.exec(AGENT, spec, List.of("sh", "-c", "echo $A; umask; exit 7"), 5_000)
                .get();
        assertEquals(new ProcessHost.ExecResult(new ExitStatus(7, 0), false, "b c\n0077\n"), good);
        ProcessHost.ExecResult late = host.exec(
                        AGENT, spec, List.of("sh", "-c", "echo $$; (sleep 60 &) ; sleep 60"), 200)
                .get();
        assertTrue(late.timedOut());
        int session = Integer.parseInt(late.output().trim());
        assertTrue(ProcFs.host().pids().stream()
                .noneMatch(p -> ProcFs.host()
                        .stat(p)
                        .map(s -> s.session() == session && s.alive())
                        .orElse(false)));
    }

    @Test
    void shouldFollowTheLogThroughRotation() throws Exception {
        AgentSpec spec = SpecBuilder.shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; sleep 30")
                .log(new AgentSpec.LogPolicy(5_000, 1000, 1 << 20))
                .build();
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        try (AutoCloseable follower = host.followLog(AGENT, 10, line -> lines.add(line.text()))) {
            host.start(AGENT, 1, spec);
            for (int i = 0; i < 3000; i++) {
                assertEquals("line " + i, lines.poll(10, TimeUnit.SECONDS));
            }
        }
        assertEquals(3000, host.log(AGENT, 5000).size());
        assertEquals(
                List.of("line 2998", "line 2999"),
                host.log(AGENT, 2).stream().map(LogLine::text).toList());
        assertTrue(LogFiles.numbers(AgentFolder.of(data, AGENT).logs(), "out").size() > 1);
    }

    @Test
    void shouldNotStartAnIncarnationTwice() {
        run(SpecBuilder.shell("echo once").build());
        host.start(AGENT, 1, SpecBuilder.shell("echo twice").build());
        host.start(AGENT, 2, SpecBuilder.shell("echo next").build());
        told.awaitEnd(AGENT, 2);
        assertEquals(List.of("once", "next"), log());
    }
}
