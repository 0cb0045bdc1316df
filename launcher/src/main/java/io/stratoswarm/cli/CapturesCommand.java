package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code captures}. */
final class CapturesCommand implements Command {
    private static final long MOST = 1_000;

    @Override
    public CommandSpec spec() {
        return Common.spec("Lists captures that are kept, newest first.", "stratoswarm captures")
                .addOption(Common.number("N", "at most so many; 20 if not given", "--limit", "-n"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        long limit = Common.count(parsed, "--limit", 20, MOST);
        if (limit == 0) {
            throw new Failure(ExitCode.USAGE, "--limit must be 1 to " + MOST + ", not 0");
        }
        String answer = context.daemon().get("captures?limit=" + limit);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> captures = JsonText.objects(JsonText.object(answer), "captures");
        CaptureText.list(captures, context);
        if (captures.isEmpty()) {
            context.err().println("there are none; 'stratoswarm capture --help' tells how to take one");
        }
        return ExitCode.OK;
    }
}
