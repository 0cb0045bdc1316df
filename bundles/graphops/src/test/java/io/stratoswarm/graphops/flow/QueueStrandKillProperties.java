package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.graphops.flow.queue.DurableQueue;
import io.stratoswarm.graphops.flow.queue.InMemoryQueues;
import io.stratoswarm.graphops.flow.queue.Problems;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The way from a source into durable queues is cut off at random: at operations on pipes, and before and after an append. The disk is
 * full now and then. Each record must be in its queue once and in order, and the counts must be those of one that was never cut off.
 */
class QueueStrandKillProperties {
    private static final int MOST_RECORD = 600;

    enum Kind {
        ONE,
        COPY,
        ROUND_ROBIN,
        LEAST_LOADED,
        FILTERED
    }

    @Property(tries = 300)
    void shouldLoseAndDoubleNothing(@ForAll long seed, @ForAll Kind kind) throws IOException {
        new History(seed, kind).run();
    }

    private static final class History {
        private final Random random;
        private final Kind kind;
        private final FlowSpec spec;
        private final MemoryPipes pipes;
        private final Path folder;
        private final int receivers;
        private final InMemoryQueues queues = new InMemoryQueues();
        private final QueueStore mortal = new Mortal();
        private final Problems problems = new Problems(() -> 0);
        private long nanos;
        private Strand strand;
        private List<DurableQueue> open = List.of();

        /** The process may end before or after an append. */
        private final class Mortal implements QueueStore {
            @Override
            public Queue open(String name, long maxBytes) {
                return queues.open(name, maxBytes);
            }

            @Override
            public void delete(String name) {
                queues.delete(name);
            }

            @Override
            public void write(List<Change> changes) {
                if (random.nextInt(8) == 0) {
                    throw new MemoryPipes.Killed();
                }
                queues.full = random.nextInt(8) == 0;
                queues.write(changes);
                if (random.nextInt(8) == 0) {
                    throw new MemoryPipes.Killed();
                }
            }
        }

        History(long seed, Kind kind) throws IOException {
            random = new Random(seed);
            this.kind = kind;
            receivers = kind == Kind.ONE || kind == Kind.FILTERED ? 1 : 2 + random.nextInt(2);
            pipes = new MemoryPipes(16 + random.nextInt(30));
            folder = Files.createTempDirectory("queuestrand");
            Routing routing = switch (kind) {
                case ROUND_ROBIN -> new Routing.RoundRobin();
                case LEAST_LOADED -> new Routing.LeastLoaded();
                default -> new Routing.Copy();
            };
            spec = new FlowSpec(
                    "f",
                    new End("a", "stdout"),
                    List.of(new End("b", "stdin")),
                    DataType.JSON,
                    DataType.JSON,
                    List.of(),
                    Optional.empty(),
                    Framing.LINES,
                    MOST_RECORD,
                    1 << 20,
                    new Delivery.AtLeastOnce(new FlowSpec.Ack.OneToOne()),
                    routing,
                    Map.of());
            strand = open();
        }

        private List<Target> targets() {
            return java.util.stream.IntStream.range(0, receivers)
                    .mapToObj(it -> Target.of(
                            new Port("b." + it, "stdin", false), spec.to().getFirst(), Graphs.Member.of(it, "b." + it)))
                    .toList();
        }

        private Strand open() {
            Cells cells = Cells.open(folder.resolve("cells"), Words.OUTLETS, 0);
            Buffer buffer = new Buffer();
            Framer framer = Framer.of(spec.framing());
            Store in = new Store(pipes, "flow/in", cells, Words.IN, pipes.scratch());
            RefusedFile refused = new RefusedFile(folder.resolve("refused"), 1 << 20, InstantSource.system());
            refused.resume(cells.get(Words.REFUSED_FILE), cells.get(Words.REFUSED_LENGTH));
            Source source = new Source(new Port("a", "stdout", false));
            source.connect(pipes.open("a", "stdout", OptionalLong.empty()));
            List<DurableQueue> each = new ArrayList<>();
            for (int i = 0; i < receivers; i++) {
                each.add(new DurableQueue(queues, "q" + i, 1 << 20));
            }
            open = each;
            StrandParts parts = new StrandParts(
                    spec, cells, in, framer, List.of(), new Bucket(spec.rate(), () -> 0), refused, buffer, source);
            Router router = Router.of(spec, targets());
            QueueStage stage = new QueueStage(spec, "a", mortal, each, framer, router, cells, problems, () -> nanos);
            List<Transform> transforms = kind == Kind.FILTERED
                    ? List.of(new Filter(
                            new Condition.Compare("k", Condition.Comparison.LESS, new Condition.Value.Number("3"))))
                    : List.of();
            Strand opened = new StagedStrand(parts, new Chain(transforms), stage, () -> {});
            opened.recover(7);
            opened.catchUp(QueueStage.known(spec, "a", each));
            return opened;
        }

        void run() throws IOException {
            StringBuilder input = new StringBuilder();
            int count = 1 + random.nextInt(200);
            List<String> wanted = new ArrayList<>();
            int refused = 0;
            int filtered = 0;
            for (int i = 0; i < count; i++) {
                int k = random.nextInt(6);
                int fill = random.nextInt(20) == 0 ? random.nextInt(MOST_RECORD * 2) : random.nextInt(60);
                String record = "{\"n\":" + i + ",\"k\":" + k + ",\"x\":\"" + "y".repeat(fill) + "\"}";
                input.append(record).append('\n');
                if (record.length() > MOST_RECORD) {
                    refused++;
                } else if (kind == Kind.FILTERED && k >= 3) {
                    filtered++;
                } else {
                    wanted.add(record);
                }
            }
            feed(input.toString().getBytes(StandardCharsets.US_ASCII));
            check(wanted, count, refused, filtered);
        }

        private void feed(byte[] input) {
            int given = 0;
            Pipe source = pipes.open("a", "stdout", OptionalLong.empty());
            int idle = 0;
            while (given < input.length || idle < 60) {
                if (given < input.length) {
                    int piece = Math.min(input.length - given, 1 + random.nextInt(300));
                    pipes.live();
                    given += (int) source.write(MemorySegment.ofArray(Arrays.copyOfRange(input, given, given + piece)));
                }
                nanos += 2_000_000_000L;
                boolean moved = stepOrDie();
                idle = moved || given < input.length ? 0 : idle + 1;
            }
        }

        private boolean stepOrDie() {
            try {
                mayDieAfter(12);
                return strand.step();
            } catch (MemoryPipes.Killed killed) {
                while (true) {
                    try {
                        mayDieAfter(6);
                        strand = open();
                        pipes.live();
                        return true;
                    } catch (MemoryPipes.Killed again) {
                        pipes.live();
                    }
                }
            }
        }

        private void mayDieAfter(int operations) {
            if (random.nextInt(3) == 0) {
                pipes.killAfter(random.nextInt(operations), random.nextBoolean());
            } else {
                pipes.live();
            }
        }

        private void check(List<String> wanted, int read, int refused, int filtered) throws IOException {
            List<List<String>> got = new ArrayList<>();
            for (int i = 0; i < receivers; i++) {
                got.add(recordsOf("q" + i, open.get(i)));
            }
            switch (kind) {
                case ONE, FILTERED -> assertEquals(wanted, got.getFirst());
                case COPY -> got.forEach(each -> assertEquals(wanted, each));
                case ROUND_ROBIN -> {
                    for (int i = 0; i < wanted.size(); i++) {
                        assertEquals(wanted.get(i), got.get(i % receivers).get(i / receivers));
                    }
                }
                case LEAST_LOADED -> {
                    List<String> all =
                            got.stream().flatMap(List::stream).sorted().toList();
                    assertEquals(wanted.stream().sorted().toList(), all);
                    got.forEach(each ->
                            assertEquals(wanted.stream().filter(each::contains).toList(), each));
                }
            }
            Cells cells = strand.cells;
            assertEquals(
                    List.of((long) read, (long) refused, (long) filtered, (long) wanted.size()),
                    List.of(
                            cells.get(Words.READ),
                            cells.get(Words.REFUSED),
                            cells.get(Words.FILTERED),
                            cells.get(Words.PASSED)));
            assertTrue(strand.empty());
            assertEquals(0, cells.get(Words.LOST_BYTES));
            long lines = refused == 0
                    ? 0
                    : Files.readAllLines(folder.resolve("refused")).size();
            assertEquals(refused, lines, "lines of the file of refused records");
        }

        private List<String> recordsOf(String name, DurableQueue queue) {
            List<String> records = new ArrayList<>();
            for (QueueStore.Entry entry : queues.open(name, 0).read(0, Integer.MAX_VALUE)) {
                // What the receiver gets is the end of an entry: whole lines, which begin with the first brace of JSON.
                String text = new String(entry.record(), StandardCharsets.ISO_8859_1);
                int begin = text.indexOf("{\"n\":");
                text.substring(begin).lines().forEach(records::add);
            }
            assertEquals(records.size(), queue.end(), name);
            assertEquals(records.size(), queue.appended("f"));
            return records;
        }
    }
}
