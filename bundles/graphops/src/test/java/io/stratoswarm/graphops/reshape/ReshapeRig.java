package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.api.script.ScriptTriggers.Trigger;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import io.stratoswarm.core.manifest.Units;
import io.stratoswarm.graphops.language.GraphLanguage;
import io.stratoswarm.graphops.transform.TransformControl;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A graph declared by a text, of which nothing runs; the planner is the real one, and times come when the test says so. */
final class ReshapeRig {
    static final String GRAPH = """
            graph g {
              node log {
                run cat
              }
              node parse {
                run cat
                label state = none
              }
              node store {
                run cat
              }
              flow log -> parse {
                id a
              }
              flow parse -> store {
                id b
              }
            }
            """;

    final InMemoryJournal journal = new InMemoryJournal();
    final InMemoryDecisions decisions = new InMemoryDecisions(journal);
    final InMemoryTables tables = new InMemoryTables();
    final InMemoryTransforms transforms;
    final Map<String, FlowStatus> flows = new TreeMap<>();
    final List<AgentStatus> agents = new ArrayList<>();
    ProposalSettings settings = ProposalSettings.DEFAULT;
    Supplier<Relocation> relocation = () -> {
        throw new StratoswarmException(Kind.CONFLICT, "graph g asks for no placement");
    };
    private final Graphs graphs;
    private GraphManifest manifest;
    private long generation = 1;
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private Consumer<Trigger> called = trigger -> {};

    ReshapeRig() {
        manifest = manifest(GRAPH);
        manifest.nodes().forEach(node -> agent(node.id(), AgentPhase.READY, 0));
        lag("a", 0);
        lag("b", 0);
        graphs = only(
                Graphs.class,
                Map.of(
                        "parse", given -> parse((GraphSource) given[0]),
                        "declaration", given -> declaration(String.valueOf(given[0])),
                        "plan", given -> new Graphs.Plan("g", generation, List.of(), List.of()),
                        "list", given -> List.of(new Graphs.Summary("g", generation, "", agents))));
        transforms = new InMemoryTransforms(
                new TransformControl(
                        graphs, agents(), flows(), new InMemoryTables(), journal, () -> now, System::nanoTime),
                this::nanos);
    }

    /** Only these methods are there. */
    private static <T> T only(Class<T> type, Map<String, Function<Object[], Object>> methods) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Function<Object[], Object> answer = methods.get(method.getName());
            if (answer == null) {
                throw new UnsupportedOperationException(method.getName());
            }
            return answer.apply(given);
        }));
    }

    private Agents agents() {
        return only(Agents.class, Map.of("list", given -> List.copyOf(agents)));
    }

    private Flows flows() {
        return only(Flows.class, Map.of("status", given -> List.copyOf(flows.values())));
    }

    private static ManifestResult parse(GraphSource source) {
        return ManifestParser.parse(source, new Extensions(List.of(new GraphLanguage()), List.of(), true));
    }

    private static GraphManifest manifest(String text) {
        ManifestResult result = parse(GraphSource.of("g.graph", text));
        return result.manifest()
                .orElseThrow(() -> new AssertionError(
                        result.errors().stream().map(ManifestProblem::render).collect(Collectors.joining("\n"))));
    }

    private Optional<Graphs.Declaration> declaration(String name) {
        return name.equals("g")
                ? Optional.of(new Graphs.Declaration(
                        "g", generation, false, manifest.nodes(), manifest.flows(), List.of(), List.of()))
                : Optional.empty();
    }

    /** Somebody changes the graph. */
    void declare(String text) {
        manifest = manifest(text);
        generation++;
    }

    void agent(String node, AgentPhase phase, long restarts) {
        String id = "g/" + node;
        agents.removeIf(agent -> agent.id().equals(id));
        agents.add(new AgentStatus(
                id,
                "g",
                node,
                0,
                phase,
                "because",
                0,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                restarts,
                Optional.empty(),
                "cat"));
    }

    void lag(String flow, long records) {
        FlowLedger ledger = new FlowLedger(
                records,
                0,
                0,
                0,
                0,
                0,
                0,
                records,
                0,
                0,
                List.of(new FlowLedger.Receiver("g/x", "stdin", records, 0, 0, records, 0)));
        flows.put(
                flow,
                new FlowStatus(
                        "g",
                        flow,
                        FlowStatus.State.RUNNING,
                        "",
                        ledger,
                        12.5,
                        125,
                        records,
                        records * 10,
                        OptionalLong.empty(),
                        List.of(0.25, 0.5)));
    }

    /** What a daemon has, on what is durable. */
    Reshapes open() {
        return new Reshapes(
                new Reshapes.Services(
                        graphs,
                        agents(),
                        flows(),
                        transforms,
                        only(Placements.class, Map.of("relocation", given -> relocation.get())),
                        new ManualTriggers(),
                        tables,
                        only(BlobStore.class, Map.of("put", given -> "cd".repeat(32))),
                        decisions,
                        journal),
                settings,
                () -> now);
    }

    long nanos() {
        return now.getEpochSecond() * 1_000_000_000L;
    }

    /** The timer rings after so many seconds. */
    void ring(long seconds) {
        now = now.plusSeconds(seconds);
        called.accept(new Trigger("timer", Optional.empty()));
    }

    void happen(Event event) {
        called.accept(new Trigger("event " + event.sequence(), Optional.of(event)));
    }

    /** The event comes that somebody has approved a decision. */
    void approve(Reshapes reshapes, String decision, String actor) throws Exception {
        reshapes.reactors()
                .getFirst()
                .on(new Event(
                        journal.id(),
                        journal.size(),
                        nanos(),
                        Decisions.APPROVED,
                        1,
                        Deciding.SOURCE,
                        "script/s",
                        actor,
                        List.of(),
                        "application/json",
                        ("{\"decision\":\"" + decision + "\"}").getBytes(StandardCharsets.UTF_8)));
    }

    List<String> types() {
        return journal.events.stream().map(Event::type).toList();
    }

    private final class ManualTriggers implements ScriptTriggers {
        @Override
        public List<String> check(String settings) {
            return settings.contains("\"every\"") || settings.contains("\"on\"")
                    ? List.of()
                    : List.of("on: it needs \"on\", \"every\" or \"schedule\"");
        }

        @Override
        public OptionalLong duration(String text) {
            return Units.duration(text);
        }

        @Override
        public Running start(String name, String settings, Consumer<Trigger> consumer) {
            called = consumer;
            return () -> called = trigger -> {};
        }
    }
}
