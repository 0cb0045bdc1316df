package io.stratoswarm.cli;

import io.stratoswarm.api.graph.GraphSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** Shows what a transform would do, asks, begins it, just as it was shown, and follows it to its end. */
final class TransformChange {
    private final Context context;
    private final String graph;
    private final Map<String, Object> options;
    private final Map<String, Object> body = new LinkedHashMap<>();

    /** @param options those that were given */
    TransformChange(
            Context context,
            String graph,
            String kind,
            Map<String, Object> arguments,
            Optional<GraphSource> fragment,
            Map<String, Object> options) {
        this.context = context;
        this.graph = graph;
        this.options = new LinkedHashMap<>(options);
        body.put("kind", kind);
        body.put("arguments", arguments);
        body.put("options", this.options);
        fragment.ifPresent(source -> body.put("fragment", shape(source)));
    }

    static Map<String, Object> shape(GraphSource source) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("file", source.file());
        shape.put("text", source.text());
        shape.put("included", source.included());
        shape.put("parameters", source.parameters());
        return shape;
    }

    ExitCode run(ParseResult parsed) throws Failure, IOException, InterruptedException {
        boolean only = Common.has(parsed, "--plan");
        if (only || !Common.has(parsed, "--yes")) {
            String answer = send(true);
            Map<String, Object> plan = JsonText.object(answer);
            if (!context.json()) {
                TransformText.plan(plan, context);
            } else if (only) {
                context.out().println(answer);
            }
            if (only) {
                return planned();
            }
            confirm();
            options.put("expected", JsonText.number(plan, "generation"));
        }
        String answer = send(false);
        Map<String, Object> transform = JsonText.object(answer);
        if (!Common.has(parsed, "--detach")) {
            return new TransformFollow(context, TransformFollow.PAUSE_MILLIS).follow(transform);
        }
        context.out()
                .println(
                        context.json()
                                ? answer
                                : "transform " + JsonText.number(transform, "number") + " has begun; "
                                        + TransformFollow.hint(JsonText.number(transform, "number")));
        return ExitCode.OK;
    }

    private ExitCode planned() {
        if (!context.json()) {
            context.out().println("nothing was changed: this was a dry run");
        }
        return ExitCode.OK;
    }

    private String send(boolean dryRun) throws Failure, IOException {
        return context.daemon().postJson("graphs/" + ApiClient.encode(graph) + "/transforms?dryRun=" + dryRun, body);
    }

    private void confirm() throws Failure, IOException {
        if (context.json() || !Terminal.asks()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "this changes graph " + graph
                            + " while it runs, so it needs --yes where nobody can be asked; nothing was done");
        }
        context.out().print("transform graph " + graph + " so? [y/N] ");
        context.out().flush();
        if (!GraphChange.agreed(context.in())) {
            throw new Failure(ExitCode.FAILED, "not confirmed; nothing was done");
        }
    }
}
