package io.stratoswarm.healing.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LearningTest {
    private static final UUID JOURNAL = new UUID(1, 2);
    private final LearnedFold fold = new LearnedFold();
    private final List<Event> events = new ArrayList<>();

    private Learned add(Learned state, String type, String json) {
        Event event = new Event(
                JOURNAL,
                events.size(),
                events.size() * 1_000_000_000L,
                type,
                1,
                LearnedFold.SOURCE,
                "healing/1",
                "healing",
                List.of(),
                EventDraft.JSON,
                json.getBytes(StandardCharsets.UTF_8));
        events.add(event);
        return fold.apply(state, event);
    }

    /** One failure of a class, and what it was worth to do what was chosen. */
    private Learned round(Learned state, String label, Situation situation, Map<Act, Double> rewards, double[] sum) {
        Choice choice = Choice.of(state, label, situation, rewards::containsKey);
        Act act = choice.chosen().act();
        double reward = rewards.getOrDefault(act, 0.0);
        sum[0] += reward;
        long number = events.size();
        StringBuilder context = new StringBuilder();
        for (double value : situation.context()) {
            context.append(context.isEmpty() ? "" : ",").append(value);
        }
        Learned started = add(
                state,
                LearnedFold.STARTED,
                String.format(
                        Locale.ROOT,
                        "{\"case\":%d,\"agent\":\"g/a\",\"class\":\"%s\",\"act\":\"%s\",\"expected\":%f,\"prior\":%f,\"context\":[%s]}",
                        number,
                        label,
                        act.word(),
                        choice.chosen().expected(),
                        choice.chosen().prior(),
                        context));
        return add(
                started,
                LearnedFold.ENDED,
                String.format(
                        Locale.ROOT,
                        "{\"case\":%d,\"class\":\"%s\",\"reward\":%f,\"rate\":0.05,\"why\":\"x\"}",
                        number,
                        label,
                        reward));
    }

    @Test
    void shouldGetMostOfWhatAnOracleGetsAfterTwentyFailures() {
        SplittableRandom random = new SplittableRandom(3);
        double mine = 0;
        double best = 0;
        double restarts = 0;
        for (String label : List.of("memory-leak", "bad-configuration", "dependency-failure", "new-7", "deadlock")) {
            for (int seed = 0; seed < 20; seed++) {
                Map<Act, Double> rewards = new java.util.EnumMap<>(Act.class);
                Ladder.of(label).keySet().forEach(act -> rewards.put(act, random.nextDouble()));
                rewards.putIfAbsent(Act.WAIT, random.nextDouble());
                Learned state = Learned.NOTHING;
                Situation situation = new Situation(0, false, false);
                for (int i = 0; i < 20; i++) {
                    state = round(state, label, situation, rewards, new double[1]);
                }
                double[] sum = new double[1];
                for (int i = 0; i < 20; i++) {
                    state = round(state, label, situation, rewards, sum);
                }
                mine += sum[0];
                best += 20
                        * rewards.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .max()
                                .orElseThrow();
                restarts += 20 * rewards.getOrDefault(Act.RESTART, rewards.getOrDefault(Act.WAIT, 0.0));
            }
        }
        assertTrue(mine / best > 0.95, "share of the best: " + mine / best + ", always the same: " + restarts / best);
    }

    @Test
    void shouldChooseByTheSituation() {
        Learned state = Learned.NOTHING;
        Situation first = new Situation(0, false, false);
        Situation changed = new Situation(2, false, true);
        for (int i = 0; i < 30; i++) {
            state = round(state, "new-1", first, Map.of(Act.RESTART, 0.9, Act.WAIT, 0.2), new double[1]);
            state = round(state, "new-1", changed, Map.of(Act.RESTART, 0.1, Act.WAIT, 0.8), new double[1]);
        }
        assertEquals(
                Act.RESTART,
                Choice.of(state, "new-1", first, act -> act == Act.RESTART)
                        .chosen()
                        .act());
        assertEquals(
                Act.WAIT,
                Choice.of(state, "new-1", changed, act -> act == Act.RESTART)
                        .chosen()
                        .act());
    }

    @Test
    void shouldForgetWhatDoesNotHoldAnyMore() {
        Learned state = Learned.NOTHING;
        Situation situation = new Situation(0, false, false);
        for (int i = 0; i < 60; i++) {
            state = round(state, "new-1", situation, Map.of(Act.RESTART, 0.9, Act.WAIT, 0.5), new double[1]);
        }
        double[] sum = new double[1];
        for (int i = 0; i < 60; i++) {
            state = round(state, "new-1", situation, Map.of(Act.RESTART, 0.1, Act.WAIT, 0.5), sum);
        }
        assertEquals(
                Act.WAIT,
                Choice.of(state, "new-1", situation, act -> act == Act.RESTART)
                        .chosen()
                        .act());
    }

    @Test
    void shouldNotDoWhatIsForbiddenOrImpossible() {
        Learned state = add(
                Learned.NOTHING,
                LearnedFold.EDITED,
                "{\"class\":\"bad-configuration\",\"act\":\"rollback\",\"on\":false}");
        Situation situation = new Situation(0, false, true);
        assertFalse(Choice.of(state, "bad-configuration", situation, act -> true).options().stream()
                .anyMatch(option -> option.act() == Act.ROLLBACK));
        assertEquals(
                Act.WAIT,
                Choice.of(state, "bad-configuration", situation, act -> false)
                        .chosen()
                        .act());
        state = add(state, LearnedFold.EDITED, "{\"class\":\"bad-configuration\",\"act\":\"rollback\",\"on\":true}");
        assertEquals(
                Act.ROLLBACK,
                Choice.of(state, "bad-configuration", situation, act -> act != Act.REMEDY)
                        .chosen()
                        .act());
    }

    @Test
    void shouldPreferAJobThatWasWrittenForItButNotForWhatIsNoFault() {
        Situation situation = new Situation(0, false, false);
        for (String label : List.of("disk-full", "memory-leak", "new-7")) {
            assertEquals(
                    Act.REMEDY,
                    Choice.of(Learned.NOTHING, label, situation, act -> true)
                            .chosen()
                            .act(),
                    label);
        }
        assertEquals(
                Act.WAIT,
                Choice.of(Learned.NOTHING, Ladder.HEALTHY, situation, act -> true)
                        .chosen()
                        .act());
    }

    @Test
    void shouldLearnTheSameFromTheSameEvents() {
        SplittableRandom random = new SplittableRandom(5);
        Learned state = Learned.NOTHING;
        for (int i = 0; i < 100; i++) {
            String label = random.nextBoolean() ? "deadlock" : "new-3";
            state = add(
                    state,
                    LearnedFold.CLASSIFIED,
                    "{\"class\":\"" + label + "\",\"vector\":[" + (label.equals("new-3") ? random.nextDouble() : "")
                            + "]}");
            state = round(
                    state,
                    label,
                    new Situation(random.nextInt(3), random.nextBoolean(), random.nextBoolean()),
                    Map.of(Act.RESTART, random.nextDouble(), Act.WAIT, random.nextDouble()),
                    new double[1]);
            if (i % 30 == 29) {
                state = add(state, LearnedFold.RESET, "{\"class\":\"deadlock\"}");
            }
            // A snapshot in between changes nothing.
            assertArrayEquals(fold.encode(state), fold.encode(fold.decode(fold.encode(state))));
            state = random.nextInt(10) == 0 ? fold.decode(fold.encode(state)) : state;
        }
        Learned again = fold.initial();
        for (Event event : events) {
            again = fold.apply(again, event);
        }
        assertArrayEquals(fold.encode(state), fold.encode(again));
        assertEquals(20, again.of("new-3").examples().size());
    }

    @Test
    void shouldKeepOnlySoManyClassesThatWereOpened() {
        Learned state = add(Learned.NOTHING, LearnedFold.CLASSIFIED, "{\"class\":\"deadlock\"}");
        for (int i = 0; i < 2; i++) {
            state = add(state, LearnedFold.CLASSIFIED, "{\"class\":\"new-0\",\"vector\":[0.5]}");
        }
        for (int i = 1; i < 200; i++) {
            state = add(state, LearnedFold.CLASSIFIED, "{\"class\":\"new-" + i + "\",\"vector\":[0.5]}");
            assertTrue(state.classes().containsKey("new-" + i), "what was just met");
        }
        assertEquals(LearnedFold.MOST_OPENED + 1, state.classes().size());
        assertTrue(state.classes().containsKey("deadlock"), "classes of the model stay");
        assertTrue(state.classes().containsKey("new-0"), "it was met most");
        assertFalse(state.classes().containsKey("new-9"));
    }

    @Test
    void shouldTellWhatWasProvedToHelp() {
        Learned state = Learned.NOTHING;
        Situation situation = new Situation(0, true, false);
        for (int i = 0; i < 6; i++) {
            assertEquals(
                    state.of("deadlock").proved(Act.RESTART_NEIGHBOURS),
                    Optional.ofNullable(state.of("deadlock").arms().get(Act.RESTART_NEIGHBOURS.word()))
                                    .map(Arm::tries)
                                    .orElse(0L)
                            >= 3);
            state = round(
                    state, "deadlock", situation, Map.of(Act.WAIT, 0.0, Act.RESTART_NEIGHBOURS, 0.9), new double[1]);
        }
        assertTrue(state.of("deadlock").proved(Act.RESTART_NEIGHBOURS));
        assertFalse(state.of("deadlock").proved(Act.WAIT), "it never helped");
        assertFalse(state.of("livelock").proved(Act.RESTART_NEIGHBOURS), "another class");
    }

    @Test
    void shouldRewardHealthThatLasts() {
        assertEquals(0, Reward.of(false, 0, 30_000, false, 0, 0));
        double lasting = Reward.of(true, 300, 30_000, true, 1, 0);
        assertTrue(lasting > 0.99, "lasting: " + lasting);
        assertTrue(Reward.of(true, 20_000, 30_000, true, 1, 0) < lasting);
        assertTrue(Reward.of(true, 300, 30_000, false, 0.5, 0) < 0.6);
        assertTrue(Reward.of(true, 300, 30_000, true, 1, 2) < 0.7);
    }
}
