package io.stratoswarm.cli;

import static io.stratoswarm.cli.TransformCommandTest.transform;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the command line tells while a transform runs, and how it ends with it. */
@Timeout(60)
class TransformFollowTest {
    private static final String END = "2026-01-01T12:00:04.200Z";

    @TempDir
    Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private CannedDaemon daemon;

    @BeforeEach
    void open() throws IOException {
        daemon = new CannedDaemon(data);
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
    }

    private Context context(boolean json) {
        return new Context(
                json,
                data,
                Optional.empty(),
                Map.of(),
                InputStream.nullInputStream(),
                new Output(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Terminal.NONE,
                InstantSource.fixed(Instant.EPOCH));
    }

    private ExitCode follow(boolean json) throws Failure, IOException, InterruptedException {
        return new TransformFollow(context(json), 1).follow(JsonText.object(transform("running", 0, "", "", "")));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellEachStageOnceAndWhyItWaits() throws Exception {
        daemon.answers(
                "GET transforms/7",
                200,
                List.of(
                        transform("running", 0, "waits for shop/web.1", "", ""),
                        transform("running", 0, "waits for shop/web.1", "", ""),
                        transform("running", 0, "waits for shop/web.1", "", ""),
                        transform("running", 1, "1 s left", "", ""),
                        transform("running", 1, "0 s left", "", ""),
                        transform(
                                "done",
                                3,
                                "",
                                END,
                                "{\"flow\":\"a-web\",\"before\":{\"read\":5,\"balanced\":true},"
                                        + "\"after\":{\"read\":9,\"balanced\":true}}")));
        assertEquals(ExitCode.OK, follow(false));
        assertEquals("""
            transform 7: split of graph shop
            1/4  start web.1
                 waits for shop/web.1
            2/4  share 10 %
            3/4  all of it (commit point: from here on it only goes forward)
            4/4  drain
            FLOW   READ    FILTERED  REFUSED  DELIVERED  IN FLIGHT  DROPPED  LOST BYTES
            a-web  5 -> 9  0         0        0          0          0        0
            transform 7 is done after 4.20 s
            """, out());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldFailWithTheReasonWhereItWentBackOrLost() throws Exception {
        daemon.answers(
                "GET transforms/7",
                200,
                List.of(
                        transform("running", 1, "", "", ""),
                        transform("going-back", 1, "web.1 fails more than before", "", ""),
                        transform("going-back", 0, "web.1 fails more than before", "", ""),
                        transform("rolled-back", 0, "web.1 fails more than before", END, "")));
        Failure failure = assertThrows(Failure.class, () -> follow(false));
        assertEquals(ExitCode.FAILED, failure.exit());
        assertEquals("transform 7 was rolled back after 4.20 s: web.1 fails more than before", failure.getMessage());
        assertEquals("""
            transform 7: split of graph shop
            1/4  start web.1
            2/4  share 10 %
            goes back: web.1 fails more than before
            """, out());
        daemon.answer(
                "GET transforms/7", 200, transform("done-with-loss", 3, "web.0 did not drain within 30 s", END, ""));
        failure = assertThrows(Failure.class, () -> follow(false));
        assertEquals(ExitCode.FAILED, failure.exit());
        assertEquals(
                "transform 7 is done after 4.20 s, but with loss: web.0 did not drain within 30 s",
                failure.getMessage());
    }

    @Test
    void shouldPrintOneDocumentAsJson() throws Exception {
        String last = transform("done", 3, "", END, "");
        daemon.answers("GET transforms/7", 200, List.of(transform("running", 1, "", "", ""), last));
        assertEquals(ExitCode.OK, follow(true));
        assertEquals(JsonText.object(last), JsonText.object(out()));
    }

    @Test
    void shouldWaitForADaemonThatIsAwayAndGiveUpInTheEnd() throws Exception {
        daemon.close();
        Failure failure = assertThrows(Failure.class, () -> follow(false));
        assertEquals(ExitCode.UNREACHABLE, failure.exit());
        assertTrue(
                String.valueOf(failure.getMessage()).contains("what becomes of transform 7 is not known"),
                failure.getMessage());
        String told = "the daemon does not answer; waiting for it\n";
        assertEquals(told, err.toString(StandardCharsets.UTF_8));
        Thread back = Thread.ofVirtual().unstarted(() -> {
            try {
                Thread.sleep(20);
                daemon = new CannedDaemon(data);
                daemon.answer("GET transforms/7", 200, transform("done", 3, "", END, ""));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        back.start();
        TransformFollow patient = new TransformFollow(context(false), 100);
        assertEquals(ExitCode.OK, patient.follow(JsonText.object(transform("running", 0, "", "", ""))));
        back.join();
        assertThrows(Failure.class, () -> {
            daemon.answer("GET transforms/7", 404, "{\"kind\":\"NOT_FOUND\",\"detail\":\"no\"}");
            follow(false);
        });
    }

    @Test
    void shouldLeaveTheTransformRunningWhereItIsEnded() throws Exception {
        daemon.answer("POST graphs/shop/transforms?dryRun=false", 202, transform("running", 0, "", "", ""));
        daemon.answer("GET transforms/7", 200, transform("running", 0, "", "", ""));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stratoswarm.cli.Main",
                        "--data",
                        data.toString(),
                        "transform",
                        "remove",
                        "shop",
                        "web",
                        "--yes")
                .start();
        try (BufferedReader reader = process.inputReader();
                BufferedReader errors = process.errorReader()) {
            assertEquals("transform 7: split of graph shop", reader.readLine());
            assertEquals("1/4  start web.1", reader.readLine());
            // As Ctrl-C does, but also where this test was begun with SIGINT ignored; the process itself would close
            // its output.
            process.toHandle().destroy();
            assertEquals(
                    "transform 7 goes on; 'stratoswarm transform show 7' tells how it is, 'stratoswarm transform cancel 7'"
                            + " asks it to go back",
                    errors.readLine());
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        assertTrue(
                daemon.requests().stream().noneMatch(it -> it.contains("cancel")),
                daemon.requests().toString());
    }
}
