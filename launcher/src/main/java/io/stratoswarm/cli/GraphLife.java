package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code graph set}, {@code graph history} and {@code graph rollback}: the life of a graph that is there. */
final class GraphLife {
    private GraphLife() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "set",
                Common.spec(
                                "Changes a running graph without its manifest: replicas of a node; rate, burst and buffer of a flow.",
                                "stratoswarm graph set shop/web replicas=5",
                                "stratoswarm graph set shop/ingest-parse rate=1000/s buffer=4MiB")
                        .addPositional(Common.parameter(0, "1", "GRAPH/ID", "the node, or the flow"))
                        .addPositional(Common.parameter(
                                1, "1..*", "NAME=VALUE", "as a manifest has it; none for no rate and no burst")));
        spec.addSubcommand(
                "history",
                Common.spec(
                                "Lists a graph's generations: when, by whom, and what changed.",
                                "stratoswarm graph history shop")
                        .addOption(Common.number("N", "how many, the newest first; 100 if not given", "-n", "--lines"))
                        .addPositional(Common.parameter(0, "1", "NAME", "the graph")));
        spec.addSubcommand(
                "rollback",
                GraphChange.options(Common.spec(
                                "Makes a graph again what it was in an earlier generation, as a new generation. Asks first.",
                                "stratoswarm graph rollback shop",
                                "stratoswarm graph rollback shop --to 3 --dry-run")
                        .addOption(Common.number("GENERATION", "the one before the present one if not given", "--to"))
                        .addOption(Common.flag("only tell what would change", "--dry-run"))
                        .addPositional(Common.parameter(0, "1", "NAME", "the graph"))));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException, InterruptedException {
        return switch (parsed.commandSpec().name()) {
            case "set" -> set(parsed, context);
            case "history" -> history(parsed, context);
            default -> rollback(parsed, context);
        };
    }

    private static ExitCode set(ParseResult parsed, Context context) throws Failure, IOException {
        String what = Common.parameter(parsed, 0, "");
        int slash = what.indexOf('/');
        if (slash < 1 || slash == what.length() - 1) {
            throw new Failure(ExitCode.USAGE, "name a node or a flow as GRAPH/ID, not '" + what + "'");
        }
        Map<String, Object> changes = new LinkedHashMap<>();
        for (String change : Common.parameters(parsed, 1)) {
            int sign = change.indexOf('=');
            if (sign < 1 || sign == change.length() - 1) {
                throw new Failure(ExitCode.USAGE, "a change is NAME=VALUE, not '" + change + "'");
            }
            if (changes.put(change.substring(0, sign), change.substring(sign + 1)) != null) {
                throw new Failure(ExitCode.USAGE, "'" + change.substring(0, sign) + "' is given twice");
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", what.substring(slash + 1));
        body.put("changes", changes);
        String answer =
                context.daemon().postJson("graphs/" + ApiClient.encode(what.substring(0, slash)) + "/set", body);
        return GraphChange.done(context, answer, true);
    }

    private static ExitCode history(ParseResult parsed, Context context) throws Failure, IOException {
        long limit = Common.count(parsed, "--lines", 100, 10_000);
        String answer = context.daemon()
                .get("graphs/" + ApiClient.encode(Common.parameter(parsed, 0, "")) + "/history?limit="
                        + Math.max(1, limit));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("GENERATION", "TIME", "ACTOR", "WHAT", "CHANGES");
        for (Map<String, Object> generation : JsonText.objects(JsonText.object(answer), "generations")) {
            long number = JsonText.number(generation, "generation");
            List<String> changes = JsonText.texts(generation, "changes");
            table.row(
                    number == 0 ? "-" : String.valueOf(number),
                    Times.shortened(JsonText.text(generation, "time")),
                    JsonText.text(generation, "actor"),
                    JsonText.text(generation, "what"),
                    String.join("; ", changes));
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static ExitCode rollback(ParseResult parsed, Context context)
            throws Failure, IOException, InterruptedException {
        String path = "graphs/" + ApiClient.encode(Common.parameter(parsed, 0, "")) + "/rollback?";
        long to = Common.number(parsed, "--to", 0);
        if (Common.has(parsed, "--to") && to < 1) {
            throw new Failure(ExitCode.USAGE, "--to takes a generation, from 1, not " + to);
        }
        String rest = to == 0 ? "" : "&to=" + to;
        GraphChange change = new GraphChange(
                context, parameters -> context.daemon().post(path + parameters + rest, "application/json", ""));
        return Common.has(parsed, "--dry-run") ? change.plan() : change.run(parsed);
    }
}
