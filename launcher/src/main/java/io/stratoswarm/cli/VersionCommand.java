package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code version}: of the command line; {@code status} tells that of the daemon. */
final class VersionCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Prints the version of the command line; 'status' tells that of the daemon.", "stratoswarm version");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String home = System.getProperty("stratoswarm.home", "");
        if (home.isEmpty()) {
            throw new Failure(
                    ExitCode.FAILED, "the version is not known: the stratoswarm script was not used to start this");
        }
        String version = Files.readString(Path.of(home, "VERSION")).strip();
        context.out().println(context.json() ? JsonText.write(Map.of("version", version)) : "stratoswarm " + version);
        return ExitCode.OK;
    }
}
