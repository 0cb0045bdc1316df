package io.stratoswarm.cli;

import io.stratoswarm.api.graph.GraphSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a changed graph as a transform, so that records flow on: where it can be one, which is for the daemon to say. Else the
 * change stops and starts agents, and it is said why.
 */
final class LiveApply {
    /** Ways of the daemon to say no, other than that something is broken. */
    private static final Set<ExitCode> REFUSALS =
            Set.of(ExitCode.CONFLICT, ExitCode.INVALID, ExitCode.NOT_FOUND, ExitCode.UNAVAILABLE);

    private final Context context;
    private final String path;
    private final Map<String, Object> options = new LinkedHashMap<>();
    private final Map<String, Object> body = new LinkedHashMap<>();
    private String refusal = "";

    /** @param force whether the file wins over what was changed while the graph ran */
    LiveApply(Context context, String graph, GraphSource source, boolean force) {
        this.context = context;
        this.path = "graphs/" + ApiClient.encode(graph) + "/transforms?dryRun=";
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("only", "movable");
        if (force) {
            arguments.put("force", "true");
        }
        body.put("kind", "apply");
        body.put("arguments", arguments);
        body.put("options", options);
        body.put("fragment", TransformChange.shape(source));
    }

    /** How it would be done; absent where it is no transform. */
    Optional<Map<String, Object>> plan(Map<String, Object> applied) throws Failure, IOException {
        if (JsonText.number(applied, "generation") == 0 || !moves(applied)) {
            return Optional.empty();
        }
        options.put("expected", JsonText.number(applied, "generation"));
        try {
            return Optional.of(JsonText.object(context.daemon().postJson(path + true, body)));
        } catch (Failure e) {
            if (!REFUSALS.contains(e.exit())) {
                throw e;
            }
            refusal = String.valueOf(e.getMessage());
            return Optional.empty();
        }
    }

    /** Why it is no transform, though it moves agents; empty where it is one, or moves none. */
    String refusal() {
        return refusal;
    }

    /** Whether agents come, go or are followed by others in a graph that is there. */
    private static boolean moves(Map<String, Object> plan) {
        return JsonText.objects(plan, "steps").stream()
                .anyMatch(step -> List.of("starts", "restarts", "stops").stream()
                        .anyMatch(effect -> !JsonText.texts(step, effect).isEmpty()));
    }

    /** Does it, and follows it to its end. */
    ExitCode run(Map<String, Object> applied) throws Failure, IOException, InterruptedException {
        Map<String, Object> begun = JsonText.object(context.daemon().postJson(path + false, body));
        ExitCode exit = new TransformFollow(context, TransformFollow.PAUSE_MILLIS).follow(begun);
        if (!context.json()) {
            String name = JsonText.text(applied, "name");
            Map<String, Object> graph = JsonText.object(context.daemon().get("graphs/" + ApiClient.encode(name)));
            context.out().println("graph " + name + " is at generation " + JsonText.text(graph, "generation"));
        }
        return exit;
    }
}
