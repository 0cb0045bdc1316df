package io.stratoswarm.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Captures for people. */
final class CaptureText {
    private static final int MOST_DIFFERENCES = 40;

    private CaptureText() {}

    static String bytes(long bytes) {
        return bytes < 10_240 ? bytes + " B" : bytes < 10L << 20 ? bytes / 1024 + " KiB" : bytes / (1 << 20) + " MiB";
    }

    static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
    }

    static void list(List<Map<String, Object>> captures, Context context) {
        Table table = new Table("CAPTURE", "AGE", "AGENTS", "MEMORY", "STORED", "STOPPED", "STATE", "REASON");
        for (Map<String, Object> capture : captures) {
            List<Map<String, Object>> agents = JsonText.objects(capture, "agents");
            long longest = agents.stream()
                    .mapToLong(it -> JsonText.number(it, "stoppedMicros"))
                    .max()
                    .orElse(0);
            table.row(
                    JsonText.text(capture, "number"),
                    Times.since(JsonText.text(capture, "time"), context.clock()),
                    String.valueOf(agents.size()),
                    bytes(JsonText.number(capture, "bytes")),
                    bytes(JsonText.number(capture, "storedBytes")),
                    millis(longest),
                    JsonText.flag(capture, "partial") ? "partial" : "whole",
                    JsonText.text(capture, "reason"));
        }
        table.print(context);
    }

    static void show(Map<String, Object> capture, Context context) {
        boolean consistent = JsonText.flag(capture, "consistent");
        line(
                context,
                "capture " + JsonText.text(capture, "number") + " of " + Times.shortened(JsonText.text(capture, "time"))
                        + " by " + JsonText.text(capture, "actor") + ": " + JsonText.text(capture, "reason"));
        Map<String, Object> checkpoint = JsonText.child(capture, "checkpoint");
        line(
                context,
                "  root       " + JsonText.text(capture, "root") + " over " + JsonText.text(capture, "parts")
                        + " parts");
        line(context, "  event      " + (capture.containsKey("event") ? JsonText.text(capture, "event") : "none"));
        line(
                context,
                "  checkpoint " + JsonText.text(checkpoint, "size") + " events, root "
                        + JsonText.text(checkpoint, "rootHash"));
        line(
                context,
                "  stored     " + bytes(JsonText.number(capture, "storedBytes")) + " for "
                        + JsonText.number(capture, "pages") + " pages, " + JsonText.number(capture, "changedPages")
                        + " of them new or changed, in " + millis(JsonText.number(capture, "wallMicros")));
        line(
                context,
                consistent
                        ? "  moment     all agents stood still together"
                        : "  moment     agents stood still one after another, within "
                                + millis(JsonText.number(capture, "spreadMicros")));
        List<Map<String, Object>> agents = JsonText.objects(capture, "agents");
        if (agents.isEmpty()) {
            return;
        }
        Table table = new Table("AGENT", "PROCESSES", "THREADS", "MEMORY", "STOPPED");
        agents.forEach(agent -> table.row(
                JsonText.text(agent, "id"),
                String.join(" ", JsonText.texts(agent, "pids")),
                JsonText.text(agent, "threads"),
                bytes(JsonText.number(agent, "bytes")),
                millis(JsonText.number(agent, "stoppedMicros"))));
        table.print(context);
        agents.forEach(agent -> JsonText.texts(agent, "problems")
                .forEach(problem -> line(context, "partial: " + JsonText.text(agent, "id") + ": " + problem)));
    }

    static void parts(List<Map<String, Object>> parts, Context context) {
        Table table = new Table("INDEX", "PART", "TYPE", "LEAF HASH");
        parts.forEach(part -> table.row(
                JsonText.text(part, "index"),
                JsonText.text(part, "name"),
                JsonText.text(part, "mediaType"),
                JsonText.text(part, "leafHash")));
        table.print(context);
    }

    static void diff(Map<String, Object> diff, Context context) {
        List<Map<String, Object>> differences = JsonText.objects(diff, "differences");
        long pages = differences.stream()
                .mapToLong(it -> JsonText.number(it, "pages"))
                .sum();
        Table table = new Table("CHANGE", "PAGES", "PART");
        int shown = 0;
        for (Map<String, Object> each : differences) {
            boolean memory = JsonText.text(each, "name").contains("/memory/");
            if (!memory || shown++ < MOST_DIFFERENCES) {
                table.row(
                        JsonText.text(each, "change"),
                        memory ? JsonText.text(each, "pages") : "",
                        JsonText.text(each, "name"));
            }
        }
        table.print(context);
        if (shown > MOST_DIFFERENCES) {
            line(context, "and " + (shown - MOST_DIFFERENCES) + " further parts of memory; --json has them all");
        }
        line(
                context,
                JsonText.text(diff, "same") + " parts are the same, " + differences.size() + " differ, " + pages
                        + " pages of memory among them");
    }

    static void verification(Map<String, Object> verification, Context context) {
        JsonText.texts(verification, "problems").forEach(problem -> line(context, "wrong: " + problem));
        line(
                context,
                "capture " + JsonText.text(verification, "number") + ": "
                        + (JsonText.flag(verification, "good") ? "all holds: " : "NOT as it was captured: ")
                        + JsonText.text(verification, "parts") + " parts, " + JsonText.text(verification, "pages")
                        + " stored pages, root " + JsonText.text(verification, "root"));
    }

    static void line(Context context, String text) {
        context.out().println(Table.printable(text));
    }
}
