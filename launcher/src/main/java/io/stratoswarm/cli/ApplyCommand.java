package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code apply}. */
final class ApplyCommand implements Command {
    @Override
    public CommandSpec spec() {
        return GraphChange.options(options(Common.spec(
                                "Makes a graph as a manifest declares it: new nodes and flows start, changed ones are changed or replaced,"
                                        + " missing ones go. Asks before it changes what is there.",
                                "stratoswarm apply examples/hello.json",
                                "stratoswarm apply --yes - <graph.json")
                        .addOption(Common.flag("only tell what would change", "--dry-run"))
                        .addOption(Common.flag(
                                "stop and start what changed, also where a transform could let records flow on",
                                "--restart")))
                .addPositional(Common.parameter(0, "1", "FILE", "the manifest, JSON or .graph; - for standard input")));
    }

    /** Those of {@code graph plan} too. */
    static CommandSpec options(CommandSpec spec) {
        return spec.addOption(Common.flag("the manifest wins over what was changed while the graph ran", "--force"))
                .addOption(GraphFiles.parameterOption());
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException, InterruptedException {
        GraphChange change = change(parsed, context);
        return Common.has(parsed, "--dry-run") ? change.plan() : change.run(parsed);
    }

    /** What {@code graph plan} shows. */
    static GraphChange change(ParseResult parsed, Context context) throws Failure, IOException {
        String file = Common.parameter(parsed, 0, "");
        GraphFiles.Loaded loaded = new GraphFiles(context).load(file, GraphFiles.parameters(parsed));
        if (loaded.syntax().isPresent()) {
            // Its includes are read here; what cannot be read here cannot be sent.
            loaded.good(context);
        } else if (!loaded.source().parameters().isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--param is for .graph files; the JSON form has no parameters");
        }
        String rest = "&file=" + ApiClient.encode(loaded.source().file())
                + (loaded.syntax().isPresent() ? "&form=sources" : "")
                + (Common.has(parsed, "--force") ? "&force=true" : "");
        boolean restart = parsed.commandSpec().optionsMap().containsKey("--restart") && Common.has(parsed, "--restart");
        Optional<LiveApply> live = loaded.result()
                .manifest()
                .filter(manifest -> !restart && !manifest.flows().isEmpty())
                .map(manifest ->
                        new LiveApply(context, manifest.name(), loaded.source(), Common.has(parsed, "--force")));
        return new GraphChange(
                context,
                live,
                parameters -> context.daemon().post("graphs?" + parameters + rest, "application/json", loaded.body()));
    }
}
