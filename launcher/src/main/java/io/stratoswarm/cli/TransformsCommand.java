package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code transforms}. */
final class TransformsCommand implements Command {
    private static final long MOST = 1_000;

    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Lists transforms: those that run, then those that have ended, newest first. --json has the accounts of"
                                + " all flows that they touched.",
                        "stratoswarm transforms --graph shop")
                .addOption(Common.option("GRAPH", "only of this graph", "--graph"))
                .addOption(Common.number("N", "at most so many; 20 if not given", "--limit", "-n"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        long limit = Common.count(parsed, "--limit", 20, MOST);
        if (limit == 0) {
            throw new Failure(ExitCode.USAGE, "--limit must be 1 to " + MOST + ", not 0");
        }
        String graph = Common.text(parsed, "--graph", "");
        String answer = context.daemon()
                .get("transforms?limit=" + limit + (graph.isEmpty() ? "" : "&graph=" + ApiClient.encode(graph)));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> transforms = JsonText.objects(JsonText.object(answer), "transforms");
        TransformText.list(transforms, context);
        if (transforms.isEmpty()) {
            context.err().println("there are none; 'stratoswarm transform --help' tells how to begin one");
        }
        return ExitCode.OK;
    }
}
