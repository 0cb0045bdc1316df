package io.stratoswarm.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code graph status}: a graph's agents with their phases, and its flows with what they carried. */
final class GraphStatus {
    /** Numbers below this are shown as they are. */
    private static final long EXACT = 100_000;

    private GraphStatus() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "status",
                Common.spec(
                                "Shows the agents of a graph, and its flows: records read, filtered, refused and"
                                        + " delivered, the rate, the bytes in flight, and the share of time for which it"
                                        + " waited for a receiver. --json has all counts, for each receiver.",
                                "stratoswarm graph status shop")
                        .addPositional(Common.parameter(0, "1", "NAME", "the graph")));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String path = "graphs/" + ApiClient.encode(Common.parameter(parsed, 0, ""));
        Map<String, Object> graph = JsonText.object(context.daemon().get(path));
        List<Map<String, Object>> flows =
                JsonText.objects(JsonText.object(context.daemon().get(path + "/flows")), "flows");
        if (context.json()) {
            Map<String, Object> all = new LinkedHashMap<>(graph);
            all.put("flows", flows);
            context.out().println(JsonText.write(all));
            return ExitCode.OK;
        }
        agents(graph, context);
        if (!flows.isEmpty()) {
            context.out().println("");
            print(flows, context);
        }
        return ExitCode.OK;
    }

    /** The agents of a graph. */
    static void agents(Map<String, Object> graph, Context context) {
        Table agents = new Table("AGENT", "PHASE", "RESTARTS", "REASON");
        agents.painted(1, phase -> PsCommand.painted(context.terminal(), phase));
        for (Map<String, Object> agent : JsonText.objects(graph, "agents")) {
            agents.row(
                    JsonText.text(agent, "id"),
                    JsonText.text(agent, "phase"),
                    JsonText.text(agent, "restarts"),
                    JsonText.text(agent, "reason"));
        }
        agents.print(context);
    }

    private static void print(List<Map<String, Object>> flows, Context context) {
        Table table = new Table("FLOW", "STATE", "READ", "FILTERED", "REFUSED", "DELIVERED", "RATE/S", "LAG", "WAITS");
        table.painted(1, state -> painted(context.terminal(), state));
        for (Map<String, Object> flow : flows) {
            Map<String, Object> ledger = JsonText.child(flow, "ledger");
            double waits = JsonText.objects(ledger, "receivers").stream()
                    .mapToDouble(it -> JsonText.fraction(it, "backpressure"))
                    .max()
                    .orElse(0);
            table.row(
                    JsonText.text(flow, "id"),
                    JsonText.text(flow, "state"),
                    shortened(JsonText.number(ledger, "read")),
                    shortened(JsonText.number(ledger, "filtered")),
                    shortened(JsonText.number(ledger, "refused")),
                    shortened(JsonText.number(ledger, "delivered")),
                    shortened(Math.round(JsonText.fraction(flow, "recordsPerSecond"))),
                    shortened(JsonText.number(flow, "lagBytes")),
                    Math.round(100 * waits) + "%");
        }
        table.print(context);
        for (Map<String, Object> flow : flows) {
            String reason = JsonText.text(flow, "reason");
            if (!reason.isEmpty()) {
                context.out().println(Table.printable(JsonText.text(flow, "id") + ": " + reason));
            }
            if (!JsonText.flag(JsonText.child(flow, "ledger"), "balanced")) {
                context.out()
                        .println(Table.printable(JsonText.text(flow, "id"))
                                + ": its ledger does not balance, which is a defect; please report it with"
                                + " 'graph status --json'");
            }
        }
    }

    private static String painted(Terminal terminal, String state) {
        return switch (state) {
            case "running", "ended" -> terminal.green(state);
            case "failed" -> terminal.red(state);
            default -> terminal.yellow(state);
        };
    }

    /** Large numbers with three digits that count. */
    static String shortened(long number) {
        if (number < EXACT) {
            return Long.toString(number);
        }
        double value = number;
        String unit = "";
        for (String next : List.of("k", "M", "G", "T", "P", "E")) {
            if (value < 999.5) {
                break;
            }
            value /= 1000;
            unit = next;
        }
        String format = value < 9.995 ? "%.2f%s" : value < 99.95 ? "%.1f%s" : "%.0f%s";
        return String.format(Locale.ROOT, format, value, unit);
    }
}
