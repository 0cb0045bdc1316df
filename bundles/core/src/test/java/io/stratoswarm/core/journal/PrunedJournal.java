package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.tool.JournalTools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Journals of small segments, of which the older ones go. */
abstract class PrunedJournal {
    static final int SEGMENT = 300;
    static final RetentionSettings KEEP_500 =
            new RetentionSettings(0, 500, 0, Duration.ZERO, Duration.ofMinutes(1), Optional.empty());

    @TempDir
    Path folder;

    final Fixture.Clock clock = new Fixture.Clock();

    OpenJournal open(java.util.function.Consumer<Pruner.Step> steps) {
        return new OpenJournal(
                folder.resolve("data"),
                new JournalOptions(SEGMENT, 64L << 20, 1024, 100),
                clock,
                new SecureRandom(),
                steps);
    }

    OpenJournal open() {
        return open(step -> {});
    }

    OpenJournal filled(int events, java.util.function.Consumer<Pruner.Step> steps) {
        OpenJournal opened = open(steps);
        opened.retention().configure(KEEP_500);
        opened.projections().add(new ProjectionsTest.Counting(1));
        opened.journal().append(Append.of(draft("ScriptEnabled", "script/a"))).join();
        fill(opened, 1, events);
        opened.projections().state("counting");
        return opened;
    }

    /** From a virtual thread, whose appends the writer takes many at once. */
    static void fill(OpenJournal opened, int from, int to) {
        try {
            Thread.ofVirtual()
                    .start(() -> Fixture.fill(opened.journal(), from, to))
                    .join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static EventDraft draft(String type, String subject) {
        return EventDraft.json(type, "test", subject, "system", List.of(), "{}");
    }

    void assertGood() {
        JournalTools.VerifyResult verified = JournalTools.verify(folder.resolve("data"));
        assertEquals(List.of(), verified.problems());
        assertEquals(List.of(), verified.damaged());
    }
}
