package io.stratoswarm.benchmarks;

import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.audit.trail.TrailFinder;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How long a trail of one agent and one hour takes, out of a day of many events. Beside it the limit: all events of that hour read and
 * looked at one by one, which is what a log without an index has to do. The arguments are the number of events, of queries and of agents.
 */
final class TrailQuery {
    private static final Instant MORNING = Instant.parse("2026-01-01T00:00:00Z");
    private static final long DAY_NANOS = Duration.ofDays(1).toNanos();
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
    private static final int SCANS = 5;

    private TrailQuery() {}

    public static void main(String[] arguments) throws Exception {
        long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        int queries = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        int agents = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000;
        Folders folders = Folders.create();
        try {
            Path data = folders.make("data");
            AtomicReference<@Nullable OpenJournal> journal = new AtomicReference<>();
            // The day passes with the events.
            try (OpenJournal open = new OpenJournal(
                    data,
                    JournalOptions.DEFAULT,
                    () -> {
                        OpenJournal there = journal.get();
                        long size = there == null ? 0 : there.journal().size();
                        return MORNING.plusNanos((long) ((double) DAY_NANOS * size / events));
                    },
                    new SecureRandom())) {
                journal.set(open);
                // One thread alone would write each append itself, and wait for each sync.
                open.journal().spare(Thread.currentThread(), () -> true);
                AgentHistory history = new AgentHistory(open.journal(), agents);
                history.declare();
                history.write(events);
                measure(open, queries);
            }
        } finally {
            folders.remove();
        }
    }

    private static void measure(OpenJournal open, int queries) {
        TrailFinder finder = new TrailFinder(open.journal());
        Random random = new Random(42);
        List<String> names = open
                .journal()
                .read(EventQuery.all().subject("agent/*").limit(100_000))
                .stream()
                .map(event -> event.subject().substring("agent/".length()))
                .distinct()
                .toList();
        long morning = MORNING.getEpochSecond() * 1_000_000_000L;
        double[] millis = new double[queries];
        long found = 0;
        for (int i = 0; i < queries; i++) {
            long from = morning + (long) (random.nextDouble() * (DAY_NANOS - HOUR_NANOS));
            String agent = names.get(random.nextInt(names.size()));
            long began = System.nanoTime();
            Trails.Trail trail = finder.find(new Trails.Query(
                    from,
                    from + HOUR_NANOS,
                    Optional.of(agent),
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Trails.MAX_LIMIT));
            millis[i] = (System.nanoTime() - began) / 1e6;
            found += trail.events().size();
        }
        double first = millis[0];
        Arrays.sort(millis);
        double[] scans = new double[SCANS];
        for (int i = 0; i < SCANS; i++) {
            scans[i] = scan(open, morning + i * HOUR_NANOS, names.get(i));
        }
        System.out.printf(
                "%d queries by agent and hour over %d events of %d agents, %d events each: p50 %.1f ms, p99 %.1f ms, first %.1f ms;"
                        + " the hour read event by event: %.0f ms%n",
                queries,
                open.journal().size(),
                names.size(),
                found / queries,
                millis[queries / 2],
                millis[(int) (queries * 0.99)],
                first,
                Appends.median(scans));
    }

    private static double scan(OpenJournal open, long from, String agent) {
        long began = System.nanoTime();
        long matching =
                open
                        .journal()
                        .read(EventQuery.all().between(from, from + HOUR_NANOS).limit(EventQuery.MAX_LIMIT))
                        .stream()
                        .filter(event -> event.subject().equals("agent/" + agent))
                        .count();
        if (matching < 0) {
            throw new IllegalStateException("a count is never negative");
        }
        return (System.nanoTime() - began) / 1e6;
    }
}
