package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code apply}. */
final class ApplyCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Makes a graph as a manifest declares it: new nodes start, changed ones are replaced, missing ones go.",
                        "stratoswarm apply examples/hello.json",
                        "stratoswarm apply --dry-run - <graph.json")
                .addOption(Common.flag("only tell what would change", "--dry-run"))
                .addOption(GraphFiles.parameterOption())
                .addPositional(Common.parameter(0, "1", "FILE", "the manifest, JSON or .graph; - for standard input"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        return apply(parsed, context, Common.has(parsed, "--dry-run"));
    }

    /** What {@code graph plan} does too. */
    static ExitCode apply(ParseResult parsed, Context context, boolean dryRun) throws Failure, IOException {
        String file = Common.parameter(parsed, 0, "");
        GraphFiles.Loaded loaded = new GraphFiles(context).load(file, GraphFiles.parameters(parsed));
        if (loaded.syntax().isPresent()) {
            // Its includes are read here; what cannot be read here cannot be sent.
            loaded.good(context);
        } else if (!loaded.source().parameters().isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--param is for .graph files; the JSON form has no parameters");
        }
        String answer = context.daemon()
                .post(
                        "graphs?dryRun=" + dryRun + "&file="
                                + ApiClient.encode(loaded.source().file())
                                + (loaded.syntax().isPresent() ? "&form=sources" : ""),
                        "application/json",
                        loaded.body());
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> applied = JsonText.object(answer);
        Problems.print(JsonText.objects(applied, "warnings"), "warning", context.err());
        List<Map<String, Object>> steps = JsonText.objects(applied, "steps");
        if (!steps.isEmpty()) {
            Table table = new Table("ACTION", "NODE", "REASON");
            steps.forEach(step -> table.row(
                    JsonText.text(step, "action"), JsonText.text(step, "node"), JsonText.text(step, "reason")));
            table.print(context);
        }
        String name = JsonText.text(applied, "name");
        context.out()
                .println(
                        dryRun
                                ? "nothing was changed: this was a dry run of graph " + name
                                : "graph " + name + " is at generation " + JsonText.text(applied, "generation"));
        return ExitCode.OK;
    }
}
