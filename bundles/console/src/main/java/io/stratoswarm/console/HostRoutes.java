package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.host.HostProbe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon and the host it runs on. */
final class HostRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HostRoutes.class);

    private final Supplier<List<Listeners.Told>> listeners;
    private final Services services;
    private final Waiting waiting;

    /** @param listeners TCP addresses of the API */
    HostRoutes(Services services, Waiting waiting, Supplier<List<Listeners.Told>> listeners) {
        this.listeners = listeners;
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("host")
                .on("GET", "status", Role.VIEWER, this::status)
                .on("GET", "health", Role.VIEWER, this::health)
                .on("GET", "plugins", Role.VIEWER, this::plugins)
                .on("GET", "doctor", Role.VIEWER, this::doctor)
                .on("POST", "shutdown", Role.ADMIN, this::shutdown)
                .on("POST", "upgrade", Role.ADMIN, this::upgrade);
    }

    private Daemon daemon() {
        return Services.need(services.daemon(), "daemon");
    }

    private Reply status(Request request) {
        request.only();
        ObjectNode answer = Json.object()
                .put("apiVersion", "v1")
                .put("pid", ProcessHandle.current().pid());
        services.daemon()
                .ifPresent(daemon -> answer.put("version", daemon.version())
                        .put("started", Shapes.time(daemon.startedNanos()))
                        .put("home", daemon.home())
                        .put("data", daemon.data()));
        services.journal()
                .ifPresent(journal -> answer.putObject("journal")
                        .put("id", journal.id().toString())
                        .put("size", journal.size()));
        services.agents().ifPresent(agents -> {
            Map<String, Integer> phases = new TreeMap<>();
            List<AgentStatus> all = agents.list();
            all.forEach(agent -> phases.merge(Shapes.word(agent.phase()), 1, Integer::sum));
            ObjectNode node = answer.putObject("agents").put("total", all.size());
            ObjectNode byPhase = node.putObject("byPhase");
            phases.forEach(byPhase::put);
        });
        services.graphs().ifPresent(graphs -> answer.put("graphs", graphs.list().size()));
        services.plugins().ifPresent(plugins -> {
            Map<String, Integer> states = new TreeMap<>();
            plugins.list().forEach(plugin -> states.merge(plugin.state(), 1, Integer::sum));
            ObjectNode byState = answer.putObject("plugins");
            states.forEach(byState::put);
        });
        answer.set("missing", Json.texts(services.missing()));
        answer.set("listeners", Json.array(listeners.get(), Shapes::listener));
        return Reply.ok(answer);
    }

    private Reply health(Request request) {
        request.only();
        List<String> missing = services.missing();
        if (missing.isEmpty()) {
            return Reply.ok(Json.object().put("status", "ok"));
        }
        ObjectNode problem = Problem.json(
                Problem.status(Kind.UNAVAILABLE),
                Kind.UNAVAILABLE.name(),
                "these services are not there now: " + String.join(", ", missing)
                        + "; 'stratoswarm plugins' tells which bundle is at fault");
        problem.set("missing", Json.texts(missing));
        return Problem.reply(problem);
    }

    private Reply plugins(Request request) {
        request.only();
        ObjectNode answer = Json.object();
        answer.set(
                "plugins",
                Json.array(Services.need(services.plugins(), "plugins").list(), Shapes::plugin));
        return Reply.ok(answer);
    }

    private Reply doctor(Request request) {
        request.only();
        List<Capability> found = new ArrayList<>();
        for (HostProbe probe : services.probes()) {
            try {
                found.addAll(probe.probe());
            } catch (RuntimeException e) {
                LOG.warn("the host probe {} failed", probe.getClass().getName(), e);
                found.add(new Capability(
                        "probe." + probe.getClass().getSimpleName(),
                        false,
                        "the probe itself failed (" + e.getClass().getSimpleName()
                                + "); the daemon's log has the details"));
            }
        }
        found.sort(Comparator.comparing(Capability::name));
        ObjectNode answer = Json.object();
        answer.set("capabilities", Json.array(found, Shapes::capability));
        return Reply.ok(answer);
    }

    private Reply shutdown(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("stopAgents"));
        if (body.has("stopAgents") && !body.get("stopAgents").isBoolean()) {
            throw new StratoswarmException(Kind.INVALID, "\"stopAgents\" must be true or false");
        }
        boolean stopAgents = body.path("stopAgents").asBoolean(true);
        waiting.on(daemon().shutdown(stopAgents, request.actor()));
        return Reply.of(202, Json.object().put("stopAgents", stopAgents).put("ends", true));
    }

    private Reply upgrade(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("home"));
        Optional<String> home = body.has("home")
                ? Optional.of(AgentRoutes.text(body, "home", "\"/opt/stratoswarm-2\""))
                : Optional.empty();
        waiting.on(daemon().upgrade(home, request.actor()));
        return Reply.of(202, Json.object().put("restarts", true));
    }
}
