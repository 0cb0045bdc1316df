package io.stratoswarm.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Transforms for people. */
final class TransformText {
    /** Behind the first stage from which it does not go back. */
    static final String COMMIT = " (commit point: from here on it only goes forward)";

    private static final List<String> COUNTS =
            List.of("read", "filtered", "refused", "delivered", "inFlight", "dropped", "lostBytes");

    private TransformText() {}

    static void plan(Map<String, Object> plan, Context context) {
        context.out()
                .println(Table.printable(JsonText.text(plan, "kind") + " of graph " + JsonText.text(plan, "graph")
                        + " at generation " + JsonText.text(plan, "generation")));
        List<String> stages = JsonText.texts(plan, "stages");
        Table table = new Table("STAGE", "WHAT");
        for (int i = 0; i < stages.size(); i++) {
            table.row(String.valueOf(i + 1), stage(plan, stages, i));
        }
        table.print(context);
        for (String what : List.of("starts", "drains")) {
            List<String> agents = JsonText.texts(plan, what);
            if (!agents.isEmpty()) {
                context.out().println(Table.printable("  " + what + " " + String.join(", ", agents)));
            }
        }
        JsonText.texts(plan, "effect").forEach(line -> context.out().println(Table.printable("  expected: " + line)));
    }

    private static String stage(Map<String, Object> plan, List<String> stages, int index) {
        return stages.get(index) + (index == JsonText.number(plan, "commit") ? COMMIT : "");
    }

    static void show(Map<String, Object> transform, Context context) {
        Map<String, Object> plan = JsonText.child(transform, "plan");
        context.out()
                .println(Table.printable(
                        JsonText.text(plan, "kind") + " of graph " + JsonText.text(plan, "graph") + " at generation "
                                + JsonText.text(plan, "generation") + ", begun "
                                + Times.shortened(JsonText.text(transform, "begin")) + " by "
                                + JsonText.text(transform, "actor")));
        List<String> stages = JsonText.texts(plan, "stages");
        Table table = new Table("STAGE", "STATE", "WHAT");
        table.painted(1, mark -> painted(context.terminal(), mark));
        for (int i = 0; i < stages.size(); i++) {
            table.row(String.valueOf(i + 1), mark(transform, i), stage(plan, stages, i));
        }
        table.print(context);
        accounts(transform, context);
        Map<String, Object> placement = JsonText.child(transform, "placement");
        if (!placement.isEmpty()) {
            context.out()
                    .println(Table.printable("places: " + JsonText.text(placement, "outcome") + proposal(placement)));
        }
        context.out().println(Table.printable(sentence(transform)));
    }

    private static String mark(Map<String, Object> transform, int index) {
        int at = Integer.compare(index, (int) JsonText.number(transform, "stage"));
        return switch (JsonText.text(transform, "state")) {
            case "running" -> at < 0 ? "done" : at == 0 ? "now" : "-";
            case "going-back" -> at < 0 ? "goes back" : at == 0 ? "turned" : "-";
            case "rolled-back" -> at < 0 ? "undone" : at == 0 ? "turned" : "-";
            default -> "done";
        };
    }

    /** How it is, in one line. */
    static String sentence(Map<String, Object> transform) {
        String reason = JsonText.text(transform, "reason");
        String end = JsonText.text(transform, "end");
        String how = switch (JsonText.text(transform, "state")) {
            case "running" -> "is running";
            case "going-back" -> "is going back";
            case "done", "done-with-loss" -> "is done";
            case "rolled-back" -> "was rolled back";
            default -> "is " + JsonText.text(transform, "state");
        };
        return "transform " + JsonText.text(transform, "number") + " " + how
                + (end.isEmpty() ? "" : " after " + took(JsonText.text(transform, "begin"), end))
                + (JsonText.text(transform, "state").equals("done-with-loss") ? ", but with loss" : "")
                + (reason.isEmpty() ? "" : ": " + reason);
    }

    private static String took(String begin, String end) {
        Duration took = Duration.between(Instant.parse(begin), Instant.parse(end));
        return took.toMinutes() < 10
                ? String.format(Locale.ROOT, "%.2f s", took.toMillis() / 1_000.0)
                : took.toMinutes() + " min";
    }

    /** The account of each flow that was touched. Exact, whatever its length: it is there to be compared. */
    static void accounts(Map<String, Object> transform, Context context) {
        List<Map<String, Object>> flows = JsonText.objects(transform, "flows");
        if (flows.isEmpty()) {
            return;
        }
        Table table =
                new Table("FLOW", "READ", "FILTERED", "REFUSED", "DELIVERED", "IN FLIGHT", "DROPPED", "LOST BYTES");
        Map<String, String> unbalanced = new TreeMap<>();
        for (Map<String, Object> flow : flows) {
            String[] cells = new String[COUNTS.size() + 1];
            cells[0] = JsonText.text(flow, "flow");
            for (int i = 0; i < COUNTS.size(); i++) {
                cells[i + 1] = cell(flow, COUNTS.get(i));
            }
            table.row(cells);
            for (String when : List.of("before", "after")) {
                Map<String, Object> ledger = JsonText.child(flow, when);
                if (!ledger.isEmpty() && !JsonText.flag(ledger, "balanced")) {
                    unbalanced.put(cells[0], when);
                }
            }
        }
        table.print(context);
        unbalanced.forEach((flow, when) -> context.out()
                .println(Table.printable(flow) + ": its ledger did not balance " + when
                        + ", which is a defect; please report it with 'transform show --json'"));
    }

    static String proposal(Map<String, Object> review) {
        String number = JsonText.text(review, "proposal");
        return number.isEmpty() ? "" : "; proposal " + number + " ('stratoswarm transform proposal " + number + "')";
    }

    /** What was and what is; a dash where there is no account, and one number where both are the same. */
    private static String cell(Map<String, Object> flow, String count) {
        String before = number(JsonText.child(flow, "before"), count);
        String after = number(JsonText.child(flow, "after"), count);
        return before.equals(after) ? before : before + " -> " + after;
    }

    private static String number(Map<String, Object> ledger, String count) {
        return ledger.isEmpty() ? "-" : String.valueOf(JsonText.number(ledger, count));
    }

    static void list(List<Map<String, Object>> transforms, Context context) {
        Table table = new Table("NUMBER", "GRAPH", "KIND", "STATE", "STAGE", "BEGUN", "TOOK", "ACTOR", "REASON");
        table.painted(3, state -> painted(context.terminal(), state));
        for (Map<String, Object> transform : transforms) {
            Map<String, Object> plan = JsonText.child(transform, "plan");
            int stages = JsonText.texts(plan, "stages").size();
            String begin = JsonText.text(transform, "begin");
            String end = JsonText.text(transform, "end");
            table.row(
                    JsonText.text(transform, "number"),
                    JsonText.text(plan, "graph"),
                    JsonText.text(plan, "kind"),
                    JsonText.text(transform, "state"),
                    Math.min(JsonText.number(transform, "stage") + 1, stages) + "/" + stages,
                    Times.since(begin, context.clock()) + " ago",
                    end.isEmpty() ? "-" : took(begin, end),
                    JsonText.text(transform, "actor"),
                    JsonText.text(transform, "reason"));
        }
        table.print(context);
    }

    private static String painted(Terminal terminal, String word) {
        return switch (word) {
            case "done" -> terminal.green(word);
            case "rolled-back", "done-with-loss" -> terminal.red(word);
            case "-" -> word;
            default -> terminal.yellow(word);
        };
    }
}
