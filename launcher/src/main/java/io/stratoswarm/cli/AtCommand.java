package io.stratoswarm.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code at TIME ...}: what other commands show of now, as it was at a moment. */
final class AtCommand implements Command {
    private static final int EVENTS = 20;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                        "Shows what was at a moment: 'ps [SELECTOR]', 'graph [NAME]', 'agent ID', 'metrics [SUBJECT]' or"
                                + " 'events', each as the command of that name shows it of now. What only a running process"
                                + " knows, such as what a flow carried, is shown as far as metrics hold it.",
                        "stratoswarm at -10m ps",
                        "stratoswarm at 2026-01-31T12:00:00Z graph shop",
                        "stratoswarm at '#1234' agent shop/web")
                .addPositional(Common.parameter(
                        0,
                        "1",
                        "TIME",
                        "10m or -10m for ten minutes ago, 2026-01-31T12:00:00Z, or #123: after event 123"))
                .addPositional(Common.parameter(1, "1", "WHAT", "ps, graph, agent, metrics or events"))
                .addPositional(Common.parameter(2, "0..1", "NAME", "of what; as the command of now takes it"));
        // A length of time may be written with a minus, which is no option.
        spec.parser().unmatchedOptionsArePositionalParams(true);
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context now) throws Failure, IOException {
        String at = Moments.point(Common.parameter(parsed, 0, ""), now);
        String what = Common.parameter(parsed, 1, "");
        String name = Common.parameter(parsed, 2, "");
        for (String word : List.of(what, name)) {
            if (word.startsWith("-")) {
                throw new Failure(ExitCode.USAGE, "'at' has no option " + word);
            }
        }
        String query = "?at=" + ApiClient.encode(at);
        Map<String, Object> moment = JsonText.object(now.daemon().get("replay/moment" + query));
        Context then = now.at(Instant.parse(JsonText.text(moment, "time")));
        switch (what) {
            case "ps" -> ps(query, name, then);
            case "graph" -> graph(query, name, then);
            case "agent" -> agent(query, name, then);
            case "metrics" -> metrics(query, name.isEmpty() ? "*" : name, then);
            case "events" -> events(JsonText.number(moment, "events"), name, then);
            default ->
                throw new Failure(
                        ExitCode.USAGE, "'at TIME' shows ps, graph, agent, metrics or events, not '" + what + "'");
        }
        return ExitCode.OK;
    }

    private static void ps(String query, String selector, Context then) throws Failure, IOException {
        String more = selector.isEmpty() ? "" : "&selector=" + ApiClient.encode(selector);
        if (PsCommand.print(then.daemon().get("replay/agents" + query + more), then) == 0 && !then.json()) {
            then.err().println("no agents were declared then");
        }
    }

    private static void graph(String query, String name, Context then) throws Failure, IOException {
        String answer = then.daemon().get("replay/graphs" + query);
        List<Map<String, Object>> graphs = JsonText.objects(JsonText.object(answer), "graphs");
        if (name.isEmpty()) {
            if (then.json()) {
                then.out().println(answer);
                return;
            }
            Table table = new Table("GRAPH", "GENERATION", "AGENTS", "DESCRIPTION");
            graphs.forEach(graph -> table.row(
                    JsonText.text(graph, "name"),
                    JsonText.text(graph, "generation"),
                    String.valueOf(JsonText.objects(graph, "agents").size()),
                    JsonText.text(graph, "description")));
            table.print(then);
            return;
        }
        List<String> names = new ArrayList<>();
        for (Map<String, Object> graph : graphs) {
            names.add(JsonText.text(graph, "name"));
            if (JsonText.text(graph, "name").equals(name)) {
                if (then.json()) {
                    then.out().println(JsonText.write(graph));
                } else {
                    GraphStatus.agents(graph, then);
                    then.err()
                            .println("generation " + JsonText.text(graph, "generation")
                                    + "; what its flows carried is in 'stratoswarm at TIME metrics host'");
                }
                return;
            }
        }
        throw new Failure(
                ExitCode.NOT_FOUND,
                "there was no graph '" + name + "' then"
                        + (names.isEmpty() ? "" : "; there were " + String.join(", ", names)));
    }

    private static void agent(String query, String id, Context then) throws Failure, IOException {
        if (id.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "'at TIME agent' needs the id of an agent");
        }
        String path = String.join(
                "/",
                java.util.Arrays.stream(id.split("/", -1))
                        .map(ApiClient::encode)
                        .toList());
        String answer = then.daemon().get("replay/agents/" + path + query);
        if (then.json()) {
            then.out().println(answer);
            return;
        }
        Map<String, Object> agent = JsonText.object(answer);
        Map<String, Object> spec = JsonText.child(agent, "spec");
        agent.remove("spec");
        Map<String, Object> at = JsonText.child(agent, "at");
        agent.remove("at");
        agent.put(
                "at",
                Times.shortened(JsonText.text(at, "time")) + ", after " + JsonText.text(at, "events") + " events");
        for (Map.Entry<String, Object> field : agent.entrySet()) {
            line(field.getKey(), String.valueOf(field.getValue()), then);
        }
        for (Map.Entry<String, Object> field : spec.entrySet()) {
            line(
                    "  " + field.getKey(),
                    field.getValue() instanceof String text ? text : JsonText.write(field.getValue()),
                    then);
        }
    }

    private static void line(String key, String value, Context then) {
        then.out().println(Table.printable(key + " ".repeat(Math.max(1, 22 - key.length())) + value));
    }

    private static void metrics(String query, String subject, Context then) throws Failure, IOException {
        String answer = then.daemon().get("replay/metrics" + query + "&subject=" + ApiClient.encode(subject));
        String to = "&to=" + (then.clock().millis() + 1);
        if (MetricsCommand.samples(answer, subject, to, then) == 0 && !then.json()) {
            then.err().println("nothing is recorded of '" + subject + "' in the two minutes before");
        }
    }

    private static void events(long end, String subject, Context then) throws Failure, IOException {
        String filter = subject.isEmpty() ? "" : "&subject=" + ApiClient.encode(subject);
        var unused = EventsCommand.page("events?tail=" + EVENTS + "&to=" + end + filter, then);
    }
}
