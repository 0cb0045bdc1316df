package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.place.PlacementRefused;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Graphs: what is declared, and how it is changed. */
final class GraphRoutes {
    private static final String SOURCE = "/source";

    private static final String FLOWS = "/flows";
    private static final String HISTORY = "/history";
    private static final String ROLLBACK = "/rollback";
    private static final String SET = "/set";
    private static final String PLACEMENT = "/placement";
    private static final String RELOCATE = "/relocate";

    private final Services services;
    private final Waiting waiting;
    private final TransformRoutes transforms;

    /** @param transforms takes what changes a graph while its records flow */
    GraphRoutes(Services services, Waiting waiting, TransformRoutes transforms) {
        this.services = services;
        this.waiting = waiting;
        this.transforms = transforms;
    }

    void add(Routes routes) {
        routes.describedBy("graphs")
                .on("GET", "graphs", Role.VIEWER, this::list)
                .on("GET", "graphs/*", Role.VIEWER, this::get)
                .on("POST", "graphs", Role.OPERATOR, this::apply)
                .on("POST", "graphs/validate", Role.OPERATOR, this::validate)
                .on("POST", "graphs/*", Role.OPERATOR, this::change)
                .on("DELETE", "graphs/*", Role.OPERATOR, this::delete);
    }

    private Graphs graphs() {
        return Services.need(services.graphs(), "graphs");
    }

    private Reply list(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set(
                "graphs",
                Json.array(
                        graphs().list().stream()
                                .filter(graph -> request.caller().sees(graph.name()))
                                .toList(),
                        Shapes::graph));
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        if (request.rest().endsWith(SOURCE)) {
            return source(request);
        }
        if (request.rest().endsWith(PLACEMENT)) {
            return placement(request);
        }
        if (request.rest().endsWith(HISTORY)) {
            return history(request);
        }
        if (request.rest().endsWith(FLOWS)) {
            return flows(request);
        }
        request.only();
        return graphs().list().stream()
                .filter(graph -> graph.name().equals(request.rest()))
                .findFirst()
                .map(graph -> Reply.ok(Shapes.graph(graph)))
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "no graph is named '" + request.rest() + "'; GET /api/v1/graphs lists them"));
    }

    /** How the flows of a graph are. */
    private Reply flows(Request request) {
        request.only();
        String name = request.rest().substring(0, request.rest().length() - FLOWS.length());
        ObjectNode answer = Json.object().put("graph", name);
        answer.set("flows", Json.array(Services.need(services.flows(), "flows").status(name), FlowShapes::flow));
        return Reply.ok(answer);
    }

    /** What a graph was applied from, for comparison. */
    private Reply source(Request request) {
        request.only("generation");
        String name = request.rest().substring(0, request.rest().length() - SOURCE.length());
        OptionalLong generation = request.text("generation").isPresent()
                ? OptionalLong.of(request.number("generation", 0, 1, Long.MAX_VALUE))
                : OptionalLong.empty();
        GraphSource source = graphs().source(name, generation);
        ObjectNode answer =
                Json.object().put("name", name).put("file", source.file()).put("text", source.text());
        source.included().forEach(answer.putObject("included")::put);
        source.parameters().forEach(answer.putObject("parameters")::put);
        return Reply.ok(answer);
    }

    /** Why the agents of a node are where they are. */
    private Reply placement(Request request) {
        request.only("node");
        String name = request.rest().substring(0, request.rest().length() - PLACEMENT.length());
        String node = request.need("node");
        ObjectNode answer = Json.object().put("name", name).put("node", node);
        answer.set(
                "agents",
                Json.array(
                        Services.need(services.placements(), "placements").explain(name, node), Shapes::explanation));
        services.proposals()
                .map(proposals -> proposals.review(name))
                .ifPresent(review -> answer.set("better", TransformShapes.review(review)));
        return Reply.ok(answer);
    }

    /** Looks for better places, and has them proposed. */
    private Reply relocate(Request request, String name) throws InterruptedException {
        request.only();
        request.bodyObject(List.of("(none)"));
        return Reply.ok(TransformShapes.review(waiting.on(
                        Services.need(services.proposals(), "proposals").relocate(name, request.actor())))
                .put("name", name));
    }

    /** A change of a graph; where places cannot give what it asks, every reason is told. */
    private Reply placed(CompletableFuture<Graphs.Applied> change, Consumer<ObjectNode> more)
            throws InterruptedException {
        try {
            ObjectNode answer = Shapes.applied(waiting.on(change));
            more.accept(answer);
            return Reply.ok(answer);
        } catch (CompletionException e) {
            if (e.getCause() instanceof PlacementRefused refused) {
                return GraphBodies.refused(refused);
            }
            throw e;
        }
    }

    private Reply apply(Request request) throws InterruptedException {
        request.only("dryRun", "file", "form", "force", "generation");
        boolean dryRun = request.flag("dryRun");
        boolean force = request.flag("force");
        ManifestResult parsed = parse(request);
        if (parsed.manifest().isEmpty()) {
            return refused(parsed);
        }
        GraphManifest manifest = parsed.manifest().get();
        if (!request.caller().sees(manifest.name())) {
            throw GraphLimit.refusal(request.caller());
        }
        if (!dryRun) {
            return placed(
                    graphs().apply(manifest, new Graphs.Options(force, generation(request)), request.actor()),
                    answer -> answer.set("warnings", Json.array(parsed.warnings(), Shapes::problem)));
        }
        ObjectNode answer = Shapes.plan(graphs().plan(manifest, force));
        answer.set("warnings", Json.array(parsed.warnings(), Shapes::problem));
        return Reply.ok(answer);
    }

    /** The one that a plan was made against, so that nothing else is changed than what it showed. */
    private static OptionalLong generation(Request request) {
        return request.text("generation").isPresent()
                ? OptionalLong.of(request.number("generation", 0, 0, Long.MAX_VALUE))
                : OptionalLong.empty();
    }

    private Reply change(Request request) throws InterruptedException {
        String rest = request.rest();
        if (rest.endsWith(ROLLBACK)) {
            return rollback(request, rest.substring(0, rest.length() - ROLLBACK.length()));
        }
        if (rest.endsWith(SET)) {
            return set(request, rest.substring(0, rest.length() - SET.length()));
        }
        if (rest.endsWith(RELOCATE)) {
            return relocate(request, rest.substring(0, rest.length() - RELOCATE.length()));
        }
        if (rest.endsWith(TransformRoutes.OF_GRAPH)) {
            return transforms.begin(request, rest.substring(0, rest.length() - TransformRoutes.OF_GRAPH.length()));
        }
        throw new StratoswarmException(
                Kind.NOT_FOUND,
                "there is no POST " + request.path() + "; a graph takes /rollback, /set, /relocate and /transforms");
    }

    private Reply rollback(Request request, String name) throws InterruptedException {
        request.only("dryRun", "to", "generation");
        OptionalLong to = request.text("to").isPresent()
                ? OptionalLong.of(request.number("to", 0, 1, Long.MAX_VALUE))
                : OptionalLong.empty();
        return request.flag("dryRun")
                ? Reply.ok(Shapes.plan(graphs().planRollback(name, to)))
                : placed(graphs().rollback(name, to, generation(request), request.actor()), answer -> {});
    }

    private Reply set(Request request, String name) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("id", "changes"));
        if (!body.path("id").isTextual()) {
            throw Request.invalid("the key 'id' of the body must be a string: the node or flow that is changed");
        }
        Map<String, String> changes = GraphBodies.texts(body, "changes", "the body");
        return placed(graphs().edit(name, body.get("id").textValue(), changes, request.actor()), answer -> {});
    }

    private Reply history(Request request) {
        request.only("limit");
        String name = request.rest().substring(0, request.rest().length() - HISTORY.length());
        int limit = (int) request.number("limit", 100, 1, 10_000);
        ObjectNode answer = Json.object().put("name", name);
        answer.set("generations", Json.array(graphs().history(name, limit), Shapes::generation));
        return Reply.ok(answer);
    }

    private Reply validate(Request request) {
        request.only("file", "form");
        ManifestResult parsed = parse(request);
        if (parsed.manifest().isEmpty()) {
            return refused(parsed);
        }
        GraphManifest manifest = parsed.manifest().get();
        ObjectNode answer = Json.object()
                .put("name", manifest.name())
                .put("nodes", manifest.nodes().size());
        answer.set("warnings", Json.array(parsed.warnings(), Shapes::problem));
        return Reply.ok(answer);
    }

    private ManifestResult parse(Request request) {
        String file = request.text("file").orElse("manifest");
        return switch (request.text("form").orElse("text")) {
            case "text" -> graphs().parse(file, request.bodyText());
            case "sources" -> graphs().parse(GraphBodies.source(request.bodyObject(GraphBodies.SOURCE), "the body"));
            default ->
                throw Request.invalid("'form' must be text, where the body is the manifest, or sources, where it is its"
                        + " files and parameters, not '" + request.need("form") + "'");
        };
    }

    private static Reply refused(ManifestResult parsed) {
        String first = parsed.errors().stream()
                .findFirst()
                .map(ManifestProblem::render)
                .orElse("the manifest is not valid");
        int more = parsed.errors().size() - 1;
        ObjectNode problem = Problem.json(
                GraphBodies.UNPROCESSABLE, Kind.INVALID.name(), first + (more > 0 ? " (and " + more + " more)" : ""));
        problem.set("errors", Json.array(parsed.errors(), Shapes::problem));
        problem.set("warnings", Json.array(parsed.warnings(), Shapes::problem));
        return Problem.reply(problem);
    }

    private Reply delete(Request request) throws InterruptedException {
        request.only();
        waiting.on(graphs().delete(request.rest(), request.actor()));
        return Reply.ok(Json.object().put("name", request.rest()).put("deleted", true));
    }
}
