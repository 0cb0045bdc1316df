package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code heal} shows of scripts that choose acts, and of estimates from recorded cases. */
final class HealScripts {
    private static final int HASH = 12;

    private HealScripts() {}

    /** @param label of a class; empty for all */
    static List<Map<String, Object>> of(Context context, String label) throws Failure, IOException {
        return JsonText.objects(JsonText.object(context.daemon().get("healing/scripts")), "scripts").stream()
                .filter(each -> label.isEmpty()
                        || JsonText.text(each, "class").equals(label)
                        || JsonText.text(each, "class").equals("*"))
                .toList();
    }

    static void table(Context context, List<Map<String, Object>> scripts) {
        if (scripts.isEmpty()) {
            return;
        }
        context.out().println("");
        Table table =
                new Table("SCRIPT", "CLASS", "STAGE", "TRIED", "ACTS", "ASKED", "GAIN", "REWARD", "AGAINST", "WHY");
        for (Map<String, Object> each : scripts) {
            table.row(
                    JsonText.text(each, "script"),
                    JsonText.text(each, "class"),
                    JsonText.text(each, "stage"),
                    hash(JsonText.text(each, "trial")),
                    hash(JsonText.text(each, "active")),
                    JsonText.text(each, "asked"),
                    gain(each),
                    figure(each, "reward", "%.2f"),
                    figure(each, "baseline", "%.2f"),
                    JsonText.text(each, "reason"));
        }
        table.print(context);
    }

    private static String hash(String full) {
        return full.isEmpty() ? "-" : full.substring(0, Math.min(HASH, full.length()));
    }

    private static String gain(Map<String, Object> script) {
        String value = figure(script, "gain.value", "%+.2f");
        return value.equals("-")
                ? value
                : value + " (" + figure(script, "gain.low", "%+.2f") + " to " + figure(script, "gain.high", "%+.2f")
                        + ")";
    }

    private static String figure(Map<String, Object> script, String name, String format) {
        return script.get("figures") instanceof Map<?, ?> figures && figures.get(name) instanceof Number number
                ? String.format(Locale.ROOT, format, number.doubleValue())
                : "-";
    }

    static ExitCode validate(Context context, String label) throws Failure, IOException {
        String answer = context.daemon().get("healing/validation/" + HealText.coded(label));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> policies = JsonText.objects(JsonText.object(answer), "policies");
        if (policies.stream().allMatch(each -> JsonText.text(each, "cases").equals("0"))) {
            context.out().println(Table.printable("There is no recorded case of " + label + "."));
            return ExitCode.OK;
        }
        Table table =
                new Table("WAY TO CHOOSE", "REWARD", "FROM", "TO", "CASES", "MATCHED", "EFFECTIVE", "MODEL ALONE");
        for (Map<String, Object> each : policies) {
            table.row(
                    JsonText.text(each, "policy"),
                    HealText.share(each, "reward"),
                    HealText.share(each, "low"),
                    HealText.share(each, "high"),
                    JsonText.text(each, "cases"),
                    JsonText.text(each, "matched"),
                    HealText.share(each, "effective"),
                    HealText.share(each, "modelled"));
        }
        table.print(context);
        return ExitCode.OK;
    }
}
