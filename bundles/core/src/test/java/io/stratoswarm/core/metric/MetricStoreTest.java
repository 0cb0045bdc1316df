package io.stratoswarm.core.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.MetricQuery.Aggregate;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricStoreTest {
    @TempDir
    Path folder;

    private static List<Event> events(MetricRig rig, String type) {
        return rig.journal.read(EventQuery.all().type(type).limit(10_000));
    }

    @Test
    void shouldRefuseWhatWasNotDeclaredAndTakeTheRest() {
        try (MetricRig rig = new MetricRig(folder)) {
            List<Sample> samples = List.of(
                    new Sample(Series.of("a/b", "unknown_total"), rig.now(), 1),
                    new Sample(Series.of("a/b", "threads"), rig.now(), 2),
                    new Sample(Series.of("", "threads"), rig.now(), 3),
                    new Sample(Series.of("host", "threads"), rig.now(), 4));
            assertEquals(Kind.INVALID, MetricRig.refused(() -> rig.metrics.record(samples)));
            assertEquals(
                    List.of("a/b", "host"),
                    rig.metrics.latest("*").stream()
                            .map(each -> each.series().subject())
                            .toList());
            assertEquals(
                    Kind.CONFLICT,
                    MetricRig.refused(() ->
                            rig.metrics.declare(new MetricInfo("threads", MetricInfo.Kind.COUNTER, "", "threads"))));
        }
    }

    @Test
    void shouldKeepEachSampleToItsSeriesInWhateverOrderTheyCome() {
        List<String> names = List.of("cpu_seconds_total", "threads");
        java.util.Random random = new java.util.Random(7);
        try (MetricRig rig = new MetricRig(folder)) {
            List<Series> kept = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                kept.add(Series.of("a/b", names.get(i % 2), java.util.Map.of("n", "" + i)));
            }
            for (int round = 1; round <= 50; round++) {
                rig.clock.advance(Duration.ofSeconds(1));
                List<Sample> samples = new ArrayList<>();
                for (Series each : kept) {
                    boolean same = random.nextBoolean();
                    Series asked = same ? each : Series.of(each.subject(), each.name(), each.labels());
                    samples.add(new Sample(
                            asked,
                            rig.now(),
                            100 * round + Integer.parseInt(each.labels().get("n"))));
                }
                if (round % 3 == 0) {
                    java.util.Collections.shuffle(samples, random);
                }
                int left = round % 5 == 0 ? random.nextInt(12) : 12;
                rig.metrics.record(samples.subList(0, left));
                java.util.Map<Series, Double> latest = new java.util.HashMap<>();
                rig.metrics.latest("a/b").forEach(each -> latest.put(each.series(), each.value()));
                samples.subList(0, left).forEach(each -> assertEquals(each.value(), latest.get(each.series())));
            }
        }
    }

    @Test
    void shouldRefuseSeriesBeyondTheLimits() {
        MetricOptions few = new MetricOptions(1, 1, 1 << 24, 3, 4);
        try (MetricRig rig = new MetricRig(folder, few)) {
            for (int i = 0; i < 3; i++) {
                rig.put(MetricRig.labelled("a/b", "threads", "n", "" + i), i);
            }
            assertEquals(
                    Kind.FULL, MetricRig.refused(() -> rig.put(MetricRig.labelled("a/b", "threads", "n", "9"), 1)));
            rig.put("a/c", "threads", 1);
            assertEquals(Kind.FULL, MetricRig.refused(() -> rig.put("a/d", "threads", 1)));
            rig.put(MetricRig.labelled("a/b", "threads", "n", "0"), 7);
            rig.metrics.step();
            assertEquals(4, rig.metrics.engine().seriesInMemory(), "there is no room to tell that a sample came late");
            rig.pass(Duration.ofMinutes(30));
            rig.put("a/d", "threads", 1);
            assertEquals(2, rig.metrics.engine().seriesInMemory(), "with the one of late samples");
        }
    }

    @Test
    void shouldTurnADayIntoMinutesAndThenForgetThem() {
        MetricOptions short_ = new MetricOptions(2 * MetricOptions.HOUR, 24 * MetricOptions.HOUR, 1L << 30, 100, 100);
        try (MetricRig rig = new MetricRig(folder, short_)) {
            rig.run(Duration.ofHours(6), second -> {
                rig.put("a/b", "cpu_seconds_total", second % 4_000 / 100.0);
                rig.put("a/b", "threads", second % 60);
            });
            rig.pass(Duration.ofMinutes(11));
            MetricTables tables = rig.metrics.engine().tables;
            long raw = Queries.entries(tables, tables.raw);
            assertTrue(raw <= 6 * 5, "about two to four hours at full rate, not " + raw + " blocks");
            assertTrue(Queries.entries(tables, tables.minutes) >= 1);
            long end = MetricRig.START + 6 * MetricOptions.HOUR;
            Points averages = rig.one("a/b", "threads", MetricRig.START, end, 3_600_000, Aggregate.AVG);
            assertEquals(6, averages.timesMillis().length);
            for (double value : averages.values()) {
                assertEquals(29.5, value, 1e-9);
            }
            for (Aggregate each : Aggregate.values()) {
                Points points = rig.one("a/b", "threads", MetricRig.START, end, 60_000, each);
                assertEquals(360, points.timesMillis().length, each.toString());
                assertEquals(points.values()[350], points.values()[20], 1e-6, each + " at both rates");
            }
            double[] rate = rig.one("a/b", "cpu_seconds_total", MetricRig.START, end, 7_200_000, Aggregate.RATE)
                    .values();
            for (double each : rate) {
                assertEquals(0.01, each, 1e-4, "the counter began again several times");
            }
            rig.pass(Duration.ofHours(28));
            assertEquals(List.of(), rig.query("*", "*", 0, rig.now(), 0, Aggregate.LAST));
            assertEquals(0, Queries.entries(tables, tables.raw));
            assertEquals(0, Queries.entries(tables, tables.minutes));
            assertEquals(0, Queries.entries(tables, tables.numbers));
        }
    }

    @Test
    void shouldStayWithinItsBytes() throws IOException {
        MetricOptions small = new MetricOptions(24 * MetricOptions.HOUR, 720 * MetricOptions.HOUR, 1 << 19, 100, 100);
        java.util.Random noise = new java.util.Random(1);
        try (MetricRig rig = new MetricRig(folder, small)) {
            long largest = 0;
            for (int hour = 0; hour < 7; hour++) {
                rig.run(Duration.ofHours(1), second -> {
                    rig.put("a/b", "threads", noise.nextInt());
                    rig.put("a/b", "memory_resident_bytes", noise.nextInt());
                    rig.put("a/b", "cpu_seconds_total", noise.nextInt());
                });
                largest = Math.max(largest, Files.size(folder.resolve("metrics/data.mdb")));
            }
            long used = rig.metrics.engine().tables.bytes();
            assertTrue(used <= 1 << 20, used + " bytes are in use");
            assertTrue(largest < 2 << 20, "the file has " + largest + " bytes");
            assertEquals(
                    3,
                    rig.query("a/b", "*", rig.now() - 60_000, rig.now(), 0, Aggregate.LAST)
                            .size());
        }
    }

    @Test
    void shouldProveBlocksByTheJournal() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.run(Duration.ofMinutes(31), second -> {
                rig.put("a/b", "threads", second % 7);
                rig.put("host", "cpu_seconds_total", second);
            });
            rig.pass(Duration.ofMinutes(1));
            List<Event> closed = events(rig, MetricProofs.TYPE);
            assertTrue(closed.size() >= 5, "one for each window that ended, not " + closed.size());
            List<MetricProofs.Closing> good = rig.metrics.verify(0, Long.MAX_VALUE);
            assertEquals(closed.size(), good.size());
            assertTrue(good.stream().allMatch(each -> each.state() == MetricProofs.State.GOOD), good.toString());
            long[] key = firstBlock(rig.metrics.engine().tables, "a/b", 600);
            long block = key[1];
            long from = (key[0] + 60_000) * 1_000_000;
            List<Points> named =
                    rig.metrics.resolve(new Cause.OfMetrics(rig.journal.id(), block, from, from + 9_999_999_999L));
            assertEquals(10, named.getFirst().timesMillis().length);
            assertEquals(
                    Kind.NOT_FOUND,
                    MetricRig.refused(
                            () -> rig.metrics.resolve(new Cause.OfMetrics(rig.journal.id(), block + 77, 0, 1))));
            MetricTables tables = rig.metrics.engine().tables;
            tables.environment.write(txn -> {
                ByteBuffer place = Keys.block(key[0], "a/b", block);
                ByteBuffer value = tables.raw.get(txn, place);
                byte[] changed = io.stratoswarm.core.store.Environment.copy(value);
                changed[changed.length - 9] ^= 1;
                tables.raw.put(txn, place.rewind(), Keys.bytes(changed));
                return null;
            });
            assertEquals(
                    List.of(MetricProofs.State.BAD),
                    rig.metrics.verify(0, Long.MAX_VALUE).stream()
                            .filter(each -> block >= each.firstBlock() && block < each.firstBlock() + each.blocks())
                            .map(MetricProofs.Closing::state)
                            .toList());
            assertEquals(
                    1_860 - 600,
                    rig.one("a/b", "threads", 0, rig.now(), 0, Aggregate.LAST).timesMillis().length,
                    "the damaged block is left out, the others are there");
            assertEquals(1, tables.damaged());
        }
    }

    /** Window and number of the subject's first block that has so many samples. */
    private static long[] firstBlock(MetricTables tables, String subject, int samples) {
        return tables.environment.read(txn -> {
            try (org.lmdbjava.Cursor<ByteBuffer> cursor = tables.raw.openCursor(txn)) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    Block block = Block.read(io.stratoswarm.core.store.Environment.copy(cursor.val()));
                    if (Keys.subjectOfBlock(cursor.key()).equals(subject) && block.size(0) == samples) {
                        return new long[] {Keys.windowOfBlock(cursor.key()), block.number};
                    }
                }
                throw new AssertionError("there is no such block");
            }
        });
    }

    @Test
    void shouldGiveClosedBlocksARootEachMinuteWithinWhatAnIdleDaemonMayWrite() {
        int agents = 100;
        try (MetricRig rig = new MetricRig(folder)) {
            java.util.Random jitter = new java.util.Random(7);
            long end = MetricRig.START + 2 * MetricOptions.HOUR;
            while (rig.now() < end) {
                for (int i = 0; i < agents; i++) {
                    rig.put("idle/a" + i, "threads", i);
                }
                rig.metrics.step();
                rig.clock.advance(Duration.ofMillis(29_990 + jitter.nextInt(40)));
            }
            List<Event> closed = events(rig, MetricProofs.TYPE);
            java.util.Set<Long> minutes = new java.util.HashSet<>();
            for (Event each : closed) {
                assertTrue(minutes.add(each.timeNanos() / 60_000_000_000L), "two roots in one minute");
            }
            long secondHour = closed.stream()
                    .filter(each -> each.timeNanos() / 1_000_000 >= MetricRig.START + MetricOptions.HOUR)
                    .count();
            assertTrue(secondHour >= 50 && secondHour <= 55, secondHour + " roots in an hour");
            List<MetricProofs.Closing> closings = rig.metrics.verify(0, Long.MAX_VALUE);
            assertTrue(
                    closings.stream().allMatch(each -> each.state() == MetricProofs.State.GOOD), closings.toString());
            int blocks =
                    closings.stream().mapToInt(MetricProofs.Closing::blocks).sum();
            assertEquals(Queries.entries(rig.metrics.engine().tables, rig.metrics.engine().tables.raw), blocks);
            int most = closings.stream()
                    .mapToInt(MetricProofs.Closing::blocks)
                    .max()
                    .orElseThrow();
            assertTrue(most < agents / 3, most + " blocks in one minute");
            assertTrue(
                    rig.metrics.engine().tables.environment.read(txn -> {
                                try (var cursor =
                                        rig.metrics.engine().tables.chunks.openCursor(txn)) {
                                    long oldest = Long.MAX_VALUE;
                                    for (boolean more = cursor.first(); more; more = cursor.next()) {
                                        oldest = Math.min(oldest, Keys.windowOfChunk(cursor.key()));
                                    }
                                    return oldest;
                                }
                            })
                            > rig.now() - 11 * 60_000,
                    "what was measured is under a root after eleven minutes");
        }
    }

    @Test
    void shouldMakeNoSecondRootInTheMinuteOfARestart() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.run(Duration.ofMinutes(11), second -> {
                if (second % 10 == 0) {
                    rig.put("a/b", "threads", second);
                    rig.put("a/c", "threads", second);
                    rig.put("host", "threads", second);
                }
            });
            rig.pass(Duration.ofMinutes(2));
            int before = events(rig, MetricProofs.TYPE).size();
            assertTrue(before >= 1);
            rig.restart();
            assertTrue(!rig.metrics.engine().roots.due(rig.now()), "the last root is remembered");
            rig.metrics.step();
            assertEquals(before, events(rig, MetricProofs.TYPE).size());
        }
    }

    @Test
    void shouldAnnounceARootThatACrashLeftUnannounced() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.put("a/b", "threads", 1);
            rig.journal.refuse(new io.stratoswarm.api.StratoswarmException(Kind.FULL, "no space is left"));
            rig.pass(Duration.ofMinutes(12));
            assertEquals(
                    MetricProofs.State.PENDING,
                    rig.metrics.verify(0, Long.MAX_VALUE).getFirst().state());
            rig.journal.refuse(null);
            rig.restart();
            rig.metrics.step();
            assertEquals(1, events(rig, MetricProofs.TYPE).size());
            assertEquals(
                    MetricProofs.State.GOOD,
                    rig.metrics.verify(0, Long.MAX_VALUE).getFirst().state());
            rig.restart();
            rig.metrics.step();
            assertEquals(1, events(rig, MetricProofs.TYPE).size());
        }
    }

    @Test
    void shouldWriteNoEventWhereNothingWasClosed() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.pass(Duration.ofHours(3));
            assertEquals(0, rig.journal.size());
        }
    }

    @Test
    void shouldSetADamagedDatabaseAsideAndBeginANewOne() throws IOException {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.run(Duration.ofMinutes(12), second -> rig.put("a/b", "threads", second));
            rig.metrics.close();
            try (FileChannel file = FileChannel.open(folder.resolve("metrics/data.mdb"), StandardOpenOption.WRITE)) {
                for (long at = 2 * 4096; at < file.size(); at += 4096) {
                    file.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), at);
                }
            }
            rig.restart();
            assertEquals(1, events(rig, "MetricsSetAside").size());
            assertTrue(Files.exists(folder.resolve("metrics.damaged/data.mdb")));
            rig.put("a/b", "threads", 5);
            rig.metrics.step();
            assertEquals(
                    1,
                    rig.one("a/b", "threads", 0, rig.now() + 1, 0, Aggregate.LAST)
                            .values()
                            .length);
        }
    }

    @Test
    void shouldHoldSamplesToRiseAlsoAfterARestart() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.put("a/b", "threads", 1);
            rig.metrics.step();
            rig.restart();
            rig.clock.set(rig.clock.instant().minusSeconds(5));
            rig.put("a/b", "threads", 2);
            assertEquals(1, rig.metrics.engine().drops().all());
            rig.clock.advance(Duration.ofSeconds(6));
            rig.put("a/b", "threads", 3);
            rig.metrics.record(
                    List.of(new Sample(Series.of("a/b", "threads"), rig.now() + MetricOptions.AHEAD_MILLIS + 1, 4)));
            assertEquals(2, rig.metrics.engine().drops().all());
            assertEquals(
                    MetricRig.list(1, 3),
                    MetricRig.list(rig.one("a/b", "threads", 0, rig.now() + 1, 0, Aggregate.LAST)
                            .values()));
        }
    }

    @Test
    void shouldSayAndCountWhatAClockThatWasSetBackCosts() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.run(Duration.ofMinutes(1), second -> rig.put("a/b", "threads", second));
            long before = rig.now();
            assertTrue(rig.metrics.probe().getFirst().available());
            rig.clock.set(rig.clock.instant().minus(Duration.ofMinutes(5)));
            for (int i = 0; i < 10; i++) {
                rig.put("a/b", "threads", 1);
                rig.put("a/new", "threads", 1);
                rig.clock.advance(Duration.ofSeconds(1));
            }
            rig.metrics.step();
            var told = rig.metrics.probe().getFirst();
            assertEquals("metrics.clock", told.name());
            assertTrue(!told.available() && told.detail().contains("set back"), told.toString());
            assertEquals(
                    MetricRig.list(10),
                    MetricRig.list(rig.one("host", "metrics_dropped_samples_total", 0, rig.now() + 1, 0, Aggregate.LAST)
                            .values()));
            assertEquals(
                    10,
                    rig.one("a/new", "threads", 0, before, 0, Aggregate.LAST).values().length,
                    "a series that is new has no gap");
            rig.clock.set(java.time.Instant.ofEpochMilli(before + 1_000));
            rig.metrics.step();
            rig.put("a/b", "threads", 7);
            assertEquals(
                    61,
                    rig.one("a/b", "threads", 0, rig.now() + 1, 0, Aggregate.LAST)
                            .values()
                            .length);
            assertTrue(rig.metrics.probe().getFirst().available());
        }
    }

    @Test
    void shouldFindSeriesOfARange() {
        try (MetricRig rig = new MetricRig(folder)) {
            rig.put("a/b", "threads", 1);
            rig.pass(Duration.ofMinutes(20));
            long middle = rig.now();
            rig.put("host", "cpu_seconds_total", 1);
            rig.put("a/bc", "threads", 1);
            assertEquals(List.of(Series.of("a/b", "threads")), rig.metrics.series("*", "*", MetricRig.START, middle));
            assertEquals(
                    List.of(Series.of("a/bc", "threads"), Series.of("host", "cpu_seconds_total")),
                    rig.metrics.series("*", "*", middle, middle + 1));
            assertEquals(List.of(), rig.metrics.series("a/b", "*", middle, middle + 1));
            assertEquals(Kind.INVALID, MetricRig.refused(() -> rig.metrics.series("a*b", "*", 0, 1)));
        }
    }

    @Test
    void shouldMissNoSampleThatIsMovedWithinAQuestion() {
        try (MetricRig rig = new MetricRig(folder)) {
            Wanted wanted = new Wanted("a/b", "*", java.util.Collections.emptySortedMap());
            int[] samples = {0, 0};
            java.util.function.Consumer<Long> put = second -> {
                rig.put("a/b", "threads", second);
                samples[0]++;
            };
            rig.run(Duration.ofMinutes(9), put);
            java.util.function.Supplier<List<Head.Part>> memory = () -> {
                rig.run(Duration.ofSeconds(5), put);
                List<Head.Part> parts = new ArrayList<>();
                java.util.Objects.requireNonNull(rig.metrics.engine().heads.get("a/b"))
                        .copy(wanted, 0, Long.MAX_VALUE, parts);
                samples[1] = samples[0];
                // Stored right after it was read.
                rig.pass(Duration.ofMinutes(1));
                return parts;
            };
            var found = new StoredBlocks(rig.metrics.engine().tables).steady(memory, (stored, parts) -> {
                var times = new java.util.TreeSet<Long>();
                StoredBlocks.Visitor visitor = (schema, block) -> {
                    for (long time : block.times(0)) {
                        times.add(time);
                    }
                };
                parts.forEach(part -> {
                    for (long time : part.times()) {
                        times.add(time);
                    }
                });
                stored.raw(wanted, 0, Long.MAX_VALUE, visitor);
                // Each time it is moved between the two, so that no question in short transactions can be right.
                rig.pass(Duration.ofMinutes(12));
                rig.run(Duration.ofMinutes(9), put);
                rig.metrics.step();
                stored.chunks(wanted, 0, Long.MAX_VALUE, visitor);
                return times;
            });
            assertEquals(samples[1], found.size(), "what was there when memory was read last");
        }
    }

    @Test
    void shouldAnswerWhileSamplesAreStoredAndMoved() throws InterruptedException {
        try (MetricRig rig = new MetricRig(folder)) {
            List<Throwable> failures = new ArrayList<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    int before = 0;
                    while (!Thread.currentThread().isInterrupted()) {
                        List<Points> found = rig.query("a/b", "threads", 0, Long.MAX_VALUE, 0, Aggregate.LAST);
                        int count = found.isEmpty() ? 0 : found.getFirst().timesMillis().length;
                        assertTrue(count >= before, "had " + before + " samples, then " + count);
                        before = count;
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
            rig.run(Duration.ofHours(3), second -> rig.put("a/b", "threads", second));
            reader.interrupt();
            reader.join();
            assertEquals(List.of(), failures);
            assertEquals(
                    3 * 3_600,
                    rig.one("a/b", "threads", 0, rig.now(), 0, Aggregate.LAST).timesMillis().length);
        }
    }
}
