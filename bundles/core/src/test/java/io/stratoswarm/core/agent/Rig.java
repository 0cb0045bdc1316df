package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.core.testing.FakeClock;
import io.stratoswarm.core.testing.InMemoryJournal;
import io.stratoswarm.core.testing.ScriptedProcessHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/** A supervisor without a thread over in-memory twins; the daemon can be killed and started again over the same host. */
final class Rig {
    static final String ACTOR = "uid:0";

    final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T12:00:00Z"));
    final InMemoryJournal journal = new InMemoryJournal(clock);
    final ScriptedProcessHost host = new ScriptedProcessHost(clock);
    final FakeProber prober = new FakeProber();
    /** What the jitter draws; 0.5 is the middle. */
    double chance = 0.5;

    Supervisor supervisor;
    LiveAgents agents;
    LiveGraphs graphs;
    /** The places of the imitated host, and who finds placements on them. */
    Site site = PinningSolver.site();

    Optional<PlacementSolver> solver = Optional.of(new PinningSolver());

    Rig() {
        supervisor = build();
        agents = services();
        graphs = graphs();
        recover();
    }

    private Supervisor build() {
        RandomGenerator random = new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only nextDouble is expected");
            }

            @Override
            public double nextDouble() {
                return chance;
            }
        };
        return new Supervisor(new SupervisorParts(
                refold(journal),
                journal,
                host,
                prober,
                new ProbeTimes(Optional::empty, clock),
                clock,
                clock::monotonic,
                random,
                ZoneOffset.UTC,
                source -> "hash-of-source",
                Runnable::run));
    }

    private LiveGraphs graphs() {
        return new LiveGraphs(
                supervisor,
                agents,
                source -> new ManifestResult(Optional.empty(), List.of(), List.of()),
                new KeptSources(journal, hash -> Optional.of("{\"hash\": \"" + hash + "\"}")),
                new GraphPast(journal),
                new Placer(() -> site, () -> solver),
                Runnable::run);
    }

    private LiveAgents services() {
        return new LiveAgents(supervisor, host, clock, ZoneOffset.UTC);
    }

    private void recover() {
        supervisor.recover("boot-1", "test");
        settle();
    }

    /** kill -9 of the daemon: what is not durable is gone, processes run on. */
    void crash() {
        journal.loseHeld();
        host.disconnect();
    }

    /** The next daemon, over what the journal and the host hold. */
    void restartDaemon() {
        assertEquals(0, supervisor.context.ledger.defects());
        journal.release();
        supervisor = build();
        agents = services();
        graphs = graphs();
        recover();
    }

    static AgentsState refold(InMemoryJournal journal) {
        AgentsState state = new AgentsState();
        journal.events().forEach(event -> AgentsFold.apply(state, event));
        return state;
    }

    void settle() {
        for (int i = 0; i < 10_000; i++) {
            if (supervisor.step() == 0) {
                return;
            }
        }
        throw new AssertionError("the supervisor never comes to rest");
    }

    /** Moves the clock on, stopping at each timer. */
    void advance(Duration by) {
        long end = clock.monotonic() + by.toNanos();
        settle();
        for (long wait = supervisor.nanosToNext(); wait <= end - clock.monotonic(); wait = supervisor.nanosToNext()) {
            clock.advance(Duration.ofNanos(wait));
            settle();
        }
        clock.advance(Duration.ofNanos(end - clock.monotonic()));
        settle();
    }

    void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    Applied apply(String graph, NodeSpec... nodes) {
        return await(graphs.apply(manifest(graph, nodes), ACTOR));
    }

    static GraphManifest manifest(String graph, NodeSpec... nodes) {
        return new GraphManifest(graph, "a test", List.of(nodes), "{}");
    }

    static NodeSpec node(String id, AgentSpec spec, NodeSpec.Dependency... dependsOn) {
        return new NodeSpec(id, spec, 1, List.of(dependsOn));
    }

    static NodeSpec replicas(String id, AgentSpec spec, int replicas, NodeSpec.Dependency... dependsOn) {
        return new NodeSpec(id, spec, replicas, List.of(dependsOn));
    }

    static NodeSpec.Dependency on(String node, NodeSpec.Condition condition) {
        return new NodeSpec.Dependency(node, condition);
    }

    static SpecMaker sleeper() {
        return new SpecMaker();
    }

    /** The value of a future that must be complete once the supervisor is at rest. */
    <T> T await(CompletableFuture<T> future) {
        settle();
        assertTrue(future.isDone(), "the command has not ended");
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw e;
        }
    }

    AgentStatus status(String agent) {
        return agents.get(agent).orElseThrow(() -> new AssertionError("no agent " + agent));
    }

    AgentPhase phase(String agent) {
        return status(agent).phase();
    }

    String reason(String agent) {
        return status(agent).reason();
    }

    /** Types of the events of an agent, without the prefix. */
    List<String> story(String agent) {
        return journal.events().stream()
                .filter(e -> e.subject().equals("agent/" + agent))
                .map(e -> e.type().replace("Agent", ""))
                .toList();
    }

    long events(String type) {
        return journal.events().stream().filter(e -> e.type().equals(type)).count();
    }

    Event last(String type) {
        return journal.events().stream()
                .filter(e -> e.type().equals(type))
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError("no event " + type));
    }

    /** The live state, the durable one and a fold from zero are the same bytes, also after a round through the codec. */
    void assertFoldsAgree() {
        settle();
        assertEquals(0, supervisor.context.ledger.underWay());
        assertEquals(0, supervisor.context.ledger.defects());
        byte[] folded = StateCodec.encode(refold(journal));
        String expected = new String(folded, StandardCharsets.UTF_8);
        assertEquals(
                expected, new String(StateCodec.encode(supervisor.context.ledger.durable), StandardCharsets.UTF_8));
        assertEquals(
                expected, new String(StateCodec.encode(supervisor.context.ledger.decided), StandardCharsets.UTF_8));
        assertArrayEquals(folded, StateCodec.encode(StateCodec.decode(folded)));
    }

    /** Answers of probes by what they ask; what is not named fails. */
    static final class FakeProber implements Prober {
        final Map<String, Boolean> answers = new HashMap<>();
        final List<String> asked = new ArrayList<>();

        private CompletableFuture<Result> answer(String what) {
            asked.add(what);
            return CompletableFuture.completedFuture(
                    new Result(answers.getOrDefault(what, false), what + " was asked"));
        }

        @Override
        public CompletableFuture<Result> tcp(AgentSpec.ProbeAction.Tcp action, long timeoutMillis) {
            return answer("tcp " + action.port());
        }

        @Override
        public CompletableFuture<Result> http(AgentSpec.ProbeAction.Http action, long timeoutMillis) {
            return answer("http " + action.url());
        }
    }
}
