package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code scripts ...}: the options of its commands; {@link ScriptsText} shows what came. */
final class ScriptsCommand implements Command {
    private static final long MAX_TRACES = 1_000;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Lists scripts, shows what they did, and tries them out. Scripts are .js and .py files in the folder 'scripts' of"
                        + " the data folder; those that come with the distribution are off until they are enabled.",
                "stratoswarm scripts",
                "stratoswarm scripts trace restart-ill");
        spec.addSubcommand("list", Common.spec("Lists all scripts.", "stratoswarm scripts list"));
        spec.addSubcommand(
                "show",
                Common.spec("Shows one script with its text.", "stratoswarm scripts show restart-ill")
                        .addPositional(name("1")));
        spec.addSubcommand(
                "trace",
                Common.spec(
                                "Shows the last calls, newest first: trigger, input, lines that it printed, output, error.",
                                "stratoswarm scripts trace restart-ill --limit 5")
                        .addOption(Common.number("N", "at most so many; 10 if not given", "--limit", "-n"))
                        .addPositional(
                                Common.parameter(0, "0..1", "NAME", "only this script; all where it is left out")));
        spec.addSubcommand(
                "test",
                Common.spec(
                                "Runs the examples in a script's header and compares what comes with what they expect. Takes the"
                                        + " name of a script, or a file, which need not be in the scripts folder.",
                                "stratoswarm scripts test ./restart-ill.js")
                        .addPositional(Common.parameter(0, "1..*", "NAME|FILE", "scripts or files")));
        spec.addSubcommand(
                "run",
                Common.spec(
                                "Calls a script now and prints what it returns; nothing of that is done.",
                                "stratoswarm scripts run restart-ill --input '{\"trigger\": \"timer\", \"agents\": []}'")
                        .addOption(Common.option("JSON", "the input; - for standard input", "--input", "-i"))
                        .addPositional(name("1")));
        spec.addSubcommand(
                "enable",
                Common.spec(
                                "Lets scripts run: shipped ones, disabled ones, and those in quarantine.",
                                "stratoswarm scripts enable restart-ill")
                        .addPositional(name("1..*")));
        spec.addSubcommand(
                "disable",
                Common.spec("Ends what scripts do until they are enabled.", "stratoswarm scripts disable restart-ill")
                        .addPositional(name("1..*")));
        return spec;
    }

    private static picocli.CommandLine.Model.PositionalParamSpec name(String arity) {
        return Common.parameter(0, arity, "NAME", arity.equals("1") ? "the script" : "scripts");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return list(context);
        }
        return switch (sub.commandSpec().name()) {
            case "show" -> show(Common.parameter(sub, 0, ""), context);
            case "trace" -> trace(sub, context);
            case "test" -> test(Common.parameters(sub, 0), context);
            case "run" -> call(Common.parameter(sub, 0, ""), sub, context);
            case "enable" -> stand("enable", Common.parameters(sub, 0), context);
            case "disable" -> stand("disable", Common.parameters(sub, 0), context);
            default -> list(context);
        };
    }

    private static ExitCode list(Context context) throws Failure, IOException {
        String answer = context.daemon().get("scripts");
        if (context.json()) {
            context.out().println(answer);
        } else {
            ScriptsText.list(JsonText.objects(JsonText.object(answer), "scripts"), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode show(String name, Context context) throws Failure, IOException {
        String answer = context.daemon().get("scripts/" + ApiClient.encode(name));
        if (context.json()) {
            context.out().println(answer);
        } else {
            ScriptsText.show(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode trace(ParseResult parsed, Context context) throws Failure, IOException {
        String name = Common.parameter(parsed, 0, "");
        long limit = Common.count(parsed, "--limit", 10, MAX_TRACES);
        if (limit == 0) {
            throw new Failure(ExitCode.USAGE, "--limit must be 1 to " + MAX_TRACES + ", not 0");
        }
        String answer = context.daemon()
                .get("script-traces?limit=" + limit + (name.isEmpty() ? "" : "&script=" + ApiClient.encode(name)));
        if (context.json()) {
            context.out().println(answer);
        } else {
            ScriptsText.traces(JsonText.objects(JsonText.object(answer), "traces"), context);
        }
        return ExitCode.OK;
    }

    private static ExitCode test(List<String> names, Context context) throws Failure, IOException {
        boolean good = true;
        List<Object> results = new ArrayList<>();
        for (String name : names) {
            Path file = Path.of(name);
            boolean isFile = name.matches(".*\\.(js|py)") || name.contains("/");
            String answer = isFile
                    ? context.daemon()
                            .postJson(
                                    "script-check",
                                    Map.of("file", file.getFileName().toString(), "source", read(file)))
                    : context.daemon().postJson("scripts/" + ApiClient.encode(name) + "/test", Map.of());
            Map<String, Object> result = JsonText.object(answer);
            good &= JsonText.flag(result, "good");
            if (context.json()) {
                results.add(result);
            } else {
                ScriptsText.examples(name, result, context);
            }
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("scripts", results)));
        }
        return good ? ExitCode.OK : ExitCode.INVALID;
    }

    private static String read(Path file) throws Failure {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new Failure(ExitCode.NOT_FOUND, "there is no file '" + file + "'", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.INVALID, "'" + file + "' cannot be read as UTF-8 text: " + e.getMessage(), e);
        }
    }

    private static ExitCode call(String name, ParseResult parsed, Context context) throws Failure, IOException {
        String given = Common.text(parsed, "--input", "{}");
        String input = given.equals("-") ? new String(context.in().readNBytes(4 << 20), StandardCharsets.UTF_8) : given;
        try {
            JsonText.object(input);
        } catch (IOException e) {
            throw new Failure(ExitCode.INVALID, "the input is not a JSON object: " + e.getMessage(), e);
        }
        String answer = context.daemon()
                .post("scripts/" + ApiClient.encode(name) + "/run", "application/json", "{\"input\":" + input + "}");
        Map<String, Object> outcome = JsonText.object(answer);
        if (context.json()) {
            context.out().println(answer);
        } else {
            ScriptsText.outcome(outcome, context);
        }
        return JsonText.text(outcome, "status").equals("ok") ? ExitCode.OK : ExitCode.FAILED;
    }

    private static ExitCode stand(String verb, List<String> names, Context context) throws Failure, IOException {
        List<Object> all = new ArrayList<>();
        boolean well = true;
        for (String name : names) {
            Map<String, Object> script = new LinkedHashMap<>(JsonText.object(
                    context.daemon().postJson("scripts/" + ApiClient.encode(name) + "/" + verb, Map.of())));
            String state = JsonText.text(script, "state");
            boolean wanted = verb.equals("enable") ? state.equals("running") : state.equals("disabled");
            well &= wanted;
            all.add(script);
            if (!context.json()) {
                String reason = JsonText.text(script, "reason");
                context.out().println(name + " is " + state + (reason.isEmpty() ? "" : ": " + reason));
            }
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("scripts", all)));
        }
        return well ? ExitCode.OK : ExitCode.CONFLICT;
    }
}
