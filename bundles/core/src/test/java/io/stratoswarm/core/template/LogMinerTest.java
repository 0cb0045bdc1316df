package io.stratoswarm.core.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.store.LmdbTableStore;
import io.stratoswarm.core.testing.MemoryMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output in files as the process host writes it; where it comes from does not matter to the miner. */
class LogMinerTest {
    private static final String AGENT = "shop/api";

    @TempDir
    Path temporary;

    private Path logs;
    private LmdbTableStore store;
    private final MemoryMetrics metrics = new MemoryMetrics();
    private long printed;
    private long millis = 1_000_000_000;
    private LogMiner miner;

    @BeforeEach
    void open() throws IOException {
        logs = Files.createDirectories(temporary.resolve("logs"));
        store = new LmdbTableStore(temporary.resolve("tables"));
        miner = miner();
    }

    private LogMiner miner() {
        return new LogMiner(
                new Footprints() {
                    @Override
                    public List<Footprint> footprints() {
                        return List.of(new Footprint(AGENT, 1, 1, 1, 0, printed));
                    }

                    @Override
                    public Place place(String agent) {
                        return new Place(Set.of(), "", Map.of(), logs);
                    }
                },
                metrics,
                new TemplateShelf(store),
                () -> Instant.ofEpochMilli(millis));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void prints(int file, String stream, String text) throws IOException {
        Files.writeString(
                logs.resolve(String.format("%s.%06d.log", stream, file)),
                text,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        printed += text.length();
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            millis += 1_000;
            miner.step();
        }
    }

    private Map<String, Long> found() {
        return miner.templates(AGENT).stream()
                .collect(java.util.stream.Collectors.toMap(LogTemplate::text, LogTemplate::lines));
    }

    @Test
    void shouldCountLinesOfBothStreamsThroughRotationsAndHalfLines() throws IOException {
        prints(1, "out", "request 1 done\nrequest 2 do");
        rounds(1);
        assertEquals(Map.of("request <NUM> done", 1L), found());
        prints(1, "out", "ne\n");
        prints(1, "err", "disk sda is full\n");
        rounds(1);
        prints(2, "out", "request 3 done\n");
        prints(3, "out", "request 4 done\n");
        rounds(1);
        rounds(1);
        assertEquals(Map.of("request <NUM> done", 4L, "disk sda is full", 1L), found());
        rounds(15);
        assertEquals(4, metrics.value(AGENT, "log_lines_total", "template", "t1"));
        assertEquals(1, metrics.value(AGENT, "log_lines_total", "template", "t2"));
    }

    @Test
    void shouldReadNothingOlderThanTheDaemon() throws IOException {
        prints(1, "out", "an old line of the last daemon\n");
        printed = 0;
        prints(1, "out", "fresh 1\n");
        rounds(1);
        assertEquals(Map.of("fresh <NUM>", 1L), found());
    }

    @Test
    void shouldPassOverAFloodAndSayHowMuch() throws IOException {
        String line = "the quick brown fox jumps over number 123456\n";
        prints(1, "out", line.repeat(50_000));
        rounds(1);
        long counted = found().getOrDefault("the quick brown fox jumps over number <NUM>", 0L);
        assertEquals(LogMiner.AGENT_LINES, counted);
        rounds(59);
        assertEquals(
                (50_000.0 - counted) * line.length(), metrics.value(AGENT, "log_unmined_bytes_total"), line.length());
        prints(1, "out", "calm again\n");
        rounds(1);
        assertTrue(found().containsKey("calm again"), found()::toString);
    }

    @Test
    void shouldKeepIdsForTheNextDaemon() throws IOException {
        prints(1, "out", "user davidoh logged in\nuser eranr logged in\n");
        rounds(1);
        miner.keep();
        miner = miner();
        assertEquals(
                List.of("t1"),
                miner.templates(AGENT).stream().map(LogTemplate::id).toList());
        prints(1, "out", "user bob logged in\n");
        rounds(1);
        assertEquals(
                List.of("t1 user <*> logged in"),
                miner.templates(AGENT).stream()
                        .map(t -> t.id() + " " + t.text())
                        .toList());
    }

    @Test
    void shouldPutWhatHasNoTemplateTogether() throws IOException {
        for (int i = 0; i < LogMiner.MOST_TEMPLATES + 10; i++) {
            prints(
                    1,
                    "out",
                    ("w" + (char) ('a' + i % 26) + (char) ('a' + i / 26) + " x").repeat(1) + " y".repeat(i % 40)
                            + "\n");
        }
        rounds(1);
        assertTrue(miner.templates(AGENT).size() <= LogMiner.MOST_TEMPLATES + 1);
        assertEquals(
                LogMiner.MOST_TEMPLATES + 10,
                miner.templates(AGENT).stream().mapToLong(LogTemplate::lines).sum());
    }
}
