package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.Leases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Leases on agents, and controls of their running processes. Described where agents are. */
final class LeaseRoutes {
    private static final String EXAMPLE = "\"shop/web\"";
    private static final String NICE = "nice";
    private static final String CPUS = "cpus";
    private static final String CORES = "cpuCores";
    private static final String RECLAIM = "reclaimBytes";

    private final Services services;
    private final Waiting waiting;

    LeaseRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.on("POST", "agents/lease", Role.OPERATOR, this::lease)
                .on("POST", "agents/release", Role.OPERATOR, this::release)
                .on("POST", "agents/control", Role.OPERATOR, this::control);
    }

    private Leases leases() {
        return Services.need(services.leases(), "leases");
    }

    /** Who asks, wherever from. */
    private static String holder(Request request) {
        String actor = request.actor();
        int at = actor.lastIndexOf('@');
        return at < 0 ? actor : actor.substring(0, at);
    }

    private Reply lease(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("selector", "millis", "reason"));
        JsonNode millis = body.path("millis");
        if (!millis.isIntegralNumber() || !millis.canConvertToLong()) {
            throw Request.invalid("the body needs \"millis\" as a whole number, for example 30000");
        }
        String id = AgentRoutes.text(body, "selector", EXAMPLE);
        String reason = AgentRoutes.text(body, "reason", "\"I look at it\"");
        return Reply.ok(Shapes.lease(waiting.on(leases().lease(id, holder(request), millis.longValue(), reason)))
                .put("agent", id));
    }

    private Reply release(Request request) throws InterruptedException {
        request.only();
        String id = AgentRoutes.text(request.bodyObject(List.of("selector")), "selector", EXAMPLE);
        waiting.on(leases().release(id, holder(request)));
        ObjectNode answer = Json.object();
        answer.set("agents", Json.texts(List.of(id)));
        return Reply.ok(answer);
    }

    private Reply control(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("selector", NICE, CPUS, CORES, RECLAIM));
        String id = AgentRoutes.text(body, "selector", EXAMPLE);
        AgentControls controls = Services.need(services.controls(), "controls");
        Outcome outcome = waiting.on(controls.apply(id, controlOf(body), request.actor()));
        return Reply.ok(Json.object()
                .put("agent", id)
                .put("outcome", outcome.done() ? "done" : "unavailable")
                .put("detail", outcome.detail())
                .put("before", outcome.before())
                .put("after", outcome.after()));
    }

    private static Control controlOf(ObjectNode body) {
        List<Control> found = new ArrayList<>();
        if (body.has(NICE)) {
            found.add(new Control.Nice((int) whole(body, NICE, Integer.MAX_VALUE)));
        }
        if (body.has(CPUS)) {
            found.add(new Control.Affinity(cpus(body.path(CPUS))));
        }
        if (body.has(CORES)) {
            if (!body.path(CORES).isNumber()) {
                throw Request.invalid("\"" + CORES + "\" must be a number, for example 0.5");
            }
            found.add(new Control.Throttle(body.path(CORES).doubleValue()));
        }
        if (body.has(RECLAIM)) {
            found.add(new Control.Reclaim(whole(body, RECLAIM, Long.MAX_VALUE)));
        }
        if (found.size() != 1) {
            throw Request.invalid(
                    "the body needs one of " + String.join(", ", NICE, CPUS, CORES, RECLAIM) + ", and only one");
        }
        return found.getFirst();
    }

    private static long whole(ObjectNode body, String key, long most) {
        JsonNode value = body.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || Math.abs(value.longValue()) > most) {
            throw Request.invalid("\"" + key + "\" must be a whole number");
        }
        return value.longValue();
    }

    private static Set<Integer> cpus(JsonNode array) {
        Set<Integer> cpus = new HashSet<>();
        for (JsonNode cpu : array) {
            if (!cpu.isInt()) {
                throw Request.invalid("\"" + CPUS + "\" must be numbers of processors, for example [0,1]");
            }
            cpus.add(cpu.intValue());
        }
        return cpus;
    }
}
