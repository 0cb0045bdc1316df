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
                .addPositional(Common.parameter(0, "1", "FILE", "the manifest; - for standard input"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String file = Common.parameter(parsed, 0, "");
        String text = ManifestFiles.read(file, context);
        boolean dryRun = Common.has(parsed, "--dry-run");
        String answer = context.daemon()
                .post(
                        "graphs?dryRun=" + dryRun + "&file=" + ApiClient.encode(ManifestFiles.name(file)),
                        "application/json",
                        text);
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
