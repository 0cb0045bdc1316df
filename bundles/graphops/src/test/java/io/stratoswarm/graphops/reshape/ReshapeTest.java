package io.stratoswarm.graphops.reshape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Proposal;
import io.stratoswarm.api.graph.Proposals.State;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.SchemaChecker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a trigger over what a script says to a transform, with the real planner. */
class ReshapeTest {
    private static final String SPLIT =
            "{\"transforms\":[{\"kind\":\"split\",\"arguments\":{\"node\":\"parse\",\"into\":3.0},\"reason\":\"it lags\"}]}";
    private static final String NOTHING = "{\"transforms\":[]}";

    private ReshapeRig rig;
    private Reshapes reshapes;

    @BeforeEach
    void open() {
        rig = new ReshapeRig();
        reshapes = rig.open();
    }

    @AfterEach
    void close() {
        reshapes.close();
    }

    private JavaScript script(String settings, String output) {
        return new JavaScript("s", settings, input -> output).in(reshapes.kind());
    }

    private List<Proposal> proposals() {
        return reshapes.proposals().list(Optional.of("g"), 100);
    }

    private JsonNode payload(int event) {
        return JsonNodes.known(rig.journal.events.get(event).payloadText());
    }

    @Test
    void shouldBeginWhatAScriptAsksForAndSayWhyBefore() {
        JavaScript script = script("{\"graph\":\"g\",\"every\":\"5s\",\"cooldown\":\"10s\"}", SPLIT);
        rig.ring(5);
        assertEquals("script:s", rig.transforms.get(1).actor());
        assertEquals("split", rig.transforms.get(1).plan().kind());
        Proposal proposal = proposals().getFirst();
        assertEquals(State.STARTED, proposal.state());
        assertEquals(1, proposal.transform().orElseThrow());
        assertEquals("3", proposal.request().arguments().get("into"), "a whole number, however the script writes it");
        assertEquals(List.of("DecisionRecorded", "DecisionOutcome"), rig.types());
        assertEquals("script/s", rig.journal.events.getFirst().subject());
        assertEquals("transform split", payload(0).path("decisionType").asText());
        assertEquals("it lags", payload(0).path("reasoning").asText());
        assertEquals(script.inputs.getFirst(), payload(0).at("/inputs/input").asText());
        assertEquals("transform 1 has begun", payload(1).path("outcome").asText());
    }

    @Test
    void shouldNotBeginWhatARuleDenies() {
        rig.decisions.ruling = Ruling.DENY;
        var unused = script("{\"graph\":\"g\",\"every\":\"5s\",\"cooldown\":\"10s\"}", SPLIT);
        rig.ring(5);
        assertTrue(rig.transforms.list(Optional.empty(), 10).isEmpty());
        assertEquals(State.REFUSED, proposals().getFirst().state());
        assertEquals("pack/rule: not now", proposals().getFirst().detail());
        assertEquals(List.of("DecisionRecorded", "DecisionOutcome"), rig.types());
    }

    @Test
    void shouldWaitWhereARuleWantsAnApprovalAndBeginOnceItIsGiven() throws Exception {
        rig.decisions.ruling = Ruling.APPROVE;
        var unused = script("{\"graph\":\"g\",\"every\":\"5s\",\"cooldown\":\"10s\"}", SPLIT);
        rig.ring(5);
        assertTrue(rig.transforms.list(Optional.empty(), 10).isEmpty());
        assertEquals(State.WAITING, proposals().getFirst().state());
        rig.approve(reshapes, "reshape/1", "uid:7");
        assertEquals("uid:7", rig.transforms.get(1).actor());
        assertEquals(State.STARTED, proposals().getFirst().state());
        rig.approve(reshapes, "reshape/1", "uid:7");
        assertEquals(1, rig.transforms.list(Optional.empty(), 10).size(), "the event may come twice");
    }

    @Test
    void shouldNotAskAgainWhileItsTransformRunsAndForTheCooldownAfter() {
        JavaScript script = script("{\"graph\":\"*\",\"every\":\"5s\",\"cooldown\":\"10s\"}", SPLIT);
        rig.ring(5);
        rig.ring(500);
        assertEquals(1, script.inputs.size(), "it runs");
        rig.transforms.end(1);
        rig.ring(9);
        assertEquals(1, script.inputs.size(), "it has just ended");
        rig.ring(1);
        assertEquals(2, script.inputs.size());
        assertEquals(2, rig.transforms.begun.size());
    }

    @Test
    void shouldGiveAnImmutableViewOfTheGraphThatFitsItsSchema() {
        JavaScript script = script("{\"graph\":\"g*\",\"every\":\"5s\",\"cooldown\":\"1s\"}", NOTHING);
        rig.ring(5);
        rig.lag("a", 7);
        rig.ring(5);
        rig.ring(5);
        JsonNode input = JsonNodes.known(script.inputs.getLast());
        assertEquals(
                Optional.empty(),
                SchemaChecker.of(reshapes.kind().inputSchema()).wrong(input));
        assertEquals(
                "[0,7,7]",
                input.path("flows")
                        .get(0)
                        .path("history")
                        .findValues("lagRecords")
                        .toString()
                        .replace(" ", ""));
        assertEquals(5, input.path("flows").get(0).path("idleSeconds").asDouble());
        assertEquals(10, input.path("flows").get(1).path("idleSeconds").asDouble(), "nothing has come by it");
        assertEquals(0.5, input.path("flows").get(0).path("backpressure").asDouble(), "of the slowest receiver");
        assertEquals("none", input.path("nodes").get(1).at("/labels/state").asText());
        assertEquals(5, input.path("nodes").get(1).path("idleSeconds").asDouble());
        assertFalse(input.path("nodes").get(0).has("idleSeconds"), "nothing flows into it");
        assertEquals(3, input.path("nodes").get(0).path("history").size());
        for (int i = 0; i < 100; i++) {
            rig.ring(1);
        }
        assertEquals(
                History.MOST,
                JsonNodes.known(script.inputs.getLast()).at("/flows/0/history").size());
    }

    @Test
    void shouldCallOnlyOnceItsConditionHasHeldForLongEnough() {
        JavaScript script = script(
                "{\"graph\":\"g\",\"when\":{\"metric\":\"lagRecords\",\"above\":100,\"for\":\"10s\",\"flow\":\"a\"}}",
                NOTHING);
        rig.lag("b", 1_000);
        rig.ring(5);
        rig.lag("a", 101);
        rig.ring(5);
        rig.ring(5);
        rig.lag("a", 100);
        rig.ring(5);
        rig.lag("a", 101);
        rig.ring(5);
        rig.ring(5);
        assertEquals(0, script.inputs.size());
        rig.ring(5);
        assertEquals(1, script.inputs.size());
    }

    @Test
    void shouldTakeTheFirstThatIsValidAndWriteDownWhyTheOthersAreNot() {
        script("{\"graph\":\"g\",\"every\":\"5s\"}", """
                {"transforms":[
                  {"kind":"split","arguments":{"node":"store","into":2},"reason":"one"},
                  {"kind":"split","arguments":{"node":"parse","into":2},"reason":"two"},
                  {"kind":"split","arguments":{"node":"parse","into":4},"reason":"three"}]}""");
        rig.ring(5);
        assertEquals(
                List.of(State.STARTED, State.REFUSED),
                proposals().stream().map(Proposal::state).toList());
        assertTrue(
                proposals().get(1).detail().contains("label state=none"),
                proposals().get(1).detail());
        assertEquals("two", proposals().getFirst().reason());
        assertEquals(1, rig.transforms.begun.size());
        assertEquals(
                List.of("DecisionRecorded", "DecisionOutcome", "DecisionRecorded", "DecisionOutcome"), rig.types());
        assertFalse(payload(1).path("success").asBoolean());
        assertTrue(payload(1).path("outcome").asText().startsWith("refused: node store cannot take part"));
        assertEquals(3, payload(2).path("alternatives").size());
    }

    @Test
    void shouldRefuseWhatANodeLeavesToOtherScripts() {
        rig.declare(ReshapeRig.GRAPH.replace("label state = none", "label state = none\npolicy gentle, other"));
        script("{\"graph\":\"g\",\"every\":\"5s\"}", SPLIT);
        rig.ring(5);
        assertEquals(State.REFUSED, proposals().getFirst().state());
        assertEquals(
                "only gentle, other may decide for node parse of graph g (policies), not s",
                proposals().getFirst().detail());
        rig.declare(ReshapeRig.GRAPH.replace("label state = none", "label state = none\npolicy gentle, s"));
        rig.ring(600);
        assertEquals(State.STARTED, proposals().getFirst().state());
    }

    @Test
    void shouldNotTouchAGraphThatChangedWhileTheScriptThought() {
        new JavaScript("s", "{\"graph\":\"g\",\"every\":\"5s\"}", input -> {
                    rig.declare(ReshapeRig.GRAPH);
                    return SPLIT;
                })
                .in(reshapes.kind());
        rig.ring(5);
        assertEquals(State.REFUSED, proposals().getFirst().state());
        assertTrue(proposals().getFirst().detail().contains("is at generation 2"));
        assertEquals(0, rig.transforms.begun.size());
    }

    @Test
    void shouldOnlyWriteDownWhatItWouldDoInADryRun() {
        JavaScript script = script("{\"graph\":\"g\",\"every\":\"5s\",\"dryRun\":true,\"cooldown\":\"30s\"}", SPLIT);
        rig.ring(5);
        rig.ring(5);
        assertEquals(1, script.inputs.size(), "it cools down as if it had been done");
        assertEquals(State.DRY_RUN, proposals().getFirst().state());
        assertFalse(proposals().getFirst().effect().isEmpty());
        assertEquals(0, rig.transforms.begun.size());
        assertEquals(List.of("DecisionRecorded", "DecisionOutcome"), rig.types());
    }

    @Test
    void shouldWaitForAnOperatorAlsoOverARestart() {
        JavaScript script = script("{\"graph\":\"g\",\"every\":\"5s\",\"approve\":true}", SPLIT);
        rig.ring(5);
        rig.ring(5);
        assertEquals(2, script.inputs.size());
        assertEquals(1, proposals().size(), "the same thing is asked for once");
        assertEquals(0, rig.transforms.begun.size());
        reshapes.close();
        reshapes = rig.open();
        rig.declare(ReshapeRig.GRAPH);
        assertEquals(State.WAITING, proposals().getFirst().state());
        Proposal approved = reshapes.proposals().approve(1, "uid:7").join();
        assertEquals(State.STARTED, approved.state());
        assertEquals(
                "uid:7", rig.transforms.get(approved.transform().orElseThrow()).actor());
        assertEquals(List.of("DecisionRecorded", "DecisionOutcome"), rig.types());
        assertEquals("uid:7", rig.journal.events.getLast().actor());
        conflict(
                () -> reshapes.proposals().approve(1, "uid:7").join(),
                "proposal 1 does not wait any more, it is started");
    }

    private static void conflict(Runnable wrong, String message) {
        CompletionException e = assertThrows(CompletionException.class, wrong::run);
        StratoswarmException known = assertInstanceOf(StratoswarmException.class, e.getCause());
        assertEquals(Kind.CONFLICT, known.kind());
        assertTrue(String.valueOf(known.getMessage()).contains(message), known.getMessage());
    }

    @Test
    void shouldKeepAProposalWaitingThatCannotBeBegunNow() {
        script("{\"graph\":\"g\",\"every\":\"5s\",\"approve\":true}", SPLIT);
        rig.ring(5);
        rig.transforms.refusal = new StratoswarmException(Kind.CONFLICT, "transform 9 is under way");
        conflict(() -> reshapes.proposals().approve(1, "uid:7").join(), "transform 9 is under way");
        assertEquals(State.WAITING, proposals().getFirst().state());
        rig.transforms.refusal = null;
        assertEquals(
                State.STARTED, reshapes.proposals().approve(1, "uid:7").join().state());
    }

    @Test
    void shouldForgetWhatAnOperatorRejectsForTheCooldown() {
        JavaScript script = script("{\"graph\":\"g\",\"every\":\"5s\",\"approve\":true,\"cooldown\":\"20s\"}", SPLIT);
        rig.ring(5);
        assertEquals(
                State.REJECTED, reshapes.proposals().reject(1, "uid:7").join().state());
        assertEquals("rejected by uid:7", payload(1).path("outcome").asText());
        rig.ring(10);
        assertEquals(1, script.inputs.size());
        rig.ring(10);
        assertEquals(2, script.inputs.size());
        conflict(() -> reshapes.proposals().reject(1, "uid:7").join(), "it is rejected");
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(
                                StratoswarmException.class,
                                () -> reshapes.proposals().get(99))
                        .kind());
    }

    @Test
    void shouldReplaceWhatStillWaitsByWhatIsWantedNow() {
        String[] output = {SPLIT};
        new JavaScript("s", "{\"graph\":\"g\",\"every\":\"5s\",\"approve\":true}", input -> output[0])
                .in(reshapes.kind());
        rig.ring(5);
        output[0] = SPLIT.replace("3.0", "4");
        rig.ring(5);
        output[0] = NOTHING;
        rig.ring(5);
        Proposals all = reshapes.proposals();
        assertEquals(State.REPLACED, all.get(1).state());
        assertEquals("proposal 2 took its place", all.get(1).detail());
        assertEquals(State.WAITING, all.get(2).state(), "an operator may still want it");
        assertEquals(2, all.list(Optional.empty(), 10).getFirst().number());
        assertEquals(List.of(), all.list(Optional.of("other"), 10));
    }

    @Test
    void shouldFindTheTransformThatBeganWhenTheDaemonWasKilled() {
        script("{\"graph\":\"g\",\"every\":\"5s\"}", SPLIT);
        rig.transforms.killed = true;
        assertThrows(IllegalStateException.class, () -> rig.ring(5));
        assertEquals(1, rig.transforms.begun.size());
        reshapes.close();
        rig.transforms.killed = false;
        reshapes = rig.open();
        assertEquals(State.STARTED, proposals().getFirst().state());
        assertEquals(1, proposals().getFirst().transform().orElseThrow());
        assertEquals(1, rig.transforms.begun.size());
    }

    @Test
    void shouldAskAboutTheGraphOfAnEventOnly() {
        JavaScript script = script("{\"graph\":\"*\",\"on\":\"AgentFailed\"}", NOTHING);
        rig.happen(event("agent/g/parse"));
        rig.happen(event("host"));
        assertEquals(2, script.inputs.size());
        assertEquals(
                "event",
                JsonNodes.known(script.inputs.getFirst()).path("trigger").asText());
        assertEquals(
                "agent/g/parse",
                JsonNodes.known(script.inputs.getFirst()).at("/event/subject").asText());
        script("{\"graph\":\"other\",\"on\":\"AgentFailed\"}", NOTHING);
        rig.happen(event("agent/g/parse"));
        assertEquals(2, script.inputs.size());
    }

    @Test
    void shouldTakeWhatTheShippedSamplerAsksFor() throws IOException {
        Path file = Path.of(System.getProperty("stratoswarm.repository.root", "../.."))
                .resolve("scripts/transforms/sample-on-overload.js");
        String text = Files.readString(file);
        int from = text.indexOf("\"output\":") + "\"output\":".length();
        String output = text.substring(from, text.indexOf("},\n    {", from)).replace("\"log-store\"", "\"a\"");
        script("{\"graph\":\"g\",\"every\":\"5s\",\"approve\":true}", output);
        rig.ring(5);
        assertEquals(
                State.WAITING,
                proposals().getFirst().state(),
                proposals().getFirst().detail());
        assertEquals(
                "what a delivers passes through log-store-sampler first",
                proposals().getFirst().effect().getFirst());
    }

    private Event event(String subject) {
        return new Event(
                rig.journal.id(),
                7,
                7,
                "AgentFailed",
                1,
                "core.agent",
                subject,
                "system",
                List.of(),
                "application/json",
                "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
