package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.testing.KilledMachine;
import io.stratoswarm.core.tool.JournalTools;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writer under load with -9, again and again, on the same journal; {@code -Dstratoswarm.crash.rounds=100} for more. */
class CrashTest {
    @TempDir
    Path folder;

    @Test
    void shouldKeepEveryAcknowledgedEventThroughKills() throws Exception {
        int rounds = Integer.getInteger("stratoswarm.crash.rounds", 15);
        Random random = new Random(5);
        Path data = folder.resolve("data");
        KilledMachine writers = new KilledMachine(
                CrashWriter.class, folder, folder.resolve("observed").toString());
        long acknowledged = 0;
        for (int round = 0; round < rounds; round++) {
            long last = killedWriter(writers, data, random.nextInt(200));
            assertTrue(last >= 0, "the writer of round " + round + " acknowledged nothing");
            acknowledged = Math.max(acknowledged, last + 2);
            JournalTools.VerifyResult verified = JournalTools.verify(data);
            assertEquals(List.of(), verified.problems(), "round " + round);
            assertTrue(verified.size() >= acknowledged, verified.size() + " events, acknowledged " + acknowledged);
            assertEquals(0, verified.size() % 2, "half of an append is there");
        }
        try (OpenJournal opened =
                new OpenJournal(data, JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom())) {
            assertTrue(opened.journal().size() >= acknowledged);
            List<Event> newest =
                    opened.journal().read(EventQuery.all().newestFirst().limit(500));
            for (int i = 0; i < newest.size(); i++) {
                assertEquals(opened.journal().size() - 1 - i, newest.get(i).sequence());
            }
        }
    }

    /** The last sequence acknowledged before the kill. */
    private static long killedWriter(KilledMachine writers, Path data, long millis)
            throws IOException, InterruptedException {
        Process writer = writers.start(data.toString());
        try (DataInputStream in = new DataInputStream(writer.getInputStream())) {
            // The time runs from the first acknowledgement on, so that every kill hits a writer at work.
            long last = in.readLong();
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                // By its handle: the Process itself would also close the stream that is being read.
                writer.toHandle().destroyForcibly();
            });
            try {
                while (true) {
                    last = Math.max(last, in.readLong());
                }
            } catch (EOFException e) {
                killer.join();
                return last;
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }
}
