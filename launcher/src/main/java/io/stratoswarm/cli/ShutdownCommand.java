package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code shutdown}. */
final class ShutdownCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec("Stops all agents in reverse order of dependency, then the daemon.", "stratoswarm shutdown")
                .addOption(Common.flag(
                        "let the agents run on; the next start of the daemon adopts them", "--keep-agents"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        boolean keep = Common.has(parsed, "--keep-agents");
        String answer = context.daemon().postJson("shutdown", Map.of("stopAgents", !keep));
        context.out()
                .println(
                        context.json()
                                ? answer
                                : keep ? "the daemon ends; its agents run on" : "all agents are down; the daemon ends");
        return ExitCode.OK;
    }
}
