package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code upgrade}. */
final class UpgradeCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Restarts the daemon in place, under the same process id, on its own or on another distribution."
                                + " Agents keep running and are adopted.",
                        "stratoswarm upgrade --home /opt/stratoswarm-0.2")
                .addOption(Common.option("DIR", "the distribution to go on with", "--home"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String home = Common.text(parsed, "--home", "");
        Map<String, Object> body = new LinkedHashMap<>();
        if (!home.isEmpty()) {
            body.put("home", Path.of(home).toAbsolutePath().normalize().toString());
        }
        String answer = context.daemon().postJson("upgrade", body);
        context.out().println(context.json() ? answer : "the daemon restarts in place; agents keep running");
        return ExitCode.OK;
    }
}
