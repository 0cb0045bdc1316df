package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code capture}: takes one; {@code capture show|diff|verify|prove|export|restore|remove}. */
final class CaptureCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Captures agents and the host: memory, registers of all threads, open files, connections, environment, limits,"
                        + " and the host's network, storage and kernel, under one Merkle root. Agents stand still while their"
                        + " memory is copied. Without AGENT all agents that run are captured.",
                "stratoswarm capture shop/api",
                "stratoswarm capture shop --consistent --reason 'before the sale'",
                "stratoswarm capture shop/api --mode fork",
                "stratoswarm capture show 3 --part host/routes");
        spec.addOption(Common.option(
                        "MODE",
                        "stop-copy, which is what is done if not told otherwise; fork: agents are led to make a copy of"
                                + " themselves and run on while that is read; dirty: only what they have written to since they"
                                + " were captured so the last time is copied; both touch them; criu: as stop-copy, and makes"
                                + " images by the program criu, from which agents can be restored",
                        "--mode"))
                .addOption(
                        Common.flag("stop all agents at one moment, and count what is in their pipes", "--consistent"))
                .addOption(Common.flag("only the host, no agents", "--host-only"))
                .addOption(Common.option("TEXT", "what it is for; kept with it", "--reason"))
                .addPositional(Common.parameter(0, "0..*", "AGENT", "agents, nodes or graphs"));
        spec.addSubcommand(
                "show",
                Common.spec(
                                "Shows what is known of a capture; with --parts its parts, with --part what is in one. To look into"
                                        + " a part is recorded.",
                                "stratoswarm capture show 3",
                                "stratoswarm capture show 3 --part agent/shop/api/4711/environment")
                        .addOption(Common.flag("list its parts", "--parts"))
                        .addOption(Common.option("PREFIX", "with --parts: only those whose names begin so", "--prefix"))
                        .addOption(Common.option("PART", "print what is in this part", "--part"))
                        .addPositional(number(0, "the capture")));
        spec.addSubcommand(
                "diff",
                Common.spec("Shows in what two captures differ.", "stratoswarm capture diff 3 4")
                        .addPositional(number(0, "the first"))
                        .addPositional(number(1, "the second")));
        spec.addSubcommand(
                "verify",
                Common.spec(
                                "Reads all of a capture and checks every hash, up to the root that the journal holds.",
                                "stratoswarm capture verify 3")
                        .addPositional(number(0, "the capture")));
        spec.addSubcommand(
                "prove",
                Common.spec(
                                "Prints the proof that a part belongs to a capture (RFC 6962), as JSON; 'stratoswarm journal proof' proves"
                                        + " the event that holds the root.",
                                "stratoswarm capture prove 3 host/routes")
                        .addPositional(number(0, "the capture"))
                        .addPositional(Common.parameter(1, "1", "PART", "the name of the part")));
        spec.addSubcommand("export", CaptureExport.spec());
        spec.addSubcommand(
                "restore",
                Common.spec(
                                "Starts an agent anew from a capture that was taken with --mode criu: what runs of it is stopped, and its"
                                        + " processes go on from where they were. Files that it reads must be as they were then.",
                                "stratoswarm capture restore 3 shop/api")
                        .addPositional(number(0, "the capture"))
                        .addPositional(Common.parameter(1, "1", "AGENT", "the agent")));
        spec.addSubcommand(
                "remove",
                Common.spec(
                                "Removes captures and gives back their space; the events with their roots stay.",
                                "stratoswarm capture remove 3")
                        .addPositional(Common.parameter(0, "1..*", "NUMBER", "captures")));
        return spec;
    }

    static PositionalParamSpec number(int index, String what) {
        return Common.parameter(index, "1", "NUMBER", what);
    }

    /** A capture's number, checked here so that the message is about the command line. */
    static String number(String given) throws Failure {
        if (!given.matches("[1-9][0-9]{0,17}")) {
            throw new Failure(
                    ExitCode.USAGE,
                    "a capture is named by its number, not '" + given + "'; 'stratoswarm captures' lists them");
        }
        return given;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return capture(parsed, context);
        }
        return switch (sub.commandSpec().name()) {
            case "show" -> show(sub, context);
            case "diff" -> diff(sub, context);
            case "verify" -> verify(sub, context);
            case "prove" -> prove(sub, context);
            case "export" -> CaptureExport.run(sub, context);
            case "restore" -> restore(sub, context);
            default -> remove(sub, context);
        };
    }

    private static ExitCode capture(ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("agents", Common.parameters(parsed, 0));
        body.put("mode", Common.text(parsed, "--mode", "stop-copy"));
        body.put("consistent", Common.has(parsed, "--consistent"));
        body.put("hostOnly", Common.has(parsed, "--host-only"));
        body.put("reason", Common.text(parsed, "--reason", "asked for"));
        String answer = context.daemon().postJson("captures", body);
        if (context.json()) {
            context.out().println(answer);
        } else {
            CaptureText.show(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode show(ParseResult parsed, Context context) throws Failure, IOException {
        String number = number(Common.parameter(parsed, 0, ""));
        String part = Common.text(parsed, "--part", "");
        if (!part.isEmpty()) {
            String answer = context.daemon().get("capture-part?number=" + number + "&name=" + ApiClient.encode(part));
            Map<String, Object> content = JsonText.object(answer);
            boolean text = content.containsKey("text") && !context.json();
            context.out().println(text ? printable(JsonText.text(content, "text")) : answer);
            return ExitCode.OK;
        }
        if (Common.has(parsed, "--parts")) {
            String answer = context.daemon()
                    .get("capture-parts?number=" + number + "&prefix="
                            + ApiClient.encode(Common.text(parsed, "--prefix", "")));
            if (context.json()) {
                context.out().println(answer);
            } else {
                CaptureText.parts(JsonText.objects(JsonText.object(answer), "parts"), context);
            }
            return ExitCode.OK;
        }
        String answer = context.daemon().get("captures/" + number);
        if (context.json()) {
            context.out().println(answer);
        } else {
            CaptureText.show(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static String printable(String text) {
        return String.join("\n", text.lines().map(Table::printable).toList());
    }

    private static ExitCode diff(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon()
                .get("capture-diff?before=" + number(Common.parameter(parsed, 0, "")) + "&after="
                        + number(Common.parameter(parsed, 1, "")));
        if (context.json()) {
            context.out().println(answer);
        } else {
            CaptureText.diff(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode verify(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().get("capture-verification?number=" + number(Common.parameter(parsed, 0, "")));
        Map<String, Object> verification = JsonText.object(answer);
        if (context.json()) {
            context.out().println(answer);
        } else {
            CaptureText.verification(verification, context);
        }
        return JsonText.flag(verification, "good") ? ExitCode.OK : ExitCode.FAILED;
    }

    private static ExitCode prove(ParseResult parsed, Context context) throws Failure, IOException {
        context.out()
                .println(context.daemon()
                        .get("capture-proof?number=" + number(Common.parameter(parsed, 0, "")) + "&name="
                                + ApiClient.encode(Common.parameter(parsed, 1, ""))));
        return ExitCode.OK;
    }

    private static ExitCode restore(ParseResult parsed, Context context) throws Failure, IOException {
        String number = number(Common.parameter(parsed, 0, ""));
        String agent = Common.parameter(parsed, 1, "");
        String answer = context.daemon().postJson("captures/" + number + "/restore", Map.of("agent", agent));
        context.out()
                .println(
                        context.json()
                                ? answer
                                : agent + " goes on from capture " + number + " as process "
                                        + JsonText.text(JsonText.object(answer), "pid"));
        return ExitCode.OK;
    }

    private static ExitCode remove(ParseResult parsed, Context context) throws Failure, IOException {
        List<String> numbers = Common.parameters(parsed, 0);
        for (String number : numbers) {
            String answer = context.daemon().delete("captures/" + number(number));
            context.out().println(context.json() ? answer : "removed capture " + number);
        }
        return ExitCode.OK;
    }
}
