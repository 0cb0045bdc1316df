package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.EventType;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionsTest {
    @TempDir
    Path folder;

    private final Fixture.Clock clock = new Fixture.Clock();

    /** Counts events by subject and type, and mixes their order in. */
    record Counting(int version) implements Projection<TreeMap<String, Long>> {
        @Override
        public String id() {
            return "counting";
        }

        @Override
        public TreeMap<String, Long> initial() {
            return new TreeMap<>();
        }

        @Override
        public TreeMap<String, Long> apply(TreeMap<String, Long> state, Event event) {
            state.merge(event.subject() + "|" + event.type(), 1 + event.sequence(), (a, b) -> 31 * a + b);
            return state;
        }

        @Override
        public byte[] encode(TreeMap<String, Long> state) {
            StringBuilder text = new StringBuilder();
            state.forEach(
                    (key, value) -> text.append(key).append('=').append(value).append('\n'));
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public TreeMap<String, Long> decode(byte[] bytes) {
            TreeMap<String, Long> state = new TreeMap<>();
            new String(bytes, StandardCharsets.UTF_8).lines().forEach(line -> {
                int at = line.lastIndexOf('=');
                state.put(line.substring(0, at), Long.parseLong(line.substring(at + 1)));
            });
            return state;
        }
    }

    private OpenJournal open(String name, int snapshotEvents) {
        return new OpenJournal(
                folder.resolve(name),
                new JournalOptions(200, 64L << 20, 1024, snapshotEvents),
                clock,
                new SecureRandom());
    }

    @Test
    void shouldGiveTheSameBytesFromSnapshotsAsFromZeroOverRandomHistories() {
        for (int seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            for (int life = 0; life < 4; life++) {
                try (OpenJournal opened = open("history-" + seed, 50 + random.nextInt(200))) {
                    opened.projections().add(new Counting(1));
                    int events = random.nextInt(300);
                    int from = random.nextInt(1000);
                    Fixture.fill(opened.journal(), from, from + events);
                    if (random.nextBoolean()) {
                        opened.projections().snapshot();
                    }
                    // Taken together, for a snapshot in the background is an event too.
                    Projections.Status status = opened.projections().list().getFirst();
                    byte[] fresh = opened.projections().refold("counting", status.folded());
                    assertEquals(LmdbJournal.hex(new TreeHasher().plain(fresh)), status.stateHash(), "seed " + seed);
                }
            }
        }
    }

    @Test
    void shouldStartFromTheNewestSnapshotAndRefoldForANewVersion() {
        AtomicInteger applied = new AtomicInteger();
        record Watched(int version, AtomicInteger applied) implements Projection<Long> {
            @Override
            public String id() {
                return "watched";
            }

            @Override
            public Long initial() {
                return 0L;
            }

            @Override
            public Long apply(Long state, Event event) {
                applied.incrementAndGet();
                return state + event.sequence();
            }

            @Override
            public byte[] encode(Long state) {
                return Bytes.of(state);
            }

            @Override
            public Long decode(byte[] bytes) {
                return Bytes.asLong(bytes);
            }
        }
        try (OpenJournal opened = open("newest", 1 << 30)) {
            opened.projections().add(new Watched(1, applied));
            Fixture.fill(opened.journal(), 0, 500);
        }
        applied.set(0);
        try (OpenJournal opened = open("newest", 1 << 30)) {
            opened.projections().add(new Watched(1, applied));
            Fixture.fill(opened.journal(), 0, 10);
            opened.projections().state("watched");
            assertEquals(11, applied.get());
        }
        applied.set(0);
        try (OpenJournal opened = open("newest", 1 << 30)) {
            opened.projections().add(new Watched(2, applied));
            opened.projections().state("watched");
            assertEquals(512, applied.get());
            StratoswarmException e = assertThrows(
                    StratoswarmException.class, () -> opened.projections().state("no"));
            assertEquals(StratoswarmException.Kind.NOT_FOUND, e.kind());
        }
    }

    @Test
    void shouldWriteNothingWhereNothingHappens() {
        try (OpenJournal opened = open("idle", 10)) {
            opened.projections().add(new Counting(1));
            Fixture.fill(opened.journal(), 0, 5);
            // Only what was folded is snapshotted at the end.
            opened.projections().state("counting");
        }
        long size = 0;
        for (int life = 0; life < 3; life++) {
            try (OpenJournal opened = open("idle", 10)) {
                opened.projections().add(new Counting(1));
                assertTrue(life == 0 || opened.journal().size() == size, "an idle restart wrote an event");
                size = opened.journal().size();
            }
        }
        assertEquals(6, size);
    }

    @Test
    void shouldMissNoneAndRepeatNoneWhileAReactorIsUpdated() throws Exception {
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        try (OpenJournal opened = open("reactor", 1 << 30)) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 300; n++) {
                    Fixture.fill(opened.journal(), n, n + 1);
                }
            });
            for (int update = 0; update < 10; update++) {
                Reactor reactor = reactor(seen);
                opened.reactors().add(reactor);
                Thread.sleep(10);
                opened.reactors().remove(reactor);
            }
            writer.join();
            opened.reactors().add(reactor(seen));
            while (seen.size() < 300) {
                Thread.sleep(5);
            }
        }
        try (OpenJournal opened = open("reactor", 1 << 30)) {
            opened.reactors().add(reactor(seen));
            Fixture.fill(opened.journal(), 300, 310);
            while (seen.size() < 310) {
                Thread.sleep(5);
            }
        }
        assertEquals(LongStream.range(0, 310).boxed().toList(), seen);
    }

    @Test
    void shouldStoreHowFarAReactorIsSoonAfterTheLastEvent() throws Exception {
        try (OpenJournal opened = open("cursor", 1 << 30)) {
            opened.reactors().add(reactor(new ArrayList<>()));
            Fixture.fill(opened.journal(), 0, 10);
            long limit = System.nanoTime() + 20_000_000_000L;
            while (!Long.valueOf(10).equals(opened.reactors().positions().get("test.reactor"))) {
                assertTrue(
                        System.nanoTime() < limit,
                        () -> "it is " + opened.reactors().positions());
                Thread.sleep(5);
            }
        }
    }

    @Test
    void shouldStoreHowFarAReactorIsWhileEventsGoOnComing() throws Exception {
        try (OpenJournal opened = open("trickle", 1 << 30)) {
            opened.reactors().add(reactor(new ArrayList<>()));
            int n = 0;
            while (Long.valueOf(0).equals(opened.reactors().positions().get("test.reactor"))) {
                assertTrue(n < 200, "nothing was stored while " + n + " events came");
                Fixture.fill(opened.journal(), n, ++n);
                Thread.sleep(20);
            }
        }
    }

    private static Reactor reactor(List<Long> seen) {
        return new Reactor() {
            @Override
            public String id() {
                return "test.reactor";
            }

            @Override
            public void on(Event event) {
                seen.add(event.sequence());
            }
        };
    }

    @Test
    void shouldSealPersonalFieldsUntilThePersonIsForgottenAndRaiseOldPayloads() throws Exception {
        EventType type = new EventType() {
            @Override
            public String type() {
                return "Registered";
            }

            @Override
            public int version() {
                return 2;
            }

            @Override
            public List<String> personalFields() {
                return List.of("/name", "/contact/mail");
            }

            @Override
            public String personOf() {
                return "/person";
            }

            @Override
            public String upcast(int fromVersion, String payload) {
                return payload.replace("\"person\"", "\"raised\":true,\"person\"");
            }
        };
        String json = "{\"person\":\"p1\",\"name\":\"Ada Lovelace\",\"contact\":{\"mail\":\"ada@example.org\"}}";
        try (OpenJournal opened = open("persons", 1 << 30)) {
            opened.types().add(type);
            opened.journal()
                    .append(Append.of(EventDraft.json("Registered", "t", "s", "a", List.of(), json)))
                    .join();
            String read = opened.journal().get(0).orElseThrow().payloadText();
            assertTrue(read.contains("Ada Lovelace") && read.contains("ada@example.org"), read);
            assertTrue(read.contains("\"raised\":true"), read);
            assertEquals(2, opened.journal().get(0).orElseThrow().typeVersion());
            Path stored = Segments.folder(opened.folder().journal(), 0).resolve("data.mdb");
            String raw = new String(Files.readAllBytes(stored), StandardCharsets.ISO_8859_1);
            assertTrue(!raw.contains("Lovelace") && raw.contains("sealed:1:"));
            assertTrue(opened.persons().forget("p1"));
            String forgotten =
                    opened.journal().read(EventQuery.all()).getFirst().payloadText();
            assertTrue(!forgotten.contains("Lovelace") && forgotten.contains("sealed:1:"), forgotten);
        }
    }
}
