package io.stratoswarm.graphops.flow.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.store.QueueStore.Change;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random lives of a delivery: its daemon is killed at any call, its receiver dies with what it had read. Real pipes, one thread, so a
 * seed repeats it. {@code -Dstratoswarm.kills=N} makes it longer.
 */
class DeliveryFaultsTest {
    private static final int KILLS = Integer.getInteger("stratoswarm.kills", 40);
    private static final String AGENT = "shop/sink.0";
    private static final MemorySegment MEMORY = Arena.global().allocate(1 << 16);

    @TempDir
    Path folder;

    enum Contract {
        CHANNEL(new Ack.OnChannel("done")),
        ONE_TO_ONE(new Ack.OneToOne()),
        OWN_OUTPUT(new Ack.OneToOne());

        final Ack ack;

        Contract(Ack ack) {
            this.ack = ack;
        }
    }

    /** All that there is in one life, of which only the delivery knows nothing after a kill. */
    private final class World implements Outputs {
        final long seed;
        final SplittableRandom random;
        final Ack ack;
        final boolean ownOutput;
        final InMemoryQueues store = new InMemoryQueues();
        final LinuxPipes holder = new LinuxPipes(folder);
        MortalPipes pipes = new MortalPipes(holder);
        DurableQueue queue = new DurableQueue(store, "q", 1 << 20);
        Delivery delivery;

        long appended;
        long incarnation;
        long firstOfIncarnation;
        long next;
        BitSet acked = new BitSet();
        ByteArrayOutputStream partial = new ByteArrayOutputStream();
        Pipe input;
        Pipe done;
        final Map<Long, Long> outputs = new HashMap<>();
        final List<Long> unacked = new ArrayList<>();

        World(long seed, Ack ack, boolean ownOutput) {
            this.seed = seed;
            this.ack = ack;
            this.ownOutput = ownOutput;
            this.random = new SplittableRandom(seed);
            birth();
            revive();
        }

        void revive() {
            try {
                pipes.closeAll();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            pipes = new MortalPipes(holder);
            queue = new DurableQueue(store, "q", 1 << 20);
            delivery = new Delivery(
                    new Delivery.Receiver(AGENT, "stdin", "queue/sink/", ack, 1),
                    queue,
                    pipes,
                    pipes.poller(),
                    folder.resolve("sink.cell"),
                    ownOutput ? Optional.empty() : Optional.of(this),
                    new Problems(() -> 0),
                    start -> {});
            tell();
        }

        void tell() {
            delivery.update(new ReceiverState(incarnation, true, false, false));
        }

        @Override
        public Taken taken(long of) {
            return new Taken(outputs.getOrDefault(of, 0L), of != incarnation);
        }

        void birth() {
            incarnation++;
            holder.makeChannel(AGENT, "stdin", OptionalLong.of(incarnation));
            holder.makeChannel(AGENT, "done", OptionalLong.of(incarnation));
            input = holder.open(AGENT, "stdin", OptionalLong.of(incarnation));
            holder.makeChannel(AGENT, "stdout", OptionalLong.of(incarnation));
            done = holder.open(AGENT, ownOutput ? "stdout" : "done", OptionalLong.of(incarnation));
            partial.reset();
            unacked.clear();
            next = -1;
        }

        void append(int records) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < records; i++) {
                lines.append(appended + i)
                        .append("x".repeat(random.nextInt(300)))
                        .append('\n');
            }
            byte[] bytes = lines.toString().getBytes(US_ASCII);
            queue.draft("f", Framing.LINES, records, "s", new long[0], bytes, 0, bytes.length);
            Change change = queue.change();
            store.write(List.of(change));
            queue.publish(change);
            appended += records;
        }

        /** The receiver reads some bytes; within one life it must get every record once and in order. */
        void consume(int most) {
            long read = input.read(MEMORY.asSlice(0, most));
            for (int i = 0; i < read; i++) {
                byte one = MEMORY.get(ValueLayout.JAVA_BYTE, i);
                if (one != '\n') {
                    partial.write(one);
                    continue;
                }
                String text = partial.toString(US_ASCII);
                partial.reset();
                long number = Long.parseLong(text.replaceAll("x*$", ""));
                if (next < 0) {
                    next = number;
                    firstOfIncarnation = number;
                    assertEquals(
                            acked.nextClearBit(0), number, "seed " + seed + ": first record of start " + incarnation);
                }
                assertEquals(next, number, "seed " + seed + ": in start " + incarnation);
                unacked.add(number);
                next++;
            }
        }

        void acknowledge() {
            if (unacked.isEmpty()) {
                return;
            }
            int from = ack instanceof Ack.OneToOne || random.nextInt(3) > 0 ? 0 : random.nextInt(unacked.size());
            int to = from + 1;
            int most = 1 + random.nextInt(50);
            while (to < unacked.size() && to - from < most && unacked.get(to) == unacked.get(to - 1) + 1) {
                to++;
            }
            long first = unacked.get(from) - firstOfIncarnation + 1;
            long last = unacked.get(to - 1) - firstOfIncarnation + 1;
            if (ownOutput) {
                for (long i = first; i <= last; i++) {
                    write(done, "any line\n");
                }
            } else if (ack instanceof Ack.OneToOne) {
                outputs.put(incarnation, last);
            } else {
                write(done, (first == last ? "" + first : first + "-" + last) + "\n");
            }
            acked.set(unacked.get(from).intValue(), unacked.get(to - 1).intValue() + 1);
            unacked.subList(from, to).clear();
        }

        private void write(Pipe pipe, String text) {
            MEMORY.asSlice(0, text.length()).copyFrom(MemorySegment.ofArray(text.getBytes(US_ASCII)));
            assertEquals(text.length(), pipe.write(MEMORY.asSlice(0, text.length())));
        }

        void die() {
            // Of what is acknowledged with a gap before it, the next life is given all again.
            acked.clear(acked.nextClearBit(0), acked.length() + 1);
            birth();
            tell();
        }

        /** Whether it was killed. */
        boolean step() {
            try {
                delivery.step();
                return false;
            } catch (MortalPipes.Killed e) {
                revive();
                return true;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Contract.class)
    void shouldDeliverEachRecordAndRepeatOnlyWhatWasNotAcknowledged(Contract contract) {
        World world = new World(
                Long.getLong("stratoswarm.seed", 7 + contract.ordinal()),
                contract.ack,
                contract == Contract.OWN_OUTPUT);
        SplittableRandom random = world.random;
        int kills = 0;
        int deaths = 0;
        while (kills < KILLS) {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    if (world.queue.room() > 100_000) {
                        world.append(1 + random.nextInt(random.nextBoolean() ? 3 : 600));
                    }
                }
                case 2 -> world.pipes.killAfter(random.nextInt(12));
                case 3 -> {
                    if (random.nextInt(20) == 0) {
                        world.die();
                        deaths++;
                    }
                }
                case 4, 5, 6 -> world.consume(1 + random.nextInt(60_000));
                case 7, 8 -> world.acknowledge();
                default -> kills += world.step() ? 1 : 0;
            }
        }
        assertTrue(deaths > 0 || KILLS < 40, "nobody died");
        world.pipes.killAfter(Long.MAX_VALUE);
        for (int i = 0; i < 1_000_000 && world.acked.nextClearBit(0) < world.appended; i++) {
            world.step();
            world.consume(60_000);
            world.acknowledge();
        }
        world.step();
        assertEquals(world.appended, world.acked.nextClearBit(0), "seed " + world.seed);
        assertEquals(world.appended, world.delivery.counts().acked());
        assertEquals(world.appended, world.delivery.counts().delivered());
        assertTrue(world.queue.bytes() < 300_000, "the queue still holds " + world.queue.bytes());
    }

    @Test
    void shouldCountWhatIsDeliveredAgain() {
        World world = new World(3, new Ack.OnChannel("done"), false);
        world.append(100);
        world.step();
        world.consume(60_000);
        assertEquals(new Delivery.Counts(100, 0, 0), world.delivery.counts());
        while (world.acked.cardinality() < 40) {
            world.acknowledge();
        }
        int acked = world.acked.nextClearBit(0);
        world.die();
        world.step();
        world.step();
        world.consume(60_000);
        assertEquals(100, world.next);
        assertEquals(new Delivery.Counts(100, acked, 100 - acked), world.delivery.counts());
    }

    @Test
    void shouldPassOverNonsenseOnTheAckChannel() {
        World world = new World(3, new Ack.OnChannel("done"), false);
        world.append(10);
        world.step();
        world.consume(60_000);
        world.write(world.done, "hello\n99\n0\n1-3\n");
        world.step();
        assertEquals(3, world.delivery.counts().acked());
        world.write(world.done, "x".repeat(60_000));
        world.step();
        world.write(world.done, "x".repeat(10_000) + "\n4\n");
        world.step();
        world.step();
        assertEquals(4, world.delivery.counts().acked());
    }
}
