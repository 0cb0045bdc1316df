package io.stratoswarm.audit.trail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.audit.Trails.Link;
import io.stratoswarm.api.audit.Trails.Trail;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrailFinderTest {
    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private OpenJournal open;
    private TrailFinder finder;

    @BeforeEach
    void open() {
        open = new OpenJournal(folder.resolve("data"), JournalOptions.DEFAULT, () -> now, new SecureRandom());
        open.projections().add(DecisionBook.projection());
        finder = new TrailFinder(open.journal());
    }

    @AfterEach
    void close() {
        open.close();
    }

    private long happen(String type, String subject, String json, long... causes) {
        List<Cause> all = new ArrayList<>();
        for (long cause : causes) {
            all.add(new Cause.OfEvent(open.journal().id(), cause));
        }
        now = now.plusSeconds(1);
        return open.journal()
                .append(Append.of(EventDraft.json(type, "core.agent", subject, "uid:7", all, json)))
                .join()
                .firstSequence();
    }

    private static Trails.Query all() {
        return new Trails.Query(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                1_000);
    }

    private static Trails.Query about(String name) {
        return new Trails.Query(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.of(name),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                1_000);
    }

    private static List<Long> sequences(List<Event> events) {
        return events.stream().map(Event::sequence).toList();
    }

    @Test
    void shouldFindAnAgentsEventsWithTheirCausesAndTheDecisionsAboutIt() {
        long dependency = happen("AgentExited", "agent/shop/db", "{}");
        long failed = happen("AgentFailed", "agent/shop/web", "{}", dependency);
        happen("AgentFailed", "agent/shop/website", "{}");
        happen("AgentFailed", "agent/bank/web", "{}");
        long replica = happen("AgentFailed", "agent/shop/web.1", "{}");
        DecisionOrigin origin = new DecisionOrigin(
                "core.script",
                "script/heal",
                "script:heal",
                List.of(new Cause.OfEvent(open.journal().id(), failed)));
        DecisionBook book = new DecisionBook(open.journal(), open.projections(), Optional::empty, List::of, () -> now);
        Made made = book.decide(
                new DecisionRecorded("d1", "shop/web", "restart", Map.of(), List.of(), "it failed", 0.7, Map.of()),
                origin);
        book.decide(
                new DecisionRecorded("d2", "shop/website", "restart", Map.of(), List.of(), "x", 0.7, Map.of()), origin);
        book.outcome(made, origin, "restarted", true);
        long outcome = open.journal().size() - 1;
        long violation =
                happen("ComplianceViolated", "rule/p/r", "{\"rule\":\"p/r\",\"severity\":\"high\"}", made.sequence());

        Trail trail = finder.find(about("shop/web"));
        assertEquals(List.of(failed, replica, made.sequence(), outcome), sequences(trail.events()));
        assertEquals(List.of(dependency), sequences(trail.led()));
        assertEquals(
                List.of(
                        new Link(dependency, failed),
                        new Link(failed, made.sequence()),
                        new Link(made.sequence(), outcome)),
                trail.links());
        assertEquals("restarted", trail.decisions().getFirst().outcome());
        assertTrue(trail.decisions().getFirst().success());
        assertEquals("allow", trail.decisions().getFirst().ruling());
        assertEquals(List.of(new Trails.Broken("p/r", "high", 1)), trail.broken());
        assertFalse(trail.more());
        assertEquals(violation + 1, trail.state().size());
        assertEquals(
                7, finder.find(about("shop")).events().size(), "all agents of the graph, and decisions about them");
    }

    @Test
    void shouldFindAllThatAnEventLedToAndNothingElse() {
        Random random = new Random(20261126);
        List<TreeSet<Long>> ancestors = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long[] causes = random.longs(random.nextInt(3), Math.max(0, i - 30), Math.max(1, i))
                    .toArray();
            long[] real = i == 0 ? new long[0] : causes;
            happen("T" + i % 3, "agent/a/" + i % 7, "{}", real);
            TreeSet<Long> mine = new TreeSet<>();
            for (long cause : real) {
                mine.add(cause);
                mine.addAll(ancestors.get((int) cause));
            }
            ancestors.add(mine);
        }
        for (long seed = 0; seed < 300; seed += 7) {
            List<Long> expected = new ArrayList<>(List.of(seed));
            for (int i = 0; i < ancestors.size(); i++) {
                if (ancestors.get(i).contains(seed)) {
                    expected.add((long) i);
                }
            }
            Trails.Query query = new Trails.Query(
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalLong.of(seed),
                    Optional.empty(),
                    1_000);
            assertEquals(expected, sequences(finder.find(query).events()), "what event " + seed + " led to");
        }
    }

    @Test
    void shouldFindTextWhereverItIsAndTheLatestWhereThereAreMany() {
        happen("AgentFailed", "agent/a/b", "{\"reason\":\"Out of MEMORY\"}");
        happen("AgentFailed", "agent/a/b", "{}");
        for (int i = 0; i < 20; i++) {
            happen("Noise", "x", "{\"n\":" + i + "}");
        }
        Trails.Query text = new Trails.Query(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.of("memory"),
                5);
        assertEquals(List.of(0L), sequences(finder.find(text).events()));
        Trail latest = finder.find(new Trails.Query(
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.empty(),
                Optional.of("Noi*"),
                OptionalLong.empty(),
                Optional.empty(),
                5));
        assertEquals(List.of(17L, 18L, 19L, 20L, 21L), sequences(latest.events()));
        assertTrue(latest.more());
        assertEquals(22, finder.find(all()).events().size());
    }

    @Test
    void shouldRefuseACauseThatIsNotThere() {
        happen("X", "x", "{}");
        assertThrows(
                StratoswarmException.class,
                () -> finder.find(new Trails.Query(
                        0, 1, Optional.empty(), Optional.empty(), OptionalLong.of(9), Optional.empty(), 5)));
    }
}
