package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code status}. */
final class StatusCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Tells how the daemon is: version, folders, journal, and how many agents are in which phase.",
                "stratoswarm status --data /srv/stratoswarm");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String answer = context.daemon().get("status");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> status = JsonText.object(answer);
        line(context, "version", JsonText.text(status, "version"));
        line(context, "pid", JsonText.text(status, "pid"));
        line(context, "up", Times.since(JsonText.text(status, "started"), context.clock()));
        line(context, "data", JsonText.text(status, "data"));
        line(context, "home", JsonText.text(status, "home"));
        Map<String, Object> journal = JsonText.child(status, "journal");
        line(
                context,
                "journal",
                journal.isEmpty()
                        ? ""
                        : JsonText.number(journal, "size") + " events, id " + JsonText.text(journal, "id"));
        line(context, "graphs", JsonText.text(status, "graphs"));
        Map<String, Object> agents = JsonText.child(status, "agents");
        String phases = counts(JsonText.child(agents, "byPhase"));
        line(context, "agents", JsonText.text(agents, "total") + (phases.isEmpty() ? "" : ": " + phases));
        line(context, "bundles", counts(JsonText.child(status, "plugins")));
        for (Map<String, Object> listener : JsonText.objects(status, "listeners")) {
            String problem = JsonText.text(listener, "problem");
            String url = JsonText.text(listener, "url");
            line(context, url.isEmpty() ? "closed" : "page", url + (problem.isEmpty() ? "" : " (" + problem + ")"));
        }
        List<String> missing = JsonText.texts(status, "missing");
        if (!missing.isEmpty()) {
            context.out()
                    .println(context.terminal()
                            .red("missing   " + String.join(", ", missing) + " (see 'stratoswarm plugins')"));
        }
        return missing.isEmpty() ? ExitCode.OK : ExitCode.UNAVAILABLE;
    }

    private static void line(Context context, String name, String value) {
        if (!value.isBlank()) {
            context.out().println(name + " ".repeat(10 - name.length()) + Table.printable(value));
        }
    }

    private static String counts(Map<String, Object> counts) {
        List<String> parts = new ArrayList<>();
        counts.forEach((name, count) -> parts.add(count + " " + name));
        return String.join(", ", parts);
    }
}
