package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code events}. */
final class EventsCommand implements Command {
    private static final int PAGE = 1_000;
    /** Widths of type, subject and actor, and what is left of them on a narrow terminal. */
    private static final int[] USUAL = {24, 24, 10};

    private static final int[] LEAST = {14, 12, 6};
    private static final int WIDE = 58;
    /** The least room that a text is shown in beside them. */
    private static final int TEXT = 28;

    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Shows what happened, oldest first: the last events that match and, with -f, every further one.",
                        "stratoswarm events -f --type 'Agent*'",
                        "stratoswarm events -n 1000 --since 2h --subject 'agent/shop/*'")
                .addOption(Common.flag("go on with every further event, until Ctrl-C", "-f", "--follow"))
                .addOption(Common.number(
                        "N",
                        "how many of the last ones, at most 10000, 20 if not given; with --from, how many of the first",
                        "-n",
                        "--lines"))
                .addOption(Common.option("TYPE", "only this type; a * at the end stands for anything", "--type"))
                .addOption(
                        Common.option("SUBJECT", "only this subject; a * at the end stands for anything", "--subject"))
                .addOption(Common.option("TIME", "not before: 2h, or 2026-01-31T12:00:00Z", "--since"))
                .addOption(Common.option("TIME", "before: 10m, or 2026-01-31T12:00:00Z", "--until"))
                .addOption(Common.number("SEQUENCE", "all from this sequence on instead of the last ones", "--from"))
                .addOption(Common.number("SEQUENCE", "before this sequence", "--to"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        StringBuilder filters = new StringBuilder();
        add(filters, "type", Common.text(parsed, "--type", ""));
        add(filters, "subject", Common.text(parsed, "--subject", ""));
        add(filters, "since", Moments.parse(Common.text(parsed, "--since", ""), context));
        add(filters, "until", Moments.parse(Common.text(parsed, "--until", ""), context));
        if (Common.has(parsed, "--to")) {
            filters.append("&to=").append(Common.number(parsed, "--to", 0));
        }
        long count = Common.count(parsed, "--lines", 20, 10_000);
        if (Common.has(parsed, "--follow")) {
            String begin =
                    Common.has(parsed, "--from") ? "&from=" + Common.number(parsed, "--from", 0) : "&tail=" + count;
            context.daemon().lines("events?follow=true" + begin + filters, line -> {
                Map<String, Object> event = JsonText.object(line);
                Streams.failed(event);
                show(event, line, context);
                context.out().flush();
            });
        } else if (Common.has(parsed, "--from")) {
            long most = Common.has(parsed, "--lines") ? count : Long.MAX_VALUE;
            all(Common.number(parsed, "--from", 0), most, filters, context);
        } else {
            page("events?tail=" + count + filters, context);
        }
        return ExitCode.OK;
    }

    /** Page by page, so that neither side ever holds the whole journal. */
    private static void all(long from, long most, StringBuilder filters, Context context) throws Failure, IOException {
        long next = from;
        for (long left = most; next >= 0 && left > 0; left -= PAGE) {
            next = page("events?limit=" + Math.min(PAGE, left) + "&from=" + next + filters, context);
        }
    }

    /** @return the sequence to go on from, or -1 at the end */
    static long page(String path, Context context) throws Failure, IOException {
        long last = -1;
        for (Map<String, Object> event :
                JsonText.objects(JsonText.object(context.daemon().get(path)), "events")) {
            show(event, "", context);
            last = JsonText.number(event, "sequence");
        }
        return last < 0 ? -1 : last + 1;
    }

    static void show(Map<String, Object> event, String line, Context context) throws IOException {
        if (context.json()) {
            context.out().println(line.isEmpty() ? JsonText.write(event) : line);
            return;
        }
        String when = String.format(
                Locale.ROOT,
                "%-6d %s",
                JsonText.number(event, "sequence"),
                Times.shortened(JsonText.text(event, "time")));
        List<String> what = List.of(
                JsonText.text(event, "type"),
                JsonText.text(event, "subject"),
                JsonText.text(event, "actor"),
                EventText.of(event));
        context.out().println(shown(when, what, context.terminal().width()));
    }

    /**
     * One line; on a terminal too narrow for it type, subject and actor are shortened, and the text gets a line of its own where
     * even so too little room is left for it.
     */
    static String shown(String when, List<String> what, int width) {
        int[] widths = USUAL.clone();
        List<String> clean = what.stream().map(Table::printable).toList();
        int taken = when.length() + widths.length + 1;
        int text = clean.getLast().length();
        boolean narrow = width > 0 && taken + WIDE + text > width;
        for (int i = 0; narrow && i < widths.length; i++) {
            widths[i] = Math.min(widths[i], Math.max(clean.get(i).length(), LEAST[i]));
        }
        for (int over = taken + sum(widths) + Math.min(text, TEXT) - width; narrow && over > 0; over--) {
            int widest = widths[0] - LEAST[0] >= widths[1] - LEAST[1] ? 0 : 1;
            widest = widths[2] - LEAST[2] > widths[widest] - LEAST[widest] ? 2 : widest;
            widths[widest] = Math.max(LEAST[widest], widths[widest] - 1);
        }
        StringBuilder line = new StringBuilder(when);
        for (int i = 0; i < widths.length; i++) {
            String cell = narrow ? Table.cut(clean.get(i), widths[i]) : clean.get(i);
            line.append(' ').append(cell).repeat(' ', Math.max(0, widths[i] - cell.length()));
        }
        int left = width - line.length() - 1;
        if (!narrow || left >= Math.min(text, TEXT)) {
            return cut(line.append(' ').append(clean.getLast()).toString().stripTrailing(), width);
        }
        return cut(line.toString().stripTrailing(), width) + "\n" + cut("       " + clean.getLast(), width);
    }

    private static int sum(int[] widths) {
        return java.util.Arrays.stream(widths).sum();
    }

    private static String cut(String line, int width) {
        return width > 0 ? Table.cut(line, width) : line;
    }

    private static void add(StringBuilder filters, String name, String value) {
        if (!value.isEmpty()) {
            filters.append('&').append(name).append('=').append(ApiClient.encode(value));
        }
    }
}
