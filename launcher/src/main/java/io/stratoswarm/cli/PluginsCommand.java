package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plugins}. */
final class PluginsCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Lists bundles: which are active, which files of the deploy folder were refused, and why.",
                "stratoswarm plugins");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().get("plugins");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Terminal terminal = context.terminal();
        Table table = new Table("NAME", "VERSION", "STATE", "FILE", "SHA256", "REASON");
        table.painted(2, state -> switch (state) {
            case "active" -> terminal.green(state);
            case "failed", "refused" -> terminal.red(state);
            default -> terminal.yellow(state);
        });
        for (Map<String, Object> plugin : JsonText.objects(JsonText.object(answer), "plugins")) {
            String hash = JsonText.text(plugin, "sha256");
            table.row(
                    orDash(JsonText.text(plugin, "symbolicName")),
                    orDash(JsonText.text(plugin, "version")),
                    JsonText.text(plugin, "state"),
                    orDash(JsonText.text(plugin, "file")),
                    orDash(hash.substring(0, Math.min(12, hash.length()))),
                    JsonText.text(plugin, "reason"));
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
