package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code doctor}. */
final class DoctorCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Tells what this host can and cannot do for agents, and why, as the daemon has probed it.",
                "stratoswarm doctor");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().get("doctor");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Terminal terminal = context.terminal();
        Table table = new Table("CAPABILITY", "HERE", "DETAIL");
        table.painted(1, here -> here.equals("yes") ? terminal.green(here) : terminal.red(here));
        for (Map<String, Object> capability : JsonText.objects(JsonText.object(answer), "capabilities")) {
            table.row(
                    JsonText.text(capability, "name"),
                    JsonText.flag(capability, "available") ? "yes" : "no",
                    JsonText.text(capability, "detail"));
        }
        table.print(context);
        return ExitCode.OK;
    }
}
