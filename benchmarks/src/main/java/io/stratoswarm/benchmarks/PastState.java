package io.stratoswarm.benchmarks;

import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.core.agent.AgentsProjection;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;

/**
 * How long the state of 1,000 agents at a random moment of many events takes, beside a fold from zero to the same moment. The snapshots
 * are those that the running projection stored. In the first round no segment but the newest is open yet. The arguments are the number of
 * events, of moments and of agents, and the seed.
 */
final class PastState {
    private PastState() {}

    public static void main(String[] arguments) throws Exception {
        long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        int moments = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        int agents = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000;
        long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : 1;
        Folders folders = Folders.create();
        try {
            Path data = folders.make("data");
            try (OpenJournal open = open(data)) {
                open.projections().add(new AgentsProjection());
                // One thread alone would write each append itself, and wait for each sync.
                open.journal().spare(Thread.currentThread(), () -> true);
                AgentHistory history = new AgentHistory(open.journal(), agents);
                history.declare();
                history.write(events);
                open.projections().state(AgentsProjection.ID);
                System.out.printf(
                        "wrote %d events of %d agents, snapshots among them%n",
                        open.journal().size(), agents);
            }
            try (OpenJournal open = open(data)) {
                open.projections().add(new AgentsProjection());
                open.projections().state(AgentsProjection.ID);
                Random random = new Random(seed);
                round("segments not open yet", open, moments, random);
                round("segments open", open, moments, random);
                fold(open, random);
            }
        } finally {
            folders.remove();
        }
    }

    private static OpenJournal open(Path data) {
        return new OpenJournal(data, JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom());
    }

    /** As {@code at TIME}: a time, the number of events then, their state. */
    private static void round(String what, OpenJournal open, int moments, Random random) {
        PastStates past = open.past();
        long size = open.journal().size();
        long first = open.journal().get(0).orElseThrow().timeNanos();
        long last = open.journal().get(size - 1).orElseThrow().timeNanos();
        double[] took = new double[moments];
        long folded = 0;
        for (int i = 0; i < moments; i++) {
            long time = first + (long) (random.nextDouble() * (last - first));
            long began = System.nanoTime();
            PastStates.State state = past.stateAt(AgentsProjection.ID, past.eventsAt(time));
            took[i] = (System.nanoTime() - began) / 1e9;
            folded = Math.max(folded, state.events() - state.snapshot());
        }
        double first1 = took[0];
        Arrays.sort(took);
        System.out.printf(
                "state at a random moment, %s: p50 %.3f s, p99 %.3f s, greatest %.3f s, first %.3f s; at most %d events folded%n",
                what, took[moments / 2], took[moments * 99 / 100], took[moments - 1], first1, folded);
    }

    private static void fold(OpenJournal open, Random random) {
        long events = open.journal().size() / 2 + random.nextInt(1_000);
        long began = System.nanoTime();
        byte[] zero = open.projections().refold(AgentsProjection.ID, events);
        double took = (System.nanoTime() - began) / 1e9;
        boolean same = Arrays.equals(
                zero, open.past().stateAt(AgentsProjection.ID, events).bytes());
        System.out.printf("a fold of %d events from zero: %.2f s; the same bytes: %b%n", events, took, same);
    }
}
