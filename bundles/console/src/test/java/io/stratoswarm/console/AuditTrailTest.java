package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditTrailTest {
    private final ManualClock clock = new ManualClock();
    private final InMemoryJournal journal = new InMemoryJournal();
    private final AuditTrail trail =
            new AuditTrail(() -> Optional.of(journal), clock.surroundings(), ConsoleConfig.defaults());

    private void refuse(String from) {
        Link link = new Link(Optional.empty(), from, 1, false);
        trail.refused(Caller.anonymous(from), link, 401, "GET /" + from + "\r\n\u001b[2J" + "x".repeat(1_000));
    }

    @Test
    void shouldBoundEventsHoweverManyActorsThereAre() {
        for (int i = 0; i < 20_000; i++) {
            refuse("192.0.2." + i);
        }
        List<Event> events = journal.read(EventQuery.all());
        assertTrue(events.size() <= AuditTrail.ACTORS + 1, events.size() + " events");
        assertTrue(events.stream().anyMatch(event -> event.actor().equals("others")));
        for (Event event : events) {
            assertTrue(event.payload().length < 4_000, "an event of " + event.payload().length + " bytes");
        }
        trail.flush();
        for (Event event : journal.read(EventQuery.all())) {
            assertTrue(event.payload().length < 4_000, "an event of " + event.payload().length + " bytes");
            assertTrue(event.payloadText().indexOf('\u001b') < 0
                    && !event.payloadText().contains("\\u001b"));
        }
    }

    /** Against a naive model: all refusals are counted once, and no actor has two events within a minute. */
    @Test
    void shouldCountEachRefusalOnceAtMostOnceAMinute() throws IOException {
        Random random = new Random(42);
        Map<String, Long> expected = new HashMap<>();
        Map<String, Long> lastMillis = new HashMap<>();
        long millis = 0;
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            String from = "192.0.2." + random.nextInt(5);
            refuse(from);
            expected.merge("anonymous@" + from, 1L, Long::sum);
            if (random.nextInt(10) == 0) {
                int pass = random.nextInt(20_000);
                clock.pass(Duration.ofMillis(pass));
                millis += pass;
                trail.step();
            }
            List<Event> fresh = journal.read(EventQuery.all().from(read));
            read += fresh.size();
            for (Event event : fresh) {
                Long before = lastMillis.put(event.actor(), millis);
                assertTrue(
                        before == null || millis - before >= 60_000,
                        event.actor() + " at " + millis + " and " + before);
            }
        }
        trail.flush();
        Map<String, Long> counted = new HashMap<>();
        for (Event event : journal.read(EventQuery.all().limit(100_000))) {
            counted.merge(
                    event.actor(),
                    Json.MAPPER.readTree(event.payload()).get("count").longValue(),
                    Long::sum);
        }
        assertEquals(expected, counted);
    }
}
