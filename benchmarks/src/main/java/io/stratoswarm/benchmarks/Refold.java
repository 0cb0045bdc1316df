package io.stratoswarm.benchmarks;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.core.agent.AgentsProjection;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * How long the state of 1,000 agents takes after many events: from the last snapshot, with the longest tail that a crash can
 * leave behind it, and from zero. Beside it the limit: the same events read and only counted. The arguments are the number of
 * events, of rounds and of agents.
 */
final class Refold {
    private Refold() {}

    public static void main(String[] arguments) throws Exception {
        long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        int agents = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000;
        Folders folders = Folders.create();
        try {
            Path data = folders.make("data");
            write(data, events, agents);
            start(data, rounds);
            refold(data, rounds);
        } finally {
            folders.remove();
        }
    }

    private static OpenJournal open(Path data) {
        return new OpenJournal(data, JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom());
    }

    private static void write(Path data, long events, int agents) {
        long tail = Math.min(JournalOptions.DEFAULT.snapshotEvents() - 1, events / 2);
        try (OpenJournal open = open(data)) {
            AgentHistory history = new AgentHistory(open.journal(), agents);
            history.declare();
            long began = System.nanoTime();
            history.write(events - tail);
            System.out.printf(
                    "wrote %d events of %d agents in %.1f s%n", open.journal().size(), agents, seconds(began));
            AgentsProjection projection = new AgentsProjection();
            open.projections().add(projection);
            open.projections().state(AgentsProjection.ID);
            open.projections().remove(projection);
            history.write(tail);
        }
    }

    /** Once it is open, a start needs the state; what a crash leaves is the snapshot and the events after it. */
    private static void start(Path data, int rounds) {
        double[] opened = new double[rounds];
        double[] folded = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long began = System.nanoTime();
            OpenJournal open = open(data);
            try (open) {
                opened[round] = seconds(began);
                AgentsProjection projection = new AgentsProjection();
                open.projections().add(projection);
                open.projections().state(AgentsProjection.ID);
                folded[round] = seconds(began);
            }
        }
        System.out.printf(
                "start from the last snapshot: journal open after %.2f s, state after %.2f s (first round %.2f s)%n",
                Appends.median(opened), Appends.median(folded), folded[0]);
    }

    private static void refold(Path data, int rounds) {
        try (OpenJournal open = open(data)) {
            open.projections().add(new AgentsProjection());
            open.projections().add(new Counting());
            byte[] running = open.projections().state(AgentsProjection.ID);
            open.projections().state(Counting.ID);
            long size = open.journal().size();
            double[] folded = new double[rounds];
            double[] counted = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                long began = System.nanoTime();
                byte[] fresh = open.projections().refold(AgentsProjection.ID, size);
                folded[round] = size / seconds(began);
                if (!Arrays.equals(running, fresh)) {
                    throw new IllegalStateException("the state folded from zero differs from that of the snapshot");
                }
                began = System.nanoTime();
                open.projections().refold(Counting.ID, size);
                counted[round] = size / seconds(began);
            }
            System.out.printf(
                    "refold of %d events from zero: %.0f events/s (least %.0f); read and only counted: %.0f events/s%n",
                    size, Appends.median(folded), Arrays.stream(folded).min().orElse(0), Appends.median(counted));
        }
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    /** The limit: nothing but a count. */
    private static final class Counting implements Projection<Long> {
        static final String ID = "count";

        @Override
        public String id() {
            return ID;
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Long initial() {
            return 0L;
        }

        @Override
        public Long apply(Long state, Event event) {
            return state + 1;
        }

        @Override
        public byte[] encode(Long state) {
            return ByteBuffer.allocate(Long.BYTES).putLong(state).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    }
}
