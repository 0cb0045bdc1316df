package io.stratoswarm.cli;

import io.stratoswarm.cli.GraphDrawing.Arrow;
import io.stratoswarm.cli.GraphDrawing.Box;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code audit query}: what happened, and what led to it. */
final class AuditQuery {
    private static final long MOST = 10_000;
    /** More boxes than that nobody can read. */
    private static final int MOST_BOXES = 200;

    private AuditQuery() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "query",
                Common.spec(
                                "Shows a trail: events that match, what led to them by recorded causes, the decisions among them with"
                                        + " their outcomes, and which rules were broken.",
                                "stratoswarm audit query --about shop/api --since 1h",
                                "stratoswarm audit query --cause 4711 --html trail.html")
                        .addOption(
                                Common.option("NAME", "an agent, with its replicas, or a graph", "--about", "--agent"))
                        .addOption(
                                Common.option("TYPE", "only this type; a * at the end stands for anything", "--type"))
                        .addOption(Common.number("SEQUENCE", "only what this event led to, and itself", "--cause"))
                        .addOption(Common.option(
                                "TEXT", "only what has this in type, subject, actor or payload", "--text"))
                        .addOption(Common.option("TIME", "not before: 2h, or 2026-01-31T12:00:00Z", "--since"))
                        .addOption(Common.option("TIME", "before: 10m, or 2026-01-31T12:00:00Z", "--until"))
                        .addOption(
                                Common.number("N", "at most so many, the latest; 1000 if not given", "--limit", "-n"))
                        .addOption(Common.option("FILE", "write one self-contained page", "--html"))
                        .addOption(Common.option("FILE", "draw the causes", "--svg")));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        StringBuilder query = new StringBuilder();
        for (String option : List.of("about", "type", "text")) {
            parameter(query, option, Common.text(parsed, "--" + option, ""));
        }
        parameter(query, "since", Moments.parse(Common.text(parsed, "--since", ""), context));
        parameter(query, "until", Moments.parse(Common.text(parsed, "--until", ""), context));
        if (Common.has(parsed, "--cause")) {
            parameter(query, "cause", String.valueOf(Common.number(parsed, "--cause", 0)));
        }
        long limit = Common.count(parsed, "--limit", 1_000, MOST);
        if (limit == 0) {
            throw new Failure(ExitCode.USAGE, "--limit must be 1 to " + MOST + ", not 0");
        }
        String answer = context.daemon().get("audit/trail?limit=" + limit + query);
        Map<String, Object> trail = JsonText.object(answer);
        String html = Common.text(parsed, "--html", "");
        String svg = Common.text(parsed, "--svg", "");
        String title = title(parsed);
        if (!html.isEmpty()) {
            write(html, TrailPage.of(title, trail, drawing(title, trail), context), context);
        }
        if (!svg.isEmpty()) {
            write(svg, SvgDrawing.of(drawing(title, trail)), context);
        }
        if (context.json()) {
            context.out().println(answer);
        } else if (html.isEmpty() && svg.isEmpty()) {
            show(trail, context);
        }
        return ExitCode.OK;
    }

    private static void parameter(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append('&').append(name).append('=').append(ApiClient.encode(value));
        }
    }

    private static String title(ParseResult parsed) {
        List<String> parts = new ArrayList<>();
        for (String option : List.of("--about", "--type", "--text", "--since", "--until")) {
            String value = Common.text(parsed, option, "");
            if (!value.isEmpty()) {
                parts.add(option.substring(2) + " " + value);
            }
        }
        if (Common.has(parsed, "--cause")) {
            parts.add("what event " + Common.number(parsed, "--cause", 0) + " led to");
        }
        return parts.isEmpty() ? "all events" : String.join(", ", parts);
    }

    private static void write(String file, String text, Context context) throws Failure {
        try {
            Files.writeString(Path.of(file), text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, file + " cannot be written: " + e);
        }
        context.err().println("wrote " + file);
    }

    private static void show(Map<String, Object> trail, Context context) throws IOException {
        Set<Long> caused = new HashSet<>();
        JsonText.objects(trail, "links").forEach(link -> caused.add(JsonText.number(link, "effect")));
        List<Map<String, Object>> led = JsonText.objects(trail, "led");
        if (!led.isEmpty()) {
            context.out().println("What led to it:");
            events(led, trail, context);
            context.out().println("");
        }
        events(JsonText.objects(trail, "events"), trail, context);
        if (JsonText.flag(trail, "more")) {
            context.err().println("there are earlier ones; --limit shows more, --until shows those before a time");
        }
        List<Map<String, Object>> decisions = JsonText.objects(trail, "decisions");
        if (!decisions.isEmpty()) {
            context.out().println("");
            Table table = new Table("DECISION", "WHAT", "ABOUT", "BY", "RULING", "OUTCOME", "WHY");
            for (Map<String, Object> each : decisions) {
                String outcome = JsonText.text(each, "outcome");
                table.row(
                        JsonText.text(each, "sequence"),
                        JsonText.text(each, "decisionType"),
                        JsonText.text(each, "agent"),
                        JsonText.text(each, "actor"),
                        JsonText.text(each, "ruling"),
                        outcome.isEmpty() ? "not known" : (JsonText.flag(each, "success") ? "" : "failed: ") + outcome,
                        JsonText.text(each, "reasoning"));
            }
            table.print(context);
        }
        List<Map<String, Object>> broken = JsonText.objects(trail, "broken");
        context.out().println("");
        if (broken.isEmpty()) {
            context.out().println("No rule was broken here.");
        } else {
            Table table = new Table("RULE BROKEN", "SEVERITY", "TIMES");
            broken.forEach(each -> table.row(
                    JsonText.text(each, "rule"), JsonText.text(each, "severity"), JsonText.text(each, "times")));
            table.print(context);
        }
        Map<String, Object> checkpoint = JsonText.child(trail, "checkpoint");
        context.out()
                .println("Out of " + JsonText.text(checkpoint, "size") + " events with the root "
                        + JsonText.text(checkpoint, "rootHash"));
        long first = JsonText.number(trail, "first");
        if (first > 0) {
            context.out()
                    .println("What was before event " + first
                            + " has been pruned and is not looked at; 'stratoswarm journal status' tells more.");
        }
    }

    private static void events(List<Map<String, Object>> events, Map<String, Object> trail, Context context)
            throws IOException {
        Table table = new Table("EVENT", "TIME", "TYPE", "SUBJECT", "BY", "CAUSES", "WHAT");
        for (Map<String, Object> event : events) {
            table.row(
                    JsonText.text(event, "sequence"),
                    Times.shortened(JsonText.text(event, "time")),
                    JsonText.text(event, "type"),
                    JsonText.text(event, "subject"),
                    JsonText.text(event, "actor"),
                    causes(JsonText.number(event, "sequence"), trail),
                    EventText.of(event));
        }
        table.print(context);
    }

    static String causes(long sequence, Map<String, Object> trail) {
        return String.join(
                " ",
                JsonText.objects(trail, "links").stream()
                        .filter(link -> JsonText.number(link, "effect") == sequence)
                        .map(link -> JsonText.text(link, "cause"))
                        .toList());
    }

    /** The events that have a cause or are one; the latest where there are too many. */
    private static GraphDrawing drawing(String title, Map<String, Object> trail) {
        Set<String> linked = new HashSet<>();
        for (Map<String, Object> link : JsonText.objects(trail, "links")) {
            linked.add(JsonText.text(link, "cause"));
            linked.add(JsonText.text(link, "effect"));
        }
        List<Map<String, Object>> events = new ArrayList<>(JsonText.objects(trail, "led"));
        events.addAll(JsonText.objects(trail, "events"));
        events.removeIf(event -> !linked.contains(JsonText.text(event, "sequence")));
        List<Map<String, Object>> shown = events.subList(Math.max(0, events.size() - MOST_BOXES), events.size());
        Set<String> ids = new HashSet<>();
        List<Box> boxes = new ArrayList<>();
        for (Map<String, Object> event : shown) {
            String id = JsonText.text(event, "sequence");
            String type = JsonText.text(event, "type");
            ids.add(id);
            boxes.add(new Box(
                    id,
                    type.startsWith("Decision") ? "script" : "process",
                    id + " " + type + " " + JsonText.text(event, "subject")));
        }
        List<Arrow> arrows = new ArrayList<>();
        for (Map<String, Object> link : JsonText.objects(trail, "links")) {
            String cause = JsonText.text(link, "cause");
            String effect = JsonText.text(link, "effect");
            if (ids.contains(cause) && ids.contains(effect)) {
                arrows.add(new Arrow(cause, effect, true, ""));
            }
        }
        return new GraphDrawing("of causes: " + title, boxes, arrows);
    }
}
