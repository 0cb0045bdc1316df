package io.stratoswarm.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows what is wrong with a manifest the way compilers do, and failures as JSON. */
final class Problems {
    private Problems() {}

    /** The errors and warnings that came with a failure, if any. */
    static void print(Map<String, Object> problem, PrintStream err) {
        print(JsonText.objects(problem, "errors"), "error", err);
        print(JsonText.objects(problem, "warnings"), "warning", err);
    }

    static void print(List<Map<String, Object>> problems, String severity, PrintStream err) {
        for (Map<String, Object> problem : problems) {
            err.print(render(
                    JsonText.text(problem, "file"),
                    JsonText.number(problem, "line"),
                    JsonText.number(problem, "column"),
                    severity,
                    JsonText.text(problem, "message"),
                    JsonText.text(problem, "excerpt")));
        }
    }

    static String render(String file, long line, long column, String severity, String message, String excerpt) {
        String place = line > 0 ? file + ":" + line + ":" + column : file;
        StringBuilder text = new StringBuilder();
        text.append(Table.printable(place + ": " + severity + ": " + message)).append('\n');
        if (!excerpt.isBlank()) {
            text.append("    ").append(Table.printable(excerpt)).append('\n');
            if (column > 0 && column <= excerpt.length() + 1) {
                text.append("    ").repeat(' ', (int) column - 1).append("^\n");
            }
        }
        return text.toString();
    }

    static String json(Failure failure) {
        Map<String, Object> object = new LinkedHashMap<>(failure.problem());
        if (object.isEmpty()) {
            object.put("kind", failure.exit().name());
            object.put("detail", String.valueOf(failure.getMessage()));
        }
        object.put("exitCode", failure.exit().code());
        try {
            return JsonText.write(object);
        } catch (IOException e) {
            throw new IllegalStateException("a string writer does not fail", e);
        }
    }
}
