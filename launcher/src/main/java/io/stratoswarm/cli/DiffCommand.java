package io.stratoswarm.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code diff T1 T2}. */
final class DiffCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                        "Tells what differs between two moments: agents that started, stopped or changed, graphs, and what"
                                + " they declare. 'graph diff' compares graphs alone.",
                        "stratoswarm diff -1h now",
                        "stratoswarm diff '#100' '#200' --graph shop")
                .addPositional(Common.parameter(
                        0,
                        "1",
                        "T1",
                        "10m or -10m for ten minutes ago, 2026-01-31T12:00:00Z, or #123: after event 123"))
                .addPositional(Common.parameter(1, "0..1", "T2", "as T1; now if not given"))
                .addOption(Common.option("NAME", "only of this graph", "--graph"));
        spec.parser().unmatchedOptionsArePositionalParams(true);
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String from = Moments.point(Common.parameter(parsed, 0, ""), context);
        String to = Moments.point(Common.parameter(parsed, 1, "now"), context);
        String graph = Common.text(parsed, "--graph", "");
        String answer = context.daemon()
                .get("replay/diff?from=" + ApiClient.encode(from) + "&to=" + ApiClient.encode(to)
                        + (graph.isEmpty() ? "" : "&graph=" + ApiClient.encode(graph)));
        if (context.json()) {
            context.out().println(answer);
        } else {
            StateText.differences(JsonText.objects(JsonText.object(answer), "differences"), context);
        }
        return ExitCode.OK;
    }
}
