package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code audit hold|holds|release}: events that must not be pruned, and persons who must not be erased. */
final class AuditHolds {
    private AuditHolds() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "hold",
                Common.spec(
                                "Places a legal hold: the events that it is on are not pruned, and the persons in them not erased, until it"
                                        + " is released.",
                                "stratoswarm audit hold --subject 'agent/shop/*' --reason 'case 7'",
                                "stratoswarm audit hold --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --reason 'audit of January'")
                        .addOption(Common.option(
                                "SUBJECT", "events of this subject; a * at the end stands for anything", "--subject"))
                        .addOption(Common.option("TIME", "events from then on: 2d, or 2026-01-31T12:00:00Z", "--from"))
                        .addOption(Common.option("TIME", "events before then; also those to come if left out", "--to"))
                        .addOption(Common.option("TEXT", "why; kept in the journal", "--reason")));
        spec.addSubcommand(
                "holds", Common.spec("Lists the legal holds that are not released.", "stratoswarm audit holds"));
        spec.addSubcommand(
                "release",
                Common.spec("Ends a legal hold.", "stratoswarm audit release hold-4711 --reason 'case 7 is closed'")
                        .addOption(Common.option("TEXT", "why; kept in the journal", "--reason"))
                        .addPositional(Common.parameter(0, "1", "ID", "the hold")));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        return switch (parsed.commandSpec().name()) {
            case "hold" -> place(parsed, context);
            case "release" -> release(parsed, context);
            default -> list(context);
        };
    }

    private static String reason(ParseResult parsed) throws Failure {
        String reason = Common.text(parsed, "--reason", "");
        if (reason.isBlank()) {
            throw new Failure(ExitCode.USAGE, "say why with --reason; it is kept in the journal");
        }
        return reason;
    }

    private static ExitCode place(ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "subject", Common.text(parsed, "--subject", ""));
        put(body, "from", Moments.parse(Common.text(parsed, "--from", ""), context));
        put(body, "to", Moments.parse(Common.text(parsed, "--to", ""), context));
        if (body.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "name --subject, or --from and --to, or all of them");
        }
        body.put("reason", reason(parsed));
        return told("holds: ", context.daemon().postJson("holds", body), context);
    }

    private static void put(Map<String, Object> body, String key, String value) {
        if (!value.isEmpty()) {
            body.put(key, value);
        }
    }

    private static ExitCode release(ParseResult parsed, Context context) throws Failure, IOException {
        String path = "holds/" + ApiClient.encode(Common.parameter(parsed, 0, "")) + "?reason="
                + ApiClient.encode(reason(parsed));
        return told("released: ", context.daemon().delete(path), context);
    }

    private static ExitCode told(String word, String answer, Context context) throws IOException {
        context.out().println(context.json() ? answer : word + Table.printable(words(JsonText.object(answer))));
        return ExitCode.OK;
    }

    private static ExitCode list(Context context) throws Failure, IOException {
        String answer = context.daemon().get("holds");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> holds = JsonText.objects(JsonText.object(answer), "holds");
        holds.forEach(hold -> context.out().println(Table.printable(words(hold))));
        if (holds.isEmpty()) {
            context.err().println("there is no legal hold");
        }
        return ExitCode.OK;
    }

    static String words(Map<String, Object> hold) {
        String subject = JsonText.text(hold, "subject");
        String from = JsonText.text(hold, "from");
        String to = JsonText.text(hold, "to");
        return JsonText.text(hold, "id") + " on " + (subject.isEmpty() ? "all events" : subject)
                + (from.isEmpty() ? "" : " from " + from)
                + (to.isEmpty() ? "" : " to " + to) + ", by " + JsonText.text(hold, "actor") + " at "
                + JsonText.text(hold, "placed") + ": " + JsonText.text(hold, "reason");
    }
}
