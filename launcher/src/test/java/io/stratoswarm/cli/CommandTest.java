package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs commands against a daemon of canned answers. */
@Timeout(60)
abstract class CommandTest {
    private final InstantSource clock;

    @TempDir
    Path data;

    CannedDaemon daemon;
    String out = "";
    String err = "";

    /** @param now in RFC 3339 */
    CommandTest(String now) {
        clock = InstantSource.fixed(Instant.parse(now));
    }

    @BeforeEach
    void open() throws IOException {
        daemon = new CannedDaemon(data);
    }

    @AfterEach
    void close() throws Exception {
        daemon.close();
    }

    ExitCode run(String... arguments) {
        return runWith("", arguments);
    }

    /** @param input what is typed */
    ExitCode runWith(String input, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Main main = new Main(
                Map.of("STRATOSWARM_DATA", data.toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                outBytes,
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                clock);
        ExitCode exit = main.run(List.of(arguments));
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        assertFalse(err.contains("\tat "), "a stack trace reached the user: " + err);
        return exit;
    }
}
