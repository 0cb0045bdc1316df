package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code top}: what agents use, again and again on a terminal, once elsewhere. */
final class TopCommand implements Command {
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final long MOST_DELAY = 3_600;

    /** What rows may be sorted by, with the order that brings the most to the top. */
    private static final Map<String, Comparator<AgentUse>> ORDERS = Map.of(
            "cpu", most(AgentUse.CPU),
            "memory", most(AgentUse.MEMORY),
            "io", Comparator.comparingDouble((AgentUse use) -> -use.inputAndOutput()),
            "fds", most(AgentUse.FDS),
            "threads", most(AgentUse.THREADS),
            "restarts", Comparator.comparingLong((AgentUse use) -> -use.restarts()),
            "id", Comparator.comparing(AgentUse::id));

    private static Comparator<AgentUse> most(int column) {
        return Comparator.comparingDouble(use -> Double.isNaN(use.value(column)) ? 1 : -use.value(column));
    }

    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Shows what agents use, the busiest first: again and again on a terminal until Ctrl-C, once elsewhere."
                                + " CPU is a share of one core, in percent; READ/s and WRITE/s are of storage.",
                        "stratoswarm top shop",
                        "stratoswarm top --once --sort memory",
                        "stratoswarm top --json | jq '.agents[0]'")
                .addOption(Common.flag("print one table and end", "--once"))
                .addOption(Common.number("SECONDS", "from one table to the next; 2 if not given", "-d", "--delay"))
                .addOption(Common.option(
                        "COLUMN", "cpu, memory, io, fds, threads, restarts or id; cpu if not given", "--sort"))
                .addPositional(
                        Common.parameter(0, "0..1", "SELECTOR", "agent id, graph/node, or graph; all if not given"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String sort = Common.text(parsed, "--sort", "cpu");
        Comparator<AgentUse> order = ORDERS.get(sort);
        if (order == null) {
            throw new Failure(
                    ExitCode.USAGE, "--sort must be cpu, memory, io, fds, threads, restarts or id, not '" + sort + "'");
        }
        long delay = Common.count(parsed, "--delay", 2, MOST_DELAY);
        if (delay == 0) {
            throw new Failure(ExitCode.USAGE, "--delay must be 1 to " + MOST_DELAY + " seconds, not 0");
        }
        TopData data = new TopData(context, Common.parameter(parsed, 0, ""));
        Comparator<AgentUse> whole = order.thenComparing(AgentUse::id);
        if (context.json() || Common.has(parsed, "--once") || context.terminal().width() == 0) {
            List<AgentUse> all = data.read(whole);
            context.out().print(context.json() ? json(all, context) : table(all, context));
            if (all.isEmpty() && !context.json()) {
                context.err().println("no agents are declared; 'stratoswarm apply FILE' declares some");
            }
            return ExitCode.OK;
        }
        context.out().print(HOME + REST_OF_SCREEN);
        while (true) {
            screen(data.read(whole), context);
            try {
                Thread.sleep(delay * 1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ExitCode.OK;
            }
        }
    }

    /** Over the last screen, so that nothing flickers. */
    private static void screen(List<AgentUse> all, Context context) {
        int room = Math.max(3, Terminal.height(context.environment()) - 2);
        StringBuilder text = new StringBuilder(HOME);
        line(text, summary(all, context));
        String[] rows = table(all, context).split("\n");
        for (int i = 0; i < Math.min(rows.length, room); i++) {
            line(text, rows[i]);
        }
        context.out().print(text.append(REST_OF_SCREEN).toString());
        context.out().flush();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(REST_OF_LINE).append('\n');
    }

    private static String summary(List<AgentUse> all, Context context) {
        double cpu = 0;
        double memory = 0;
        for (AgentUse use : all) {
            cpu += Double.isNaN(use.value(AgentUse.CPU)) ? 0 : use.value(AgentUse.CPU);
            memory += Double.isNaN(use.value(AgentUse.MEMORY)) ? 0 : use.value(AgentUse.MEMORY);
        }
        String text = Times.shortened(context.clock().instant().toString()) + "  agents: " + all.size() + "  CPU "
                + String.format(Locale.ROOT, "%.1f", cpu) + " %  resident " + MetricText.value(memory, "bytes");
        return text.substring(
                0, Math.min(text.length(), Math.max(1, context.terminal().width())));
    }

    private static String table(List<AgentUse> all, Context context) {
        Table table =
                new Table("ID", "PHASE", "CPU%", "RSS", "READ/s", "WRITE/s", "PROCS", "THREADS", "FDS", "RESTARTS");
        for (AgentUse use : all) {
            double cpu = use.value(AgentUse.CPU);
            table.row(
                    use.id(),
                    use.phase(),
                    Double.isNaN(cpu) ? "-" : String.format(Locale.ROOT, "%.1f", cpu),
                    shown(use.value(AgentUse.MEMORY), "bytes"),
                    shown(use.value(AgentUse.READ), "bytes"),
                    shown(use.value(AgentUse.WRITTEN), "bytes"),
                    shown(use.value(AgentUse.PROCESSES), ""),
                    shown(use.value(AgentUse.THREADS), ""),
                    shown(use.value(AgentUse.FDS), ""),
                    Long.toString(use.restarts()));
        }
        return table.render(context.terminal());
    }

    private static String shown(double value, String unit) {
        return Double.isNaN(value) ? "-" : MetricText.value(value, unit);
    }

    private static String json(List<AgentUse> all, Context context) throws IOException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("time", context.clock().instant().toString());
        answer.put("agents", all.stream().map(AgentUse::shape).toList());
        return JsonText.write(answer) + "\n";
    }
}
