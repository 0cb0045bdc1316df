package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code transform proposals|proposal|approve|reject}: transforms that scripts have asked for. */
final class TransformProposals {
    static final List<String> NAMES = List.of("relocate", "proposals", "proposal", "approve", "reject");

    private static final long MOST = 1_000;
    private static final int WIDTH = 60;

    private TransformProposals() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "relocate",
                Common.spec(
                                "Looks for better places for the agents of a graph, and proposes a transform where one is worth its"
                                        + " moves.",
                                "stratoswarm transform relocate shop")
                        .addPositional(Common.parameter(0, "1", "GRAPH", "the graph")));
        spec.addSubcommand(
                "proposals",
                Common.spec(
                                "Lists transforms that scripts have asked for: those that wait for an operator, then the others,"
                                        + " newest first.",
                                "stratoswarm transform proposals --graph shop")
                        .addOption(Common.option("GRAPH", "only of this graph", "--graph"))
                        .addOption(Common.number("N", "at most so many; 20 if not given", "--limit", "-n")));
        spec.addSubcommand(
                "proposal",
                Common.spec("Shows one proposal with all that it would change.", "stratoswarm transform proposal 3")
                        .addPositional(Common.parameter(0, "1", "NUMBER", "the proposal")));
        spec.addSubcommand(
                "approve",
                Common.spec(
                                "Begins the transform that a script proposes, planned anew against the graph as it is now.",
                                "stratoswarm transform approve 3")
                        .addPositional(Common.parameter(0, "1", "NUMBER", "the proposal")));
        spec.addSubcommand(
                "reject",
                Common.spec(
                                "Puts away what a script proposes; it may ask again after its cooldown.",
                                "stratoswarm transform reject 3")
                        .addPositional(Common.parameter(0, "1", "NUMBER", "the proposal")));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String name = parsed.commandSpec().name();
        if (name.equals("proposals")) {
            return list(parsed, context);
        }
        if (name.equals("relocate")) {
            return relocate(parsed, context);
        }
        String path = "proposals/" + number(parsed);
        String answer = name.equals("proposal")
                ? context.daemon().get(path)
                : context.daemon().postJson(path + "/" + name, Map.of());
        if (context.json()) {
            context.out().println(answer);
        } else if (name.equals("proposal")) {
            show(JsonText.object(answer), context);
        } else {
            decided(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode relocate(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon()
                .postJson("graphs/" + ApiClient.encode(Common.parameter(parsed, 0, "")) + "/relocate", Map.of());
        if (context.json()) {
            context.out().println(answer);
        } else {
            Map<String, Object> review = JsonText.object(answer);
            context.out().println(Table.printable(JsonText.text(review, "outcome") + TransformText.proposal(review)));
        }
        return ExitCode.OK;
    }

    private static ExitCode list(ParseResult parsed, Context context) throws Failure, IOException {
        long limit = Common.count(parsed, "--limit", 20, MOST);
        if (limit == 0) {
            throw new Failure(ExitCode.USAGE, "--limit must be 1 to " + MOST + ", not 0");
        }
        String graph = Common.text(parsed, "--graph", "");
        String answer = context.daemon()
                .get("proposals?limit=" + limit + (graph.isEmpty() ? "" : "&graph=" + ApiClient.encode(graph)));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> proposals = JsonText.objects(JsonText.object(answer), "proposals");
        Table table = new Table("NUMBER", "GRAPH", "KIND", "STATE", "MADE", "SCRIPT", "REASON");
        table.painted(3, state -> painted(context.terminal(), state));
        for (Map<String, Object> proposal : proposals) {
            table.row(
                    JsonText.text(proposal, "number"),
                    JsonText.text(proposal, "graph"),
                    JsonText.text(proposal, "kind"),
                    JsonText.text(proposal, "state"),
                    Times.since(JsonText.text(proposal, "made"), context.clock()) + " ago",
                    JsonText.text(proposal, "script"),
                    cut(JsonText.text(proposal, "reason")));
        }
        table.print(context);
        if (proposals.isEmpty()) {
            context.err()
                    .println("there are none; scripts of the kind 'reshape' make them, and a better placement does");
        }
        return ExitCode.OK;
    }

    private static String cut(String reason) {
        return reason.length() <= WIDTH ? reason : reason.substring(0, WIDTH - 1) + "\u2026";
    }

    private static void show(Map<String, Object> proposal, Context context) {
        line(context, "proposal", JsonText.text(proposal, "number") + ", " + JsonText.text(proposal, "state"));
        line(context, "detail", JsonText.text(proposal, "detail"));
        line(
                context,
                "graph",
                JsonText.text(proposal, "graph") + ", generation " + JsonText.text(proposal, "generation"));
        line(context, "transform", JsonText.text(proposal, "kind"));
        JsonText.child(proposal, "arguments")
                .forEach((name, value) -> line(context, "  " + name, String.valueOf(value)));
        String hash = JsonText.text(proposal, "sha256");
        line(context, "script", JsonText.text(proposal, "script") + (hash.isEmpty() ? "" : " (" + hash + ")"));
        line(context, "reason", JsonText.text(proposal, "reason"));
        JsonText.texts(proposal, "effect").forEach(effect -> line(context, "effect", effect));
        line(context, "made", JsonText.text(proposal, "made"));
        line(context, "expires", JsonText.text(proposal, "expires"));
        line(context, "decided", JsonText.text(proposal, "decided"));
        line(context, "by", JsonText.text(proposal, "by"));
        String fragment = JsonText.text(proposal, "fragment");
        if (!fragment.isEmpty()) {
            context.out().println("");
            fragment.lines().forEach(each -> context.out().println(Table.printable(each)));
        }
    }

    private static void line(Context context, String name, String value) {
        if (!value.isEmpty()) {
            context.out().println(name + " ".repeat(Math.max(1, 12 - name.length())) + Table.printable(value));
        }
    }

    private static void decided(Map<String, Object> proposal, Context context) {
        String number = JsonText.text(proposal, "number");
        context.out()
                .println(
                        proposal.containsKey("transform")
                                ? "proposal " + number + " is transform " + JsonText.text(proposal, "transform") + "; "
                                        + TransformFollow.hint(JsonText.number(proposal, "transform"))
                                : "proposal " + number + " is " + JsonText.text(proposal, "state"));
    }

    private static String painted(Terminal terminal, String state) {
        return switch (state) {
            case "started" -> terminal.green(state);
            case "refused" -> terminal.red(state);
            case "waiting" -> terminal.yellow(state);
            default -> state;
        };
    }

    private static long number(ParseResult parsed) throws Failure {
        String given = Common.parameter(parsed, 0, "");
        if (!given.matches("[1-9][0-9]{0,17}")) {
            throw new Failure(
                    ExitCode.USAGE,
                    "a proposal is named by its number, from 1, not '" + given
                            + "'; 'stratoswarm transform proposals' lists them");
        }
        return Long.parseLong(given);
    }
}
