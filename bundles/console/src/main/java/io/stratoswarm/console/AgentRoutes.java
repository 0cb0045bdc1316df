package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Agents: their state, their commands and their output. */
final class AgentRoutes {
    private static final int MAX_LOG_LINES = 100_000;

    private final Services services;
    private final Waiting waiting;

    AgentRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    /** A command on what a selector names. */
    private interface Command {
        CompletableFuture<List<String>> run(Agents agents, String selector, String actor);
    }

    void add(Routes routes) {
        routes.describedBy("agents")
                .on("GET", "agents", Role.VIEWER, this::list)
                .on("GET", "agents/*", Role.VIEWER, this::get)
                .on("GET", "logs", Role.VIEWER, this::logs)
                .on("POST", "agents/start", Role.OPERATOR, request -> command(request, Agents::start))
                .on("POST", "agents/stop", Role.OPERATOR, request -> command(request, Agents::stop))
                .on("POST", "agents/restart", Role.OPERATOR, request -> command(request, Agents::restart))
                .on("POST", "agents/kill", Role.OPERATOR, request -> command(request, Agents::kill))
                .on("POST", "agents/signal", Role.OPERATOR, this::signal);
    }

    private Agents agents() {
        return Services.need(services.agents(), "agents");
    }

    private Reply list(Request request) {
        request.only("selector");
        List<AgentStatus> found = request.text("selector")
                .map(selector -> selected(agents(), selector))
                .orElseGet(() -> agents().list().stream()
                        .filter(agent -> request.caller().sees(agent.graph()))
                        .toList());
        ObjectNode answer = Json.object();
        answer.set("agents", Json.array(found, Shapes::agent));
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        request.only();
        AgentStatus agent = agents().get(request.rest()).orElseThrow(() -> unknown(agents(), request.rest()));
        ObjectNode answer = Shapes.agent(agent);
        agents().spec(agent.id()).ifPresent(spec -> answer.set("spec", SpecShape.spec(spec)));
        return Reply.ok(answer);
    }

    private Reply command(Request request, Command command) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("selector"));
        return done(command.run(agents(), text(body, "selector", "\"shop/web\""), request.actor()));
    }

    private Reply signal(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("selector", "signal"));
        String selector = text(body, "selector", "\"shop/web\"");
        return done(agents().signal(selector, text(body, "signal", "\"HUP\""), request.actor()));
    }

    private Reply done(CompletableFuture<List<String>> command) throws InterruptedException {
        List<String> touched = waiting.on(command);
        ObjectNode answer = Json.object();
        answer.set("agents", Json.texts(touched));
        return Reply.ok(answer);
    }

    static String text(ObjectNode body, String key, String example) {
        JsonNode value = body.path(key);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw Request.invalid("the body needs \"" + key + "\" as a string, for example " + example);
        }
        return value.textValue();
    }

    private Reply logs(Request request) {
        request.only("agent", "lines", "follow");
        Agents agents = agents();
        List<AgentStatus> chosen = selected(agents, request.need("agent"));
        int lines = (int) request.number("lines", 100, 0, MAX_LOG_LINES);
        if (request.flag("follow")) {
            return new Reply.Lines(sink -> follow(agents, chosen, lines, sink));
        }
        List<LogLine> all = new ArrayList<>();
        chosen.forEach(agent -> all.addAll(agents.log(agent.id(), lines)));
        if (chosen.size() > 1) {
            all.sort(Comparator.comparingLong(LogLine::timeMillis));
        }
        return new Reply.Lines(sink -> {
            for (LogLine line : all) {
                if (!sink.write(Shapes.log(line))) {
                    return;
                }
            }
        });
    }

    private static void follow(Agents agents, List<AgentStatus> chosen, int lines, LineSink sink) throws Exception {
        List<AutoCloseable> followers = new ArrayList<>();
        try {
            for (AgentStatus agent : chosen) {
                followers.add(agents.followLog(agent.id(), lines, line -> sink.write(Shapes.log(line))));
            }
            sink.open();
            sink.awaitClosed();
        } finally {
            sink.close();
            for (AutoCloseable follower : followers) {
                follower.close();
            }
        }
    }

    static boolean selects(String selector, AgentStatus agent) {
        return agent.id().equals(selector)
                || agent.graph().equals(selector)
                || (agent.graph() + "/" + agent.node()).equals(selector);
    }

    /** Agents of an agent id, a node or a graph. */
    static List<AgentStatus> selected(Agents agents, String selector) {
        List<AgentStatus> all = agents.list();
        List<AgentStatus> found =
                all.stream().filter(agent -> selects(selector, agent)).toList();
        if (found.isEmpty()) {
            throw unknown(agents, selector);
        }
        return found;
    }

    private static StratoswarmException unknown(Agents agents, String selector) {
        List<String> known = agents.list().stream().map(AgentStatus::id).toList();
        String shown = known.size() > 5 ? String.join(", ", known.subList(0, 5)) + ", …" : String.join(", ", known);
        return new StratoswarmException(
                Kind.NOT_FOUND,
                "no agent, node or graph is named '" + selector + "'; "
                        + (known.isEmpty() ? "nothing is declared yet" : "there are " + shown));
    }
}
