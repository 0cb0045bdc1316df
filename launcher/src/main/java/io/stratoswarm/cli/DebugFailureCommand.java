package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code debug-failure}. */
final class DebugFailureCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                        "Tells what may have made an agent fail: its recorded causes, what happened before, and what changed"
                                + " in metrics, ranked by impact, with the evidence. Says so where nothing explains it.",
                        "stratoswarm debug-failure shop/web",
                        "stratoswarm debug-failure -10m --window 5m --html why.html")
                .addPositional(Common.parameter(
                        0,
                        "1",
                        "AGENT|TIME",
                        "an agent, for its last failure; a time or #123, for the nearest before it"))
                .addOption(Common.option("LENGTH", "how far back, 60s if not given", "--window"))
                .addOption(Common.option("FILE", "write a page that needs nothing else", "--html"));
        spec.parser().unmatchedOptionsArePositionalParams(true);
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String target = target(Common.parameter(parsed, 0, ""), context);
        long window = Moments.millis(Common.text(parsed, "--window", "60s"), "--window");
        String path = "failures/diagnosis?target=" + ApiClient.encode(target) + "&window=" + window;
        String html = Common.text(parsed, "--html", "");
        if (!html.isEmpty()) {
            write(html, JsonText.text(JsonText.object(context.daemon().get(path + "&form=html")), "html"));
            return ExitCode.OK;
        }
        String answer = context.daemon().get(path);
        if (context.json()) {
            context.out().println(answer);
        } else {
            show(JsonText.object(answer), context);
        }
        return ExitCode.OK;
    }

    /** What looks like a moment is one; all else names an agent. */
    private static String target(String text, Context context) throws Failure {
        boolean moment =
                text.startsWith("#") || text.startsWith("-") || text.matches("\\d.*[smhdZ]") && !text.contains("/");
        return moment ? Moments.point(text, context) : text;
    }

    private static void write(String file, String page) throws Failure {
        try {
            Files.writeString(Path.of(file), page);
        } catch (IOException | InvalidPathException e) {
            throw new Failure(ExitCode.FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    private static void show(Map<String, Object> diagnosis, Context context) {
        Map<String, Object> failure = JsonText.child(diagnosis, "failure");
        print(
                JsonText.text(diagnosis, "agent") + " failed at " + Times.shortened(JsonText.text(failure, "time"))
                        + ", event " + JsonText.text(failure, "sequence") + " " + JsonText.text(failure, "type") + ": "
                        + JsonText.text(JsonText.child(failure, "payload"), "why"),
                context);
        double threshold = JsonText.fraction(diagnosis, "threshold");
        List<Map<String, Object>> factors = JsonText.objects(diagnosis, "factors");
        if (!JsonText.flag(diagnosis, "explained")) {
            print("nothing that was looked at explains it" + (factors.isEmpty() ? "" : "; what is weak:"), context);
        }
        int rank = 1;
        boolean weak = false;
        for (Map<String, Object> factor : factors) {
            double impact = JsonText.fraction(factor, "impact");
            if (impact < threshold && !weak && rank > 1) {
                print("below what is significant:", context);
            }
            weak |= impact < threshold;
            print(
                    String.format(
                            Locale.ROOT,
                            "%2d. %.2f %-8s %s",
                            rank++,
                            impact,
                            JsonText.text(factor, "basis"),
                            JsonText.text(factor, "what")),
                    context);
            print(
                    "      " + JsonText.text(factor, "category") + "; " + JsonText.text(factor, "subject") + ": "
                            + JsonText.text(factor, "relation") + "; since "
                            + Times.shortened(JsonText.text(factor, "since")),
                    context);
            JsonText.objects(factor, "evidence")
                    .forEach(item -> print("      " + JsonText.text(item, "text"), context));
        }
        JsonText.texts(diagnosis, "notes").forEach(note -> print("note: " + note, context));
    }

    private static void print(String line, Context context) {
        context.out().println(Table.printable(line));
    }
}
