package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code signal}. */
final class SignalCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec("Sends a signal to the main process of agents.", "stratoswarm signal HUP shop/web")
                .addPositional(Common.parameter(0, "1", "SIGNAL", "name or number: HUP, SIGUSR1, 10"))
                .addPositional(Common.parameter(1, "1..*", "SELECTOR", "agent id, graph/node, or graph"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        return AgentCommand.run(
                context, "signal", Common.parameters(parsed, 1), Map.of("signal", Common.parameter(parsed, 0, "")));
    }
}
