package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs.Conflict;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.Graphs.Plan;
import io.stratoswarm.api.graph.Graphs.Revision;
import io.stratoswarm.api.graph.Graphs.Step;
import io.stratoswarm.core.graph.Edits;
import io.stratoswarm.core.graph.GraphPlan;
import io.stratoswarm.core.graph.GraphRules;
import io.stratoswarm.core.graph.Items;
import io.stratoswarm.core.graph.Items.Declared;
import io.stratoswarm.core.graph.ManifestRules;
import io.stratoswarm.core.graph.Merge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a command on a graph would do, decided against a state; the command itself then does just that. */
final class GraphPlans {
    private static final int SHOWN = 200;

    /**
     * A plan with what it comes to.
     *
     * @param result what is declared then, wired
     * @param diverged as in {@link GraphState}, then
     * @param members of each node, then
     * @param agents ids of each node's members
     * @param held flows that take nothing, then
     * @param places by id of an agent that comes, where it is to be and nowhere else
     * @param note empty, or what this is a step of
     */
    record Prepared(
            Plan plan,
            Declared result,
            Map<String, SortedMap<String, String>> diverged,
            Map<String, SortedMap<Integer, MemberState>> members,
            Map<String, List<String>> agents,
            Set<String> held,
            Map<String, String> places,
            String note,
            boolean same) {}

    /** What is asked beside a declaration. */
    private record Asked(
            Map<String, List<Member>> members,
            Set<String> held,
            Map<String, Map<Integer, String>> places,
            String note) {
        static final Asked NOTHING = new Asked(Map.of(), Set.of(), Map.of(), "");
    }

    /** What is declared of a graph, in the forms that are worked with; made once, since a graph may be large. */
    private static final class Running {
        final @Nullable GraphState graph;
        final Declared declared;
        final Merge.State items;

        Running(@Nullable GraphState graph) {
            this.graph = graph;
            this.declared = GraphPlans.declared(graph);
            this.items = Items.of(declared);
        }

        /** What the manifest said that was applied last. */
        Merge.State base() {
            if (graph == null || graph.diverged().isEmpty()) {
                return items;
            }
            Map<String, SortedMap<String, String>> all = new HashMap<>(items.items());
            graph.diverged().forEach((item, properties) -> {
                if (properties.isEmpty()) {
                    all.remove(item);
                } else {
                    all.put(item, properties);
                }
            });
            return Merge.State.of(all);
        }
    }

    private final AgentsState state;

    GraphPlans(AgentsState state) {
        this.state = state;
    }

    Prepared apply(GraphManifest manifest, boolean force) {
        ManifestRules.check(manifest);
        String name = manifest.name();
        @Nullable GraphState graph = state.graphs.get(name);
        Declared wanted = declared(manifest);
        Running running = new Running(graph);
        Merge.State says = Items.of(wanted);
        Merge.Outcome outcome = Merge.merge(running.base(), running.items, says, force);
        Declared result = outcome.kept().isEmpty() ? wanted.wired() : Items.read(outcome.merged());
        if (!outcome.kept().isEmpty() && outcome.conflicts().isEmpty()) {
            together(name, wanted, result);
        }
        return prepared(
                name, running, result, outcome.merged(), outcome.kept(), says, conflicts(name, outcome), Asked.NOTHING);
    }

    /** What was kept of the running graph must go together with what the manifest changed. */
    private static void together(String name, Declared wanted, Declared result) {
        String wrong = Edits.spreads(wanted, result).orElse("");
        try {
            ManifestRules.check(manifest(name, result));
        } catch (StratoswarmException e) {
            wrong = String.valueOf(e.getMessage());
        }
        if (!wrong.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "what was changed while graph " + name + " ran does not go together with this manifest: " + wrong
                            + "; change the manifest, or let it win with --force");
        }
    }

    Prepared edit(String name, String id, Map<String, String> changes) {
        GraphState graph = known(name);
        Running running = new Running(graph);
        Declared result = Edits.apply(name, running.declared, id, changes).wired();
        Edits.spreads(running.declared, result).ifPresent(wrong -> {
            throw new StratoswarmException(Kind.CONFLICT, wrong);
        });
        ManifestRules.check(manifest(name, result));
        return prepared(name, running, result, Items.of(result), Map.of(), running.base(), List.of(), Asked.NOTHING);
    }

    Prepared revise(String name, Revision revision) {
        GraphState graph = known(name);
        Running running = new Running(graph);
        GraphRules rules = running.declared.rules();
        Declared result = new Declared(graph.description(), rules, revision.nodes(), revision.flows()).wired();
        ManifestRules.check(manifest(name, result));
        for (String flow : revision.held()) {
            if (revision.flows().stream().noneMatch(each -> each.id().equals(flow))) {
                throw new StratoswarmException(
                        Kind.INVALID, "flow " + flow + " is to be held, and is not declared in graph " + name);
            }
        }
        return prepared(
                name,
                running,
                result,
                Items.of(result),
                Map.of(),
                running.base(),
                List.of(),
                new Asked(revision.members(), revision.held(), revision.places(), revision.note()));
    }

    /** @param past the graph as it was */
    Prepared rollback(GraphState past) {
        String name = past.name();
        GraphState graph = known(name);
        Running then = new Running(past);
        Declared result = then.declared.wired();
        return prepared(name, new Running(graph), result, then.items, Map.of(), then.base(), List.of(), Asked.NOTHING);
    }

    private GraphState known(String name) {
        GraphState graph = state.graphs.get(name);
        if (graph == null) {
            throw Selectors.unknown("graph", name, state.graphs.keySet());
        }
        return graph;
    }

    /** @param says what the manifest says, or said last */
    private Prepared prepared(
            String name,
            Running running,
            Declared result,
            Merge.State becomes,
            Map<String, List<String>> kept,
            Merge.State says,
            List<Conflict> conflicts,
            Asked asked) {
        @Nullable GraphState graph = running.graph;
        if (graph != null && graph.deleting()) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "graph " + name + " is being deleted; apply it again once it is gone");
        }
        Crew crew = new Crew(name, graph, state, result, asked.members());
        List<Step> steps = GraphPlan.steps(name, running.declared, running.items, result, becomes, kept, says, crew);
        Map<String, SortedMap<String, String>> diverged = new TreeMap<>();
        TreeSet<String> items = new TreeSet<>(says.items().keySet());
        items.addAll(becomes.items().keySet());
        for (String item : items) {
            SortedMap<String, String> declared = says.items().get(item);
            if (!Objects.equals(declared, becomes.items().get(item))) {
                diverged.put(item, declared == null ? new TreeMap<>() : declared);
            }
        }
        boolean same = graph != null
                && running.items.equals(becomes)
                && graph.diverged().equals(diverged)
                && graph.held().equals(asked.held())
                && crew.same();
        return new Prepared(
                new Plan(name, graph == null ? 0 : graph.generation(), steps, conflicts),
                result,
                diverged,
                crew.members(),
                crew.ids(),
                asked.held(),
                crew.places(asked.places()),
                asked.note(),
                same);
    }

    private static List<Conflict> conflicts(String name, Merge.Outcome outcome) {
        return outcome.conflicts().stream()
                .map(conflict -> {
                    String item = conflict.item();
                    boolean whole = item.equals(Items.GRAPH);
                    boolean node = item.startsWith(Items.NODE);
                    return new Conflict(
                            whole ? GraphPlan.GRAPH : node ? GraphPlan.NODE : GraphPlan.FLOW,
                            whole ? name : item.substring(Items.NODE.length()),
                            Items.word(conflict.property()),
                            shown(conflict, conflict.base()),
                            shown(conflict, conflict.running()),
                            shown(conflict, conflict.wanted()));
                })
                .toList();
    }

    private static String shown(Merge.Conflict conflict, @Nullable String text) {
        if (text == null) {
            return "";
        }
        if (conflict.property().equals(Merge.ALL)) {
            return conflict.base() == null ? "made" : text.equals(conflict.base()) ? "there" : "changed";
        }
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    private static Declared declared(GraphManifest manifest) {
        return new Declared(manifest.description(), GraphRules.of(manifest), manifest.nodes(), manifest.flows());
    }

    static GraphManifest manifest(String name, Declared declared) {
        GraphRules rules = declared.rules();
        return new GraphManifest(
                name,
                declared.description(),
                rules.labels(),
                declared.nodes(),
                declared.flows(),
                rules.constraints(),
                rules.objectives(),
                "");
    }

    /** What runs, wired. */
    static Declared declared(@Nullable GraphState graph) {
        return graph == null
                ? new Declared("", GraphRules.NONE, List.of(), List.of())
                : new Declared(
                        graph.description(),
                        graph.rules(),
                        graph.nodes().values().stream()
                                .filter(node -> !node.removed())
                                .map(NodeState::node)
                                .toList(),
                        List.copyOf(graph.flows().values()));
    }
}
