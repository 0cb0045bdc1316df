package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.PastGraphs.Ruling;
import io.stratoswarm.api.graph.PastGraphs.Verdict;
import io.stratoswarm.api.graph.PastGraphs.View;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.core.agent.SupervisorProperties.Act;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** States as the live services would show them, and what the restart policy says where it is asked again. */
class AgentsPastTest {
    private final AgentsPast past = new AgentsPast(ZoneOffset.UTC);

    @BeforeAll
    static void hush() {
        SupervisorProperties.hush();
    }

    @AfterAll
    static void speak() {
        SupervisorProperties.speak();
    }

    @Test
    void shouldShowAStateAsTheLiveServicesDo() {
        Rig rig = PastStatesTest.rig(new Random(11));
        View view = past.view(
                StateCodec.encode(Rig.refold(rig.journal)), rig.clock.instant().toEpochMilli() * 1_000_000L);
        assertEquals(rig.agents.list(), view.agents());
        assertEquals(rig.graphs.list(), view.graphs());
        rig.graphs.list().forEach(graph -> {
            assertEquals(rig.graphs.declaration(graph.name()), view.declaration(graph.name()));
            graph.agents().forEach(agent -> assertEquals(rig.agents.spec(agent.id()), view.spec(agent.id())));
        });
    }

    /** Every end that a policy decided on is decided again, and as it was. */
    @Test
    void shouldRuleAsItDidThen() {
        Map<Verdict, Integer> seen = new TreeMap<>();
        for (int seed = 0; seed < 150; seed++) {
            Rig rig = PastStatesTest.rig(new Random(seed));
            for (int i = 0; seed % 10 == 0 && i < 40; i++) {
                // Deaths in quick succession, so that some are put into quarantine.
                SupervisorProperties.perform(rig, new Act("runs", 0));
                SupervisorProperties.perform(rig, new Act("die", 0));
                rig.settle();
                rig.advanceMillis(1_000);
            }
            List<Event> events = rig.journal.events();
            AgentsState state = new AgentsState();
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                Optional<Ruling> ruling = past.ruling(StateCodec.encode(state), event);
                AgentsFold.apply(state, event);
                if (ruling.isPresent()) {
                    Event next = events.get(i + 1);
                    Verdict verdict = ruling.get().verdict();
                    String what = "seed " + seed + ", event " + i + ": " + ruling.get() + ", then " + next.type() + " "
                            + next.payloadText();
                    assertEquals(event.subject(), next.subject(), what);
                    assertTrue(follows(ruling.get(), next), what);
                    seen.merge(verdict, 1, Integer::sum);
                }
            }
        }
        assertEquals(Verdict.values().length, seen.size(), seen.toString());
    }

    private static boolean follows(Ruling ruling, Event next) {
        return switch (ruling.verdict()) {
            case RESTART_NOW ->
                next.type().equals(Events.START_REQUESTED) || next.type().equals(Events.WAITING);
            case RESTART_LATER -> {
                long delay = Json.tree(next.payload()).path("delayMillis").longValue();
                yield next.type().equals(Events.RESTART_SCHEDULED)
                        && delay >= ruling.leastDelayMillis()
                        && delay <= ruling.mostDelayMillis();
            }
            case QUARANTINE -> next.type().equals(Events.QUARANTINED);
            case COMPLETE -> next.type().equals(Events.COMPLETED);
            case FAIL -> next.type().equals(Events.FAILED);
        };
    }
}
