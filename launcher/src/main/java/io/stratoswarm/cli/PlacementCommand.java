package io.stratoswarm.cli;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Agent;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.api.place.PlacementSolver.Budget;
import io.stratoswarm.core.manifest.SiteReader;
import io.stratoswarm.core.place.PlacementRequests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code graph plan --nodes} and {@code graph explain}: where agents would be on places of a file, or are on this host, and why. */
final class PlacementCommand {
    private static final String NODES = "--nodes";
    private static final long DEFAULT_SECONDS = 10;
    private static final int LISTED_REPLICAS = 20;

    private PlacementCommand() {}

    /** Adds what {@code graph plan} needs for a plan on places of a file. */
    static CommandSpec plan(CommandSpec spec) {
        return spec.addOption(Common.option(
                        "NODES", "places of a file instead of a daemon: where each agent would be", NODES))
                .addOption(Common.number("SEED", "with --nodes: the seed of the search, 1", "--seed"))
                .addOption(
                        Common.number("SECONDS", "with --nodes: the most that the search may take, 10", "--seconds"));
    }

    static CommandSpec explainSpec() {
        return Common.spec(
                        "Tells why each agent of a node is where it is, and what every other place lacked.",
                        "stratoswarm graph explain shop/web",
                        "stratoswarm graph explain --nodes nodes.json shop.graph web")
                .addOption(Common.option("NODES", "places of a file instead of a daemon", NODES))
                .addOption(Common.number("SEED", "with --nodes: the seed of the search, 1", "--seed"))
                .addOption(Common.number("SECONDS", "with --nodes: the most that the search may take, 10", "--seconds"))
                .addOption(GraphFiles.parameterOption())
                .addPositional(Common.parameter(
                        0, "1", "GRAPH/NODE|FILE", "a node of a running graph; with --nodes a manifest"))
                .addPositional(Common.parameter(1, "0..1", "NODE", "with --nodes: the node"));
    }

    static boolean asked(ParseResult parsed) {
        return Common.has(parsed, NODES);
    }

    private record Solved(PlacementSolver solver, PlacementProblem problem, Placement placement) {}

    static ExitCode plan(ParseResult parsed, Context context) throws Failure, IOException {
        Solved solved = solve(parsed, context);
        Placement placement = solved.placement();
        if (context.json()) {
            context.out().println(JsonText.write(json(placement)));
            return placement.feasible() ? ExitCode.OK : ExitCode.INVALID;
        }
        Table table = new Table("NODE", "AGENTS", "PLACES");
        for (PlacementProblem.Group node : solved.problem().nodes()) {
            table.row(node.id(), String.valueOf(node.agents().size()), places(node, placement));
        }
        table.print(context);
        context.out().println("");
        scores(placement, context);
        placement
                .violations()
                .forEach(broken ->
                        context.err().println(Table.printable("error: " + broken.rule() + ": " + broken.message())));
        if (!placement.feasible()) {
            throw new Failure(
                    ExitCode.INVALID,
                    placement.proven()
                            ? "no placement keeps all constraints"
                            : "no placement was found that keeps all constraints; it is not certain that there is none");
        }
        return ExitCode.OK;
    }

    private static String places(PlacementProblem.Group node, Placement placement) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Agent agent : node.agents()) {
            counts.merge(placement.places().getOrDefault(agent.id(), "none"), 1, Integer::sum);
        }
        List<String> words = new ArrayList<>();
        counts.forEach((place, count) -> words.add(count == 1 ? place : place + " (" + count + ")"));
        return words.size() <= LISTED_REPLICAS
                ? String.join(", ", words)
                : String.join(", ", words.subList(0, LISTED_REPLICAS)) + " and " + (words.size() - LISTED_REPLICAS)
                        + " more";
    }

    private static void scores(Placement placement, Context context) {
        Table table = new Table("OBJECTIVE", "WEIGHT", "SCORE");
        placement.scores().forEach(score -> table.row(goal(score), number(score.weight()), number(score.value())));
        table.print(context);
        context.out()
                .println("total " + number(placement.total()) + ", 0 is best; " + placement.solver() + ", seed "
                        + placement.seed() + ", " + placement.steps() + " steps"
                        + (placement.end() == Placement.End.TIME ? ", ended by the time limit" : ""));
    }

    private static String goal(Placement.Score score) {
        return score.goal().name().toLowerCase(Locale.ROOT);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static Map<String, Object> json(Placement placement) {
        List<Map<String, Object>> scores = new ArrayList<>();
        placement
                .scores()
                .forEach(score ->
                        scores.add(Map.of("objective", goal(score), "weight", score.weight(), "value", score.value())));
        List<Map<String, Object>> violations = new ArrayList<>();
        placement
                .violations()
                .forEach(broken -> violations.add(
                        Map.of("rule", broken.rule(), "agents", broken.agents(), "message", broken.message())));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("feasible", placement.feasible());
        object.put("places", placement.places());
        object.put("scores", scores);
        object.put("total", placement.total());
        object.put("violations", violations);
        object.put("proven", placement.proven());
        object.put("end", placement.end().name().toLowerCase(Locale.ROOT));
        object.put("steps", placement.steps());
        object.put("seed", placement.seed());
        object.put("solver", placement.solver());
        return object;
    }

    private static Solved solve(ParseResult parsed, Context context) throws Failure, IOException {
        String nodes = Common.text(parsed, NODES, "");
        String file = Common.parameter(parsed, 0, "");
        if (nodes.equals("-") && file.equals("-")) {
            throw new Failure(ExitCode.USAGE, "standard input can be one of the two only");
        }
        SiteReader.Result site = SiteReader.read(ManifestFiles.name(nodes), ManifestFiles.read(nodes, context));
        GraphFiles.show(site.errors(), "error", context);
        GraphFiles.Loaded loaded = new GraphFiles(context).load(file, GraphFiles.parameters(parsed));
        loaded.good(context);
        if (site.site().isEmpty()) {
            int count = site.errors().size();
            throw new Failure(
                    ExitCode.INVALID, nodes + " is not valid: " + count + (count == 1 ? " error" : " errors"));
        }
        GraphManifest manifest = loaded.result().manifest().orElseThrow();
        Map<String, List<Agent>> agents = new LinkedHashMap<>();
        for (NodeSpec node : manifest.nodes()) {
            agents.put(node.id(), PlacementRequests.agents(manifest.name(), node));
        }
        PlacementProblem problem = PlacementRequests.problem(
                site.site().get(),
                manifest.nodes(),
                manifest.flows(),
                manifest.constraints(),
                manifest.objectives(),
                agents,
                0);
        PlacementSolver solver = ServiceLoader.load(PlacementSolver.class)
                .findFirst()
                .orElseThrow(() -> new Failure(
                        ExitCode.UNAVAILABLE,
                        "bundles/graphops.jar of the distribution is missing; without it nothing can be placed"));
        long seconds = Common.number(parsed, "--seconds", DEFAULT_SECONDS);
        if (seconds < 1 || seconds > 3_600) {
            throw new Failure(ExitCode.USAGE, "--seconds must be 1 to 3600, not " + seconds);
        }
        try {
            Budget budget = new Budget(seconds * 1_000, OptionalLong.empty(), Common.number(parsed, "--seed", 1));
            return new Solved(solver, problem, solver.solve(problem, budget, () -> false));
        } catch (StratoswarmException e) {
            throw new Failure(ExitCode.ofKind(e.kind().name()), String.valueOf(e.getMessage()), e);
        }
    }

    static ExitCode explain(ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> answer =
                asked(parsed) ? Map.of("agents", planned(parsed, context)) : running(parsed, context);
        if (context.json()) {
            context.out().println(JsonText.write(answer));
            return ExitCode.OK;
        }
        boolean first = true;
        for (Map<String, Object> explanation : JsonText.objects(answer, "agents")) {
            context.out().print(first ? "" : "\n");
            first = false;
            print(explanation, context);
        }
        Map<String, Object> better = JsonText.child(answer, "better");
        if (!better.isEmpty()) {
            context.out()
                    .println("\n"
                            + Table.printable("the whole graph: " + JsonText.text(better, "outcome")
                                    + (JsonText.objects(better, "moves").isEmpty() || better.containsKey("proposal")
                                            ? TransformText.proposal(better)
                                            : "; 'stratoswarm transform relocate' proposes it")));
        }
        return ExitCode.OK;
    }

    private static double worse(Map<String, Object> other) {
        return other.get("worse") instanceof Number worse ? worse.doubleValue() : 0;
    }

    private static void print(Map<String, Object> explanation, Context context) {
        String place = JsonText.text(explanation, "place");
        context.out()
                .println(Table.printable(JsonText.text(explanation, "agent") + " is on "
                        + (place.isEmpty() ? "no place" : place) + ": " + JsonText.text(explanation, "why")));
        List<Map<String, Object>> others = JsonText.objects(explanation, "others");
        if (!others.isEmpty()) {
            Table table = new Table("PLACE", "WORSE BY", "REASON");
            others.forEach(other -> table.row(
                    JsonText.text(other, "place"),
                    JsonText.flag(other, "possible")
                            ? String.format(Locale.ROOT, "%+.6f", worse(other))
                            : "not possible",
                    JsonText.text(other, "reason")));
            table.print(context);
        }
    }

    private static List<Map<String, Object>> planned(ParseResult parsed, Context context) throws Failure, IOException {
        String wanted = Common.parameter(parsed, 1, "");
        if (wanted.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "with --nodes, 'graph explain' needs a manifest and a node of it");
        }
        Solved solved = solve(parsed, context);
        PlacementProblem.Group node = solved.problem().nodes().stream()
                .filter(group -> group.id().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new Failure(ExitCode.NOT_FOUND, "the graph has no node '" + wanted + "'"));
        List<Map<String, Object>> explanations = new ArrayList<>();
        for (Agent agent : node.agents()) {
            explanations.add(object(
                    solved.solver().explain(solved.problem(), solved.placement().places(), agent.id())));
        }
        return explanations;
    }

    private static Map<String, Object> object(Explanation explanation) {
        List<Map<String, Object>> others = new ArrayList<>();
        explanation.others().forEach(other -> {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("place", other.place());
            object.put("possible", other.possible());
            object.put("reason", other.reason());
            object.put("worse", other.worse());
            others.add(object);
        });
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("agent", explanation.agent());
        explanation.place().ifPresent(place -> object.put("place", place));
        object.put("why", explanation.why());
        object.put("others", others);
        return object;
    }

    private static Map<String, Object> running(ParseResult parsed, Context context) throws Failure, IOException {
        String[] names = Common.parameter(parsed, 0, "").split("/", -1);
        if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE, "'graph explain' needs GRAPH/NODE, or --nodes with a manifest and a node of it");
        }
        return JsonText.object(context.daemon()
                .get("graphs/" + ApiClient.encode(names[0]) + "/placement?node=" + ApiClient.encode(names[1])));
    }
}
