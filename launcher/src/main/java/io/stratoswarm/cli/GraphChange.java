package io.stratoswarm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Shows what a change of a graph would do, asks where it touches what is there, and makes it: just what was shown, or nothing. */
final class GraphChange {
    private static final int NAMED = 8;

    private final Context context;
    private final Optional<LiveApply> live;
    /** Asks the daemon. */
    private final Sender sender;

    /** Sends the change with these parameters of the API, the first of which is {@code dryRun}. */
    interface Sender {
        String send(String parameters) throws Failure;
    }

    GraphChange(Context context, Sender sender) {
        this(context, Optional.empty(), sender);
    }

    /** @param live how it is tried first, so that records flow on */
    GraphChange(Context context, Optional<LiveApply> live, Sender sender) {
        this.context = context;
        this.live = live;
        this.sender = sender;
    }

    static CommandSpec options(CommandSpec spec) {
        return spec.addOption(Common.flag("do not ask, whatever the plan changes", "-y", "--yes"));
    }

    ExitCode run(ParseResult parsed) throws Failure, IOException, InterruptedException {
        boolean agreed = Common.has(parsed, "--yes");
        if (agreed && live.isEmpty()) {
            return done(context, sender.send("dryRun=false"), true);
        }
        Map<String, Object> plan = JsonText.object(sender.send("dryRun=true"));
        Optional<Map<String, Object>> transform = transform(plan);
        if (agreed && transform.isEmpty()) {
            tellRefusal();
            return done(context, sender.send("dryRun=false"), true);
        }
        boolean touches = JsonText.flag(plan, "touches") || transform.isPresent();
        boolean conflicts = !JsonText.objects(plan, "conflicts").isEmpty();
        if ((touches || conflicts) && !context.json()) {
            show(plan, transform);
        }
        refuseConflicts(plan);
        if (touches && !agreed) {
            confirm(plan);
        }
        return transform.isPresent()
                ? live.orElseThrow().run(plan)
                : done(
                        context,
                        sender.send("dryRun=false&generation=" + JsonText.number(plan, "generation")),
                        !touches);
    }

    private Optional<Map<String, Object>> transform(Map<String, Object> plan) throws Failure, IOException {
        return live.isEmpty() ? Optional.empty() : live.get().plan(plan);
    }

    private void tellRefusal() {
        String why = live.map(LiveApply::refusal).orElse("");
        if (!why.isEmpty() && !context.json()) {
            context.out().println(Table.printable("agents are stopped and started, not followed by others: " + why));
        }
    }

    /** Shows the plan and does nothing; fails where the change would be refused. */
    ExitCode plan() throws Failure, IOException {
        String answer = sender.send("dryRun=true");
        Map<String, Object> plan = JsonText.object(answer);
        Optional<Map<String, Object>> transform = transform(plan);
        if (context.json()) {
            transform.ifPresent(how -> plan.put("transform", how));
            context.out().println(transform.isPresent() ? JsonText.write(plan) : answer);
            return JsonText.objects(plan, "conflicts").isEmpty() ? ExitCode.OK : ExitCode.CONFLICT;
        }
        Problems.print(JsonText.objects(plan, "warnings"), "warning", context.err());
        show(plan, transform);
        refuseConflicts(plan);
        context.out()
                .println("nothing was changed: this was a dry run of graph " + JsonText.text(plan, "name")
                        + (JsonText.number(plan, "generation") == 0
                                ? ", which is new"
                                : " at generation " + JsonText.text(plan, "generation")));
        return ExitCode.OK;
    }

    private void show(Map<String, Object> plan, Optional<Map<String, Object>> transform) {
        show(context, plan, transform.isEmpty());
        if (transform.isPresent()) {
            TransformText.plan(transform.get(), context);
        } else {
            tellRefusal();
        }
    }

    private static void refuseConflicts(Map<String, Object> plan) throws Failure {
        List<Map<String, Object>> conflicts = JsonText.objects(plan, "conflicts");
        if (conflicts.isEmpty()) {
            return;
        }
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("kind", ExitCode.CONFLICT.name());
        String message = "graph " + JsonText.text(plan, "name") + " was changed while it ran, and the manifest changes "
                + (conflicts.size() == 1 ? "the same" : conflicts.size() + " of the same things")
                + " differently, so it is refused: put into the manifest what you want, or let it win with --force";
        problem.put("detail", message);
        problem.put("conflicts", conflicts);
        throw new Failure(ExitCode.CONFLICT, message, problem);
    }

    private void confirm(Map<String, Object> plan) throws Failure, IOException {
        String name = JsonText.text(plan, "name");
        if (context.json() || !Terminal.asks()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "this changes what is there of graph " + name
                            + ", so it needs --yes where nobody can be asked; nothing was done");
        }
        context.out().print("change graph " + name + " so? [y/N] ");
        context.out().flush();
        if (!agreed(context.in())) {
            throw new Failure(ExitCode.FAILED, "not confirmed; nothing was done");
        }
    }

    /** Whether the next line says yes. */
    static boolean agreed(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < 100; c = in.read()) {
            line.append((char) c);
        }
        String word = new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .strip()
                .toLowerCase(java.util.Locale.ROOT);
        return word.equals("y") || word.equals("yes");
    }

    /** Tells what was done. */
    static ExitCode done(Context context, String answer, boolean steps) throws IOException {
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> applied = JsonText.object(answer);
        Problems.print(JsonText.objects(applied, "warnings"), "warning", context.err());
        if (steps) {
            show(context, applied, true);
        }
        context.out()
                .println("graph " + JsonText.text(applied, "name") + " is at generation "
                        + JsonText.text(applied, "generation"));
        return ExitCode.OK;
    }

    /** @param effects whether what becomes of agents is told as well */
    private static void show(Context context, Map<String, Object> plan, boolean effects) {
        Table table = new Table("ACTION", "WHAT", "REASON");
        List<String> told = new ArrayList<>();
        int rows = 0;
        int same = 0;
        for (Map<String, Object> step : JsonText.objects(plan, "steps")) {
            String what = JsonText.text(step, "kind") + " " + JsonText.text(step, "id");
            if (JsonText.text(step, "action").equals("keep")
                    && JsonText.text(step, "reason").equals("unchanged")) {
                same++;
                continue;
            }
            rows++;
            table.row(JsonText.text(step, "action"), what, JsonText.text(step, "reason"));
            for (String effect : List.of("starts", "restarts", "stops")) {
                List<String> agents = JsonText.texts(step, effect);
                if (!agents.isEmpty()) {
                    told.add(what + " " + effect + " " + some(agents));
                }
            }
            JsonText.texts(step, "notes").forEach(note -> told.add(what + ": " + note));
        }
        if (rows > 0) {
            table.print(context);
        }
        if (effects) {
            told.forEach(effect -> context.out().println("  " + Table.printable(effect)));
        }
        if (same > 0) {
            context.out().println(same + " unchanged");
        }
        for (Map<String, Object> conflict : JsonText.objects(plan, "conflicts")) {
            String property = JsonText.text(conflict, "property");
            context.out()
                    .println(Table.printable("conflict: " + JsonText.text(conflict, "kind") + " "
                            + JsonText.text(conflict, "id") + (property.isEmpty() ? "" : " " + property) + ": was "
                            + nothing(conflict, "base") + ", runs " + nothing(conflict, "running")
                            + ", the manifest says " + nothing(conflict, "manifest")));
        }
    }

    private static String nothing(Map<String, Object> conflict, String key) {
        String text = JsonText.text(conflict, key);
        return text.isEmpty() ? "nothing" : text;
    }

    private static String some(List<String> names) {
        return names.size() <= NAMED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMED)) + " and " + (names.size() - NAMED) + " more";
    }
}
