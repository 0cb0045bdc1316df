package io.stratoswarm.audit.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules from files on a real journal and a real log of decisions; agents and graphs as the test says. */
class RuleBookTest {
    private static final DecisionOrigin BY_SEVEN = new DecisionOrigin("console", "api", "uid:7", List.of());

    @TempDir
    Path folder;

    private final List<AgentStatus> agents = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private long nanos;
    private Path own;
    private Path shipped;
    private OpenJournal open;
    private DecisionBook decisions;
    private RuleBook book;

    @BeforeEach
    void open() throws IOException {
        own = Files.createDirectories(folder.resolve("own"));
        shipped = Files.createDirectories(folder.resolve("shipped"));
        open = new OpenJournal(folder.resolve("data"), JournalOptions.DEFAULT, () -> now, new SecureRandom());
        open.projections().add(DecisionBook.projection());
        open.projections().add(RuleBook.projection());
        List<io.stratoswarm.api.decision.DecisionGate> gates = new ArrayList<>();
        decisions = new DecisionBook(open.journal(), open.projections(), Optional::empty, () -> gates, () -> now);
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        book = new RuleBook(
                shipped,
                own,
                uid,
                new RuleBook.Parts(
                        open.journal(),
                        open.projections(),
                        open.blobs(),
                        decisions,
                        () -> Optional.of(agents()),
                        () -> Optional.of(graphs()),
                        () -> now,
                        () -> nanos));
        gates.add(book.gate());
        step();
    }

    @AfterEach
    void close() {
        open.close();
    }

    private void step() {
        nanos += Duration.ofSeconds(20).toNanos();
        now = now.plusSeconds(20);
        book.step();
    }

    private Agents agents() {
        return Agents.class.cast(Proxy.newProxyInstance(
                Agents.class.getClassLoader(),
                new Class<?>[] {Agents.class},
                (self, method, given) -> switch (method.getName()) {
                    case "list" -> List.copyOf(agents);
                    case "stop" -> {
                        commands.add("stop " + given[0] + " by " + given[1]);
                        yield CompletableFuture.completedFuture(List.of((String) given[0]));
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    private Graphs graphs() {
        return Graphs.class.cast(Proxy.newProxyInstance(
                Graphs.class.getClassLoader(),
                new Class<?>[] {Graphs.class},
                (self, method, given) -> switch (method.getName()) {
                    case "list" -> List.of(new Graphs.Summary("shop", 3, "", List.copyOf(agents)));
                    case "rollback" -> {
                        commands.add("rollback " + given[0] + " by " + given[3]);
                        yield CompletableFuture.completedFuture(new Graphs.Applied("shop", 4, List.of()));
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    private static AgentStatus agent(String id, AgentPhase phase, long restarts) {
        return new AgentStatus(
                id,
                "shop",
                "web",
                0,
                phase,
                "",
                1,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                restarts,
                Optional.empty(),
                "x");
    }

    private void write(Path where, String name, String text) throws IOException {
        Path file = where.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Made decide(String id, String type) {
        return decisions.decide(
                new DecisionRecorded(
                        id, "shop/web", type, Map.of("n", "3"), List.of("do nothing"), "why", 0.5, Map.of()),
                BY_SEVEN);
    }

    private Event happen(String type, String subject, String json) {
        long at = open.journal()
                .append(Append.of(EventDraft.json(type, "core.agent", subject, "uid:7", List.of(), json)))
                .join()
                .firstSequence();
        return open.journal().get(at).orElseThrow();
    }

    private List<Event> events(String type) {
        return open.journal().read(EventQuery.all().type(type));
    }

    private void reactToAll() throws Exception {
        for (Event event : open.journal().read(EventQuery.all())) {
            book.reactor().on(event);
        }
    }

    private static String rule(String on, String require, String action) {
        return "name: p\nrules:\n  - name: r\n    on: %s\n    require: \"%s\"\n    message: not like this\n    action: %s\n"
                .formatted(on, require, action);
    }

    @Test
    void shouldJudgeDecisionsByWhatTheyAreAndTellWhatIsBroken() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.type != 'kill' && size(state.agents) == 0", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d1", "restart").ruling());
        Made denied = decide("d2", "kill");
        assertEquals(Ruling.DENY, denied.ruling());
        assertEquals("p/r: not like this", denied.why());
        reactToAll();
        reactToAll();
        List<Event> violations = events("ComplianceViolated");
        assertEquals(1, violations.size(), "told once, however often the event comes");
        assertEquals(
                List.of(new Cause.OfEvent(open.journal().id(), denied.sequence())),
                violations.getFirst().causes());
        agents.add(agent("shop/web", AgentPhase.READY, 0));
        assertEquals(Ruling.DENY, decide("d3", "restart").ruling(), "it sees the agents as they are");
    }

    @Test
    void shouldDenyWhereTheRuleCannotBeEvaluated() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.inputs.absent == 1", "approve"));
        step();
        assertEquals(Ruling.DENY, decide("d1", "restart").ruling());
        assertEquals(1, book.packs().getFirst().rules().getFirst().failed());
        write(own, "p.yaml", rule("decision", "decision.inputs.absent == 1", "alert"));
        step();
        assertEquals(Ruling.ALLOW, decide("d2", "restart").ruling());
    }

    @Test
    void shouldAskForAnApproval() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.actor == 'system'", "approve"));
        step();
        assertEquals(Ruling.APPROVE, decide("d1", "restart").ruling());
        decisions.approve("d1", "uid:8");
        assertEquals(Ruling.ALLOW, decide("d1", "restart").ruling());
    }

    @Test
    void shouldActOnEventsThatBreakARuleAndRecordThatAsADecision() throws Exception {
        write(own, "p.yaml", rule("event", "event.type != 'AgentFailed' || event.payload.code == 0", "quarantine"));
        step();
        happen("AgentFailed", "agent/shop/web", "{\"code\":1}");
        happen("AgentFailed", "agent/shop/api", "{\"code\":0}");
        happen("AgentFailed", "agent/shop/api", "{}");
        reactToAll();
        assertEquals(List.of("stop shop/web by rule:p/r"), commands);
        assertEquals(1, events("ComplianceViolated").size());
        assertEquals(1, events("DecisionOutcome").size());
        assertEquals(1, book.packs().getFirst().rules().getFirst().failed(), "that of the event without a code");
        reactToAll();
        assertEquals(1, commands.size(), "an event that comes again is acted on once");
    }

    @Test
    void shouldTellOfAtMostSoManyEventsWithinAMinute() throws Exception {
        write(own, "p.yaml", rule("event", "event.type != 'X'", "alert"));
        step();
        for (int i = 0; i < 100; i++) {
            happen("X", "x", "{}");
        }
        reactToAll();
        assertEquals(Alerts.PER_MINUTE, events("ComplianceViolated").size());
        nanos += Duration.ofMinutes(2).toNanos();
        book.reactor().on(happen("X", "x", "{}"));
        JsonNode last = Told.payload(events("ComplianceViolated").getLast());
        assertEquals(100 - Alerts.PER_MINUTE, last.path("alsoSince").asInt());
    }

    @Test
    void shouldKeepWhatDoesNotHoldOpenUntilItDoes() throws Exception {
        write(own, "p.yaml", rule("agent", "agent.restarts < 3", "alert"));
        agents.add(agent("shop/web", AgentPhase.READY, 5));
        agents.add(agent("shop/api", AgentPhase.READY, 0));
        step();
        step();
        assertEquals(1, book.open().size());
        assertEquals("shop/web", book.open().getFirst().about());
        assertEquals(1, events("ComplianceViolated").size());
        close();
        open();
        assertEquals(1, book.open().size(), "over a restart as well");
        step();
        assertEquals(1, events("ComplianceViolated").size());
        agents.set(0, agent("shop/web", AgentPhase.READY, 0));
        step();
        assertTrue(book.open().isEmpty());
        assertEquals(
                events("ComplianceViolated").getFirst().asCause(),
                events("ComplianceRestored").getFirst().causes().getFirst());
    }

    @Test
    void shouldTakeAGraphBackThatBreaksARule() throws Exception {
        write(own, "p.yaml", rule("graph", "size(graph.agents.filter(a, a.phase == 'failed')) == 0", "rollback"));
        agents.add(agent("shop/web", AgentPhase.FAILED, 0));
        step();
        step();
        assertEquals(List.of("rollback shop by rule:p/r"), commands);
    }

    @Test
    void shouldKeepTheLastGoodVersionAlsoOverARestart() throws Exception {
        write(own, "p.yaml", rule("decision", "decision.type != 'kill'", "deny"));
        step();
        write(own, "p.yaml", "name: p\nrules: [oh dear");
        step();
        Pack pack = book.packs().getFirst();
        assertTrue(pack.enabled());
        assertTrue(
                pack.problems().getFirst().startsWith("p.yaml:2:"),
                pack.problems().toString());
        assertEquals(Ruling.DENY, decide("d1", "kill").ruling());
        close();
        open();
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling());
        assertFalse(book.packs().getFirst().problems().isEmpty());
        Files.delete(own.resolve("p.yaml"));
        step();
        assertEquals(Ruling.ALLOW, decide("d3", "kill").ruling());
        assertTrue(book.packs().isEmpty());
    }

    @Test
    void shouldLeaveWhatIsShippedOffUntilItIsEnabled() throws Exception {
        write(shipped, "p.yaml", rule("decision", "decision.type != 'kill'", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d1", "kill").ruling());
        book.enable("p", true, "uid:0");
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling());
        close();
        open();
        assertEquals(Ruling.DENY, decide("d3", "kill").ruling());
        write(own, "mine.yaml", rule("decision", "true", "deny"));
        step();
        assertEquals(Ruling.ALLOW, decide("d4", "kill").ruling(), "the operator's hides the shipped one");
        assertEquals(1, book.packs().size());
    }

    @Test
    void shouldNotReadWhatOthersMayWriteTo() throws Exception {
        write(own, "p.yaml", rule("decision", "true", "deny"));
        Files.setPosixFilePermissions(own.resolve("p.yaml"), PosixFilePermissions.fromString("rw-rw-rw-"));
        step();
        Pack pack = book.packs().getFirst();
        assertFalse(pack.enabled());
        assertTrue(
                pack.problems().getFirst().contains("chmod go-w"),
                pack.problems().toString());
    }
}
