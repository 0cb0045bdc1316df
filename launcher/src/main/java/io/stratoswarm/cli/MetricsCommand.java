package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code metrics}: latest values by default, a course over time where a name or a range is given, and the kept windows. */
final class MetricsCommand implements Command {
    private static final Set<String> AGGREGATES = Set.of("avg", "min", "max", "sum", "count", "last", "rate");
    private static final int CELLS = 60;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                        "Shows metrics: the latest values, or with a NAME or a range their course over time. SUBJECT is an agent's"
                                + " id or 'host'; a * at the end of SUBJECT or NAME stands for anything.",
                        "stratoswarm metrics shop/web",
                        "stratoswarm metrics shop/web 'cpu_*' --since 1h --step 1m --aggregate rate",
                        "stratoswarm metrics host memory_available_bytes --since 24h --csv")
                .addPositional(Common.parameter(0, "0..1", "SUBJECT", "agent id, or host; all if not given"))
                .addPositional(Common.parameter(1, "0..1", "NAME", "name of a metric; all if not given"))
                .addOption(Common.option("TIME", "not before: 2h, or 2026-01-31T12:00:00Z; 1h if not given", "--since"))
                .addOption(Common.option("TIME", "before: 10m, or 2026-01-31T12:00:00Z; now if not given", "--until"))
                .addOption(Common.option(
                        "STEP",
                        "width of the windows: 10s, 1m, 1h; 0s for every sample; fits the screen else",
                        "--step"))
                .addOption(Common.option(
                        "AGGREGATE",
                        "what becomes of a window: avg, min, max, sum, count, last or rate (increase a second);"
                                + " rate for counters, else avg, if not given",
                        "--aggregate"))
                .addOption(Common.option("LABEL", "only series with this label, as device=sda", "--label"))
                .addOption(Common.flag("print comma-separated values", "--csv"));
        spec.addSubcommand(
                "pins",
                Common.spec(
                                "Lists the windows that were kept for failures and decisions, newest first.",
                                "stratoswarm metrics pins")
                        .addOption(Common.number("N", "how many, at most 10000; 20 if not given", "-n", "--lines")));
        spec.addSubcommand(
                "pin",
                Common.spec(
                                "Prints the window kept for an event: half an hour of its agent, the neighbours and the host, and the"
                                        + " agent's last log lines.",
                                "stratoswarm metrics pin 1234 --json >window.json")
                        .addPositional(Common.parameter(0, "1", "SEQUENCE", "the event")));
        spec.addSubcommand(
                "verify",
                Common.spec(
                                "Recomputes the roots of closed blocks and compares them with the journal.",
                                "stratoswarm metrics verify --since 24h")
                        .addOption(Common.option("TIME", "not before; 1h if not given", "--since"))
                        .addOption(Common.option("TIME", "before; now if not given", "--until")));
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub != null) {
            MetricWindows windows = new MetricWindows(context);
            return switch (sub.commandSpec().name()) {
                case "pins" -> windows.list(Common.count(sub, "--lines", 20, 10_000));
                case "pin" -> windows.show(Common.parameter(sub, 0, ""));
                default -> windows.verify(Common.text(sub, "--since", "1h"), Common.text(sub, "--until", ""));
            };
        }
        String subject = Common.parameter(parsed, 0, "*");
        String name = Common.parameter(parsed, 1, "");
        boolean range = !name.isEmpty()
                || List.of("--since", "--until", "--step", "--aggregate", "--label", "--csv").stream()
                        .anyMatch(option -> Common.has(parsed, option));
        return range ? course(parsed, context, subject, name.isEmpty() ? "*" : name) : latest(context, subject);
    }

    private static ExitCode latest(Context context, String subject) throws Failure, IOException {
        String answer = context.daemon().get("metrics/latest?subject=" + ApiClient.encode(subject));
        if (samples(answer, subject, "", context) == 0 && !context.json()) {
            context.err().println("nothing was measured of '" + subject + "' in the last two minutes");
        }
        return ExitCode.OK;
    }

    /**
     * Prints samples as the daemon lists them, and tells how many there are.
     *
     * @param to parameter that names the end of the time in which their series were; empty for now
     */
    static int samples(String answer, String subject, String to, Context context) throws Failure, IOException {
        if (context.json()) {
            context.out().println(answer);
            return 0;
        }
        Map<String, String> units = units(context, subject, to);
        Table table = new Table("SUBJECT", "METRIC", "VALUE", "AGE");
        List<Map<String, Object>> samples = JsonText.objects(JsonText.object(answer), "samples");
        for (Map<String, Object> sample : samples) {
            long age = context.clock().millis() - JsonText.number(sample, "time");
            table.row(
                    JsonText.text(sample, "subject"),
                    title(sample),
                    MetricText.value(sample.get("value"), units.getOrDefault(JsonText.text(sample, "name"), "")),
                    Math.max(0, age) / 1_000 + "s");
        }
        table.print(context);
        return samples.size();
    }

    private static Map<String, String> units(Context context, String subject, String to) throws Failure, IOException {
        String answer = context.daemon()
                .get("metrics/series?subject=" + ApiClient.encode(subject) + "&from="
                        + context.clock().instant().minusSeconds(300).toEpochMilli() + to);
        Map<String, String> units = new TreeMap<>();
        for (Map<String, Object> series : JsonText.objects(JsonText.object(answer), "series")) {
            units.put(JsonText.text(series, "name"), JsonText.text(series, "unit"));
        }
        return units;
    }

    private static ExitCode course(ParseResult parsed, Context context, String subject, String name)
            throws Failure, IOException {
        String since = Moments.parse(Common.text(parsed, "--since", "1h"), context);
        String until = Moments.parse(Common.text(parsed, "--until", "0s"), context);
        String aggregate = Common.text(parsed, "--aggregate", "");
        if (!aggregate.isEmpty() && !AGGREGATES.contains(aggregate)) {
            throw new Failure(
                    ExitCode.USAGE,
                    "--aggregate must be avg, min, max, sum, count, last or rate, not '" + aggregate + "'");
        }
        long span = java.time.Duration.between(java.time.Instant.parse(since), java.time.Instant.parse(until))
                .toMillis();
        if (span <= 0) {
            throw new Failure(ExitCode.USAGE, "--since must lie before --until");
        }
        long step = Common.has(parsed, "--step")
                ? Moments.millis(Common.text(parsed, "--step", ""), "--step")
                : Math.max(1_000, Math.ceilDiv(span, CELLS * 1_000L) * 1_000);
        String path =
                "metrics/query?subject=" + ApiClient.encode(subject) + "&name=" + ApiClient.encode(name) + "&from="
                        + ApiClient.encode(since) + "&to=" + ApiClient.encode(until) + "&step=" + step
                        + label(Common.text(parsed, "--label", "")) + "&aggregate=";
        List<Map<String, Object>> found = aggregate.isEmpty() ? usual(context, path) : ask(context, path + aggregate);
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("series", found)));
        } else if (Common.has(parsed, "--csv")) {
            MetricText.csv(found, context.out());
        } else {
            Table table = new Table("SUBJECT", "METRIC", "COURSE", "LEAST", "GREATEST", "LAST");
            for (Map<String, Object> series : found) {
                MetricText.row(table, series, title(series), perSecond(series, aggregate));
            }
            table.print(context);
            if (found.isEmpty()) {
                context.err().println("nothing was measured of '" + subject + "' as '" + name + "' in that time");
            }
        }
        return ExitCode.OK;
    }

    private static boolean perSecond(Map<String, Object> series, String aggregate) {
        return aggregate.equals("rate") || aggregate.isEmpty() && counter(series);
    }

    private static boolean counter(Map<String, Object> series) {
        return JsonText.text(series, "kind").equals("counter");
    }

    private static List<Map<String, Object>> ask(Context context, String path) throws Failure, IOException {
        return JsonText.objects(JsonText.object(context.daemon().get(path)), "series");
    }

    /** Counters as rates, gauges as averages. */
    private static List<Map<String, Object>> usual(Context context, String path) throws Failure, IOException {
        List<Map<String, Object>> all = ask(context, path + "avg");
        if (path.contains("&step=0&") || all.stream().noneMatch(MetricsCommand::counter)) {
            return all;
        }
        List<Map<String, Object>> found = new ArrayList<>();
        all.stream().filter(series -> !counter(series)).forEach(found::add);
        ask(context, path + "rate").stream().filter(MetricsCommand::counter).forEach(found::add);
        found.sort(java.util.Comparator.comparing(series -> JsonText.text(series, "subject") + '\0' + title(series)));
        return found;
    }

    private static String label(String text) throws Failure {
        if (text.isEmpty()) {
            return "";
        }
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new Failure(ExitCode.USAGE, "--label must be NAME=VALUE, not '" + text + "'");
        }
        return "&" + ApiClient.encode("label." + text.substring(0, equals)) + "="
                + ApiClient.encode(text.substring(equals + 1));
    }

    /** The name with its labels, as OpenMetrics writes them. */
    static String title(Map<String, Object> series) {
        StringBuilder text = new StringBuilder(JsonText.text(series, "name"));
        Map<String, Object> labels = JsonText.child(series, "labels");
        if (!labels.isEmpty()) {
            text.append('{');
            labels.forEach((key, value) -> text.append(text.charAt(text.length() - 1) == '{' ? "" : ",")
                    .append(key)
                    .append("=\"")
                    .append(value)
                    .append('"'));
            text.append('}');
        }
        return text.toString();
    }
}
