package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code predictions ...}: failures that are foreseen, what is done about them, and how well that came true. */
final class PredictionsCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                        "Shows which agents are expected to fail, what is done about it, and how well predictions came true.",
                        "stratoswarm predictions",
                        "stratoswarm predictions --window 1h",
                        "stratoswarm predictions forbid contention")
                .addOption(Common.option(
                        "LENGTH",
                        "only failures that are expected within it, and predictions made within it: 30m, 1h",
                        "--window"))
                .addOption(Common.option("AGENT", "only what is about this agent", "--agent"))
                .addOption(Common.option("N", "how many predictions (20)", "-n", "--lines"))
                .addOption(Common.flag("also agents of which no failure is expected", "--all"));
        spec.addSubcommand(
                "allow",
                Common.spec(
                                "Lets failures of a cause be prevented again; what was measured of it so far is forgotten.",
                                "stratoswarm predictions allow memory-leak")
                        .addPositional(Common.parameter(0, "1", "CAUSE", "a cause")));
        spec.addSubcommand(
                "forbid",
                Common.spec(
                                "Keeps failures of a cause from being prevented.",
                                "stratoswarm predictions forbid contention")
                        .addPositional(Common.parameter(0, "1", "CAUSE", "a cause")));
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub != null) {
            return turn(sub.commandSpec().name().equals("allow"), Common.parameter(sub, 0, ""), context);
        }
        String window = Common.text(parsed, "--window", "");
        String agent = Common.text(parsed, "--agent", "");
        String path = "predictions?limit=" + PredictionsText.coded(Common.text(parsed, "-n", "20"))
                + (window.isEmpty() ? "" : "&window=" + Moments.millis(window, "--window"))
                + (agent.isEmpty() ? "" : "&agent=" + PredictionsText.coded(agent))
                + (Common.has(parsed, "--all") ? "&all=true" : "");
        return PredictionsText.show(context, context.daemon().get(path), window);
    }

    private static ExitCode turn(boolean on, String cause, Context context) throws Failure, IOException {
        String answer = context.daemon()
                .post("predictions/turn", "application/json", JsonText.write(Map.of("cause", cause, "on", on)));
        context.out()
                .println(
                        context.json()
                                ? answer
                                : Table.printable("Failures by " + cause
                                        + (on ? " are prevented again." : " are not prevented any more.")));
        return ExitCode.OK;
    }
}
