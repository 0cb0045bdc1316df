package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.Transforms.Plan;
import io.stratoswarm.api.graph.Transforms.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** From a request to its course. */
final class Planner {
    /** Argument of an apply that is refused where it would not go by itself; its value is {@link #MOVABLE}. */
    static final String ONLY = "only";

    static final String MOVABLE = "movable";

    /** Argument of such an apply: what was changed while the graph ran is undone. */
    static final String FORCE = "force";

    private final Graphs graphs;

    Planner(Graphs graphs) {
        this.graphs = graphs;
    }

    /** A course with what it was made from. */
    record Planned(Graphs.Declaration before, Target target, Set<String> replaced, Course course) {}

    /** Against what is declared now. */
    Planned plan(Request request) {
        Graphs.Declaration now = graphs.declaration(request.graph())
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "no graph is named '" + request.graph() + "'; 'stratoswarm ps' shows the graphs there are"));
        if (now.deleting()) {
            throw Refusal.conflict("graph " + request.graph() + " is being deleted");
        }
        request.options().expected().ifPresent(expected -> {
            if (expected != now.generation()) {
                throw Refusal.conflict("graph " + request.graph() + " is at generation " + now.generation()
                        + ", and not at " + expected + " as was expected; it changed meanwhile, so nothing was done");
            }
        });
        options(request);
        Target target = target(request, now);
        Invariants.check(now, target, request.kind());
        Set<String> replaced = replaced(now, target);
        Course course = new Course(now, target, replaced, request.options());
        if (request.kind().equals("apply") && request.arguments().containsKey(ONLY)) {
            movable(request, now, course);
        }
        if (course.empty()) {
            throw Refusal.conflict("graph " + request.graph() + " is so already; there is nothing to do");
        }
        placed(now, course);
        return new Planned(now, target, replaced, course);
    }

    /**
     * Places must be able to give what is asked while what is new stands beside what is old, and in the end; that is known before
     * anything is started.
     */
    private void placed(Graphs.Declaration now, Course course) {
        List<Stage> stages = course.stages();
        graphs.plan(now.name(), stages.getFirst().revision(now, ""));
        if (stages.size() > 1) {
            graphs.plan(now.name(), stages.getLast().with(course.places()).revision(now, ""));
        }
    }

    /**
     * Whether an apply can be done as a transform without asking: agents come or go, those of nodes that stay may be followed by
     * others, and the file is all that the graph shall be.
     */
    private void movable(Request request, Graphs.Declaration now, Course course) {
        if (!MOVABLE.equals(request.arguments().get(ONLY))) {
            throw Refusal.invalid("'" + ONLY + "' must be " + MOVABLE);
        }
        GraphManifest manifest = request.fragment().map(this::parsed).orElseThrow();
        boolean force = Boolean.parseBoolean(request.arguments().getOrDefault(FORCE, "false"));
        Graphs.Plan plan = graphs.plan(manifest, force);
        if (!plan.conflicts().isEmpty()
                || !force && !plan.steps().equals(graphs.plan(manifest, true).steps())) {
            throw Refusal.conflict("graph " + now.name()
                    + " was changed while it ran, which is to be kept, and a transform to the file would undo it");
        }
        if (plan.steps().stream()
                .anyMatch(step -> step.kind().equals("graph") && !step.action().equals("keep"))) {
            throw Refusal.conflict("the file changes the graph as a whole, such as its constraints");
        }
        if (course.joins().isEmpty() && course.leaves().isEmpty()) {
            throw Refusal.conflict("no agent would come or go");
        }
        course.followed().forEach(node -> Contracts.movable(node, "apply"));
    }

    /** As it was planned when it began. */
    Planned again(Kept kept) {
        Graphs.Declaration before = graphs.declaration(kept.graph(), kept.generation());
        Target target = target(kept.request(), before);
        return new Planned(
                before,
                target,
                kept.replaced(),
                new Course(before, target, kept.replaced(), kept.request().options()));
    }

    private static void options(Request request) {
        int last = 0;
        for (int step : request.options().steps()) {
            if (step <= last || step >= 100) {
                throw Refusal.invalid("steps are percents that rise, from 1 to 99, not "
                        + String.join(
                                ",",
                                request.options().steps().stream()
                                        .map(String::valueOf)
                                        .toList()));
            }
            last = step;
        }
        if (request.options().holdMillis() < 0
                || request.options().readyMillis() <= 0
                || request.options().graceMillis() <= 0) {
            throw Refusal.invalid("times must be positive");
        }
    }

    private Target target(Request request, Graphs.Declaration now) {
        Optional<GraphManifest> fragment = request.fragment().map(this::parsed);
        return Kinds.target(request.kind(), new Asked(request, now, fragment, graphs::parse));
    }

    private GraphManifest parsed(GraphSource source) {
        ManifestResult result = graphs.parse(source);
        return result.manifest()
                .orElseThrow(() -> Refusal.invalid(
                        result.errors().isEmpty()
                                ? source.file() + " declares no graph"
                                : result.errors().getFirst().render()));
    }

    /** Nodes that an apply would restart; it checks as well that the target is a graph at all. */
    private Set<String> replaced(Graphs.Declaration now, Target target) {
        Graphs.Plan plan = graphs.plan(
                new GraphManifest(
                        now.name(),
                        "",
                        Map.of(),
                        List.copyOf(target.nodes().values()),
                        List.copyOf(target.flows().values()),
                        now.constraints(),
                        now.objectives(),
                        ""),
                true);
        Set<String> replaced = new TreeSet<>();
        plan.steps().stream()
                .filter(step -> step.kind().equals("node") && step.action().equals("replace"))
                .forEach(step -> replaced.add(step.id()));
        return replaced;
    }

    static Plan describe(Request request, Planned planned) {
        Course course = planned.course();
        List<Stage> stages = course.stages();
        List<String> starts = new ArrayList<>();
        List<String> drains = new ArrayList<>();
        course.joins().forEach(who -> starts.add(agent(planned.before(), who)));
        course.leaves().forEach(who -> drains.add(agent(planned.before(), who)));
        List<String> effect = new ArrayList<>(planned.target().effect());
        course.accounted().stream()
                .filter(flow -> !course.touchedFlows().contains(flow))
                .forEach(flow ->
                        effect.add("the state of each key goes by " + flow + " to the agent that its records go to"));
        for (Stage stage : stages) {
            if (!stage.held().isEmpty()) {
                effect.add(String.join(", ", stage.held().stream().sorted().toList()) + " "
                        + (stage.held().size() == 1 ? "waits" : "wait")
                        + " while what was taken from there comes through");
            }
        }
        return new Plan(
                request.kind(),
                request.graph(),
                planned.before().generation(),
                stages.stream().map(Stage::name).toList(),
                course.commit(),
                starts,
                drains,
                effect.stream().distinct().toList());
    }

    private static String agent(Graphs.Declaration before, Stage.Who who) {
        return before.members().getOrDefault(who.node(), List.of()).stream()
                .filter(member -> member.number() == who.number())
                .map(Member::agent)
                .findFirst()
                .orElse(before.name() + "/" + who.node() + (who.number() == 0 ? "" : "." + who.number()));
    }
}
