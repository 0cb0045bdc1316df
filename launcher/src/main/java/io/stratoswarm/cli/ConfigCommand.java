package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code config list}, {@code config get} and {@code config set}. */
final class ConfigCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Shows and changes the configurations of components while they run.",
                "stratoswarm config list",
                "stratoswarm config set stratoswarm.console group=ops");
        spec.addSubcommand("list", Common.spec("Lists all configurations.", "stratoswarm config list"));
        spec.addSubcommand(
                "get",
                Common.spec(
                                "Shows one configuration, or one value of it.",
                                "stratoswarm config get stratoswarm.console")
                        .addPositional(Common.parameter(0, "1", "PID", "name of the configuration"))
                        .addPositional(Common.parameter(1, "0..1", "KEY", "only this value")));
        spec.addSubcommand(
                "set",
                Common.spec(
                                "Changes values; KEY= sets an empty one, KEY- removes it. Numbers and true or false are"
                                        + " recognised, quote them as \"...\" to keep them text.",
                                "stratoswarm config set stratoswarm.console group=ops")
                        .addOption(Common.flag("make the configuration where there is none", "--create"))
                        .addPositional(Common.parameter(0, "1", "PID", "name of the configuration"))
                        .addPositional(Common.parameter(1, "1..*", "KEY=VALUE", "what to set")));
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return list(context);
        }
        return switch (sub.commandSpec().name()) {
            case "get" -> get(sub, context);
            case "set" -> set(sub, context);
            default -> list(context);
        };
    }

    private static ExitCode list(Context context) throws Failure, IOException {
        String answer = context.daemon().get("config");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("PID", "KEY", "VALUE");
        Map<String, Object> all = JsonText.child(JsonText.object(answer), "config");
        for (String pid : all.keySet()) {
            for (Map.Entry<String, Object> entry : JsonText.child(all, pid).entrySet()) {
                table.row(pid, entry.getKey(), shown(entry.getValue()));
            }
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static ExitCode get(ParseResult parsed, Context context) throws Failure, IOException {
        String pid = Common.parameter(parsed, 0, "");
        String key = Common.parameter(parsed, 1, "");
        String answer = context.daemon().get("config/" + ApiClient.encode(pid));
        Map<String, Object> properties = JsonText.child(JsonText.object(answer), "properties");
        if (!key.isEmpty()) {
            Object value = properties.get(key);
            if (value == null) {
                throw new Failure(
                        ExitCode.NOT_FOUND,
                        "'" + pid + "' has no value '" + key + "'; it has " + String.join(", ", properties.keySet()));
            }
            context.out().println(context.json() ? JsonText.write(value) : shown(value));
            return ExitCode.OK;
        }
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("KEY", "VALUE");
        for (Map.Entry<String, Object> entry : properties.entrySet()) {
            table.row(entry.getKey(), shown(entry.getValue()));
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static ExitCode set(ParseResult parsed, Context context) throws Failure, IOException {
        String pid = Common.parameter(parsed, 0, "");
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        for (String change : Common.parameters(parsed, 1)) {
            int equals = change.indexOf('=');
            if (equals > 0) {
                body.put(change.substring(0, equals), value(change.substring(equals + 1)));
            } else if (equals < 0 && change.length() > 1 && change.endsWith("-")) {
                body.put(change.substring(0, change.length() - 1), null);
            } else {
                throw new Failure(ExitCode.USAGE, "'" + change + "' is neither KEY=VALUE nor KEY-");
            }
        }
        String path = "config/" + ApiClient.encode(pid) + (Common.has(parsed, "--create") ? "?create=true" : "");
        String answer = context.daemon().putJson(path, body);
        context.out().println(context.json() ? answer : "changed " + String.join(", ", body.keySet()) + " of " + pid);
        return ExitCode.OK;
    }

    private static Object value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        if (text.matches("-?\\d{1,18}")) {
            return Long.valueOf(text);
        }
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static String shown(Object value) {
        return value instanceof List<?> items
                ? String.join(", ", items.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    }
}
