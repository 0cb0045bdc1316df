package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.merkle.ProofVerifier;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmdbJournalTest {
    @TempDir
    Path folder;

    private static StratoswarmException refusal(CompletableFuture<?> future) {
        CompletionException e = assertThrows(CompletionException.class, future::join);
        return assertInstanceOf(StratoswarmException.class, e.getCause());
    }

    @Test
    void shouldReadBackWhatItAcknowledgedAlsoAfterReopening() {
        List<Receipt> receipts;
        String root;
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            receipts = Fixture.fill(journal, 0, 300);
            root = journal.checkpoint().rootHash();
        }
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            assertEquals(300, journal.size());
            assertEquals(root, journal.checkpoint().rootHash());
            for (int n = 0; n < 300; n++) {
                assertEquals(n, receipts.get(n).firstSequence());
                Event event = journal.get(n).orElseThrow();
                assertEquals("{\"n\":" + n + "}", event.payloadText());
                assertEquals("agent/" + n % 5, event.subject());
                assertEquals(receipts.get(n).timeNanos(), event.timeNanos());
                assertEquals(journal.id(), event.journal());
            }
            assertEquals(60, journal.version("agent/3"));
            assertEquals(0, journal.version("agent/9"));
            assertTrue(journal.get(300).isEmpty());
            Fixture.fill(journal, 300, 400);
            assertEquals(80, journal.version("agent/3"));
        }
    }

    @Test
    void shouldAnswerQueriesAsANaiveFilterDoes() {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, 500);
            List<Event> all = journal.read(EventQuery.all());
            assertEquals(500, all.size());
            long middle = all.get(250).timeNanos();
            for (boolean descending : new boolean[] {false, true}) {
                for (int limit : new int[] {1, 7, 1000}) {
                    check(journal, all, EventQuery.all().limit(limit), event -> true, descending);
                    check(
                            journal,
                            all,
                            EventQuery.all().limit(limit).subject("agent/2"),
                            event -> event.subject().equals("agent/2"),
                            descending);
                    check(journal, all, EventQuery.all().limit(limit).subject("agent/*"), event -> true, descending);
                    check(
                            journal,
                            all,
                            EventQuery.all().limit(limit).type("Type1"),
                            event -> event.type().equals("Type1"),
                            descending);
                    check(
                            journal,
                            all,
                            EventQuery.all()
                                    .limit(limit)
                                    .type("Type*")
                                    .subject("agent/4")
                                    .from(100)
                                    .to(333),
                            event -> event.subject().equals("agent/4")
                                    && event.sequence() >= 100
                                    && event.sequence() < 333,
                            descending);
                    check(
                            journal,
                            all,
                            EventQuery.all()
                                    .limit(limit)
                                    .between(middle, Long.MAX_VALUE)
                                    .type("Type2"),
                            event -> event.timeNanos() >= middle && event.type().equals("Type2"),
                            descending);
                    check(journal, all, EventQuery.all().limit(limit).subject("nobody"), event -> false, descending);
                }
            }
        }
    }

    private static void check(
            LmdbJournal journal, List<Event> all, EventQuery query, Predicate<Event> matches, boolean descending) {
        List<Long> expected = new ArrayList<>(
                all.stream().filter(matches).map(Event::sequence).toList());
        if (descending) {
            Collections.reverse(expected);
        }
        EventQuery asked = descending ? query.newestFirst() : query;
        assertEquals(
                expected.subList(0, Math.min(query.limit(), expected.size())),
                journal.read(asked).stream().map(Event::sequence).toList(),
                asked.toString());
    }

    @Test
    void shouldAppendSeveralEventsTogetherWithCausesAmongThem() {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, 3);
            EventDraft first = Fixture.draft(3);
            EventDraft second = EventDraft.json(
                    "Follows",
                    "test",
                    "agent/x",
                    "system",
                    List.of(new Cause.InSameAppend(0), new Cause.OfMetrics(journal.id(), 4, 5, 6)),
                    "{}");
            Receipt receipt = journal.append(Append.of(first, second)).join();
            assertEquals(new Receipt(journal.id(), 3, 2, 5, receipt.timeNanos(), false), receipt);
            assertEquals(
                    List.of(new Cause.OfEvent(journal.id(), 3), new Cause.OfMetrics(journal.id(), 4, 5, 6)),
                    journal.get(4).orElseThrow().causes());
            EventDraft backwards = EventDraft.json("Bad", "test", "s", "a", List.of(new Cause.InSameAppend(0)), "{}");
            assertEquals(
                    Kind.INVALID, refusal(journal.append(Append.of(backwards))).kind());
        }
    }

    @Test
    void shouldRefuseAnUnexpectedVersionAndWriteNothing() {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, 10);
            Append stale = Append.of(Fixture.draft(1), Fixture.draft(2)).expecting("agent/1", 1);
            assertEquals(Kind.CONFLICT, refusal(journal.append(stale)).kind());
            assertEquals(10, journal.size());
            journal.append(Append.of(Fixture.draft(1)).expecting("agent/1", 2).expecting("new", 0))
                    .join();
            assertEquals(11, journal.size());
        }
    }

    @Test
    void shouldDecideOneOfManyRacingAppends() {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            List<CompletableFuture<Receipt>> racing = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                racing.add(journal.append(Append.of(Fixture.draft(0)).expecting("agent/0", 0)));
            }
            long won = racing.stream()
                    .filter(future -> {
                        try {
                            future.join();
                            return true;
                        } catch (CompletionException e) {
                            return false;
                        }
                    })
                    .count();
            assertEquals(1, won);
            assertEquals(1, journal.size());
        }
    }

    @Test
    void shouldAnswerAKnownIdempotencyKeyWithTheFirstReceipt() {
        Receipt first;
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            CompletableFuture<Receipt> one =
                    journal.append(Append.of(Fixture.draft(0)).withKey("k"));
            CompletableFuture<Receipt> two =
                    journal.append(Append.of(Fixture.draft(0)).withKey("k"));
            first = one.join();
            assertFalse(first.repeated());
            assertTrue(two.join().repeated());
            assertEquals(first.firstSequence(), two.join().firstSequence());
        }
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 1, 100);
            Receipt again =
                    journal.append(Append.of(Fixture.draft(5)).withKey("k")).join();
            assertTrue(again.repeated());
            assertEquals(first.timeNanos(), again.timeNanos());
            assertEquals(100, journal.size());
        }
    }

    @Test
    void shouldRefuseAnEventThatDoesNotFitALeaf() {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            EventDraft large = EventDraft.json("Large", "test", "s", "a", List.of(), "x".repeat(70_000));
            assertEquals(Kind.INVALID, refusal(journal.append(Append.of(large))).kind());
            EventDraft longName = EventDraft.json("Long", "test", "s".repeat(501), "a", List.of(), "{}");
            assertEquals(
                    Kind.INVALID, refusal(journal.append(Append.of(longName))).kind());
            EventDraft fits = EventDraft.json("Fits", "test", "s", "a", List.of(), "x".repeat(65_400));
            journal.append(Append.of(fits)).join();
            assertEquals(65_400, journal.get(0).orElseThrow().payload().length);
        }
    }

    @Test
    void shouldHoldTimeAndTellOnceWhenTheClockIsSetBack() {
        Fixture.Clock clock = new Fixture.Clock();
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL, clock)) {
            Fixture.fill(journal, 0, 2);
            clock.millis.addAndGet(-60_000);
            for (int n = 2; n < 6; n++) {
                Fixture.fill(journal, n, n + 1);
            }
            clock.millis.addAndGet(120_000);
            Fixture.fill(journal, 6, 7);
            List<Event> all = journal.read(EventQuery.all());
            assertEquals(8, all.size());
            for (int i = 1; i < all.size(); i++) {
                assertTrue(all.get(i).timeNanos() >= all.get(i - 1).timeNanos());
            }
            assertEquals(
                    1,
                    all.stream()
                            .filter(event -> event.type().equals("ClockStepped"))
                            .count());
            assertEquals("ClockStepped", all.get(2).type());
            assertNotEquals(all.get(6).timeNanos(), all.get(7).timeNanos());
        }
    }

    @Test
    void shouldProveEventsAcrossSegments() {
        HexFormat hex = HexFormat.of();
        ProofVerifier verifier = new ProofVerifier(new TreeHasher());
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, 200);
            for (long sequence : new long[] {0, 63, 64, 130, 199}) {
                InclusionProof proof = journal.proveInclusion(sequence, 200);
                assertEquals(journal.checkpoint().rootHash(), proof.rootHash());
                assertTrue(verifier.inclusion(
                        hex.parseHex(proof.leafHash()),
                        sequence,
                        200,
                        proof.path().stream().map(hex::parseHex).toList(),
                        hex.parseHex(proof.rootHash())));
            }
            ConsistencyProof proof = journal.proveConsistency(77, 200);
            assertTrue(verifier.consistency(
                    77,
                    200,
                    hex.parseHex(proof.root1()),
                    hex.parseHex(proof.root2()),
                    proof.path().stream().map(hex::parseHex).toList()));
            assertThrows(StratoswarmException.class, () -> journal.proveInclusion(3, 201));
        }
    }

    @Test
    void shouldFollowStoredAndLiveEventsWithoutHoldingBackTheWriter() throws Exception {
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, 100);
            List<Long> seen = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch gate = new CountDownLatch(1);
            CountDownLatch all = new CountDownLatch(300);
            Journal.Subscription slow = journal.follow(10, event -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                seen.add(event.sequence());
                all.countDown();
            });
            Fixture.fill(journal, 100, 310);
            assertEquals(310, journal.size());
            assertTrue(seen.isEmpty());
            gate.countDown();
            assertTrue(all.await(10, TimeUnit.SECONDS));
            slow.close();
            assertEquals(310, slow.position());
            for (int i = 0; i < 300; i++) {
                assertEquals(10 + i, seen.get(i));
            }
        }
    }

    @Test
    void shouldLetACallbackAppendAndRefuseOnceClosed() {
        LmdbJournal journal = Fixture.open(folder, new JournalOptions(64, 64L << 20, 1, 1 << 30));
        CompletableFuture<Receipt> chained = journal.append(Append.of(Fixture.draft(0)))
                .thenCompose(receipt -> journal.append(Append.of(Fixture.draft(1), Fixture.draft(2))))
                .thenCompose(receipt -> journal.append(Append.of(Fixture.draft(3))));
        assertEquals(3, chained.join().firstSequence());
        journal.close();
        journal.close();
        assertEquals(
                Kind.UNAVAILABLE,
                refusal(journal.append(Append.of(Fixture.draft(4)))).kind());
        assertEquals(Optional.of(Kind.UNAVAILABLE), kindOf(() -> journal.get(0)));
    }

    private static Optional<Kind> kindOf(Runnable action) {
        return Optional.of(assertThrows(StratoswarmException.class, action::run).kind());
    }

    @Test
    void shouldRefuseWhenTheMapIsFullAndGoOnReading() {
        try (LmdbJournal journal = Fixture.open(folder, new JournalOptions(1 << 20, 1 << 20, 1024, 1 << 30))) {
            EventDraft large = EventDraft.json("Large", "test", "s", "a", List.of(), "x".repeat(30_000));
            int written = 0;
            CompletableFuture<Receipt> last = journal.append(Append.of(large));
            while (written < 100 && !isFull(last)) {
                written++;
                last = journal.append(Append.of(large));
            }
            assertEquals(Kind.FULL, refusal(last).kind());
            assertEquals(written, journal.size());
            assertEquals(written, journal.version("s"));
            journal.append(Append.of(Fixture.draft(1))).join();
            assertEquals(written + 1, journal.size());
        }
    }

    private static boolean isFull(CompletableFuture<Receipt> future) {
        try {
            future.join();
            return false;
        } catch (CompletionException e) {
            return true;
        }
    }
}
