package io.stratoswarm.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** {@code metrics pins}, {@code pin} and {@code verify}. */
final class MetricWindows {
    private final Context context;

    MetricWindows(Context context) {
        this.context = context;
    }

    ExitCode list(long count) throws Failure, IOException {
        if (count == 0) {
            return ExitCode.OK;
        }
        String answer = context.daemon().get("metrics/pins?limit=" + count);
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("EVENT", "AGENT", "FROM", "TO", "BLOB");
        List<Map<String, Object>> pins = JsonText.objects(JsonText.object(answer), "pins");
        for (Map<String, Object> pin : pins) {
            table.row(
                    JsonText.text(pin, "sequence"),
                    JsonText.text(pin, "subject"),
                    JsonText.text(pin, "from"),
                    JsonText.text(pin, "to"),
                    JsonText.text(pin, "hash"));
        }
        table.print(context);
        if (pins.isEmpty()) {
            context.err().println("no window was kept yet; each failure of an agent keeps one");
        }
        return ExitCode.OK;
    }

    ExitCode show(String sequence) throws Failure, IOException {
        String answer = context.daemon().get("metrics/pins/" + ApiClient.encode(sequence));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> window = JsonText.object(answer);
        context.out()
                .println(JsonText.text(window, "type") + " of " + JsonText.text(window, "agent") + ", event "
                        + JsonText.text(window, "sequence") + ": "
                        + Instant.ofEpochMilli(JsonText.number(window, "fromMillis")) + " to "
                        + Instant.ofEpochMilli(JsonText.number(window, "toMillis")));
        Table table = new Table("SUBJECT", "METRIC", "COURSE", "LEAST", "GREATEST", "LAST");
        for (Map<String, Object> subject : JsonText.objects(window, "subjects")) {
            for (Map<String, Object> series : JsonText.objects(subject, "series")) {
                series.put("subject", JsonText.text(subject, "subject"));
                MetricText.row(table, series, MetricsCommand.title(series), false);
            }
        }
        table.print(context);
        for (Map<String, Object> line : JsonText.objects(window, "log")) {
            context.out()
                    .println(Table.printable(Instant.ofEpochMilli(JsonText.number(line, "timeMillis")) + " "
                            + JsonText.text(line, "stream") + " " + JsonText.text(line, "text")));
        }
        String missing = JsonText.text(window, "logMissing");
        if (!missing.isEmpty()) {
            context.err().println("no log lines were kept: " + missing);
        }
        return ExitCode.OK;
    }

    ExitCode verify(String since, String until) throws Failure, IOException {
        String to = Moments.parse(until, context);
        String answer = context.daemon()
                .get("metrics/verify?from=" + ApiClient.encode(Moments.parse(since, context))
                        + (to.isEmpty() ? "" : "&to=" + ApiClient.encode(to)));
        List<Map<String, Object>> closings = JsonText.objects(JsonText.object(answer), "closings");
        boolean bad =
                closings.stream().anyMatch(each -> JsonText.text(each, "state").equals("bad"));
        if (context.json()) {
            context.out().println(answer);
        } else {
            Table table = new Table("CLOSED", "BLOCKS", "EVENT", "STATE", "DETAIL");
            table.painted(3, state -> switch (state) {
                case "good" -> context.terminal().green(state);
                case "bad" -> context.terminal().red(state);
                default -> context.terminal().yellow(state);
            });
            for (Map<String, Object> each : closings) {
                table.row(
                        JsonText.text(each, "closed"),
                        JsonText.text(each, "blocks"),
                        JsonText.text(each, "sequence"),
                        JsonText.text(each, "state"),
                        JsonText.text(each, "detail"));
            }
            table.print(context);
            if (closings.isEmpty()) {
                context.err().println("no blocks were closed in that time");
            }
        }
        return bad ? ExitCode.FAILED : ExitCode.OK;
    }
}
