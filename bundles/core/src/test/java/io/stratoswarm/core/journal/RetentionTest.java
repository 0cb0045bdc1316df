package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.tool.JournalTools;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What goes, and what holds it back. */
class RetentionTest extends PrunedJournal {
    @Test
    void shouldHoldBackWhatIsStillNeeded() throws Exception {
        try (OpenJournal opened = filled(1500, step -> {})) {
            CountDownLatch seen = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Reactor slow = new Reactor() {
                @Override
                public String id() {
                    return "slow";
                }

                @Override
                public void on(Event event) throws Exception {
                    if (event.sequence() == 700) {
                        seen.countDown();
                        go.await();
                    }
                }
            };
            try {
                opened.reactors().add(slow);
                seen.await();
                JournalRetention.Plan plan = opened.retention().plan(OptionalLong.empty());
                assertEquals(600, plan.cut());
                assertEquals("reactor slow", plan.heldBack().getFirst().by());
                LegalHolds.Hold hold =
                        opened.retention().holds().place("agent/3", Long.MIN_VALUE, Long.MAX_VALUE, "case 7", "uid:0");
                assertTrue(
                        opened.retention().prune(OptionalLong.empty(), "x", "").isEmpty());
                assertEquals(Optional.of(hold), opened.retention().holds().holding("agent/3"));
                assertEquals(
                        Kind.NOT_FOUND,
                        assertThrows(
                                        StratoswarmException.class,
                                        () -> opened.retention().holds().release("hold-1", "over", "x"))
                                .kind());
                opened.retention().holds().release(hold.id(), "over", "uid:0");
                assertEquals(List.of(), opened.retention().holds().list());
                assertEquals(
                        600,
                        opened.retention()
                                .prune(OptionalLong.empty(), "x", "")
                                .orElseThrow()
                                .plan()
                                .cut());
            } finally {
                go.countDown(); // Or a failure would wait for it for ever.
            }
            opened.reactors().remove(slow);
        }
        assertGood();
    }

    @Test
    void shouldTakeASecondCutAndReadOldStatesOfAnotherVersionOnlyWhereItCan() {
        try (OpenJournal opened = filled(1500, step -> {})) {
            assertEquals(
                    900,
                    opened.retention()
                            .prune(OptionalLong.empty(), "x", "")
                            .orElseThrow()
                            .plan()
                            .cut());
            fill(opened, 0, 700);
            opened.projections().state("counting");
            assertEquals(
                    1500,
                    opened.retention()
                            .prune(OptionalLong.empty(), "x", "")
                            .orElseThrow()
                            .plan()
                            .cut());
        }
        assertGood();
        try (OpenJournal opened = open()) {
            opened.projections().add(new ProjectionsTest.Counting(2));
            StratoswarmException failure = assertThrows(
                    StratoswarmException.class, () -> opened.projections().state("counting"));
            assertTrue(String.valueOf(failure.getMessage()).contains("version 1"), failure.getMessage());
            assertEquals(List.of("counting"), opened.projections().failed());
        }
    }

    @Test
    void shouldBeginASegmentAfterAWhileHoweverFewEventsCome() {
        JournalOptions options = new JournalOptions(SEGMENT, 64L << 20, 1024, 100).withSegmentAge(Duration.ofDays(7));
        for (int life = 0; life < 3; life++) {
            try (OpenJournal opened = new OpenJournal(folder.resolve("slow"), options, clock, new SecureRandom())) {
                for (int day = 0; day < 10; day++) {
                    clock.millis.addAndGet(Duration.ofDays(1).toMillis());
                    opened.journal()
                            .append(Append.of(draft("Daily", "agent/a")))
                            .join();
                }
                opened.retention()
                        .configure(new RetentionSettings(
                                10, 0, 0, Duration.ofHours(1), Duration.ofMinutes(1), Optional.empty()));
                opened.retention().step();
            }
        }
        try (OpenJournal opened = new OpenJournal(folder.resolve("slow"), options, clock, new SecureRandom())) {
            long first = opened.journal().first();
            assertTrue(first >= 10, "first " + first);
            assertTrue(
                    opened.journal().get(first).orElseThrow().timeNanos()
                            <= (clock.millis.get() - Duration.ofDays(10).toMillis()) * 1_000_000,
                    "of what is to be kept some went");
        }
        assertEquals(List.of(), JournalTools.verify(folder.resolve("slow")).problems());
    }

    @Test
    void shouldKeepSoManyBytesAndNoBlobsThatOnlyPrunedEventsName() throws Exception {
        try (OpenJournal opened = filled(6000, step -> {})) {
            long blobs = blobs();
            opened.retention()
                    .configure(new RetentionSettings(0, 0, 1, Duration.ZERO, Duration.ofMinutes(1), Optional.empty()));
            JournalRetention.Status before = opened.retention().status();
            opened.retention().step();
            JournalRetention.Status after = opened.retention().status();
            assertEquals("", after.problem());
            assertTrue(before.bytes() > 1 << 20, before.toString());
            // The events that tell of the pruning come on top, and go with a later one.
            assertTrue(after.bytes() <= (1 << 20) + (32 << 10) && after.segments() > 1, after.toString());
            assertTrue(after.bytes() + (before.bytes() - after.bytes()) / (before.segments() - after.segments())
                    > 900_000);
            assertTrue(blobs() < blobs, blobs() + " of " + blobs + " blobs are left");
            assertArrayEquals(
                    opened.projections().refold("counting", opened.journal().size()),
                    opened.projections().state("counting"));
            for (long events = opened.journal().first();
                    events < opened.journal().size();
                    events += 97) {
                assertEquals(events, opened.past().stateAt("counting", events).events());
            }
        }
        assertGood();
    }

    private long blobs() throws java.io.IOException {
        return Folders.files(folder.resolve("data/blobs")).size();
    }

    @Test
    void shouldAnswerReadersWhileItIsPruned() throws Exception {
        try (OpenJournal opened = filled(1500, step -> {})) {
            Thread[] readers = new Thread[2];
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            boolean[] over = new boolean[1];
            for (int i = 0; i < readers.length; i++) {
                readers[i] = Thread.ofPlatform().start(() -> {
                    while (!over[0]) {
                        try {
                            opened.journal()
                                    .read(EventQuery.all().subject("agent/2").limit(50));
                            assertEquals(
                                    1,
                                    opened.journal()
                                            .read(EventQuery.all().type("ScriptEnabled"))
                                            .size());
                            opened.journal().proveInclusion(450, 1400);
                            opened.journal().nodes(0, 256, 256);
                            opened.journal().get(5);
                            Thread.sleep(1);
                        } catch (Throwable e) {
                            failures.add(e);
                            return;
                        }
                    }
                });
            }
            Thread.sleep(50);
            assertEquals(
                    900,
                    opened.retention()
                            .prune(OptionalLong.empty(), "x", "")
                            .orElseThrow()
                            .plan()
                            .cut());
            Thread.sleep(20);
            over[0] = true;
            for (Thread each : readers) {
                each.join();
            }
            assertEquals(List.of(), failures);
        }
    }
}
