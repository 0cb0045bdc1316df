package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Changes of state, in words for people. */
final class StateText {
    private static final int LONGEST = 100;

    private StateText() {}

    /** {@code agents[shop/web].phase: READY -> BACKOFF}. */
    static String change(Map<String, Object> change) throws IOException {
        String path = JsonText.text(change, "path");
        if (!change.containsKey("before")) {
            return "+ " + path + ": " + value(change.get("after"));
        }
        if (!change.containsKey("after")) {
            return "- " + path + ": " + value(change.get("before"));
        }
        return path + ": " + value(change.get("before")) + " -> " + value(change.get("after"));
    }

    private static String value(@org.jspecify.annotations.Nullable Object value) throws IOException {
        String text = value instanceof String string ? string : JsonText.write(value);
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    /** Differences between two moments; where there are none it says so. */
    static void differences(List<Map<String, Object>> differences, Context context) throws IOException {
        if (differences.isEmpty()) {
            context.out().println("nothing differs");
        }
        for (Map<String, Object> difference : differences) {
            String what = JsonText.text(difference, "what");
            String line = JsonText.text(difference, "kind") + " " + JsonText.text(difference, "id") + " " + what;
            String painted = switch (what) {
                case "added", "started" -> context.terminal().green(Table.printable(line));
                case "removed", "stopped" -> context.terminal().red(Table.printable(line));
                default -> context.terminal().yellow(Table.printable(line));
            };
            context.out().println(painted);
            for (Map<String, Object> change : JsonText.objects(difference, "changes")) {
                context.out().println(Table.printable("    " + change(change)));
            }
        }
    }
}
