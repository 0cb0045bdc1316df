package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code heal ...}: what failures are taken for, what is done about them, and what was learned of that. */
final class HealCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Shows how healing is and its last cases. A case is a failure, named by the number of its event.",
                "stratoswarm heal",
                "stratoswarm heal why 1234");
        spec.addSubcommand(
                "status", Common.spec("Shows how healing is and its last cases.", "stratoswarm heal status"));
        spec.addSubcommand(
                "cases",
                Common.spec(
                                "Shows the newest cases.",
                                "stratoswarm heal cases",
                                "stratoswarm heal cases --agent shop/web")
                        .addOption(OptionSpec.builder("--agent")
                                .paramLabel("AGENT")
                                .type(String.class)
                                .description("only those of this agent")
                                .build())
                        .addOption(OptionSpec.builder("-n", "--lines")
                                .paramLabel("N")
                                .type(String.class)
                                .description("how many (20)")
                                .build()));
        spec.addSubcommand(
                "why",
                Common.spec("Shows what was done about one failure, and why.", "stratoswarm heal why 1234")
                        .addPositional(Common.parameter(0, "1", "CASE", "number of the failure's event")));
        spec.addSubcommand(
                "strategies",
                Common.spec(
                                "Shows all classes of failures and what was learned of what may be done about each.",
                                "stratoswarm heal strategies",
                                "stratoswarm heal strategies memory-leak")
                        .addPositional(Common.parameter(0, "0..1", "CLASS", "only this one")));
        spec.addSubcommand(
                "validate",
                Common.spec(
                                "Estimates what the recorded cases of a class would have brought by what is known now, and by always doing"
                                        + " the same; or makes a failure of the class in a clone of an agent that has the label healing.clone,"
                                        + " and measures what each way to choose brings there.",
                                "stratoswarm heal validate memory-leak",
                                "stratoswarm heal validate deadlock --clone --agent shop/web")
                        .addPositional(Common.parameter(0, "1", "CLASS", "a class"))
                        .addOption(OptionSpec.builder("--clone")
                                .type(boolean.class)
                                .description("on a clone, which is removed afterwards; it goes on without this command")
                                .build())
                        .addOption(OptionSpec.builder("--agent")
                                .paramLabel("AGENT")
                                .type(String.class)
                                .description("that is cloned (any that may be)")
                                .build()));
        spec.addSubcommand(
                "look",
                Common.spec(
                                "Compares what an agent has done in the last half hour with what is known of failures. Nothing"
                                        + " is recorded.",
                                "stratoswarm heal look shop/web")
                        .addPositional(Common.parameter(0, "1", "AGENT", "an agent")));
        changes(spec);
        return spec;
    }

    private static void changes(CommandSpec spec) {
        spec.addSubcommand(
                "allow",
                Common.spec(
                                "Lets an act be done about a class again.",
                                "stratoswarm heal allow bad-configuration rollback")
                        .addPositional(Common.parameter(0, "1", "CLASS", "a class"))
                        .addPositional(Common.parameter(1, "1", "ACT", "an act")));
        spec.addSubcommand(
                "forbid",
                Common.spec(
                                "Keeps an act from being done about a class.",
                                "stratoswarm heal forbid bad-configuration rollback")
                        .addPositional(Common.parameter(0, "1", "CLASS", "a class"))
                        .addPositional(Common.parameter(1, "1", "ACT", "an act")));
        spec.addSubcommand(
                "expect",
                Common.spec(
                                "Says what is to be expected of an act, from 0 to 1. What was learned of that act is forgotten.",
                                "stratoswarm heal expect deadlock restart 0.9")
                        .addPositional(Common.parameter(0, "1", "CLASS", "a class"))
                        .addPositional(Common.parameter(1, "1", "ACT", "an act"))
                        .addPositional(Common.parameter(2, "1", "REWARD", "a number from 0 to 1")));
        spec.addSubcommand(
                "name",
                Common.spec("Gives a class a name.", "stratoswarm heal name new-1234 'slow database'")
                        .addPositional(Common.parameter(0, "1", "CLASS", "a class"))
                        .addPositional(Common.parameter(1, "1", "NAME", "what people call it")));
        spec.addSubcommand(
                "reset",
                Common.spec(
                                "Forgets what was learned of what may be done about a class.",
                                "stratoswarm heal reset deadlock",
                                "stratoswarm heal reset --all")
                        .addPositional(Common.parameter(0, "0..1", "CLASS", "a class"))
                        .addOption(OptionSpec.builder("--all")
                                .type(boolean.class)
                                .description("all classes")
                                .build()));
        spec.addSubcommand(
                "pause",
                Common.spec(
                                "Does nothing about failures until 'heal resume'.",
                                "stratoswarm heal pause --reason maintenance")
                        .addOption(OptionSpec.builder("--reason")
                                .paramLabel("TEXT")
                                .type(String.class)
                                .description("why; it is shown and recorded")
                                .build()));
        script(
                spec,
                "trial",
                "Begins the trial of a script that chooses acts anew, with its file as it is.",
                "a script of the kind healing");
        script(spec, "promote", "Lets the version of a script that is tried go to its next stage now.", "a script");
        script(
                spec,
                "revert",
                "Takes the version of a script back that is tried; where none is, the one that acts.",
                "a script");
        spec.addSubcommand("resume", Common.spec("Goes on after 'heal pause'.", "stratoswarm heal resume"));
    }

    private static void script(CommandSpec spec, String name, String what, String which) {
        spec.addSubcommand(
                name,
                Common.spec(what, "stratoswarm heal " + name + " leak-capture-first")
                        .addPositional(Common.parameter(0, "1", "SCRIPT", which)));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException, InterruptedException {
        ParseResult sub = parsed.subcommand();
        String name = sub == null ? "status" : sub.commandSpec().name();
        return switch (name) {
            case "status" -> HealText.status(context);
            case "cases" ->
                HealText.cases(context, sub.matchedOptionValue("--agent", ""), sub.matchedOptionValue("-n", "20"));
            case "why" -> HealText.why(context, Common.parameter(sub, 0, ""));
            case "strategies" -> HealText.strategies(context, Common.parameter(sub, 0, ""));
            case "validate" -> validate(sub, context);
            case "look" -> HealText.look(context, Common.parameter(sub, 0, ""));
            default -> change(name, sub, context);
        };
    }

    private static ExitCode validate(ParseResult sub, Context context)
            throws Failure, IOException, InterruptedException {
        String label = Common.parameter(sub, 0, "");
        String agent = sub.matchedOptionValue("--agent", "");
        if (sub.hasMatchedOption("--clone")) {
            return HealClones.tryOut(context, label, agent);
        }
        if (!agent.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--agent says which agent is cloned, and needs --clone");
        }
        return HealScripts.validate(context, label);
    }

    private static ExitCode change(String name, ParseResult sub, Context context) throws Failure, IOException {
        Map<String, Object> body = new TreeMap<>();
        String label = Common.parameter(sub, 0, "");
        String done;
        String command = name;
        switch (name) {
            case "pause" -> {
                body.put("reason", sub.matchedOptionValue("--reason", ""));
                done = "Healing is paused; 'stratoswarm heal resume' goes on.";
            }
            case "resume" -> done = "Healing goes on.";
            case "reset" -> {
                if (label.isEmpty() != sub.hasMatchedOption("--all")) {
                    throw new Failure(ExitCode.USAGE, "name a class, or give --all and no class");
                }
                body.put("class", label);
                done = "What was learned of " + (label.isEmpty() ? "all classes" : label) + " is forgotten.";
            }
            case "name" -> {
                body.put("class", label);
                body.put("name", Common.parameter(sub, 1, ""));
                done = label + " is called " + Common.parameter(sub, 1, "") + ".";
            }
            case "trial", "promote", "revert" -> {
                body.put("script", label);
                done = switch (name) {
                            case "trial" -> "The trial of " + label + " begins anew";
                            case "promote" -> "The version of " + label + " that is tried goes to its next stage";
                            default -> "A version of " + label + " is taken back";
                        }
                        + "; 'stratoswarm heal strategies' shows where it stands.";
            }
            case "expect" -> {
                body.put("class", label);
                body.put("act", Common.parameter(sub, 1, ""));
                body.put("reward", reward(Common.parameter(sub, 2, "")));
                done = "That is expected from now on.";
            }
            default -> {
                command = "turn";
                body.put("class", label);
                body.put("act", Common.parameter(sub, 1, ""));
                body.put("on", name.equals("allow"));
                done = Common.parameter(sub, 1, "")
                        + (name.equals("allow") ? " may be done about " : " is not done about ")
                        + label
                        + (name.equals("allow") ? "." : " any more.");
            }
        }
        String answer = context.daemon().post("healing/" + command, "application/json", JsonText.write(body));
        context.out().println(context.json() ? answer : Table.printable(done));
        return ExitCode.OK;
    }

    private static double reward(String given) throws Failure {
        try {
            return Double.parseDouble(given);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, "a reward is a number from 0 to 1, not '" + given + "'");
        }
    }
}
