package io.stratoswarm.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code daemon}: listed here, run by the script, since the daemon's Java machine has other options. */
final class DaemonCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Runs the daemon in the foreground until it is told to stop. Agents keep running when it ends.",
                "stratoswarm daemon --data /srv/stratoswarm");
        return spec.addOption(Common.option("DIR", "configuration folder", "--config"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure {
        throw new Failure(
                ExitCode.USAGE, "write 'stratoswarm daemon --data DIR': the word 'daemon' must be the first one");
    }
}
