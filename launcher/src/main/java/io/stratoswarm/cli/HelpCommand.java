package io.stratoswarm.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code help}. */
final class HelpCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec("Describes a command, or lists all.", "stratoswarm help apply")
                .addPositional(Common.parameter(0, "0..1", "COMMAND", "what to describe"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure {
        String name = Common.parameter(parsed, 0, "");
        if (name.isEmpty()) {
            context.out().print(Commands.overview());
            return ExitCode.OK;
        }
        Command command = Commands.make(name)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE, "there is no command '" + name + "'; 'stratoswarm help' lists all"));
        context.out().print(new CommandLine(Main.described(name, command)).getUsageMessage(CommandLine.Help.Ansi.OFF));
        return ExitCode.OK;
    }
}
