package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code delete}. */
final class DeleteCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Stops all agents of graphs and removes the graphs. Their past stays in the journal.",
                        "stratoswarm delete shop")
                .addPositional(Common.parameter(0, "1..*", "GRAPH", "name of a graph"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        List<String> names = Common.parameters(parsed, 0);
        for (String name : names) {
            String answer = context.daemon().delete("graphs/" + ApiClient.encode(name));
            context.out().println(context.json() ? answer : "deleted " + name);
        }
        return ExitCode.OK;
    }
}
