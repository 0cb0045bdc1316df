package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Learned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GuardTest {
    private static final long NOW = 7_200_000_000_000L;
    private final List<AgentStatus> all = new ArrayList<>();
    private final TreeMap<Long, Learned.Healing> open = new TreeMap<>();
    private Settings settings = Settings.DEFAULT;
    private String paused = "";

    private AgentStatus agent(String node, AgentPhase phase) {
        AgentStatus status = new AgentStatus(
                "g/" + node,
                "g",
                node,
                0,
                phase,
                "",
                0,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "x");
        all.add(status);
        return status;
    }

    private boolean policy;

    private String against(Act act, AgentStatus agent, String... needed) {
        Learned learned = new Learned(new TreeMap<>(), open, List.of());
        return Guard.against(
                        act,
                        new Guard.Scene(
                                settings, learned, paused, Optional.of(agent), all, Set.of(needed), policy, NOW))
                .map(why -> why[0])
                .orElse("");
    }

    private void healed(long number, String agent, String act, long nanos) {
        open.put(number, new Learned.Healing(number, agent, "x", act, List.of(), 0, 0, nanos, Double.NaN, ""));
    }

    @Test
    void shouldLeaveAloneWhatAPersonStopped() {
        assertEquals("stopped", against(Act.RESTART, agent("a", AgentPhase.STOPPED)));
        assertEquals("stopped", against(Act.RESTART, agent("b", AgentPhase.STOPPING)));
        policy = true;
        assertEquals(
                "", against(Act.RESTART, agent("c", AgentPhase.STOPPING)), "its policy stops it to start it again");
        assertEquals("stopped", against(Act.RESTART, all.getFirst()), "that is no policy's");
        assertEquals("", against(Act.WAIT, all.getFirst()), "to wait is always allowed");
    }

    @Test
    void shouldDoNothingWhilePausedOrAdvising() {
        AgentStatus agent = agent("a", AgentPhase.FAILED);
        assertEquals("", against(Act.RESTART, agent));
        paused = "work";
        assertEquals("paused", against(Act.RESTART, agent));
        paused = "";
        settings = new Settings(Settings.Mode.ADVISE, Set.of(), 0.5, 30_000, 120_000, 0.05, 6, 60, 5_000, 0.9, 0.3, 3);
        assertEquals("advice", against(Act.RESTART, agent));
    }

    @Test
    void shouldStopWhenTooManyAreIllAtOnce() {
        AgentStatus agent = agent("a", AgentPhase.FAILED);
        agent("b", AgentPhase.BACKOFF);
        agent("c", AgentPhase.UNHEALTHY);
        assertEquals("", against(Act.RESTART, agent), "three may be ill, whatever the share");
        agent("d", AgentPhase.QUARANTINED);
        assertEquals("blast-radius", against(Act.RESTART, agent));
        for (int i = 0; i < 16; i++) {
            agent("w" + i, AgentPhase.READY);
        }
        assertEquals("", against(Act.RESTART, agent), "four of twenty");
    }

    @Test
    void shouldLimitHealingsOfAnAgentAndOfAll() {
        AgentStatus agent = agent("a", AgentPhase.FAILED);
        for (int i = 0; i < 5; i++) {
            healed(i, "g/a", "restart", NOW - 1_000);
        }
        healed(5, "g/a", "wait", NOW - 1_000);
        healed(6, "g/a", "restart", NOW - 3_700_000_000_000L);
        assertEquals("", against(Act.RESTART, agent), "what the policy did and what is long ago do not count");
        healed(7, "g/a", "restart", NOW - 1_000);
        assertEquals("rate", against(Act.RESTART, agent));
        AgentStatus other = agent("b", AgentPhase.FAILED);
        assertEquals("", against(Act.RESTART, other));
        for (int i = 10; i < 70; i++) {
            healed(i, "g/x" + i, "restart", NOW - 1_000);
        }
        assertEquals("rate", against(Act.RESTART, other));
    }

    @Test
    void shouldHealWhatIsNeededFirst() {
        AgentStatus agent = agent("a", AgentPhase.FAILED);
        agent("store", AgentPhase.BACKOFF);
        assertEquals("order", against(Act.RESTART, agent, "store"));
        assertEquals("", against(Act.RESTART_DEPENDENCIES, agent, "store"));
        assertEquals("", against(Act.RESTART, agent, "other"));
    }
}
