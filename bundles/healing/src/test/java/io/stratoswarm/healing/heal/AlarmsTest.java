package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private final SplittableRandom random = new SplittableRandom(11);
    private final List<String> told = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private long now = 1_000_000;
    private long incarnation = 1;
    private double seconds;
    private final Alarms alarms = new Alarms(
            () -> Settings.DEFAULT,
            () -> Instant.ofEpochMilli(now),
            () -> List.of(agent()),
            () -> List.copyOf(samples),
            (agent, scores, at) -> told.add(agent.id() + " " + String.join(" ", scores.keySet())));

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
                OptionalLong.of(0),
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
