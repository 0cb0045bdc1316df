package io.stratoswarm.audit.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.replay.Replays.Branch;
import io.stratoswarm.api.replay.Replays.Difference;
import io.stratoswarm.api.replay.Replays.Moment;
import io.stratoswarm.api.replay.Replays.StepQuery;
import io.stratoswarm.api.replay.Replays.Steps;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of a history in a real journal. */
class ReplayTest {
    private static final RestartPolicy TWICE =
            new RestartPolicy(RestartMode.ALWAYS, 100, 100, 1, 0, 10_000, 2, 600_000);

    @TempDir
    Path folder;

    private Story story;
    private ReplayControl replays;

    @BeforeEach
    void open() {
        story = new Story(folder);
        replays = story.replays();
    }

    @AfterEach
    void close() {
        story.close();
    }

    private Moment now() {
        return new Moment(story.open.journal().size(), story.millis.get() * 1_000_000);
    }

    private StepQuery from(long events, Optional<String> type, Optional<String> until) {
        return new StepQuery(events, story.open.journal().size(), type, Optional.empty(), until, 100);
    }

    @Test
    void shouldReadMoments() {
        story.graph("shop");
        story.at(10);
        story.node("shop", "web", 1, TWICE);
        assertEquals(1, replays.moment("#0").events());
        assertEquals(2, replays.moment("#1").events());
        assertEquals(
                1,
                replays.moment(Instant.ofEpochMilli(Story.BEGIN + 5_000).toString())
                        .events());
        assertEquals(0, replays.moment("2020-01-01T00:00:00Z").events());
        for (String wrong : List.of("yesterday", "#7", "-10m", "")) {
            StratoswarmException e = assertThrows(StratoswarmException.class, () -> replays.moment(wrong));
            assertEquals(Kind.INVALID, e.kind(), wrong);
        }
    }

    @Test
    void shouldTellWhatEachEventChanged() {
        story.graph("shop");
        story.node("shop", "web", 1, TWICE);
        story.starts("shop/web", 1);
        long exit = story.exits("shop/web", 3, 500);
        Steps steps = replays.steps(from(exit, Optional.empty(), Optional.empty()));
        assertEquals(1, steps.steps().size());
        var changes = steps.steps().getFirst().changes();
        assertTrue(
                changes.stream()
                        .anyMatch(change -> change.path().equals("agents[shop/web].phase")
                                && change.before().equals("\"READY\"")
                                && change.after().equals("\"FAILED\"")),
                changes.toString());
        assertEquals("\"FAILED\"", replays.state(now(), "agents[shop/web].phase"));
        assertEquals("\"READY\"", replays.state(new Moment(exit, 0), "agents[shop/web].phase"));
        StratoswarmException unknown =
                assertThrows(StratoswarmException.class, () -> replays.state(now(), "agents[shop/web].phases"));
        assertEquals(Kind.NOT_FOUND, unknown.kind());
        assertTrue(String.valueOf(unknown.getMessage()).contains("phase"), unknown.toString());
        assertEquals(
                AgentPhase.READY,
                replays.view(new Moment(exit, 0)).agents().getFirst().phase());
    }

    @Test
    void shouldEndWhereItIsAskedTo() {
        story.graph("shop");
        story.node("shop", "web", 1, TWICE);
        story.starts("shop/web", 1);
        long first = story.exits("shop/web", 3, 500);
        story.starts("shop/web", 2);
        long second = story.exits("shop/web", 4, 500);
        for (String until : List.of(
                "type=AgentExited",
                "event.type == 'AgentExited'",
                "state.agents.exists(a, a.phase == 'FAILED')",
                "event.payload.code == 3")) {
            Steps steps = replays.steps(from(0, Optional.empty(), Optional.of(until)));
            assertTrue(steps.reached(), until);
            assertEquals(first + 1, steps.next(), until);
        }
        Steps later = replays.steps(from(0, Optional.of("Graph*"), Optional.of("event.payload.code > 3")));
        assertEquals(second + 1, later.next());
        assertEquals(2, later.steps().size(), "the graph, and the event that was reached");
        assertFalse(replays.steps(from(0, Optional.empty(), Optional.of("type=Nothing")))
                .reached());
        StratoswarmException wrong = assertThrows(
                StratoswarmException.class, () -> replays.steps(from(0, Optional.empty(), Optional.of("evnt.type"))));
        assertEquals(Kind.INVALID, wrong.kind());
    }

    @Test
    void shouldTellWhatDiffers() {
        story.graph("shop");
        story.node("shop", "web", 1, TWICE);
        story.node("shop", "db", 1, TWICE);
        story.starts("shop/web", 1);
        Moment before = now();
        story.exits("shop/web", 3, 500);
        story.node("shop", "db", 2, TWICE);
        story.event("AgentRemoved", "agent/shop/web", "system", "");
        story.graph("other");
        List<Difference> all = replays.differences(before, now(), Optional.empty());
        assertEquals(
                List.of("graph other added", "node shop/db changed", "agent shop/web removed"),
                all.stream().map(d -> d.kind() + " " + d.id() + " " + d.what()).toList());
        assertEquals(1, replays.differences(before, now(), Optional.of("other")).size());
        assertEquals(List.of(), replays.differences(before, before, Optional.empty()));
    }

    @Test
    void shouldLeaveOutCausalDescendantsAndAskPoliciesAgain() {
        story.graph("shop");
        story.node("shop", "web", 1, TWICE);
        story.starts("shop/web", 1);
        story.at(1);
        long left = story.event(
                "AgentStartRequested",
                "agent/shop/web",
                "system",
                "\"why\":\"restart\",\"restart\":true,\"streak\":1,\"keepFrom\":0,\"incarnation\":2,\"spec\":1");
        long descendant = story.event("AgentNoted", "agent/shop/web", "system", "\"note\":\"n\"", left);
        story.at(2);
        story.starts("shop/web", 3);
        long exit = story.exits("shop/web", 1, 500);
        long verdict = story.event("AgentQuarantined", "agent/shop/web", "system", "\"why\":\"the limit\"", exit);
        Branch branch = replays.without(Set.of(left), now());
        assertEquals(
                List.of(left, descendant, verdict),
                branch.leftOut().stream().map(out -> out.sequence()).toList());
        assertEquals(1, branch.rulings().size());
        assertEquals(exit, branch.rulings().getFirst().sequence());
        assertEquals(
                "quarantine, after 2 restarts of at most 2",
                branch.rulings().getFirst().then());
        assertEquals("restart at once", branch.rulings().getFirst().now());
        var phase = branch.differences().getFirst().changes().stream()
                .filter(change -> change.path().equals("phase"))
                .findFirst()
                .orElseThrow();
        assertEquals("\"QUARANTINED\"", phase.before());
        assertTrue(branch.notes().stream()
                .anyMatch(note -> !note.exact() && note.text().contains("what shop/web would have done")));
        Branch nothing = replays.without(Set.of(descendant), now());
        assertEquals(1, nothing.leftOut().size());
        assertEquals(List.of(), nothing.rulings());
        StratoswarmException beyond =
                assertThrows(StratoswarmException.class, () -> replays.without(Set.of(999L), now()));
        assertEquals(Kind.INVALID, beyond.kind());
    }
}
