package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code logs}. */
final class LogsCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Shows what agents printed: the last lines and, with -f, every further one.",
                "stratoswarm logs -f shop/web",
                "stratoswarm logs -n 1000 shop/web.2 | grep error",
                "stratoswarm logs --templates shop/web");
        return spec.addOption(Common.flag("go on with every further line, until Ctrl-C", "-f", "--follow"))
                .addOption(Common.number("N", "how many lines of each agent; 100 if not given", "-n", "--lines"))
                .addOption(Common.flag("show when each line came", "-t", "--timestamps"))
                .addOption(
                        Common.flag("show what lines have in common, and how many there were of each", "--templates"))
                .addPositional(Common.parameter(0, "1", "SELECTOR", "agent id, graph/node, or graph"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String selector = Common.parameter(parsed, 0, "");
        if (Common.has(parsed, "--templates")) {
            return templates(parsed, selector, context);
        }
        boolean follow = Common.has(parsed, "--follow");
        boolean times = Common.has(parsed, "--timestamps");
        String path = "logs?agent=" + ApiClient.encode(selector) + "&lines="
                + Common.count(parsed, "--lines", 100, 100_000) + "&follow=" + follow;
        context.daemon().lines(path, line -> {
            if (context.json()) {
                context.out().println(line);
            } else {
                Map<String, Object> entry = JsonText.object(line);
                Streams.failed(entry);
                String agent = JsonText.text(entry, "agent");
                StringBuilder shown = new StringBuilder();
                if (times) {
                    shown.append(Times.shortened(JsonText.text(entry, "time"))).append(' ');
                }
                // Only where a selector may name several agents is it worth the room to say which one it was.
                if (!agent.equals(selector)) {
                    shown.append(agent).append(" | ");
                }
                shown.append(JsonText.text(entry, "text"));
                context.out().println(context.terminal().width() > 0 ? Streams.harmless(shown) : shown.toString());
            }
            if (follow) {
                context.out().flush();
            }
        });
        return ExitCode.OK;
    }

    private static ExitCode templates(ParseResult parsed, String selector, Context context)
            throws Failure, IOException {
        for (String other : List.of("--follow", "--lines", "--timestamps")) {
            if (Common.has(parsed, other)) {
                throw new Failure(ExitCode.USAGE, "--templates does not go with " + other);
            }
        }
        String answer = context.daemon().get("logs/templates?agent=" + ApiClient.encode(selector));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("AGENT", "ID", "LINES", "LAST", "TEMPLATE");
        List<Map<String, Object>> all = JsonText.objects(JsonText.object(answer), "templates");
        for (Map<String, Object> template : all) {
            String last = JsonText.text(template, "last");
            table.row(
                    JsonText.text(template, "agent"),
                    JsonText.text(template, "id"),
                    JsonText.text(template, "lines"),
                    last.isEmpty() ? "-" : Times.since(last, context.clock()) + " ago",
                    JsonText.text(template, "text"));
        }
        table.print(context);
        if (all.isEmpty()) {
            context.err()
                    .println("no template was found yet; lines are looked at once a second after they are printed");
        }
        return ExitCode.OK;
    }
}
