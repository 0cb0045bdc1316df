package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.place.PlacementRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;

/** Transforms: what would be done, beginning one, how those are that run, what those did that have ended. */
final class TransformRoutes {
    /** What follows the name of a graph where one is begun. */
    static final String OF_GRAPH = "/transforms";

    private static final String CANCEL = "/cancel";
    private static final int MAX_LISTED = 1_000;
    private static final long DAY_MILLIS = 86_400_000;
    private static final List<String> BODY = List.of("kind", "arguments", "options", "fragment");
    private static final List<String> OPTIONS =
            List.of("steps", "holdMillis", "readyMillis", "graceMillis", "expected");

    private final Services services;
    private final Waiting waiting;

    TransformRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    /** {@code POST graphs/NAME/transforms} is among the routes of graphs. */
    void add(Routes routes) {
        routes.describedBy("transforms")
                .on("GET", "transforms", Role.VIEWER, this::list)
                .on("GET", "transforms/*", Role.VIEWER, this::get)
                .on("POST", "transforms/*", Role.OPERATOR, this::command);
    }

    private Transforms transforms() {
        return Services.need(services.transforms(), "transforms");
    }

    /** Begins one, or only plans it. */
    Reply begin(Request request, String graph) throws InterruptedException {
        request.only("dryRun");
        boolean dryRun = request.flag("dryRun");
        Transforms.Request wanted = wanted(request.bodyObject(BODY), graph);
        try {
            return dryRun
                    ? Reply.ok(TransformShapes.plan(transforms().plan(wanted)).put("dryRun", true))
                    : Reply.of(
                            202,
                            TransformShapes.transform(waiting.on(transforms().start(wanted, request.actor()))));
        } catch (PlacementRefused refused) {
            return GraphBodies.refused(refused);
        } catch (CompletionException e) {
            if (e.getCause() instanceof PlacementRefused refused) {
                return GraphBodies.refused(refused);
            }
            throw e;
        }
    }

    private static Transforms.Request wanted(ObjectNode body, String graph) {
        String kind = AgentRoutes.text(body, "kind", "\"split\"");
        Map<String, String> arguments = GraphBodies.texts(body, "arguments", "the body");
        Optional<GraphSource> fragment = object(body, "fragment", GraphBodies.SOURCE)
                .map(source -> GraphBodies.source(source, "'fragment' of the body"));
        Transforms.Options options =
                object(body, "options", OPTIONS).map(TransformRoutes::options).orElse(Transforms.Options.DEFAULT);
        return new Transforms.Request(kind, graph, arguments, fragment, options);
    }

    private static Optional<ObjectNode> object(ObjectNode body, String key, List<String> known) {
        JsonNode given = body.path(key);
        if (given.isMissingNode()) {
            return Optional.empty();
        }
        if (!(given instanceof ObjectNode object)) {
            throw Request.invalid(
                    "the key '" + key + "' of the body must be an object with " + String.join(", ", known));
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Request.invalid("unknown key '" + name + "' in '" + key + "' of the body; known are "
                        + String.join(", ", known));
            }
        });
        return Optional.of(object);
    }

    private static Transforms.Options options(ObjectNode given) {
        Transforms.Options usual = Transforms.Options.DEFAULT;
        return new Transforms.Options(
                steps(given.path("steps")),
                number(given, "holdMillis", usual.holdMillis(), DAY_MILLIS),
                number(given, "readyMillis", usual.readyMillis(), DAY_MILLIS),
                number(given, "graceMillis", usual.graceMillis(), DAY_MILLIS),
                given.has("expected")
                        ? OptionalLong.of(number(given, "expected", 0, Long.MAX_VALUE))
                        : OptionalLong.empty());
    }

    /** A last step of 100 percent is what follows anyway, so it may be written and is left off. */
    private static List<Integer> steps(JsonNode given) {
        if (given.isMissingNode()) {
            return List.of();
        }
        List<Integer> steps = new ArrayList<>();
        int last = 0;
        for (JsonNode step : given) {
            if (!step.isInt() || step.intValue() <= last || step.intValue() > 100) {
                throw wrongSteps(given);
            }
            last = step.intValue();
            if (last < 100) {
                steps.add(last);
            }
        }
        if (!given.isArray()) {
            throw wrongSteps(given);
        }
        return steps;
    }

    private static StratoswarmException wrongSteps(JsonNode given) {
        return Request.invalid(
                "'steps' in 'options' of the body must be whole numbers from 1 to 100, each larger than the"
                        + " one before, for example [10, 50], not " + given);
    }

    private static long number(ObjectNode options, String key, long fallback, long most) {
        JsonNode given = options.path(key);
        if (given.isMissingNode()) {
            return fallback;
        }
        if (!given.isIntegralNumber()
                || !given.canConvertToLong()
                || given.longValue() < 0
                || given.longValue() > most) {
            throw Request.invalid("'" + key + "' in 'options' of the body must be a whole number from 0"
                    + (most == Long.MAX_VALUE ? "" : " to " + most) + ", not " + given);
        }
        return given.longValue();
    }

    private Reply list(Request request) {
        request.only("graph", "limit");
        int limit = (int) request.number("limit", 20, 1, MAX_LISTED);
        String own = request.caller().graph();
        Optional<String> graph = request.text("graph").or(() -> Optional.of(own).filter(name -> !name.isEmpty()));
        ObjectNode answer = Json.object();
        answer.set("transforms", Json.array(transforms().list(graph, limit), TransformShapes::transform));
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        request.only();
        Transforms.Transform found = find(request, request.rest());
        ObjectNode answer = TransformShapes.transform(found);
        placement(found).ifPresent(review -> answer.set("placement", review));
        return Reply.ok(answer);
    }

    /** What the look for better places after it came to, as it was written down. */
    private Optional<ObjectNode> placement(Transforms.Transform transform) {
        return services.journal()
                .map(journal -> journal.read(EventQuery.all()
                        .subject("transform/" + transform.plan().graph() + "/" + transform.number())
                        .type("PlacementReviewed")
                        .newestFirst()
                        .limit(1)))
                .filter(events -> !events.isEmpty())
                .map(events -> (ObjectNode) Json.parsed(events.getFirst().payloadText()))
                .map(said -> said.retain("outcome", "gain", "cost", "proposal"));
    }

    private Reply command(Request request) throws InterruptedException {
        request.only();
        String rest = request.rest();
        if (!rest.endsWith(CANCEL)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no POST " + request.path() + "; a transform takes /cancel after its number");
        }
        request.bodyObject(List.of("(none)"));
        long number = find(request, rest.substring(0, rest.length() - CANCEL.length()))
                .number();
        return Reply.ok(TransformShapes.transform(waiting.on(transforms().cancel(number, request.actor()))));
    }

    /** One that this caller may see. */
    private Transforms.Transform find(Request request, String number) {
        if (!number.matches("[1-9][0-9]{0,17}")) {
            throw Request.invalid("a transform is named by its number, from 1, not '" + Gate.shown(number)
                    + "'; GET /api/v1/transforms lists them");
        }
        Transforms.Transform found = transforms().get(Long.parseLong(number));
        if (!request.caller().sees(found.plan().graph())) {
            throw GraphLimit.refusal(request.caller());
        }
        return found;
    }
}
