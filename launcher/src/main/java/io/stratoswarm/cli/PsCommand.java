package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ps}. */
final class PsCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Lists agents: all, or those of an agent id, a node or a graph.", "stratoswarm ps shop/web");
        return spec.addPositional(Common.parameter(0, "0..1", "SELECTOR", "agent id, graph/node, or graph"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String selector = Common.parameter(parsed, 0, "");
        String answer =
                context.daemon().get(selector.isEmpty() ? "agents" : "agents?selector=" + ApiClient.encode(selector));
        if (print(answer, context) == 0 && !context.json()) {
            context.err().println("no agents are declared; 'stratoswarm apply FILE' declares some");
        }
        return ExitCode.OK;
    }

    /** Prints agents as the daemon lists them, and tells how many there are. */
    static int print(String answer, Context context) throws IOException {
        List<Map<String, Object>> agents = JsonText.objects(JsonText.object(answer), "agents");
        if (context.json()) {
            context.out().println(answer);
            return agents.size();
        }
        Table table = new Table("ID", "PHASE", "PID", "UPTIME", "RESTARTS", "REASON");
        table.painted(1, phase -> painted(context.terminal(), phase));
        for (Map<String, Object> agent : agents) {
            table.row(
                    JsonText.text(agent, "id"),
                    JsonText.text(agent, "phase"),
                    agent.containsKey("pid") ? JsonText.text(agent, "pid") : "-",
                    agent.containsKey("pid") ? Times.since(JsonText.text(agent, "started"), context.clock()) : "-",
                    JsonText.text(agent, "restarts"),
                    reason(agent));
        }
        table.print(context);
        return agents.size();
    }

    /** Of an agent that is down its own reason says who holds it. */
    private static String reason(Map<String, Object> agent) throws IOException {
        String reason = JsonText.text(agent, "reason");
        return JsonText.text(agent, "phase").equals("backoff")
                ? reason
                : reason
                        + OneAgentCommand.lease(agent)
                                .map(lease -> "; " + lease)
                                .orElse("");
    }

    static String painted(Terminal terminal, String phase) {
        return switch (phase) {
            case "ready", "completed" -> terminal.green(phase);
            case "failed", "quarantined", "unhealthy" -> terminal.red(phase);
            case "starting", "backoff", "stopping", "waiting", "running" -> terminal.yellow(phase);
            default -> phase;
        };
    }
}
