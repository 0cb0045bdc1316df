package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Applied;
import io.stratoswarm.api.graph.Graphs.Declaration;
import io.stratoswarm.api.graph.Graphs.Options;
import io.stratoswarm.api.graph.Graphs.Plan;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a plan says is what happens, over random lives of a graph. */
class PlanProperties {
    private static final List<String> NODES = List.of("a", "b", "c", "d");

    private Rig rig = new Rig();
    private final Map<Long, Declaration> generations = new HashMap<>();
    private Random random = new Random();

    private GraphManifest manifest() {
        List<NodeSpec> nodes = new ArrayList<>();
        for (String id : NODES) {
            if (random.nextInt(4) > 0 || nodes.isEmpty()) {
                SpecMaker spec = Rig.sleeper()
                        .command("/bin/" + random.nextInt(2))
                        .labels(Map.of("v", String.valueOf(random.nextInt(2))))
                        .mode(RestartMode.NEVER);
                nodes.add(Rig.replicas(id, spec.make(), 1 + random.nextInt(3)));
            }
        }
        List<FlowSpec> flows = new ArrayList<>();
        for (int from = 0; from < nodes.size(); from++) {
            for (int to = from + 1; to < nodes.size(); to++) {
                if (random.nextInt(3) == 0) {
                    flows.add(flow(nodes.get(from).id(), nodes.get(to).id()));
                }
            }
        }
        return new GraphManifest(
                "g",
                "v" + random.nextInt(2),
                Map.of("l", String.valueOf(random.nextInt(2))),
                nodes,
                flows,
                List.of(),
                List.of(),
                "{}");
    }

    private FlowSpec flow(String from, String to) {
        return new FlowSpec(
                from + "-" + to,
                new FlowSpec.End(from, "stdout"),
                List.of(new FlowSpec.End(to, "stdin")),
                DataType.TEXT,
                DataType.TEXT,
                List.of(),
                Optional.empty(),
                FlowSpec.Framing.LINES,
                1 << 20,
                (1 + random.nextInt(2)) * 1_000L,
                random.nextInt(4) == 0
                        ? new FlowSpec.Delivery.AtLeastOnce(new FlowSpec.Ack.OnEof())
                        : new FlowSpec.Delivery.AtMostOnce(),
                new FlowSpec.Routing.RoundRobin(),
                Map.of());
    }

    private Map<String, AgentStatus> agents() {
        return rig.agents.list().stream().collect(Collectors.toMap(AgentStatus::id, agent -> agent));
    }

    @Property(tries = 60)
    void shouldDoWhatThePlanSays(@ForAll long seed) {
        random = new Random(seed);
        rig = new Rig();
        generations.clear();
        rig.await(rig.graphs.apply(manifest(), Rig.ACTOR));
        settled();
        for (int round = 0; round < 12; round++) {
            switch (random.nextInt(5)) {
                case 0 -> edit();
                case 1 -> rollback();
                case 2 -> end();
                default -> apply();
            }
            rig.assertFoldsAgree();
        }
    }

    private void settled() {
        rig.settle();
        Declaration now = rig.graphs.declaration("g").orElseThrow();
        generations.put(now.generation(), now);
    }

    private void apply() {
        GraphManifest manifest = manifest();
        Options options = new Options(random.nextInt(3) == 0, OptionalLong.empty());
        Plan plan;
        try {
            plan = rig.graphs.plan(manifest, options.force());
        } catch (StratoswarmException e) {
            assertEquals(Kind.CONFLICT, e.kind(), e.getMessage());
            refused(() -> rig.graphs.apply(manifest, options, Rig.ACTOR));
            return;
        }
        if (!plan.conflicts().isEmpty()) {
            refused(() -> rig.graphs.apply(manifest, options, Rig.ACTOR));
            return;
        }
        OptionalLong other = OptionalLong.of(plan.generation() + 1);
        refused(() -> rig.graphs.apply(manifest, new Options(options.force(), other), Rig.ACTOR));
        OptionalLong shown = OptionalLong.of(plan.generation());
        happens(plan, () -> rig.graphs.apply(manifest, new Options(options.force(), shown), Rig.ACTOR));
        if (options.force()) {
            Declaration now = rig.graphs.declaration("g").orElseThrow();
            assertEquals(new HashSet<>(manifest.flows()), new HashSet<>(now.flows()), "the manifest won over what ran");
        }
    }

    private void refused(java.util.function.Supplier<CompletableFuture<Applied>> command) {
        long events = rig.journal.size();
        StratoswarmException e = assertThrows(StratoswarmException.class, () -> rig.await(command.get()));
        assertEquals(Kind.CONFLICT, e.kind());
        assertEquals(events, rig.journal.size());
    }

    private void rollback() {
        long now = rig.graphs.declaration("g").orElseThrow().generation();
        long to = 1 + random.nextLong(now);
        Plan plan = rig.graphs.planRollback("g", OptionalLong.of(to));
        happens(plan, () -> rig.graphs.rollback("g", OptionalLong.of(to), OptionalLong.of(now), Rig.ACTOR));
        Declaration then = generations.get(to);
        Declaration made = rig.graphs.declaration("g").orElseThrow();
        if (then == null) {
            throw new AssertionError("generation " + to + " is not known");
        }
        assertEquals(then.nodes(), made.nodes());
        assertEquals(then.flows(), made.flows());
    }

    private void edit() {
        List<NodeSpec> nodes = rig.graphs.declaration("g").orElseThrow().nodes();
        NodeSpec node = nodes.get(random.nextInt(nodes.size()));
        rig.await(
                rig.graphs.edit("g", node.id(), Map.of("replicas", String.valueOf(1 + random.nextInt(3))), Rig.ACTOR));
        settled();
    }

    /** An agent ends for good. */
    private void end() {
        List<String> running = rig.agents.list().stream()
                .filter(agent -> agent.phase().running())
                .map(AgentStatus::id)
                .toList();
        if (!running.isEmpty()) {
            rig.host.exits(running.get(random.nextInt(running.size())), random.nextInt(2));
            rig.settle();
        }
    }

    private void happens(Plan plan, java.util.function.Supplier<CompletableFuture<Applied>> command) {
        Map<String, AgentStatus> before = agents();
        Applied applied = rig.await(command.get());
        settled();
        assertEquals(plan.steps(), applied.steps());
        Map<String, AgentStatus> after = agents();
        Set<String> told = new HashSet<>();
        for (Step step : plan.steps()) {
            for (String id : step.effect().starts()) {
                told.add(id);
                assertTrue(status(after, id).phase().running(), () -> id + " was to start: " + plan);
            }
            for (String id : step.effect().restarts()) {
                told.add(id);
                assertTrue(status(after, id).phase().running(), id);
                assertEquals(
                        status(before, id).incarnation() + 1, status(after, id).incarnation(), id);
            }
            for (String id : step.effect().stops()) {
                told.add(id);
                assertTrue(before.containsKey(id) && !after.containsKey(id), () -> id + " was to go: " + plan);
            }
        }
        Set<String> all = new HashSet<>(before.keySet());
        all.addAll(after.keySet());
        all.removeAll(told);
        for (String id : all) {
            assertEquals(status(before, id).incarnation(), status(after, id).incarnation(), () -> id + ": " + plan);
            assertEquals(status(before, id).phase(), status(after, id).phase(), id);
        }
        boolean changes = !before.equals(after);
        assertTrue(plan.touches()
                || !changes
                || plan.steps().stream().anyMatch(step -> step.action().equals("create")));
    }

    private static AgentStatus status(Map<String, AgentStatus> agents, String id) {
        AgentStatus status = agents.get(id);
        if (status == null) {
            throw new AssertionError("no agent " + id + " among " + agents.keySet());
        }
        return status;
    }
}
