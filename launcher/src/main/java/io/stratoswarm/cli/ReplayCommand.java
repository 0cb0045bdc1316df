package io.stratoswarm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code replay}: events with what each changed, to an end or step by step; without some of them; or scripts asked again. */
final class ReplayCommand implements Command {
    private static final int PAGE = 200;

    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Goes through what happened between two moments: each event, and what it changed in the state of graphs"
                                + " and agents. Nothing is done anew. With --without it tells what would be had some events, and"
                                + " what they caused, not been; with --re-decide what today's scripts would decide otherwise.",
                        "stratoswarm replay --from 1h --subject 'agent/shop/*'",
                        "stratoswarm replay --from '#100' --step",
                        "stratoswarm replay --from 1d --until \"event.type == 'AgentExited' && event.payload.code == 1\"",
                        "stratoswarm replay --without 1234",
                        "stratoswarm replay --re-decide --from 1d")
                .addOption(
                        Common.option("TIME", "begin: 10m, 2026-01-31T12:00:00Z, or #123: after event 123", "--from"))
                .addOption(Common.option("TIME", "end; now if not given", "--to"))
                .addOption(Common.option(
                        "CONDITION",
                        "end after the event that is type=TYPE, subject=SUBJECT, or fits a condition in CEL on 'event' and"
                                + " 'state'",
                        "--until"))
                .addOption(Common.option("TYPE", "show only this type; a * at the end stands for anything", "--type"))
                .addOption(Common.option(
                        "SUBJECT", "show only this subject; a * at the end stands for anything", "--subject"))
                .addOption(Common.flag(
                        "stop after each event for a word: n (next), c (go on), p PATH (print a part of the state), q",
                        "--step"))
                .addOption(Common.option("SEQ[,SEQ]", "events to leave out, with what they caused", "--without"))
                .addOption(Common.flag("run today's scripts on recorded inputs and compare", "--re-decide"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        boolean branch = Common.has(parsed, "--without");
        boolean again = Common.has(parsed, "--re-decide");
        if (branch && again) {
            throw new Failure(ExitCode.USAGE, "--without and --re-decide exclude each other");
        }
        if (!branch && !Common.has(parsed, "--from")) {
            throw new Failure(ExitCode.USAGE, "--from is needed: where to begin, for example --from 1h");
        }
        String to = Moments.point(Common.text(parsed, "--to", "now"), context);
        if (branch) {
            return ReplayBranch.without(Common.text(parsed, "--without", ""), to, context);
        }
        String from = Moments.point(Common.text(parsed, "--from", ""), context);
        if (again) {
            return ReplayBranch.redecide(from, to, context);
        }
        return steps(parsed, from, to, context);
    }

    private static ExitCode steps(ParseResult parsed, String from, String to, Context context)
            throws Failure, IOException {
        boolean stepping = Common.has(parsed, "--step");
        if (stepping && context.json()) {
            throw new Failure(ExitCode.USAGE, "--step is for people; it has no --json");
        }
        StringBuilder filters = new StringBuilder("&to=" + ApiClient.encode(to));
        for (String name : List.of("until", "type", "subject")) {
            if (Common.has(parsed, "--" + name)) {
                filters.append('&')
                        .append(name)
                        .append('=')
                        .append(ApiClient.encode(Common.text(parsed, "--" + name, "")));
            }
        }
        BufferedReader words = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
        String begin = "from=" + ApiClient.encode(from);
        boolean asks = stepping;
        while (true) {
            // One at a time where somebody looks at each, so that the next is not asked for in vain.
            Map<String, Object> page = JsonText.object(
                    context.daemon().get("replay/steps?" + begin + filters + "&limit=" + (asks ? 1 : PAGE)));
            for (Map<String, Object> step : JsonText.objects(page, "steps")) {
                show(step, context);
            }
            long next = JsonText.number(page, "next");
            boolean reached = JsonText.flag(page, "reached");
            if (reached && !context.json()) {
                context.err().println("reached at event " + (next - 1));
            }
            if (reached && !stepping || next >= JsonText.number(page, "to")) {
                return ended(Common.has(parsed, "--until"), reached, context);
            }
            begin = "next=" + next;
            if (asks || reached) {
                String word = ask(words, next, context);
                if (word.equals("q")) {
                    return ExitCode.OK;
                }
                asks = !word.equals("c");
            }
        }
    }

    private static ExitCode ended(boolean wanted, boolean reached, Context context) throws Failure {
        if (wanted && !reached) {
            throw new Failure(ExitCode.NOT_FOUND, "no event until then fits the condition of --until");
        }
        context.out().flush();
        return ExitCode.OK;
    }

    private static void show(Map<String, Object> step, Context context) throws IOException {
        if (context.json()) {
            context.out().println(JsonText.write(step));
            return;
        }
        EventsCommand.show(JsonText.child(step, "event"), "", context);
        for (Map<String, Object> change : JsonText.objects(step, "changes")) {
            context.out().println(Table.printable("         " + StateText.change(change)));
        }
    }

    /** n, c or q; p is answered here. The end of the input is q. */
    private static String ask(BufferedReader words, long next, Context context) throws IOException, Failure {
        while (true) {
            context.out().print("(n)ext, (c)ontinue, (p)rint PATH, (q)uit: ");
            context.out().flush();
            String line = words.readLine();
            String word = line == null ? "q" : line.strip();
            if (word.isEmpty()) {
                word = "n";
            }
            if (List.of("n", "c", "q").contains(word)) {
                return word;
            }
            if (word.equals("p") || word.startsWith("p ")) {
                print(word.substring(1).strip(), next - 1, context);
            } else {
                context.err().println("'" + word + "' is none of n, c, p PATH and q");
            }
        }
    }

    private static void print(String path, long sequence, Context context) throws IOException {
        try {
            Map<String, Object> answer = JsonText.object(context.daemon()
                    .get("replay/state?at=" + ApiClient.encode("#" + sequence)
                            + (path.isEmpty() ? "" : "&path=" + ApiClient.encode(path))));
            context.out().println(JsonText.pretty(answer.get("state")));
        } catch (Failure e) {
            // A misspelt path is no reason to end.
            context.err().println(String.valueOf(e.getMessage()));
        }
    }
}
