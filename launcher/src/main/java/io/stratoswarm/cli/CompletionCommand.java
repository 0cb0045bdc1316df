package io.stratoswarm.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code completion}. */
final class CompletionCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Prints the completion script for bash; zsh reads it too, after 'autoload -U +X bashcompinit && bashcompinit'.",
                "source <(stratoswarm completion)");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure {
        context.out().print(AutoComplete.bash("stratoswarm", new CommandLine(all())));
        return ExitCode.OK;
    }

    /** Every command at once; only completion and tests need that. */
    static CommandSpec all() {
        CommandSpec root = CommandSpec.create().name("stratoswarm");
        root.addOption(Common.option("DIR", "data folder of the daemon", "--data"));
        root.addOption(Common.flag("print JSON", "--json"));
        for (String name : Commands.names()) {
            Command command = Commands.make(name).orElseThrow();
            root.addSubcommand(name, Main.described(name, command).name(name));
        }
        return root;
    }
}
