package io.stratoswarm.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code heal} shows. */
final class HealText {
    private HealText() {}

    static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/");
    }

    static String share(Map<String, Object> of, String key) {
        return of.get(key) instanceof Number number ? String.format(Locale.ROOT, "%.2f", number.doubleValue()) : "-";
    }

    static ExitCode status(Context context) throws Failure, IOException {
        String answer = context.daemon().get("healing");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> status = JsonText.object(answer);
        String paused = JsonText.text(status, "paused");
        context.out()
                .println("mode      " + JsonText.text(status, "mode")
                        + (paused.isEmpty() ? "" : ", paused: " + Table.printable(paused)));
        context.out().println("open      " + JsonText.text(status, "open"));
        if (status.get("withheld") instanceof Map<?, ?> withheld && !withheld.isEmpty()) {
            context.out()
                    .println("withheld  "
                            + Table.printable(String.join(
                                    ", ",
                                    new TreeMap<>(withheld)
                                            .entrySet().stream()
                                                    .map(each -> each.getKey() + " " + each.getValue())
                                                    .toList())));
        }
        context.out().println("");
        table(context, JsonText.objects(JsonText.object(context.daemon().get("healing/cases?limit=10")), "cases"));
        return ExitCode.OK;
    }

    static ExitCode cases(Context context, String agent, String lines) throws Failure, IOException {
        String path = "healing/cases?limit=" + coded(lines) + (agent.isEmpty() ? "" : "&agent=" + coded(agent));
        String answer = context.daemon().get(path);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        table(context, JsonText.objects(JsonText.object(answer), "cases"));
        return ExitCode.OK;
    }

    private static void table(Context context, List<Map<String, Object>> cases) {
        if (cases.isEmpty()) {
            context.out().println("Nothing has failed.");
            return;
        }
        Table table = new Table("CASE", "AGO", "AGENT", "CLASS", "SURE", "ACT", "STATE", "REWARD", "WHY");
        for (Map<String, Object> each : cases) {
            table.row(
                    JsonText.text(each, "case"),
                    Times.since(JsonText.text(each, "time"), context.clock()),
                    JsonText.text(each, "agent"),
                    JsonText.text(each, "name"),
                    share(each, "confidence"),
                    JsonText.text(each, "act"),
                    JsonText.text(each, "state"),
                    share(each, "reward"),
                    JsonText.text(each, "why"));
        }
        table.print(context);
    }

    static ExitCode why(Context context, String number) throws Failure, IOException {
        String answer = context.daemon().get("healing/cases/" + coded(number));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> found = JsonText.object(answer);
        context.out()
                .println(Table.printable("case " + JsonText.text(found, "case") + ": " + JsonText.text(found, "agent")
                        + ", " + JsonText.text(found, "time")));
        context.out()
                .println(Table.printable("class     " + JsonText.text(found, "name")
                        + (JsonText.text(found, "name").equals(JsonText.text(found, "class"))
                                ? ""
                                : " (" + JsonText.text(found, "class") + ")")
                        + ", " + share(found, "confidence") + " sure"
                        + (JsonText.flag(found, "known") ? "" : "; it is far from all that was known")));
        context.out().println(Table.printable("stood out " + String.join(", ", JsonText.texts(found, "drivers"))));
        context.out()
                .println(Table.printable("act       " + JsonText.text(found, "act") + " ("
                        + JsonText.text(found, "state") + "): " + JsonText.text(found, "why")));
        context.out().println("reward    " + share(found, "reward"));
        context.out().println("");
        Table events = new Table("EVENT", "TIME", "TYPE", "WHAT");
        for (Map<String, Object> event : JsonText.objects(found, "events")) {
            events.row(
                    JsonText.text(event, "sequence"),
                    JsonText.text(event, "time"),
                    JsonText.text(event, "type"),
                    words(event));
        }
        events.print(context);
        context.out().println("");
        context.out().println("What led to it: stratoswarm debug-failure '#" + JsonText.text(found, "case") + "'");
        return ExitCode.OK;
    }

    private static String words(Map<String, Object> event) {
        if (!(event.get("payload") instanceof Map<?, ?> payload)) {
            return "";
        }
        for (String key : List.of("reasoning", "why", "outcome", "act", "class")) {
            if (payload.get(key) instanceof String text && !text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    static ExitCode strategies(Context context, String label) throws Failure, IOException {
        String answer = context.daemon().get("healing/strategies");
        List<Map<String, Object>> all = JsonText.objects(JsonText.object(answer), "strategies").stream()
                .filter(each -> label.isEmpty()
                        || JsonText.text(each, "class").equals(label)
                        || JsonText.text(each, "name").equals(label))
                .toList();
        if (all.isEmpty()) {
            throw new Failure(
                    ExitCode.NOT_FOUND,
                    "there is no class '" + label + "'; 'stratoswarm heal strategies' lists those there are");
        }
        List<Map<String, Object>> scripts = HealScripts.of(context, label);
        List<Map<String, Object>> clones = HealClones.newest(
                context, all.stream().map(each -> JsonText.text(each, "class")).collect(Collectors.toSet()));
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("strategies", all, "scripts", scripts, "clones", clones)));
            return ExitCode.OK;
        }
        Table table = new Table("CLASS", "SEEN", "ACT", "ALLOWED", "TRIES", "REWARD", "EXPECTED", "WHAT");
        for (Map<String, Object> each : all) {
            String name = JsonText.text(each, "name");
            String seen = JsonText.text(each, "seen");
            for (Map<String, Object> act : JsonText.objects(each, "acts")) {
                table.row(
                        name,
                        seen,
                        JsonText.text(act, "act"),
                        JsonText.flag(act, "on") ? "yes" : "no",
                        JsonText.text(act, "tries"),
                        share(act, "reward"),
                        share(act, "expected"),
                        JsonText.text(act, "what"));
                name = "";
                seen = "";
            }
        }
        table.print(context);
        HealScripts.table(context, scripts);
        HealClones.table(context, clones);
        return ExitCode.OK;
    }

    static ExitCode look(Context context, String agent) throws Failure, IOException {
        String answer = context.daemon().get("healing/look/" + coded(agent));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> look = JsonText.object(answer);
        context.out()
                .println(Table.printable("looks like " + JsonText.text(look, "name") + ", " + share(look, "confidence")
                        + " sure" + (JsonText.flag(look, "known") ? "" : "; it is far from all that is known")));
        Table measures = new Table("MEASURE", "VALUE");
        if (look.get("measures") instanceof Map<?, ?> all) {
            all.entrySet().stream()
                    .filter(each -> each.getValue() instanceof Number number && number.doubleValue() != 0)
                    .sorted(Comparator.comparingDouble(each -> -Math.abs(((Number) each.getValue()).doubleValue())))
                    .limit(25)
                    .forEach(each -> measures.row(
                            String.valueOf(each.getKey()),
                            String.format(Locale.ROOT, "%.2f", ((Number) each.getValue()).doubleValue())));
        }
        measures.print(context);
        return ExitCode.OK;
    }
}
