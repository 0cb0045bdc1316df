package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HealCommandTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
    private static final String TRIAL =
            "{\"trials\":[{\"trial\":12,\"agent\":\"shop/web\",\"class\":\"deadlock\",\"fault\":\"SIGSTOP of its process\",\"time\":"
                    + "\"2026-01-01T11:59:00Z\",\"open\":false,\"why\":\"%s\",\"tried\":[{\"way\":\"learned\",\"hash\":\"\",\"act\":\"capture\","
                    + "\"reward\":0.93,\"why\":\"it was well after 1.0 s\"}]}]}";

    @TempDir
    Path data;

    private CannedDaemon daemon;
    private String out = "";
    private String err = "";

    @BeforeEach
    void open() throws IOException {
        daemon = new CannedDaemon(data);
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
    }

    private ExitCode run(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(new byte[0]),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                CLOCK);
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return exit;
    }

    @Test
    void shouldShowWhatATrialOnACloneCameTo() {
        daemon.answer("POST healing/clone", 200, "{\"done\":\"clone\",\"trial\":12}");
        daemon.answer("GET healing/clones?class=deadlock", 200, TRIAL.formatted(""));
        assertEquals(ExitCode.OK, run("heal", "validate", "deadlock", "--clone", "--agent", "shop/web"), err);
        assertTrue(out.contains("trial 12 on a clone of shop/web, SIGSTOP of its process"), out);
        assertTrue(out.contains("learned"), out);
        assertTrue(out.contains("0.93"), out);
        assertEquals(ExitCode.OK, run("heal", "validate", "deadlock", "--clone", "--json"), err);
        assertTrue(out.startsWith("{"), out);
    }

    @Test
    void shouldSayWhyATrialEndedEarly() {
        daemon.answer("POST healing/clone", 200, "{\"done\":\"clone\",\"trial\":12}");
        daemon.answer(
                "GET healing/clones?class=deadlock",
                200,
                TRIAL.formatted("the clone did not fail within 5.0 s of its fault"));
        assertEquals(ExitCode.CONFLICT, run("heal", "validate", "deadlock", "--clone"));
        assertTrue(err.contains("the trial ended early: the clone did not fail within 5.0 s of its fault"), err);
        assertTrue(out.contains("0.93"), "what was measured before that: " + out);
    }

    @Test
    void shouldSayThatAnAgentIsForAClone() {
        assertEquals(ExitCode.USAGE, run("heal", "validate", "deadlock", "--agent", "shop/web"));
        assertTrue(err.contains("needs --clone"), err);
    }
}
