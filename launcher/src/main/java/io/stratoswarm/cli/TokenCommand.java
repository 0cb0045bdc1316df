package io.stratoswarm.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code token create}, {@code token list} and {@code token revoke}. */
final class TokenCommand implements Command {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})([smhd])");

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Makes, lists and revokes the tokens that the API takes by TCP.",
                "stratoswarm token create ci --role operator --expires 30d",
                "stratoswarm token revoke ci");
        spec.addSubcommand(
                "create",
                Common.spec(
                                "Makes a token and prints it, this once; only its hash is kept.",
                                "stratoswarm token create ci --role operator --expires 30d > ci.token")
                        .addOption(Common.option("ROLE", "viewer (if not given), operator or admin", "--role"))
                        .addOption(Common.option(
                                "TIME", "how long it is valid: 90s, 15m, 12h, 30d; for ever if not given", "--expires"))
                        .addOption(Common.option(
                                "GRAPH", "the only graph that it may see and change; all if not given", "--graph"))
                        .addPositional(Common.parameter(0, "1", "NAME", "its name, which is in events")));
        spec.addSubcommand("list", Common.spec("Lists all tokens, without their secrets.", "stratoswarm token list"));
        spec.addSubcommand(
                "revoke",
                Common.spec("Ends tokens and what was opened with them, at once.", "stratoswarm token revoke ci")
                        .addPositional(Common.parameter(0, "1..*", "NAME", "names or ids")));
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return list(context);
        }
        return switch (sub.commandSpec().name()) {
            case "create" -> create(sub, context);
            case "revoke" -> revoke(sub, context);
            default -> list(context);
        };
    }

    private static ExitCode create(ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", Common.parameter(parsed, 0, ""));
        body.put("role", Common.text(parsed, "--role", "viewer"));
        String expires = Common.text(parsed, "--expires", "");
        if (!expires.isEmpty()) {
            body.put("expiresIn", duration(expires));
        }
        String graph = Common.text(parsed, "--graph", "");
        if (!graph.isEmpty()) {
            body.put("graph", graph);
        }
        String answer = context.daemon().postJson("tokens", body);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        context.out().println(Table.printable(JsonText.text(JsonText.object(answer), "token")));
        context.err()
                .println(
                        "this is shown only now; it goes into a header 'Authorization: Bearer ...', or a --token-file");
        return ExitCode.OK;
    }

    /** ISO 8601, as the API takes it. */
    static String duration(String text) throws Failure {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new Failure(ExitCode.USAGE, "--expires must be like 90s, 15m, 12h or 30d, not '" + text + "'");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration unit = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        return unit.multipliedBy(amount).toString();
    }

    private static ExitCode list(Context context) throws Failure, IOException {
        String answer = context.daemon().get("tokens");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("NAME", "ID", "ROLE", "GRAPH", "CREATED", "BY", "EXPIRES");
        for (Map<String, Object> token : JsonText.objects(JsonText.object(answer), "tokens")) {
            String expires = JsonText.text(token, "expires");
            table.row(
                    JsonText.text(token, "name"),
                    JsonText.text(token, "id"),
                    JsonText.text(token, "role"),
                    JsonText.text(token, "graph").isEmpty() ? "all" : JsonText.text(token, "graph"),
                    second(JsonText.text(token, "created")),
                    JsonText.text(token, "createdBy"),
                    expires.isEmpty()
                            ? "never"
                            : JsonText.flag(token, "expired") ? "expired " + second(expires) : second(expires));
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static String second(String time) {
        int dot = time.indexOf('.');
        return dot < 0 ? time : time.substring(0, dot) + "Z";
    }

    private static ExitCode revoke(ParseResult parsed, Context context) throws Failure, IOException {
        for (String name : Common.parameters(parsed, 0)) {
            String answer = context.daemon().delete("tokens/" + ApiClient.encode(name));
            context.out().println(context.json() ? answer : "revoked " + Table.printable(name));
        }
        return ExitCode.OK;
    }
}
