package io.stratoswarm.audit.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.audit.rule.Rule;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules that are scripts; what the host and a worker do is said by the test. */
class RuleScriptTest extends RuleBookRig {
    private static final String ON_KILL = "{\"on\": \"decision\", \"types\": [\"kill\", \"operator.*\"]}";

    /** What the host has, by name. */
    private final Map<String, ScriptStatus> there = new TreeMap<>();

    private final List<JsonNode> asked = new ArrayList<>();
    private ScriptOutcome answer = said("{\"ruling\": \"allow\"}");

    @BeforeEach
    void host() {
        scripts = Optional.of(Scripts.class.cast(Proxy.newProxyInstance(
                Scripts.class.getClassLoader(),
                new Class<?>[] {Scripts.class},
                (self, method, given) -> switch (method.getName()) {
                    case "list" -> List.copyOf(there.values());
                    case "get" -> Optional.ofNullable(there.get((String) given[0]));
                    case "enable" -> {
                        commands.add("enable " + given[0] + " by " + given[1]);
                        yield CompletableFuture.completedFuture(null);
                    }
                    case "disable" -> {
                        String name = (String) given[0];
                        is(name, "disabled", Optional.of(header(name, ON_KILL)));
                        book.kind().unloaded(name);
                        yield CompletableFuture.completedFuture(null);
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                })));
    }

    private static ScriptOutcome said(String output) {
        return new ScriptOutcome(Status.OK, output, "", List.of(), List.of(), 1);
    }

    private static ScriptOutcome failed(Status status, String error) {
        return new ScriptOutcome(status, "", error, List.of(), List.of(), 1);
    }

    private ScriptHeader header(String name, String settings) {
        return new ScriptHeader(
                name, "compliance", "js", "not like this", settings, book.kind().limits(), List.of());
    }

    private void is(String name, String state, Optional<ScriptHeader> header) {
        there.put(
                name,
                new ScriptStatus(header, name, "/scripts/" + name, false, state, "as it is", "", "", 0, 0, "", 0));
    }

    private void load(String name, String settings) {
        ScriptHeader header = header(name, settings);
        assertEquals(List.of(), book.kind().check(header));
        is(name, "running", Optional.of(header));
        book.kind().loaded(new LoadedScript() {
            @Override
            public ScriptHeader header() {
                return header;
            }

            @Override
            public String hash() {
                return "hash of " + name;
            }

            @Override
            public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs) {
                inputs.forEach(input -> asked.add(Told.parse(input)));
                return CompletableFuture.completedFuture(List.of(answer));
            }

            @Override
            public void misbehaved(String what) {
                throw new AssertionError(what);
            }
        });
        step();
    }

    private Pack only() {
        assertEquals(1, book.packs().size());
        return book.packs().getFirst();
    }

    @Test
    void shouldAllowDenyAskOrOnlyTellAsTheScriptSays() throws Exception {
        agents.add(agent("shop/web", AgentPhase.READY, 2));
        load("s", ON_KILL);
        assertEquals(Ruling.ALLOW, decide("d1", "kill").ruling());
        answer = said("{\"ruling\": \"deny\", \"message\": \"the last one\"}");
        Made denied = decide("d2", "kill");
        assertEquals(Ruling.DENY, denied.ruling());
        assertEquals("s/judge: the last one", denied.why());
        answer = said("{\"ruling\": \"approve\"}");
        Made waits = decide("d3", "kill");
        assertEquals(Ruling.APPROVE, waits.ruling());
        assertEquals("s/judge: not like this", waits.why(), "the description where the script says nothing");
        answer = said("{\"ruling\": \"violation\"}");
        assertEquals(Ruling.ALLOW, decide("d4", "kill").ruling());
        assertEquals(4, asked.size());
        assertEquals(Ruling.ALLOW, decide("d5", "restart").ruling());
        assertEquals(4, asked.size(), "it is not asked about what its header does not name");
        JsonNode input = asked.getFirst();
        assertEquals("kill", input.at("/decision/type").asText());
        assertEquals("uid:7", input.at("/decision/actor").asText());
        assertEquals("ready", input.at("/state/agents/0/phase").asText());
        assertEquals(2, input.at("/state/agents/0/restarts").asInt());
        assertEquals(now.toString(), input.path("now").asText());
        reactToAll();
        assertEquals(3, events("ComplianceViolated").size());
        assertEquals(3, only().rules().getFirst().broken());
    }

    @Test
    void shouldLookAtEventsAndAtAgentsAndActOnWhatIsBroken() throws Exception {
        answer = said("{\"ruling\": \"violation\", \"message\": \"it failed\"}");
        load(
                "e",
                "{\"on\": \"event\", \"types\": [\"AgentFailed\"], \"action\": \"quarantine\", \"parameters\": {\"n\": 3}}");
        happen("AgentFailed", "agent/shop/web", "{\"code\":1}");
        reactToAll();
        assertEquals(List.of("stop shop/web by rule:e/judge"), commands);
        assertEquals(1, asked.getFirst().at("/event/payload/code").asInt());
        assertEquals(3, asked.getFirst().at("/parameters/n").asInt());
        agents.add(agent("shop/web", AgentPhase.READY, 0));
        load("a", "{\"on\": \"agent\"}");
        step();
        assertEquals("shop/web", book.open().getFirst().about());
        assertEquals("it failed", book.open().getFirst().message());
        answer = said("{\"ruling\": \"allow\"}");
        step();
        assertTrue(book.open().isEmpty());
    }

    @Test
    void shouldDenyWhereTheScriptGivesNoAnswerUnlessItsHeaderSaysOtherwise() {
        load("closed", ON_KILL);
        List<Status> silent = Arrays.stream(Status.values())
                .filter(status -> status != Status.OK)
                .toList();
        for (Status status : silent) {
            answer = failed(status, "no worker");
            assertEquals(Ruling.DENY, decide("closed " + status, "kill").ruling());
        }
        answer = failed(Status.BREACHED, "wall: over 500 ms");
        assertEquals(
                "closed/judge: the script 'closed' gave no answer (breached): wall: over 500 ms",
                decide("d1", "kill").why());
        assertEquals(silent.size() + 1, only().rules().getFirst().failed());
        answer = said("{\"ruling\": \"who knows\"}");
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling());
        book.enable("closed", false, "uid:0");
        load("open", ON_KILL.replace("}", ", \"failure\": \"allow\"}"));
        for (Status status : silent) {
            answer = failed(status, "no worker");
            assertEquals(Ruling.ALLOW, decide("open " + status, "kill").ruling());
        }
    }

    @Test
    void shouldLetWhatGivesNoAnswerBeMendedAndNothingElse() {
        load("s", ON_KILL);
        load("t", ON_KILL);
        assertEquals(Ruling.ALLOW, decide("d1", "operator.scripts.disable", "s").ruling());
        answer = failed(Status.UNAVAILABLE, "no worker");
        for (String verb : List.of("scripts.enable", "scripts.disable", "compliance.enable", "compliance.disable")) {
            assertEquals(
                    Ruling.ALLOW, decide(verb, "operator." + verb, "s").ruling(), "or each would hold the other up");
        }
        assertEquals(
                Ruling.DENY,
                decide("d2", "operator.compliance.disable", "four-eyes").ruling());
        assertEquals(Ruling.DENY, decide("d3", "operator.scripts.run", "s").ruling());
        book.enable("t", false, "uid:0");
        load("well", "{\"on\": \"decision\", \"types\": [\"start\"]}");
        assertEquals(
                Ruling.DENY, decide("d4", "operator.scripts.disable", "well").ruling(), "nothing is wrong with it");
    }

    @Test
    void shouldNotWaitForEachAgentWhereAScriptIsLate() {
        agents.add(agent("shop/web.0", AgentPhase.READY, 0));
        agents.add(agent("shop/web.1", AgentPhase.READY, 0));
        AtomicInteger asked = new AtomicInteger();
        Rule late = new Rule(
                "judge",
                Rule.On.AGENT,
                List.of(),
                values -> {
                    asked.incrementAndGet();
                    throw new StratoswarmException(Kind.TIMEOUT, "late");
                },
                "m",
                Rule.Action.ALERT,
                Rule.Severity.LOW,
                true);
        LiveRule live = new LiveRule("s", "", late, Map.of(), true);
        Told told = new Told(open.journal());
        new StateRules(
                        () -> List.of(live),
                        new Sight(() -> Optional.of(agents()), () -> Optional.of(graphs())),
                        new Alerts(told, () -> nanos),
                        new Remedies(decisions, () -> Optional.of(agents()), () -> Optional.of(graphs())),
                        open.projections(),
                        () -> now,
                        () -> nanos)
                .step();
        assertEquals(1, asked.get());
        assertEquals(List.of(), events("ComplianceViolated"));
    }

    @Test
    void shouldStayInForceInQuarantineAndOverARestartUntilItIsDisabled() throws Exception {
        load("s", ON_KILL);
        is("s", "quarantined", Optional.of(header("s", ON_KILL)));
        book.kind().unloaded("s");
        step();
        assertEquals(Ruling.DENY, decide("d1", "kill").ruling());
        assertTrue(only().enabled());
        assertEquals(
                "the script 's' is quarantined: as it is", only().problems().getFirst());
        close();
        there.clear();
        open();
        assertEquals(Ruling.DENY, decide("d2", "kill").ruling(), "before the host has found its file");
        load("s", ON_KILL);
        assertEquals(Ruling.ALLOW, decide("d3", "kill").ruling());
        assertEquals(1, events("RuleScriptLoaded").size(), "the same version is told once");
        answer = said("{\"ruling\": \"deny\"}");
        assertFalse(book.enable("s", false, "uid:0").enabled());
        assertEquals(Ruling.ALLOW, decide("d4", "kill").ruling());
        assertEquals(
                "as it is",
                Told.payload(events("RuleScriptRemoved").getFirst())
                        .path("reason")
                        .asText());
        close();
        open();
        assertEquals(Ruling.ALLOW, decide("d5", "kill").ruling());
    }

    @Test
    void shouldGoOnceItsFileIsGoneForAWhile() {
        answer = said("{\"ruling\": \"deny\"}");
        load("s", ON_KILL);
        there.clear();
        book.kind().unloaded("s");
        step();
        assertEquals(Ruling.DENY, decide("d1", "kill").ruling());
        nanos += Duration.ofSeconds(30).toNanos();
        step();
        assertEquals(Ruling.ALLOW, decide("d2", "kill").ruling());
        assertEquals(
                "its file has been gone for 30 s",
                Told.payload(events("RuleScriptRemoved").getFirst())
                        .path("reason")
                        .asText());
    }

    @Test
    void shouldNotTakeAScriptOfAnotherKindOrOneThatCannotBeReadForARule() throws Exception {
        write(own, "p.yaml", "name: p\nrules:\n  - {name: r, on: decision, require: 'true', message: m}\n");
        step();
        is("p", "failed", Optional.empty());
        assertFalse(book.enable("p", false, "uid:0").enabled(), "the pack");
        assertEquals(1, book.packs().size());
        is("q", "failed", Optional.empty());
        assertThrows(StratoswarmException.class, () -> book.enable("q", true, "uid:0"));
        assertEquals(List.of(), commands);
    }

    @Test
    void shouldSayWhatIsWrongWithAHeader() {
        assertEquals(
                List.of("on: is missing; event, decision, agent, graph, state"),
                book.kind().check(header("s", "{}")));
        List<String> wrong = book.kind()
                .check(header(
                        "s", "{\"on\": \"decision\", \"action\": \"deny\", \"failure\": \"maybe\", \"types\": [1]}"));
        assertEquals(3, wrong.size(), wrong.toString());
        assertEquals(
                List.of("action: 'rollback' does not fit a script on agent"),
                book.kind().check(header("s", "{\"on\": \"agent\", \"action\": \"rollback\"}")));
        assertEquals(
                List.of("failure: is for scripts on decision: what becomes of a decision that it gave no answer about"),
                book.kind().check(header("s", "{\"on\": \"agent\", \"failure\": \"deny\"}")));
        assertFalse(book.kind().outputSchema(header("s", "{\"on\": \"agent\"}")).contains("\"deny\""));
    }
}
