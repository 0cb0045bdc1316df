package io.stratoswarm.core.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionGate.Finding;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.testing.FakeClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionBookTest {
    private static final DecisionOrigin BY_SEVEN = new DecisionOrigin("console", "api", "uid:7", List.of());

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T12:00:00Z"));
    private final List<DecisionGate> gates = new ArrayList<>();
    private OpenJournal open;
    private DecisionBook book;

    @BeforeEach
    void open() {
        open = new OpenJournal(folder.resolve("data"), JournalOptions.DEFAULT, clock, new SecureRandom());
        open.projections().add(DecisionBook.projection());
        book = new DecisionBook(open.journal(), open.projections(), Optional::empty, () -> gates, clock);
    }

    @AfterEach
    void close() {
        open.close();
    }

    private static DecisionRecorded decision(String id) {
        return new DecisionRecorded(
                id, "shop/web", "restart", Map.of(), List.of("do nothing"), "it hangs", 0.8, Map.of("own", "1"));
    }

    private void rule(Ruling ruling) {
        gates.clear();
        gates.add((decision, origin) -> List.of(
                new Finding("pack/mild", Ruling.ALLOW, "noted"), new Finding("pack/rule", ruling, "not like this")));
    }

    private JsonNode payload(long sequence) {
        return Approvals.json(open.journal().get(sequence).orElseThrow().payload());
    }

    private Event last() {
        return open.journal().get(open.journal().size() - 1).orElseThrow();
    }

    @Test
    void shouldRecordTheStateInWhichItWasDecided() {
        Checkpoint before = open.journal().checkpoint();
        Made made = book.decide(decision("d1"), BY_SEVEN);
        assertEquals(Ruling.ALLOW, made.ruling());
        JsonNode context = payload(made.sequence()).path("systemContext");
        JsonNode journal =
                Approvals.json(context.path("journal").asText().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(before.rootHash(), journal.path("root").asText());
        assertEquals(before.size(), journal.path("size").asLong());
        assertEquals("1", context.path("own").asText());
        book.outcome(made, BY_SEVEN, "done", true);
        assertEquals("DecisionOutcome", last().type());
        assertEquals(List.of(open.journal().get(made.sequence()).orElseThrow().asCause()), last().causes());
        long size = open.journal().size();
        assertTrue(book.decide(decision("d1"), BY_SEVEN).repeated());
        book.outcome(made, BY_SEVEN, "done", true);
        assertEquals(size, open.journal().size(), "the same again writes nothing");
    }

    @Test
    void shouldRefuseADecisionWithoutItsContext() {
        Append bare = Append.of(EventDraft.json(
                DecisionRecorded.TYPE, "x", "api", "uid:7", List.of(), "{\"id\":\"d\",\"systemContext\":{}}"));
        CompletionException refused = assertThrows(
                CompletionException.class, () -> open.journal().append(bare).join());
        assertEquals(
                Kind.INVALID,
                assertInstanceOf(StratoswarmException.class, refused.getCause()).kind());
    }

    @Test
    void shouldDenyAndCloseWhatARuleForbids() {
        rule(Ruling.DENY);
        Made made = book.decide(decision("d1"), BY_SEVEN);
        assertEquals(Ruling.DENY, made.ruling());
        assertEquals("pack/rule: not like this", made.why());
        assertEquals(
                "denied: pack/rule: not like this",
                Approvals.json(last().payload()).path("outcome").asText());
        assertTrue(book.pending().isEmpty());
        gates.clear();
        assertEquals(Ruling.DENY, book.decide(decision("d1"), BY_SEVEN).ruling(), "what was said first is what counts");
    }

    @Test
    void shouldDenyWhatCannotBeJudged() {
        gates.add((decision, origin) -> {
            throw new IllegalStateException("broken");
        });
        assertEquals(Ruling.DENY, book.decide(decision("d1"), BY_SEVEN).ruling());
    }

    @Test
    void shouldLetItActOnceSomebodyElseHasApproved() {
        rule(Ruling.APPROVE);
        assertEquals(Ruling.APPROVE, book.decide(decision("d1"), BY_SEVEN).ruling());
        assertEquals("d1", book.pending().getFirst().id());
        for (String same : List.of("uid:7", "uid:7@10.0.0.1")) {
            assertEquals(
                    Kind.FORBIDDEN,
                    assertThrows(StratoswarmException.class, () -> book.approve("d1", same))
                            .kind());
        }
        book.approve("d1", "uid:8");
        assertTrue(book.pending().getFirst().approved());
        assertEquals(
                Kind.CONFLICT,
                assertThrows(StratoswarmException.class, () -> book.approve("d1", "uid:8"))
                        .kind());
        Made again = book.decide(decision("d1"), BY_SEVEN);
        assertEquals(Ruling.ALLOW, again.ruling());
        book.outcome(again, BY_SEVEN, "done", true);
        assertTrue(book.pending().isEmpty());
    }

    @Test
    void shouldKeepWhatWaitsOverARestart() {
        rule(Ruling.APPROVE);
        book.decide(decision("d1"), BY_SEVEN);
        book.decide(decision("d2"), BY_SEVEN);
        book.approve("d2", "uid:8");
        close();
        open();
        assertEquals(2, book.pending().size());
        assertFalse(book.pending().getFirst().approved());
        assertEquals("uid:8", book.pending().getLast().approvedBy());
    }

    @Test
    void shouldCloseWhatIsRejectedOrTooOld() {
        rule(Ruling.APPROVE);
        book.decide(decision("d1"), BY_SEVEN);
        book.decide(decision("d2"), BY_SEVEN);
        book.reject("d1", "uid:7", "not on a Friday");
        assertEquals(
                "rejected by uid:7: not on a Friday",
                Approvals.json(last().payload()).path("outcome").asText());
        clock.advance(Duration.ofHours(25));
        assertTrue(book.pending().isEmpty());
        assertTrue(Approvals.json(last().payload()).path("outcome").asText().startsWith("expired"));
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(StratoswarmException.class, () -> book.approve("d2", "uid:8"))
                        .kind());
    }
}
