package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.agent.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Against the naive model: all bytes in one string, split at line ends. */
class LogReaderTest {
    @Property(tries = 60)
    void shouldReadWhatWasWrittenThroughRotationsFromAnyPlace(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 900) Integer> lengths,
            @ForAll @IntRange(min = 0, max = 70) int last)
            throws IOException {
        Path folder = Files.createTempDirectory("log");
        try {
            List<String> written = new ArrayList<>();
            List<LogLine> followed = new ArrayList<>();
            LogReader follower = new LogReader(folder, "a", "out");
            follower.seekBack(0);
            StreamLog log = new StreamLog(folder, "out", 4096, 1000);
            for (int i = 0; i < lengths.size(); i++) {
                String line = i + ":" + "x".repeat(lengths.get(i));
                written.add(line);
                log.append((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8), 1_000 + i);
                if (i % 7 == 0) {
                    follower.read(followed);
                }
            }
            log.close();
            follower.read(followed);
            assertEquals(written, followed.stream().map(LogLine::text).toList());
            for (int i = 0; i < followed.size(); i++) {
                assertEquals(1_000 + i, followed.get(i).timeMillis());
            }
            List<String> tail =
                    AgentLog.last(folder, "a", last).stream().map(LogLine::text).toList();
            assertEquals(written.subList(Math.max(0, written.size() - last), written.size()), tail);
        } finally {
            Scripts.deleteTree(folder);
        }
    }
}
