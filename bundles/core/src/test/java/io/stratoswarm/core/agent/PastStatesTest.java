package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.core.agent.SupervisorProperties.Act;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import io.stratoswarm.core.testing.FakeClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state of agents and graphs at every moment of histories that a supervisor really wrote. */
class PastStatesTest {
    private static final String[] WHAT = {
        "exit", "exit", "die", "runs", "runs", "setup", "start", "stop", "restart", "kill", "apply", "delete", "time",
        "crash", "reboot"
    };

    @TempDir
    Path folder;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T12:00:00Z"));

    @BeforeAll
    static void hush() {
        SupervisorProperties.hush();
    }

    @AfterAll
    static void speak() {
        SupervisorProperties.speak();
    }

    /** What a supervisor writes while this and that happens to it. */
    private static List<Event> history(Random random) {
        return rig(random).journal.events();
    }

    static Rig rig(Random random) {
        Rig rig = new Rig();
        rig.host.startsAtOnce = false;
        rig.graphs.apply(SupervisorProperties.variant(0), Rig.ACTOR);
        rig.settle();
        int acts = 20 + random.nextInt(60);
        for (int i = 0; i < acts; i++) {
            SupervisorProperties.perform(rig, new Act(WHAT[random.nextInt(WHAT.length)], random.nextInt(12)));
            rig.settle();
        }
        return rig;
    }

    private OpenJournal open(String name, int snapshotEvents) {
        return new OpenJournal(
                folder.resolve(name),
                new JournalOptions(100, 64L << 20, 1024, snapshotEvents),
                clock,
                new SecureRandom());
    }

    private static EventDraft draft(Event event) {
        return new EventDraft(
                event.type(),
                event.typeVersion(),
                event.source(),
                event.subject(),
                event.actor(),
                List.of(),
                event.mediaType(),
                event.payload());
    }

    /** The bytes after each number of events, by a fold of its own that knows nothing of snapshots. */
    private static List<byte[]> naive(OpenJournal opened) {
        AgentsProjection projection = new AgentsProjection();
        AgentsState state = projection.initial();
        List<byte[]> states = new ArrayList<>();
        states.add(projection.encode(state));
        for (Event event : opened.journal().read(EventQuery.all().limit(EventQuery.MAX_LIMIT))) {
            state = projection.apply(state, event);
            states.add(projection.encode(state));
        }
        return states;
    }

    @Test
    void shouldGiveTheBytesOfEveryMomentOfRandomHistories() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            List<Event> events = history(random);
            int next = 0;
            String name = "history-" + seed;
            while (next < events.size()) {
                try (OpenJournal opened = open(name, 10 + random.nextInt(60))) {
                    opened.projections().add(new AgentsProjection());
                    int end = Math.min(events.size(), next + 1 + random.nextInt(events.size()));
                    for (; next < end; next++) {
                        opened.journal()
                                .append(Append.of(draft(events.get(next))))
                                .join();
                        if (random.nextInt(40) == 0) {
                            opened.projections().snapshot();
                        }
                    }
                }
            }
            try (OpenJournal opened = open(name, 1 << 30)) {
                opened.projections().add(new AgentsProjection());
                byte[] live = opened.projections().state(AgentsProjection.ID);
                List<byte[]> states = naive(opened);
                boolean used = false;
                for (int at = 0; at < states.size(); at++) {
                    PastStates.State state = opened.past().stateAt(AgentsProjection.ID, at);
                    assertArrayEquals(states.get(at), state.bytes(), "seed " + seed + ", event " + at);
                    assertTrue(state.snapshot() <= at, "seed " + seed + ", event " + at);
                    used |= state.snapshot() > 0;
                }
                assertTrue(used, "seed " + seed + ": no snapshot was used");
                assertArrayEquals(live, opened.projections().state(AgentsProjection.ID), "seed " + seed);
            }
        }
    }

    @Test
    void shouldFoldByTheVersionOfNowWhereSnapshotsAreOfAnotherOne() {
        List<Event> events = history(new Random(3));
        try (OpenJournal opened = open("versions", 20)) {
            opened.projections().add(new Another(4));
            events.forEach(
                    event -> opened.journal().append(Append.of(draft(event))).join());
            opened.projections().snapshot();
        }
        try (OpenJournal opened = open("versions", 1 << 30)) {
            opened.projections().add(new Another(5));
            PastStates.State state = opened.past().stateAt("agents", events.size());
            assertEquals(0, state.snapshot());
            assertEquals(5, state.version());
            assertArrayEquals(naive(opened).get(events.size()), state.bytes());
        }
    }

    @Test
    void shouldStoreSnapshotsOnTheWayWhereMuchIsFoldedAtOnce() {
        List<Event> events = history(new Random(4));
        try (OpenJournal opened = open("late", 30)) {
            events.forEach(
                    event -> opened.journal().append(Append.of(draft(event))).join());
            opened.projections().add(new AgentsProjection());
            opened.projections().state(AgentsProjection.ID);
            for (long at = 40; at <= events.size(); at++) {
                long snapshot = opened.past().stateAt(AgentsProjection.ID, at).snapshot();
                assertTrue(at - snapshot <= 60, "the state at " + at + " is folded from " + snapshot);
            }
        }
    }

    @Test
    void shouldFindTheEventsOfAMoment() {
        try (OpenJournal opened = open("moments", 1 << 30)) {
            opened.projections().add(new AgentsProjection());
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < 350; i++) {
                if (i % 3 == 0) {
                    clock.advance(Duration.ofMillis(10));
                }
                var receipt = opened.journal()
                        .append(Append.of(EventDraft.json("Any", "test", "thing", "system", List.of(), "{}")))
                        .join();
                times.add(receipt.timeNanos());
            }
            PastStates past = opened.past();
            assertEquals(0, past.eventsAt(times.getFirst() - 1));
            assertEquals(350, past.eventsAt(Long.MAX_VALUE));
            for (long at : times) {
                long expected = times.stream().filter(time -> time <= at).count();
                assertEquals(expected, past.eventsAt(at));
                assertEquals(expected, past.eventsAt(at + 1));
            }
        }
    }

    @Test
    void shouldLeaveOutWhatACallerDoesNotApply() {
        List<Event> events = history(new Random(5));
        try (OpenJournal opened = open("walk", 25)) {
            opened.projections().add(new AgentsProjection());
            events.forEach(
                    event -> opened.journal().append(Append.of(draft(event))).join());
            long from = events.size() / 2;
            PastStates.Walk walk = opened.past().walk(AgentsProjection.ID, from);
            AgentsProjection projection = new AgentsProjection();
            AgentsState state = projection.decode(walk.state());
            for (Event event : opened.journal().read(EventQuery.all().from(from).limit(10_000))) {
                if (event.sequence() % 7 != 0) {
                    walk.apply(event);
                    state = projection.apply(state, event);
                }
            }
            assertArrayEquals(projection.encode(state), walk.state());
        }
    }

    @Test
    void shouldRefuseMomentsAndProjectionsThatThereAreNot() {
        try (OpenJournal opened = open("none", 1 << 30)) {
            opened.projections().add(new AgentsProjection());
            StratoswarmException beyond =
                    assertThrows(StratoswarmException.class, () -> opened.past().stateAt(AgentsProjection.ID, 1));
            assertEquals(Kind.INVALID, beyond.kind());
            assertEquals("the journal has 0 events, not 1", beyond.getMessage());
            StratoswarmException unknown =
                    assertThrows(StratoswarmException.class, () -> opened.past().stateAt("nothing", 0));
            assertEquals(Kind.NOT_FOUND, unknown.kind());
        }
    }

    /** The fold of agents under another version. */
    private record Another(int version) implements Projection<AgentsState> {
        @Override
        public String id() {
            return AgentsProjection.ID;
        }

        @Override
        public AgentsState initial() {
            return new AgentsState();
        }

        @Override
        public AgentsState apply(AgentsState state, Event event) {
            AgentsFold.apply(state, event);
            return state;
        }

        @Override
        public byte[] encode(AgentsState state) {
            return StateCodec.encode(state);
        }

        @Override
        public AgentsState decode(byte[] bytes) {
            return StateCodec.decode(bytes);
        }
    }
}
