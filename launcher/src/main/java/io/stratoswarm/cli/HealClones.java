package io.stratoswarm.cli;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What {@code heal} shows of ways to choose that were tried on clones of agents. */
final class HealClones {
    private static final long PAUSE_MILLIS = 500;
    private static final int HASH = 12;

    private HealClones() {}

    /** Begins a trial and waits for its end; the daemon bounds each of its steps. */
    static ExitCode tryOut(Context context, String label, String agent)
            throws Failure, IOException, InterruptedException {
        Map<String, Object> body = new TreeMap<>(Map.of("class", label));
        if (!agent.isEmpty()) {
            body.put("agent", agent);
        }
        long number = JsonText.number(
                JsonText.object(context.daemon().post("healing/clone", "application/json", JsonText.write(body))),
                "trial");
        Map<String, Object> trial = trial(context, label, number);
        if (!context.json()) {
            context.out()
                    .println(
                            Table.printable("trial " + number + " on a clone of " + JsonText.text(trial, "agent") + ", "
                                    + JsonText.text(trial, "fault") + "; 'stratoswarm heal strategies " + label
                                    + "' shows what comes of it as well"));
        }
        while (JsonText.flag(trial, "open")) {
            Thread.sleep(PAUSE_MILLIS);
            trial = trial(context, label, number);
        }
        if (context.json()) {
            context.out().println(JsonText.write(trial));
        } else {
            print(context, List.of(trial));
        }
        String why = JsonText.text(trial, "why");
        if (!why.isEmpty()) {
            throw new Failure(ExitCode.CONFLICT, "the trial ended early: " + why);
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> trial(Context context, String label, long number) throws Failure, IOException {
        return all(context, "?class=" + HealText.coded(label)).stream()
                .filter(each -> JsonText.number(each, "trial") == number)
                .findFirst()
                .orElseThrow(
                        () -> new Failure(ExitCode.NOT_FOUND, "trial " + number + " is not among the newest any more"));
    }

    private static List<Map<String, Object>> all(Context context, String query) throws Failure, IOException {
        return JsonText.objects(JsonText.object(context.daemon().get("healing/clones" + query)), "trials");
    }

    /** The newest one of each class. */
    static List<Map<String, Object>> newest(Context context, Set<String> labels) throws Failure, IOException {
        Set<String> left = new HashSet<>(labels);
        return all(context, "").stream()
                .filter(each -> left.remove(JsonText.text(each, "class")))
                .toList();
    }

    static void table(Context context, List<Map<String, Object>> trials) {
        if (!trials.isEmpty()) {
            context.out().println("");
            print(context, trials);
        }
    }

    private static void print(Context context, List<Map<String, Object>> trials) {
        Table table = new Table("TRIAL", "AGO", "CLONE OF", "CLASS", "FAULT", "WAY TO CHOOSE", "ACT", "REWARD", "WHY");
        for (Map<String, Object> trial : trials) {
            for (Map<String, Object> each : JsonText.objects(trial, "tried")) {
                String hash = JsonText.text(each, "hash");
                row(
                        context,
                        table,
                        trial,
                        JsonText.text(each, "way") + (hash.isEmpty() ? "" : " at " + hash.substring(0, HASH)),
                        each);
            }
            if (JsonText.flag(trial, "open") || !JsonText.text(trial, "why").isEmpty()) {
                row(context, table, trial, JsonText.flag(trial, "open") ? "goes on" : "ended early", trial);
            }
        }
        table.print(context);
    }

    private static void row(
            Context context, Table table, Map<String, Object> trial, String way, Map<String, Object> what) {
        table.row(
                JsonText.text(trial, "trial"),
                Times.since(JsonText.text(trial, "time"), context.clock()),
                JsonText.text(trial, "agent"),
                JsonText.text(trial, "class"),
                JsonText.text(trial, "fault"),
                way,
                JsonText.text(what, "act"),
                HealText.share(what, "reward"),
                JsonText.text(what, "why"));
    }
}
