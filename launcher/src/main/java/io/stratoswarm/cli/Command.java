package io.stratoswarm.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command. It is made only when it is used or described. */
public interface Command {
    /** Its own options and parameters, description and example; name and common options are added by {@link Main}. */
    CommandSpec spec();

    /** Runs it and returns the exit status. */
    ExitCode run(ParseResult parsed, Context context) throws Exception;
}
