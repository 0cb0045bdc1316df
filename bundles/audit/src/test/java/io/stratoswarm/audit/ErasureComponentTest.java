package io.stratoswarm.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.EventType;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.audit.publish.LogFixture;
import io.stratoswarm.audit.verify.FolderVerifier;
import io.stratoswarm.core.tool.JournalTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasureComponentTest {
    /** A type with a personal field. */
    private static final class Mailed implements EventType {
        @Override
        public String type() {
            return "Mailed";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public List<String> personalFields() {
            return List.of("/text");
        }

        @Override
        public String personOf() {
            return "/to";
        }
    }

    @TempDir
    Path folder;

    private static String payload(Journal journal, String to) {
        return journal.read(EventQuery.all().subject("mail/" + to)).getFirst().payloadText();
    }

    @Test
    void shouldMakeAPersonUnreadableWhileEveryProofHolds() throws Exception {
        Path data = folder.resolve("data");
        Path published = folder.resolve("published");
        Path known = folder.resolve("known");
        String key;
        try (LogFixture fixture = LogFixture.open(data)) {
            Journal journal = fixture.opened.journal();
            fixture.opened.types().add(new Mailed());
            for (String person : List.of("ann", "bob")) {
                journal.append(Append.of(EventDraft.json(
                                "Mailed",
                                "test",
                                "mail/" + person,
                                "system",
                                List.of(),
                                "{\"to\":\"" + person + "\",\"text\":\"secret of " + person + "\"}")))
                        .join();
            }
            fixture.fill(400);
            fixture.publish(published);
            Files.copy(published.resolve("checkpoint"), known);
            assertTrue(payload(journal, "ann").contains("secret of ann"));
            long size = journal.size();
            InclusionProof before = journal.proveInclusion(1, size);

            ErasureComponent erasure = new ErasureComponent(
                    journal,
                    fixture.opened.persons(),
                    fixture.opened.retention().holds());
            LegalHolds.Hold hold = fixture.opened
                    .retention()
                    .holds()
                    .place("mail/*", Long.MIN_VALUE, Long.MAX_VALUE, "case 7", "uid:0");
            StratoswarmException refused =
                    assertThrows(StratoswarmException.class, () -> erasure.erase("ann", "uid:0"));
            assertTrue(String.valueOf(refused.getMessage()).contains(hold.id() + " of uid:0"), refused.getMessage());
            assertTrue(String.valueOf(refused.getMessage()).contains("case 7"), refused.getMessage());
            assertTrue(payload(journal, "ann").contains("secret of ann"));
            fixture.opened.retention().holds().release(hold.id(), "over", "uid:0");
            assertTrue(erasure.erase("ann", "uid:0"));
            assertFalse(payload(journal, "ann").contains("secret"));
            assertTrue(payload(journal, "bob").contains("secret of bob"));
            assertEquals(before, journal.proveInclusion(1, size));
            assertFalse(erasure.erase("ann", "uid:0"));
            List<Event> told = journal.read(EventQuery.all().type("PersonErased"));
            assertEquals(2, told.size());
            assertFalse(told.getFirst().payloadText().contains("ann\""));

            fixture.publish(published);
            key = fixture.key();
        }
        LogVerifier.Report report = new FolderVerifier()
                .verify(new LogVerifier.Request(published, List.of(key), List.of(known), List.of(), 1));
        assertEquals(List.of(), report.problems());
        assertTrue(JournalTools.verify(data).ok());
    }
}
