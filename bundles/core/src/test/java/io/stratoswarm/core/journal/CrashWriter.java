package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Append;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/** The child of {@link CrashTest}: appends without end and prints each acknowledged sequence; is killed in the middle. */
final class CrashWriter {
    private CrashWriter() {}

    public static void main(String[] args) throws Exception {
        DataOutputStream out = new DataOutputStream(System.out);
        Semaphore inFlight = new Semaphore(64);
        JournalOptions options = JournalOptions.DEFAULT.withSegmentEvents(500);
        try (OpenJournal opened =
                new OpenJournal(Path.of(args[0]), options, InstantSource.system(), new SecureRandom())) {
            for (long n = opened.journal().size(); ; n++) {
                inFlight.acquire();
                opened.journal()
                        .append(Append.of(Fixture.draft((int) n), Fixture.draft((int) n + 1)))
                        .whenComplete((receipt, failure) -> {
                            inFlight.release();
                            try {
                                out.writeLong(receipt == null ? -1 : receipt.firstSequence());
                                out.flush();
                            } catch (IOException e) {
                                Runtime.getRuntime().halt(3);
                            }
                        });
            }
        }
    }
}
