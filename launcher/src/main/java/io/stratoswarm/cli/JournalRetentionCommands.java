package io.stratoswarm.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code journal status|prune}: how large the journal is, and dropping what is old. The daemon does it. */
final class JournalRetentionCommands {
    /** Whoever is behind by no more events than these follows well. */
    private static final long UP_TO_DATE = 10_000;

    private JournalRetentionCommands() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "status",
                Common.spec(
                        "Tells how large the journal is, what of it was pruned, what needs old events, and the legal holds. Asks the"
                                + " daemon.",
                        "stratoswarm journal status"));
        spec.addSubcommand(
                "prune",
                Common.spec(
                                "Drops old events, in whole segments and never the newest one. All hashes stay, so every proof can still"
                                        + " be made. Shows first what would go and what holds it back. Asks the daemon.",
                                "stratoswarm journal prune --keep-days 90 --dry-run",
                                "stratoswarm journal prune --before 2026-01-31T00:00:00Z --yes --reason 'older than we must keep'")
                        .addOption(Common.option(
                                "TIME", "events before this time: 90d, or 2026-01-31T12:00:00Z", "--before"))
                        .addOption(Common.number("N", "events older than so many days", "--keep-days"))
                        .addOption(Common.option("TEXT", "why; kept in the journal", "--reason"))
                        .addOption(Common.option(
                                "ID", "let go of the cursor of a reactor that is gone for good", "--forget-reactor"))
                        .addOption(Common.flag("only show what would be done", "-n", "--dry-run"))
                        .addOption(Common.flag("do not ask", "-y", "--yes")));
    }

    static ExitCode status(Context context) throws Failure, IOException {
        String answer = context.daemon().get("journal/status");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> status = JsonText.object(answer);
        long first = JsonText.number(status, "first");
        context.out()
                .println("events    " + first + " to " + (JsonText.number(status, "size") - 1) + ", in "
                        + segments(JsonText.number(status, "segments")) + ", "
                        + size(JsonText.number(status, "bytes")));
        context.out()
                .println("pruned    "
                        + (first == 0
                                ? "none"
                                : "those before " + first + "; their hashes and what is kept for good take "
                                        + size(JsonText.number(status, "keptBytes"))));
        String rule = JsonText.text(status, "rule");
        context.out()
                .println("rule      "
                        + (rule.isEmpty() ? "all is kept ('stratoswarm config get stratoswarm.journal')" : rule));
        String archive = JsonText.text(status, "archive");
        context.out().println("archive   " + (archive.isEmpty() ? "none" : archive));
        for (String file : JsonText.texts(status, "archives")) {
            context.out().println("          " + Table.printable(file));
        }
        for (Map<String, Object> hold : JsonText.objects(status, "holds")) {
            context.out().println("hold      " + Table.printable(AuditHolds.words(hold)));
        }
        List<Map<String, Object>> needs = JsonText.objects(status, "needs");
        long recent = JsonText.number(status, "size") - UP_TO_DATE;
        needs(
                context,
                "needs",
                needs.stream()
                        .filter(need -> !follows(need) || JsonText.number(need, "sequence") < recent)
                        .toList());
        long upToDate = needs.stream()
                .filter(need -> follows(need) && JsonText.number(need, "sequence") >= recent)
                .count();
        context.out().println("followers " + upToDate + " reactors and projections are up to date");
        String problem = JsonText.text(status, "problem");
        if (!problem.isEmpty()) {
            context.out().println("problem   " + Table.printable(problem));
        }
        return ExitCode.OK;
    }

    /** Whether it is one that goes on reading by itself. */
    private static boolean follows(Map<String, Object> need) {
        String by = JsonText.text(need, "by");
        return by.startsWith("reactor ") || by.startsWith("projection ");
    }

    private static void needs(Context context, String word, List<Map<String, Object>> needs) {
        for (Map<String, Object> need : needs) {
            context.out()
                    .println(String.format(
                            "%-9s %s: event %d and later, since %s",
                            word,
                            Table.printable(JsonText.text(need, "by")),
                            JsonText.number(need, "sequence"),
                            Table.printable(JsonText.text(need, "reason"))));
        }
    }

    private static String segments(long count) {
        return count == 1 ? "1 segment" : count + " segments";
    }

    static String size(long bytes) {
        return bytes < 10L << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }

    static ExitCode prune(ParseResult parsed, Context context) throws Failure, IOException {
        if (Common.has(parsed, "--forget-reactor")) {
            String id = Common.text(parsed, "--forget-reactor", "");
            String answer = context.daemon().delete("journal/reactors/" + ApiClient.encode(id));
            context.out().println(context.json() ? answer : "reactor " + id + " holds nothing back any more");
            return ExitCode.OK;
        }
        String before = before(parsed, context);
        Map<String, Object> plan = JsonText.object(context.daemon()
                .get("journal/prune" + (before.isEmpty() ? "" : "?before=" + ApiClient.encode(before))));
        boolean dry = Common.has(parsed, "--dry-run");
        if (!context.json()) {
            show(plan, context);
        } else if (dry) {
            context.out().println(JsonText.write(plan));
        }
        boolean nothing = JsonText.number(plan, "segments") == 0;
        if (dry || nothing && !context.json()) {
            return ExitCode.OK;
        }
        if (!nothing && !Common.has(parsed, "--yes")) {
            confirm(context);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        if (!before.isEmpty()) {
            body.put("before", before);
        }
        body.put("reason", Common.text(parsed, "--reason", ""));
        String answer = context.daemon().postJson("journal/prune", body);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> pruned = JsonText.object(answer);
        if (!JsonText.flag(pruned, "pruned")) {
            context.out().println("nothing was dropped");
            return ExitCode.OK;
        }
        context.out()
                .println("dropped; event " + JsonText.number(pruned, "sequence")
                        + " tells of it, and the root over what went is " + JsonText.text(pruned, "rootHash"));
        JsonText.texts(pruned, "archives")
                .forEach(file -> context.out().println("archived in " + Table.printable(file)));
        return ExitCode.OK;
    }

    private static void confirm(Context context) throws Failure, IOException {
        if (context.json() || !Terminal.asks()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "events that are dropped do not come again, so it needs --yes where nobody can be asked; nothing was done");
        }
        context.out().print("drop them for good? [y/N] ");
        context.out().flush();
        if (!GraphChange.agreed(context.in())) {
            throw new Failure(ExitCode.FAILED, "not confirmed; nothing was done");
        }
    }

    private static String before(ParseResult parsed, Context context) throws Failure {
        if (Common.has(parsed, "--before") && Common.has(parsed, "--keep-days")) {
            throw new Failure(ExitCode.USAGE, "name --before or --keep-days, not both");
        }
        if (Common.has(parsed, "--keep-days")) {
            long days = Common.number(parsed, "--keep-days", 0);
            if (days < 0 || days > 36_500) {
                throw new Failure(ExitCode.USAGE, "--keep-days must be 0 to 36500, not " + days);
            }
            return context.clock().instant().minus(Duration.ofDays(days)).toString();
        }
        return Moments.parse(Common.text(parsed, "--before", ""), context);
    }

    private static void show(Map<String, Object> plan, Context context) {
        long events = JsonText.number(plan, "events");
        String rule = JsonText.text(plan, "rule");
        if (events == 0) {
            context.out()
                    .println("nothing would be dropped"
                            + (rule.isEmpty() ? ": all is kept; name --before or --keep-days" : " (" + rule + ")"));
        } else {
            context.out()
                    .println("drops " + events + " events, " + JsonText.number(plan, "first") + " to "
                            + (JsonText.number(plan, "cut") - 1) + ", of " + JsonText.text(plan, "oldest") + " to "
                            + JsonText.text(plan, "newest") + ": " + segments(JsonText.number(plan, "segments")) + ", "
                            + size(JsonText.number(plan, "bytes")));
        }
        needs(context, "held by", JsonText.objects(plan, "heldBack"));
    }
}
