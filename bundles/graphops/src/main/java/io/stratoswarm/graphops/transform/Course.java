package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.StateContract;
import io.stratoswarm.api.graph.Transforms.Options;
import io.stratoswarm.graphops.transform.Stage.Wait;
import io.stratoswarm.graphops.transform.Stage.Who;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stages from what a graph is to what it is to be. Pure: the same graph, target and options give the same stages, so that a run
 * that was cut off can go on with them.
 *
 * <ol>
 *   <li><b>start</b>: what is new is declared beside what is old, and gets nothing.
 *   <li><b>share</b>, where steps are asked for: what is new gets a part, and is watched.
 *   <li><b>drain</b>, from which there is no way back: what is old gets nothing more, its inputs end, it reads to the end. Where
 *       records must not overtake each other, the flows into it are held meanwhile.
 *   <li><b>finish</b>: the graph is the target.
 * </ol>
 */
final class Course {
    private final Graphs.Declaration before;
    private final Target target;
    private final Options options;
    private final Map<String, NodeSpec> oldNodes = new TreeMap<>();
    private final Map<String, FlowSpec> oldFlows = new TreeMap<>();
    private final Map<String, NodeCourse> nodes = new TreeMap<>();
    private final Set<String> touchedFlows = new TreeSet<>();
    /** Whether agents that keep state by key are followed by others. */
    private final boolean handsOver;

    /** @param replaced nodes whose agents would have to be restarted to be as the target says */
    Course(Graphs.Declaration before, Target target, Set<String> replaced, Options options) {
        this.before = before;
        this.target = target;
        this.options = options;
        before.nodes().forEach(node -> oldNodes.put(node.id(), node));
        before.flows().forEach(flow -> oldFlows.put(flow.id(), flow));
        Set<String> ids = new TreeSet<>(oldNodes.keySet());
        ids.addAll(target.nodes().keySet());
        for (String id : ids) {
            NodeSpec old = oldNodes.get(id);
            NodeSpec next = target.nodes().get(id);
            boolean renewed = replaced.contains(id) || target.renewed().contains(id) || rekeyed(old, next);
            if (renewed || old == null || next == null || !plain(old).equals(plain(next))) {
                nodes.put(
                        id,
                        new NodeCourse(
                                old, next, members(id), renewed, target.places().getOrDefault(id, Map.of())));
            }
        }
        Set<String> flows = new TreeSet<>(oldFlows.keySet());
        flows.addAll(target.flows().keySet());
        for (String id : flows) {
            FlowSpec old = oldFlows.get(id);
            FlowSpec next = target.flows().get(id);
            if (!Objects.equals(old, next)) {
                touchedFlows.add(id);
            }
            if (old != null && next != null && !old.from().equals(next.from())) {
                throw Refusal.conflict("flow " + id + " would begin at " + next.from() + " instead of " + old.from()
                        + "; give the new one another id, so that what is in the old one can be told apart");
            }
        }
        List<String> keyed = nodes.keySet().stream().filter(this::handsOver).toList();
        handsOver = !keyed.isEmpty();
        if (handsOver && !options.steps().isEmpty()) {
            throw Refusal.conflict("node " + keyed.getFirst()
                    + " keeps state by key, which is handed over all at once; ask for no steps");
        }
        // Held, or drained, while what is behind it drains.
        oldFlows.values().stream()
                .filter(flow -> flow.to().stream().anyMatch(end -> drains(end.node())))
                .forEach(flow -> touchedFlows.add(flow.id()));
    }

    /** Whether keys will be others' than they are. */
    private static boolean rekeyed(@Nullable NodeSpec old, @Nullable NodeSpec next) {
        return old != null && next != null && Contracts.keyed(next) && old.replicas() != next.replicas();
    }

    private boolean handsOver(String id) {
        NodeCourse course = Objects.requireNonNull(nodes.get(id));
        NodeSpec next = course.next();
        return next != null
                && Contracts.keyed(next)
                && course.stays()
                && !course.joining().isEmpty();
    }

    /** Without its wires, which follow from flows. */
    private static NodeSpec plain(NodeSpec node) {
        return new NodeSpec(
                node.id(),
                node.agent().with(List.of(), Optional.empty()),
                node.replicas(),
                node.dependsOn(),
                node.kind(),
                node.channels(),
                node.request(),
                node.policies());
    }

    private List<Member> members(String node) {
        return before.members().getOrDefault(node, List.of());
    }

    private boolean drains(String node) {
        NodeCourse course = nodes.get(node);
        return course != null && !course.leaving().isEmpty();
    }

    /** The nodes and flows that it touches; a flow into a node that drains is one of them. */
    Set<String> touched() {
        Set<String> all = new TreeSet<>();
        nodes.keySet().forEach(node -> all.add("node " + node));
        touchedFlows.forEach(flow -> all.add("flow " + flow));
        return all;
    }

    Set<String> touchedFlows() {
        return touchedFlows;
    }

    /** Flows whose ledgers tell what became of all that it moves. */
    Set<String> accounted() {
        Set<String> all = new TreeSet<>(touchedFlows);
        nodes.keySet().stream().filter(this::handsOver).map(StateContract::flow).forEach(all::add);
        return all;
    }

    boolean empty() {
        return nodes.isEmpty() && touchedFlows.isEmpty();
    }

    List<Stage> stages() {
        List<Stage> stages = new ArrayList<>();
        if (starts()) {
            stages.add(start());
            if (shares()) {
                for (int percent : options.steps()) {
                    stages.add(share(percent));
                }
            }
        }
        for (int level = 1; level <= levels(); level++) {
            stages.add(drain(level));
        }
        stages.add(finish());
        return stages;
    }

    /** How many stages drain: of nodes that follow each other, the later ones only have everything when the earlier ones are through. */
    private int levels() {
        int deepest = 0;
        for (String node : nodes.keySet()) {
            deepest = Math.max(deepest, level(node));
        }
        for (FlowSpec flow : oldFlows.values()) {
            deepest = Math.max(deepest, holds(flow));
        }
        return deepest;
    }

    /**
     * From which of them on a flow is held; 0 for never. Sources that go are through before, and what drains behind it gets nothing
     * more from then on.
     */
    private int holds(FlowSpec flow) {
        boolean goes = !target.flows().containsKey(flow.id());
        if (goes && leaves(flow.from().node())) {
            return 0; // Its end is that of its sources.
        }
        if (shrinks(flow)) {
            return 1 + level(flow.from().node());
        }
        // Where others can take what comes, only for the order.
        boolean held = ordered()
                ? flow.to().stream().anyMatch(end -> drains(end.node()))
                : flow.to().stream().allMatch(end -> retired(end.node()));
        return held
                ? flow.to().stream()
                        .filter(end -> drains(end.node()))
                        .mapToInt(end -> level(end.node()))
                        .min()
                        .orElse(0)
                : 0;
    }

    private int level(String node) {
        return level(node, new HashSet<>());
    }

    /** In which of them the old members of a node are drained; 0 where it has none. */
    private int level(String node, Set<String> path) {
        if (!drains(node) || !path.add(node)) {
            return 0; // Of nodes in a circle, the one that was asked for is drained first.
        }
        int level = 1;
        for (FlowSpec flow : oldFlows.values()) {
            if (flow.to().stream().anyMatch(end -> end.node().equals(node))) {
                int source = level(flow.from().node(), path);
                // A flow that goes while its source stays gives what it took before its end is told.
                boolean last = !target.flows().containsKey(flow.id())
                        && !leaves(flow.from().node());
                level = Math.max(level, (last ? 2 : 1) + source);
            }
        }
        path.remove(node);
        return level;
    }

    /** Index of the first stage from which it does not go back. */
    int commit() {
        return stages().size() - 1 - levels();
    }

    private boolean starts() {
        return nodes.values().stream().anyMatch(node -> !node.joining().isEmpty());
    }

    /** Whether some can take a part of what others have now. */
    private boolean shares() {
        return nodes.values().stream()
                .anyMatch(node -> node.stays() && !node.joining().isEmpty());
    }

    /** Whether some of its ends go, or it goes itself, so that what is on its way there has to be delivered before. */
    private boolean shrinks(FlowSpec old) {
        FlowSpec next = target.flows().get(old.id());
        return touchedFlows.contains(old.id()) && (next == null || !new HashSet<>(next.to()).containsAll(old.to()));
    }

    private boolean ordered() {
        return (target.ordered() || handsOver) && options.steps().isEmpty();
    }

    private Stage start() {
        return stage("start", Phase.START, 0, new Wait.Ready(joins()), Set.of());
    }

    private Stage share(int percent) {
        return stage(
                "share " + percent + " %",
                Phase.SHARE,
                percent * Member.ALL / 100,
                new Wait.Well(joins(), options.holdMillis()),
                Set.of());
    }

    private Stage drain(int level) {
        Set<String> held = new TreeSet<>();
        for (FlowSpec flow : oldFlows.values()) {
            int from = holds(flow);
            if (from > 0 && from <= level) {
                held.add(flow.id());
            }
        }
        Set<String> last = new TreeSet<>(held);
        last.removeAll(target.flows().keySet());
        List<Who> leaving =
                leaves().stream().filter(who -> level(who.node()) == level).toList();
        return stage(
                level == 1 ? "drain" : "drain " + level,
                ordered() ? Phase.DRAIN_HELD : Phase.DRAIN,
                level,
                new Wait.Drained(
                        leaving,
                        held,
                        last,
                        level == levels() ? then(held) : Map.of(),
                        level == levels() ? finish().members() : Map.of()),
                held);
    }

    /** How these flows go on in the end, but for those that go. */
    private Map<String, FlowSpec> then(Set<String> held) {
        Map<String, FlowSpec> then = new HashMap<>();
        held.stream()
                .filter(target.flows()::containsKey)
                .forEach(
                        id -> then.put(id, Objects.requireNonNull(target.flows().get(id))));
        return then;
    }

    /** Whether all of its members go, so that what they give has to be delivered. */
    private boolean leaves(String node) {
        NodeCourse course = nodes.get(node);
        return course != null && course.allLeave();
    }

    private boolean retired(String node) {
        NodeCourse course = nodes.get(node);
        return course != null && course.next() == null;
    }

    private Stage finish() {
        return stage("finish", Phase.FINISH, 0, new Wait.Nothing(), Set.of());
    }

    /** Members that go. */
    List<Who> leaves() {
        List<Who> all = new ArrayList<>();
        nodes.forEach((id, node) -> node.leaving().forEach(number -> all.add(new Who(id, number))));
        return all;
    }

    /** The way back where nothing new has got anything, and the last stage of it where it has. */
    Stage restore() {
        Map<String, Optional<NodeSpec>> specs = new HashMap<>();
        Map<String, List<Member>> members = new HashMap<>();
        nodes.forEach((id, node) -> {
            specs.put(id, Optional.ofNullable(node.old()));
            if (node.old() != null) {
                members.put(id, node.before());
            }
        });
        Map<String, Optional<FlowSpec>> flows = new HashMap<>();
        touchedFlows.forEach(id -> flows.put(id, Optional.ofNullable(oldFlows.get(id))));
        return new Stage("restore", specs, flows, members, Set.of(), Map.of(), new Wait.Nothing());
    }

    /** The first stage of the way back where what is new has got something: it gives that, and gets nothing more. */
    Stage drainBack() {
        Stage start = start();
        Map<String, List<Member>> members = new HashMap<>(start.members());
        nodes.forEach((id, node) -> members.put(id, node.backing()));
        return new Stage(
                "drain back",
                start.nodes(),
                start.flows(),
                members,
                Set.of(),
                Map.of(),
                new Wait.Drained(joins(), Set.of(), Set.of(), Map.of(), Map.of()));
    }

    /** Nodes that stay and some of whose agents come or go, as they shall be. */
    List<NodeSpec> followed() {
        return nodes.values().stream()
                .filter(node -> node.stays()
                        && !(node.joining().isEmpty() && node.leaving().isEmpty()))
                .map(NodeCourse::next)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** By node and number, where members that come are to be. */
    Map<String, Map<Integer, String>> places() {
        Map<String, Map<Integer, String>> places = new HashMap<>();
        nodes.forEach((id, node) -> places.put(id, node.places()));
        places.values().removeIf(Map::isEmpty);
        return places;
    }

    /** Members that come. */
    List<Who> joins() {
        List<Who> all = new ArrayList<>();
        nodes.forEach((id, node) -> node.joining().forEach(number -> all.add(new Who(id, number))));
        return all;
    }

    /** How far it is. */
    private enum Phase {
        START,
        SHARE,
        DRAIN,
        DRAIN_HELD,
        FINISH
    }

    /** @param value share in the phase SHARE, level in those that drain */
    private Stage stage(String name, Phase phase, int value, Wait wait, Set<String> held) {
        Map<String, Optional<NodeSpec>> specs = new HashMap<>();
        Map<String, List<Member>> members = new HashMap<>();
        nodes.forEach((id, node) -> {
            Optional<NodeSpec> spec = phase == Phase.FINISH
                    ? Optional.ofNullable(node.next())
                    : Optional.of(node.next() == null ? Objects.requireNonNull(node.old()) : node.next());
            specs.put(id, spec);
            if (spec.isPresent()) {
                members.put(
                        id,
                        switch (phase) {
                            case START -> node.beside(closed(id) ? 0 : Member.ALL, false);
                            // A node that others give way to gets everything at once, in the end: both would get it
                            // before.
                            case SHARE -> node.beside(node.stays() ? value : closed(id) ? 0 : Member.ALL, false);
                            case DRAIN -> node.beside(node.stays() || !closed(id) ? Member.ALL : 0, drained(id, value));
                            case DRAIN_HELD -> node.beside(closed(id) ? 0 : Member.ALL, drained(id, value));
                            case FINISH -> node.after();
                        });
            }
        });
        Map<String, Optional<FlowSpec>> flows = new HashMap<>();
        for (String id : touchedFlows) {
            FlowSpec old = oldFlows.get(id);
            FlowSpec next = target.flows().get(id);
            flows.put(
                    id,
                    phase == Phase.FINISH
                            ? Optional.ofNullable(next)
                            : Optional.of(
                                    old == null
                                            ? Objects.requireNonNull(next)
                                            : meanwhile(old, next, held.contains(id))));
        }
        return new Stage(name, specs, flows, members, held, phase == Phase.START ? places() : Map.of(), wait);
    }

    private boolean drained(String node, int level) {
        int its = level(node);
        return its > 0 && its <= level;
    }

    /** Whether its new agents must get nothing yet: a flow that is there already will lead to them, or they follow others. */
    private boolean closed(String id) {
        NodeCourse course = Objects.requireNonNull(nodes.get(id));
        return course.stays()
                || oldFlows.values().stream().anyMatch(flow -> {
                    FlowSpec next = target.flows().get(flow.id());
                    return next != null
                            && next.to().stream().anyMatch(end -> end.node().equals(id));
                });
    }

    /**
     * The flow as it was, with the ends that new nodes will have in it, so that they are connected when they start.
     *
     * @param held whether it routes nothing, so that it can have all the ends that it will have
     */
    private FlowSpec meanwhile(FlowSpec old, @Nullable FlowSpec next, boolean held) {
        if (next == null) {
            return old;
        }
        List<End> ends = new ArrayList<>(old.to());
        next.to().stream()
                .filter(end -> !ends.contains(end) && (held || !oldNodes.containsKey(end.node())))
                .forEach(ends::add);
        // Where the ends are the same, the way in which one of several is chosen can be the new one at once; but all of
        // them would get each record if it were a copy, and more of them are there than there will be.
        boolean chooses = old.to().equals(next.to()) && !(next.routing() instanceof FlowSpec.Routing.Copy);
        return old.withTo(ends, chooses ? next.routing() : old.routing());
    }
}
