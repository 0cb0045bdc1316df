package io.stratoswarm.cli;

import io.stratoswarm.demo.Demo;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code demo}: runs with a daemon of its own on a temporary folder. */
final class DemoCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Runs a graph that observes this host, kills an agent and the daemon with SIGKILL, and shows what held. Uses a "
                        + "temporary folder (below TMPDIR), which is removed at the end or on Ctrl-C.",
                "stratoswarm demo");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure {
        String home = System.getProperty("stratoswarm.home", "");
        if (home.isEmpty()) {
            throw new Failure(ExitCode.FAILED, "the demo needs the stratoswarm script to be started by");
        }
        return Demo.run(Path.of(home), System.out) == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
