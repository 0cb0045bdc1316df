package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Scripts, their traces and examples for people. */
final class ScriptsText {
    private static final int LONGEST = 2_000;

    private ScriptsText() {}

    static void list(List<Map<String, Object>> scripts, Context context) {
        Terminal terminal = context.terminal();
        Table table = new Table("NAME", "KIND", "LANGUAGE", "STATE", "CALLS", "FAILED", "WHY");
        table.painted(3, state -> switch (state) {
            case "running" -> terminal.green(state);
            case "failed", "quarantined" -> terminal.red(state);
            default -> terminal.yellow(state);
        });
        for (Map<String, Object> script : scripts) {
            table.row(
                    JsonText.text(script, "name"),
                    orDash(JsonText.text(script, "kind")),
                    orDash(JsonText.text(script, "language")),
                    JsonText.text(script, "state"),
                    JsonText.text(script, "calls"),
                    JsonText.text(script, "failures"),
                    why(script));
        }
        table.print(context);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** The most useful of what is known. */
    private static String why(Map<String, Object> script) {
        String problem = JsonText.text(script, "problem");
        String reason = JsonText.text(script, "reason");
        if (!problem.isEmpty()) {
            return reason.isEmpty() || reason.equals(problem) ? problem : problem + " (" + reason + ")";
        }
        return reason.isEmpty() ? JsonText.text(script, "lastError") : reason;
    }

    static void show(Map<String, Object> script, Context context) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String key : List.of(
                "name",
                "kind",
                "language",
                "description",
                "file",
                "state",
                "reason",
                "problem",
                "sha256",
                "calls",
                "failures",
                "lastError",
                "lastErrorTime")) {
            String value = JsonText.text(script, key);
            if (!value.isEmpty()) {
                text.append(key)
                        .repeat(" ", Math.max(1, 14 - key.length()))
                        .append(Table.printable(value))
                        .append('\n');
            }
        }
        for (String key : List.of("settings", "limits")) {
            if (script.containsKey(key)) {
                text.append(key)
                        .repeat(" ", 14 - key.length())
                        .append(Table.printable(JsonText.write(script.get(key))))
                        .append('\n');
            }
        }
        text.append('\n');
        JsonText.text(script, "source")
                .lines()
                .forEach(line -> text.append(clean(line)).append('\n'));
        context.out().print(text.toString());
    }

    static void traces(List<Map<String, Object>> traces, Context context) throws IOException {
        for (Map<String, Object> trace : traces) {
            Map<String, Object> outcome = JsonText.child(trace, "outcome");
            Terminal terminal = context.terminal();
            String status = JsonText.text(outcome, "status");
            context.out()
                    .println(
                            JsonText.text(trace, "number") + "  " + Times.shortened(JsonText.text(trace, "time")) + "  "
                                    + JsonText.text(trace, "script") + "  "
                                    + (status.equals("ok") ? terminal.green(status) : terminal.red(status)) + "  "
                                    + millis(outcome) + "  " + Table.printable(JsonText.text(trace, "trigger")));
            context.out().println("    input   " + brief(trace.get("input")));
            rest(outcome, "    ", context);
        }
        if (traces.isEmpty()) {
            context.err().println("no calls yet");
        }
    }

    static void outcome(Map<String, Object> outcome, Context context) throws IOException {
        context.out().println(JsonText.text(outcome, "status") + " in " + millis(outcome));
        rest(outcome, "", context);
    }

    private static void rest(Map<String, Object> outcome, String indent, Context context) throws IOException {
        for (String line : JsonText.texts(outcome, "log")) {
            context.out().println(indent + "log     " + clean(line));
        }
        if (outcome.containsKey("output")) {
            context.out().println(indent + "output  " + brief(outcome.get("output")));
        }
        String error = JsonText.text(outcome, "error");
        if (!error.isEmpty()) {
            context.out().println(indent + "error   " + clean(error));
        }
        for (String frame : JsonText.texts(outcome, "stack")) {
            context.out().println(indent + "        at " + clean(frame));
        }
    }

    static void examples(String name, Map<String, Object> result, Context context) {
        for (String problem : JsonText.texts(result, "problems")) {
            context.err().println(Table.printable(problem));
        }
        List<Map<String, Object>> examples = JsonText.objects(result, "examples");
        for (Map<String, Object> example : examples) {
            boolean passed = JsonText.flag(example, "passed");
            Terminal terminal = context.terminal();
            context.out()
                    .println("example " + JsonText.text(example, "index") + ": "
                            + (passed
                                    ? terminal.green("passed")
                                    : terminal.red("failed") + ": " + clean(JsonText.text(example, "difference"))));
        }
        long failed = examples.stream()
                .filter(example -> !JsonText.flag(example, "passed"))
                .count();
        context.out()
                .println(name + ": "
                        + (JsonText.flag(result, "good")
                                ? "good, " + examples.size() + " examples"
                                : JsonText.texts(result, "problems").isEmpty()
                                        ? failed + " of " + examples.size() + " examples failed"
                                        : "not valid"));
    }

    private static String millis(Map<String, Object> outcome) {
        long micros = JsonText.number(outcome, "durationMicros");
        return micros < 10_000 ? micros + " us" : micros / 1_000 + " ms";
    }

    private static String brief(@org.jspecify.annotations.Nullable Object value) throws IOException {
        String text = value instanceof String plain ? plain : JsonText.write(value);
        return clean(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
    }

    private static String clean(String text) {
        return Table.printable(text);
    }
}
