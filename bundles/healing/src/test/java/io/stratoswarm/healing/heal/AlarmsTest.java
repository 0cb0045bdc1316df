package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private static final Probe PROBE = new Probe(new ProbeAction.Http("http://127.0.0.1:1/"), 0, 10_000, 1_000, 1, 3);

    private final SplittableRandom random = new SplittableRandom(11);
    private final List<String> told = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private long now = 1_000_000;
    private long incarnation = 1;
    private long startedMillis;
    private double seconds;
    private final Alarms alarms = new Alarms(
            () -> Settings.DEFAULT,
            () -> Instant.ofEpochMilli(now),
            () -> List.of(agent()),
            id -> Optional.of(PROBE),
            () -> List.copyOf(samples),
            new Alarms.Told() {
                @Override
                public void unusual(AgentStatus agent, SortedMap<String, Double> scores, long at) {
                    told.add(agent.id() + " " + String.join(" ", scores.keySet()));
                }

                @Override
                public void slow(AgentStatus agent, double took, double usual, double limit) {
                    told.add(agent.id() + " slow " + took + " of " + limit + ", usually " + usual);
                }
            });

    private AgentStatus agent() {
        return new AgentStatus(
                "g/a",
                "g",
                "a",
                0,
                AgentPhase.READY,
                "",
                0,
                OptionalInt.of(1),
                OptionalLong.of(startedMillis * 1_000_000),
                incarnation,
                0,
                Optional.empty(),
                "a");
    }

    private void steps(int count, double cpu, double files) {
        for (int i = 0; i < count; i++) {
            now += 5_000;
            seconds += 5 * (cpu + 0.01 * random.nextDouble());
            samples.clear();
            put("cpu_seconds_total", seconds);
            put("open_fds", files + random.nextInt(3));
            put("memory_resident_bytes", 50e6 + 1e5 * random.nextDouble());
            alarms.step();
        }
    }

    private void put(String name, double value) {
        samples.add(new Sample(new Series("g/a", name, Collections.emptySortedMap()), now, value));
    }

    @Test
    void shouldTellOnceOfAnAgentThatIsNotAsItWas() {
        steps(400, 0.1, 20);
        assertEquals(List.of(), told, "it was as ever");
        steps(3, 0.9, 90);
        assertEquals(List.of("g/a cpu_seconds_total open_fds"), told);
        steps(60, 0.9, 90);
        assertEquals(1, told.size(), "it was said");
    }

    @Test
    void shouldNotTakeANewProcessForAnAnomaly() {
        steps(400, 0.1, 20);
        incarnation = 2;
        seconds = 0;
        steps(100, 0.9, 90);
        assertTrue(told.isEmpty(), told.toString());
    }

    private void answers(double... took) {
        for (double each : took) {
            now += 10_000;
            samples.clear();
            samples.add(new Sample(Series.of("g/a", "probe_duration_seconds", Map.of("probe", "liveness")), now, each));
            alarms.step();
            now += 5_000;
            alarms.step(); // The same answer again.
        }
    }

    @Test
    void shouldTellOfAnswersThatTakeLongerAndLonger() {
        answers(0.03, 0.02, 0.03, 0.05, 0.12);
        assertEquals(List.of(), told);
        answers(0.3);
        assertEquals(List.of("g/a slow 0.3 of 1.0, usually 0.03"), told);
        answers(0.5, 0.8);
        assertEquals(1, told.size(), "it was said");
        now += 1_000;
        incarnation = 2;
        startedMillis = now;
        alarms.step();
        answers(0.02, 0.02, 0.03);
        assertEquals(1, told.size(), "what the process before it took says nothing of this one");
        answers(0.3, 0.6);
        assertEquals(2, told.size(), "the next process becomes slow as well");
    }

    @Test
    void shouldNotTakeASlowServiceForOneThatBecomesSlow() {
        answers(0.4, 0.5, 0.45, 0.42, 0.55, 0.6, 0.4, 0.41);
        answers(0.02, 0.03, 0.9, 0.02, 0.03, 0.02, 0.8, 0.03);
        for (int i = 0; i < 300; i++) {
            answers(0.05 * random.nextDouble());
        }
        assertEquals(List.of(), told);
    }

    @Test
    void shouldLookAsOftenAsItIsSaidAndNotMore() {
        steps(400, 0.1, 20);
        for (int i = 0; i < 4; i++) {
            now += 100;
            put("open_fds", 5_000);
            alarms.step();
        }
        assertTrue(told.isEmpty(), "it was not time: " + told);
    }
}
