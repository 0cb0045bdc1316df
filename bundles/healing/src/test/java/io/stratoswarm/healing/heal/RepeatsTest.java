package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatsTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path folder;

    private Instant now = BEGIN;
    private OpenJournal journal;

    @BeforeEach
    void open() {
        journal = new OpenJournal(folder, JournalOptions.DEFAULT.withMapBytes(1L << 26), () -> now, new SecureRandom());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private long append(String type, String source, String subject, String payload) {
        return journal.journal()
                .append(Append.of(EventDraft.json(type, source, subject, "system", List.of(), payload)))
                .join()
                .firstSequence();
    }

    /** An agent has ended so; what it was taken for is told where a class is given. */
    private Optional<String> ended(String agent, String exit, String words, String label) {
        long number = append("AgentExited", "core.agent", "agent/" + agent, "{\"code\":1,\"exit\":\"" + exit + "\"}");
        Event event = journal.journal().get(number).orElseThrow();
        Failure failure = Failure.of(event, journal.journal()).orElseThrow();
        Circumstance circumstance = new Circumstance(
                "AgentExited", exit, 1_000, 1, false, false, false, false, Map.of(), List.of("begun", words));
        Optional<String> same = new Repeats(journal.journal()).label(failure, circumstance);
        if (!label.isEmpty()) {
            append(
                    LearnedFold.CLASSIFIED,
                    "healing",
                    Ledger.subject(number),
                    "{\"agent\":\"" + agent + "\",\"class\":\"" + label
                            + "\",\"view\":{\"trigger\":\"AgentExited\",\"exit\":\"" + exit
                            + "\",\"log\":[\"begun\",\"" + words + "\"]}}");
        }
        return same;
    }

    @Test
    void shouldKnowTheLastFailureOfAnAgentAgain() {
        assertEquals(Optional.empty(), ended("g/a", "exit 1", "line 17: no store", "new-0"));
        assertEquals(Optional.of("new-0"), ended("g/a", "exit 1", "line 18: no store", ""));
        assertEquals(Optional.empty(), ended("g/b", "exit 1", "line 18: no store", ""), "another agent");
        assertEquals(Optional.empty(), ended("g/a", "exit 2", "line 18: no store", ""), "another end");
        assertEquals(Optional.empty(), ended("g/a", "exit 1", "no key", ""), "other words");
    }

    @Test
    void shouldLookNoFurtherThanTheLastOneAndSomeMinutes() {
        ended("g/a", "exit 1", "no store", "new-0");
        ended("g/a", "exit 2", "no key", "new-2");
        assertEquals(Optional.empty(), ended("g/a", "exit 1", "no store", ""), "that was the one before");
        ended("g/a", "exit 1", "no store", "new-5");
        now = BEGIN.plusSeconds(601);
        assertEquals(Optional.empty(), ended("g/a", "exit 1", "no store", ""), "that was long ago");
    }
}
