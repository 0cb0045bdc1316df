package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code start}, {@code stop}, {@code restart} and {@code kill}. */
final class AgentCommand implements Command {
    private final String verb;

    AgentCommand(String verb) {
        this.verb = verb;
    }

    @Override
    public CommandSpec spec() {
        String description = switch (verb) {
            case "start" ->
                "Starts agents that are stopped, completed, failed or quarantined, and runs scheduled and manual ones now.";
            case "stop" ->
                "Stops agents by their stop signal and, after the grace time, by SIGKILL. They stay down until started.";
            case "restart" -> "Stops and starts agents; returns once the new processes run.";
            default -> "Ends everything that agents have started with SIGKILL. Their restart policy then applies.";
        };
        return Common.spec(description, "stratoswarm " + verb + " shop/web")
                .addPositional(Common.parameter(0, "1..*", "SELECTOR", "agent id, graph/node, or graph"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        return run(context, verb, Common.parameters(parsed, 0), Map.of());
    }

    static ExitCode run(Context context, String verb, List<String> selectors, Map<String, Object> more)
            throws Failure, IOException {
        List<String> agents = new ArrayList<>();
        for (String selector : selectors) {
            Map<String, Object> body = new java.util.LinkedHashMap<>(more);
            body.put("selector", selector);
            String answer = context.daemon().postJson("agents/" + verb, body);
            agents.addAll(JsonText.texts(JsonText.object(answer), "agents"));
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("agents", agents)));
        } else {
            agents.forEach(agent -> context.out().println(past(verb) + " " + agent));
            if (agents.isEmpty()) {
                context.err().println("nothing to " + verb);
            }
        }
        return ExitCode.OK;
    }

    private static String past(String verb) {
        return switch (verb) {
            case "stop" -> "stopped";
            case "signal" -> "signalled";
            default -> verb + "ed";
        };
    }
}
