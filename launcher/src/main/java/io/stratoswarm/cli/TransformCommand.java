package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code transform ...}: the kinds of transforms, and looking at one or taking it back. */
final class TransformCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Changes a running graph while its records flow: starts what is new, waits until it is ready, moves the traffic,"
                        + " drains what is old. What fails before the commit point goes back by itself.",
                "stratoswarm transform split shop parse --into 3 --key user",
                "stratoswarm transform show 7");
        TransformKinds.add(spec);
        spec.addSubcommand(
                "show",
                Common.spec(
                                "Shows one transform: its stages and where it is, why it waits or how it ended, and the account of"
                                        + " every flow that it touched, before and after.",
                                "stratoswarm transform show 7")
                        .addPositional(Common.parameter(0, "1", "NUMBER", "the transform")));
        spec.addSubcommand(
                "cancel",
                Common.spec(
                                "Asks a transform to go back; refused where it has passed its commit point.",
                                "stratoswarm transform cancel 7")
                        .addPositional(Common.parameter(0, "1", "NUMBER", "the transform")));
        TransformProposals.add(spec);
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException, InterruptedException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'transform' needs one of " + String.join(", ", TransformKinds.NAMES)
                            + ", show, cancel, "
                            + String.join(", ", TransformProposals.NAMES) + "; see 'stratoswarm transform --help'");
        }
        if (TransformProposals.NAMES.contains(sub.commandSpec().name())) {
            return TransformProposals.run(sub, context);
        }
        return switch (sub.commandSpec().name()) {
            case "show" -> show(sub, context);
            case "cancel" -> cancel(sub, context);
            default -> change(sub, context);
        };
    }

    private static ExitCode change(ParseResult parsed, Context context)
            throws Failure, IOException, InterruptedException {
        String kind = parsed.commandSpec().name();
        Map<String, Object> options = TransformOptions.of(parsed);
        Map<String, Object> arguments = TransformArguments.of(kind, parsed);
        Optional<GraphFiles.Loaded> fragment = TransformArguments.fragment(kind, parsed, context);
        String graph = kind.equals("apply")
                ? fragment.orElseThrow().result().manifest().orElseThrow().name()
                : Common.parameter(parsed, 0, "");
        return new TransformChange(context, graph, kind, arguments, fragment.map(GraphFiles.Loaded::source), options)
                .run(parsed);
    }

    private static ExitCode show(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().get("transforms/" + number(parsed));
        if (context.json()) {
            context.out().println(answer);
        } else {
            TransformText.show(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode cancel(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().postJson("transforms/" + number(parsed) + "/cancel", Map.of());
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        long number = JsonText.number(JsonText.object(answer), "number");
        context.out()
                .println("transform " + number + " is asked to go back; 'stratoswarm transform show " + number
                        + "' tells how far it is");
        return ExitCode.OK;
    }

    private static long number(ParseResult parsed) throws Failure {
        String given = Common.parameter(parsed, 0, "");
        if (!given.matches("[1-9][0-9]{0,17}")) {
            throw new Failure(
                    ExitCode.USAGE,
                    "a transform is named by its number, from 1, not '" + given
                            + "'; 'stratoswarm transforms' lists them");
        }
        return Long.parseLong(given);
    }
}
