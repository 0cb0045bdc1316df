package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code open}. */
final class OpenCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Prints a link that logs a browser in once, within five minutes, without a token.",
                        "stratoswarm open",
                        "xdg-open \"$(stratoswarm open --role viewer)\"")
                .addOption(Common.option(
                        "ROLE", "what the session may: viewer, operator or admin; else what you may", "--role"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        String role = Common.text(parsed, "--role", "");
        if (!role.isEmpty()) {
            body.put("role", role);
        }
        String answer = context.daemon().postJson("session/code", body);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<String> urls = JsonText.texts(JsonText.object(answer), "urls");
        context.out().println(Table.printable(urls.isEmpty() ? "" : urls.getFirst()));
        return ExitCode.OK;
    }
}
