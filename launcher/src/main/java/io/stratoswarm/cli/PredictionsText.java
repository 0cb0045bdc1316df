package io.stratoswarm.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What {@code predictions} shows. */
final class PredictionsText {
    private PredictionsText() {}

    static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/");
    }

    /** @param window as it was asked for; empty for all */
    static ExitCode show(Context context, String answer, String window) throws IOException {
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> all = JsonText.object(answer);
        Map<String, Object> status = part(all, "status");
        String unavailable = JsonText.text(status, "unavailable");
        if (unavailable.isEmpty()) {
            status(context, status);
            outlooks(context, JsonText.objects(all, "outlooks"), window);
        } else {
            context.out().println(Table.printable("Nothing is foreseen: " + unavailable + "."));
        }
        predictions(context, JsonText.objects(all, "predictions"));
        record(context, part(all, "record"));
        return ExitCode.OK;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> part(Map<String, Object> of, String key) {
        return of.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static double number(Map<String, Object> of, String key) {
        return of.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private static String share(Map<String, Object> of, String key) {
        double value = number(of, key);
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** A length of time, in the unit that fits. */
    private static String length(double millis) {
        if (Double.isNaN(millis)) {
            return "-";
        }
        double seconds = Math.abs(millis) / 1_000;
        String text = seconds < 90
                ? String.format(Locale.ROOT, seconds < 10 ? "%.1fs" : "%.0fs", seconds)
                : seconds < 5_400
                        ? Math.round(seconds / 60) + "m"
                        : String.format(Locale.ROOT, "%.1fh", seconds / 3_600);
        return millis < 0 ? "-" + text : text;
    }

    private static String until(Map<String, Object> of, String key, Context context) {
        String moment = JsonText.text(of, key);
        return moment.isEmpty()
                ? ""
                : length(Duration.between(context.clock().instant(), Instant.parse(moment))
                        .toMillis());
    }

    private static void status(Context context, Map<String, Object> status) {
        String paused = JsonText.text(status, "paused");
        context.out()
                .println(Table.printable("watched   " + JsonText.text(status, "watched") + " agents every "
                        + length(number(status, "stepMillis")) + ", " + length(number(status, "horizonMillis"))
                        + " ahead, by model "
                        + JsonText.text(status, "model")
                                .substring(
                                        0,
                                        Math.min(
                                                12,
                                                JsonText.text(status, "model").length()))));
        context.out()
                .println(Table.printable("mode      " + JsonText.text(status, "mode")
                        + (paused.isEmpty() ? "" : ", paused: " + paused) + "; above " + share(status, "threshold")
                        + " something is done, but for a share of " + share(status, "holdout") + " by lot"));
        if (status.get("withheld") instanceof Map<?, ?> withheld && !withheld.isEmpty()) {
            List<String> words = new ArrayList<>();
            new TreeMap<>(withheld).forEach((word, count) -> words.add(word + " " + count));
            context.out().println(Table.printable("withheld  " + String.join(", ", words)));
        }
        context.out().println("");
    }

    private static void outlooks(Context context, List<Map<String, Object>> outlooks, String window) {
        if (outlooks.isEmpty()) {
            context.out()
                    .println("No agent is expected to fail" + (window.isEmpty() ? "." : " within " + window + "."));
            return;
        }
        Table table = new Table("AGENT", "PROBABILITY", "IN", "CAUSE", "DRIVEN BY", "PREDICTION");
        for (Map<String, Object> each : outlooks) {
            table.row(
                    JsonText.text(each, "agent"),
                    share(each, "probability"),
                    until(each, "expected", context),
                    JsonText.text(each, "cause"),
                    String.join(
                            ", ",
                            JsonText.texts(each, "drivers").stream().limit(3).toList()),
                    JsonText.text(each, "prediction"));
        }
        table.print(context);
    }

    private static void predictions(Context context, List<Map<String, Object>> predictions) {
        if (predictions.isEmpty()) {
            return;
        }
        context.out().println("");
        Table table =
                new Table("PREDICTION", "AGO", "AGENT", "CAUSE", "SURE", "MEASURE", "STATE", "LEAD", "DOWN", "WHY");
        for (Map<String, Object> each : predictions) {
            String outcome = JsonText.text(each, "outcome");
            table.row(
                    JsonText.text(each, "prediction"),
                    Times.since(JsonText.text(each, "made"), context.clock()),
                    JsonText.text(each, "agent"),
                    JsonText.text(each, "cause"),
                    share(each, "probability"),
                    JsonText.flag(each, "heldOut") ? "held out" : JsonText.text(each, "measure"),
                    outcome.isEmpty() ? JsonText.text(each, "state") : outcome,
                    length(number(each, "leadMillis")),
                    length(number(each, "downMillis")),
                    JsonText.text(each, "why"));
        }
        table.print(context);
    }

    private static void record(Context context, Map<String, Object> record) {
        context.out().println("");
        context.out()
                .println("record    " + JsonText.text(record, "hits") + " hits, " + JsonText.text(record, "falseAlarms")
                        + " false alarms, " + JsonText.text(record, "missed") + " missed, "
                        + JsonText.text(record, "prevented") + " prevented (not known whether they would have failed), "
                        + JsonText.text(record, "failedAnyway") + " failed anyway, " + JsonText.text(record, "void")
                        + " void; median lead " + length(number(record, "medianLeadMillis")));
        List<Map<String, Object>> bins = JsonText.objects(record, "calibration");
        if (!bins.isEmpty()) {
            context.out().println("");
            Table table = new Table("PREDICTED", "FAILED", "OF");
            bins.forEach(bin -> table.row(share(bin, "predicted"), share(bin, "failed"), JsonText.text(bin, "count")));
            table.print(context);
        }
        List<Map<String, Object>> gains = JsonText.objects(record, "gains");
        if (!gains.isEmpty()) {
            context.out().println("");
            Table table =
                    new Table("CAUSE", "PREVENTED", "BEGUN", "FAILED", "DOWN", "HELD OUT", "FAILED", "DOWN", "WHY");
            gains.forEach(gain -> table.row(
                    JsonText.text(gain, "cause"),
                    JsonText.flag(gain, "on") ? "yes" : "no",
                    JsonText.text(gain, "treated"),
                    JsonText.text(gain, "treatedFailed"),
                    length(number(gain, "treatedDownMillis")),
                    JsonText.text(gain, "heldOut"),
                    JsonText.text(gain, "heldOutFailed"),
                    length(number(gain, "heldOutDownMillis")),
                    JsonText.text(gain, "why")));
            table.print(context);
        }
    }
}
