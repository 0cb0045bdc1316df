package io.stratoswarm.graphops.reshape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Proposal;
import io.stratoswarm.api.graph.Proposals.Review;
import io.stratoswarm.api.graph.Proposals.State;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.api.place.Relocation.Move;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Better places after a transform: what is proposed, begun, withdrawn and written down, with the real planner. */
class RelocatingTest {
    private ReshapeRig rig;
    private Reshapes reshapes;

    @BeforeEach
    void open() {
        rig = new ReshapeRig();
        rig.relocation = () -> found("parse");
        reshapes = rig.open();
    }

    @AfterEach
    void close() {
        reshapes.close();
    }

    private void open(ProposalSettings.After after) {
        reshapes.close();
        rig.settings = new ProposalSettings(after, 0.1, Duration.ofHours(24));
        reshapes = rig.open();
    }

    private static Relocation found(String node) {
        return new Relocation(
                "g",
                1,
                0.5,
                0.25,
                0.05,
                List.of(new Move("g/" + node, node, 0, "cpu0", "cpu1", "it is less used")),
                List.of(),
                List.of(),
                "twin",
                1);
    }

    private static Relocation nothing() {
        return new Relocation("g", 1, 0.25, 0.25, 0, List.of(), List.of(), List.of(), "twin", 1);
    }

    private Event ended(long number, String outcome) {
        return new Event(
                rig.journal.id(),
                100 + number,
                rig.nanos(),
                "TransformEnded",
                1,
                "graphops.transform",
                "transform/g/" + number,
                "system",
                List.of(),
                "application/json",
                ("{\"number\":" + number + ",\"graph\":\"g\",\"outcome\":\"" + outcome + "\"}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Some transform ends, and that is heard. */
    private void end(long number, String outcome) throws Exception {
        if (!rig.transforms.begun.containsKey(number)) {
            rig.transforms.start(
                    new Transforms.Request(
                            "replace",
                            "g",
                            Map.of("node", "parse", "renew", "true"),
                            Optional.empty(),
                            Transforms.Options.DEFAULT),
                    "me");
        }
        rig.transforms.end(number);
        reshapes.reactors().getLast().on(ended(number, outcome));
    }

    private List<Proposal> proposals() {
        return reshapes.proposals().list(Optional.of("g"), 100);
    }

    private String reviewed() {
        return rig.journal.events.stream()
                .filter(event -> event.type().equals(Relocating.REVIEWED))
                .reduce((a, b) -> b)
                .orElseThrow()
                .payloadText();
    }

    @Test
    void shouldProposeWhatIsWorthItsMovesAndBeginItOnAWord() throws Exception {
        end(1, "done");
        Proposal proposal = proposals().getFirst();
        assertEquals(State.WAITING, proposal.state());
        assertEquals(Proposals.PLACEMENT, proposal.script());
        assertEquals("move", proposal.request().kind());
        assertEquals(Map.of("to.parse", "cpu1"), proposal.request().arguments());
        assertEquals("g/parse from cpu0 to cpu1 gains 0.2500 (0.5000 -> 0.2500) and costs 0.0500", proposal.reason());
        assertEquals("placement/g", rig.journal.events.getFirst().subject());
        assertTrue(rig.journal.events.getFirst().payloadText().contains("do nothing"));
        assertTrue(reviewed().contains("\"proposal\":1"), reviewed());
        Proposal begun = reshapes.proposals().approve(1, "me").join();
        assertEquals("move", rig.transforms.get(2).plan().kind());
        assertEquals(OptionalLong.of(2), begun.transform());
    }

    @Test
    void shouldBeginItByItselfWhereThatIsSet() throws Exception {
        open(ProposalSettings.After.AUTO);
        end(1, "done");
        assertEquals(State.STARTED, proposals().getFirst().state());
        assertEquals(Proposals.PLACEMENT, rig.transforms.get(2).actor());
    }

    @Test
    void shouldLookOnlyAfterTheLastOneThatIsDone() throws Exception {
        end(1, "rolled_back");
        end(2, "done");
        int before = rig.journal.events.size();
        reshapes.reactors().getLast().on(ended(1, "done"));
        open(ProposalSettings.After.OFF);
        end(3, "done");
        assertEquals(before, rig.journal.events.size());
        assertEquals(1, proposals().size());
    }

    @Test
    void shouldWithdrawWhatIsNotWorthItAnyMore() throws Exception {
        end(1, "done");
        rig.relocation = RelocatingTest::nothing;
        end(2, "done");
        assertEquals(State.REPLACED, proposals().getFirst().state());
        assertTrue(reviewed().contains("no move is worth its cost (0.2500)"), reviewed());
    }

    @Test
    void shouldWriteDownWhyAMoveIsRefused() {
        rig.relocation = () -> found("log");
        Review review = reshapes.proposals().relocate("g", "me").join();
        assertTrue(review.outcome().contains("refused: node log cannot take part in 'move'"), review.outcome());
        assertEquals(State.REFUSED, proposals().getFirst().state());
        assertEquals(0, rig.transforms.begun.size());
    }

    @Test
    void shouldTellWithoutWritingAnything() {
        Review review = reshapes.proposals().review("g");
        assertEquals(0.25, review.relocation().gain());
        assertEquals(List.of(), rig.types());
        assertEquals(OptionalLong.empty(), review.proposal());
    }

    @Test
    void shouldPutAwayWhatNobodyDecides() throws Exception {
        end(1, "done");
        assertEquals(
                rig.nanos() + Duration.ofHours(24).toNanos(),
                proposals().getFirst().expiresNanos());
        rig.ring(Duration.ofHours(25).toSeconds());
        reshapes.expire();
        StratoswarmException late = assertThrows(StratoswarmException.class, () -> {
            try {
                reshapes.proposals().approve(1, "me").join();
            } catch (java.util.concurrent.CompletionException e) {
                throw e.getCause();
            }
        });
        assertEquals(Kind.CONFLICT, late.kind());
        assertTrue(String.valueOf(late.getMessage()).contains("expired: nobody decided within 24h"), late.getMessage());
        assertEquals(State.EXPIRED, proposals().getFirst().state());
        Event last = rig.journal.events.getLast();
        assertEquals("DecisionOutcome", last.type());
        assertTrue(last.payloadText().contains("expired: nobody decided within 24h"), last.payloadText());
    }

    @Test
    void shouldSayWhatIsWrongWithASetting() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("placement.after", "maybe"),
                Map.of("placement.moving.weight", "-1"),
                Map.of("proposals.expire.hours", "soon"))) {
            StratoswarmException e = assertThrows(StratoswarmException.class, () -> ProposalSettings.parse(wrong));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .contains(wrong.keySet().iterator().next()),
                    e.getMessage());
        }
        assertEquals(ProposalSettings.DEFAULT, ProposalSettings.parse(Map.of()));
    }
}
