package io.stratoswarm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** How a transform is done: options that all kinds have. */
final class TransformOptions {
    private static final long MOST_MILLIS = 86_400_000;

    private TransformOptions() {}

    static CommandSpec add(CommandSpec spec) {
        return spec.addOption(Common.option(
                        "PERCENT,...",
                        "shares of the records, rising, that what is new gets one after the other before it gets all",
                        "--steps"))
                .addOption(Common.option("TIME", "how long each step is watched, 2s if not given", "--hold"))
                .addOption(Common.option("TIME", "how long what is new may take to be ready, 60s", "--ready"))
                .addOption(Common.option("TIME", "how long what is old may take to drain, 30s", "--grace"))
                .addOption(Common.flag("only tell what would be done", "--plan"))
                .addOption(Common.flag("do not ask", "-y", "--yes"))
                .addOption(Common.flag("do not wait for its end", "--detach"));
    }

    /** Those that were given, as the API takes them. */
    static Map<String, Object> of(ParseResult parsed) throws Failure {
        Map<String, Object> options = new LinkedHashMap<>();
        if (Common.has(parsed, "--steps")) {
            options.put("steps", steps(Common.text(parsed, "--steps", "")));
        }
        for (String option : List.of("--hold", "--ready", "--grace")) {
            if (Common.has(parsed, option)) {
                long millis = Moments.millis(Common.text(parsed, option, ""), option);
                if (millis > MOST_MILLIS) {
                    throw new Failure(ExitCode.USAGE, option + " must be a day at most");
                }
                options.put(option.substring(2) + "Millis", millis);
            }
        }
        if (Common.has(parsed, "--plan") && Common.has(parsed, "--detach")) {
            throw new Failure(ExitCode.USAGE, "--plan and --detach exclude each other");
        }
        return options;
    }

    private static List<Integer> steps(String text) throws Failure {
        List<Integer> steps = new ArrayList<>();
        int last = 0;
        for (String step : text.split(",", -1)) {
            int percent = step.strip().matches("[0-9]{1,3}") ? Integer.parseInt(step.strip()) : 0;
            if (percent <= last || percent > 100) {
                throw new Failure(
                        ExitCode.USAGE,
                        "--steps takes percents from 1 to 100, each larger than the one before, such as 10,50; not '"
                                + text + "'");
            }
            last = percent;
            steps.add(percent);
        }
        return steps;
    }
}
