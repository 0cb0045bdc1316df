package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.replay.Replays;
import io.stratoswarm.api.replay.Replays.Moment;
import io.stratoswarm.api.replay.Replays.StepQuery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looking back: what was at a moment, what changed from event to event, and what would have been without one. */
final class ReplayRoutes {
    private static final long LATEST_MILLIS = 120_000;
    private static final int MAX_STEPS = 1_000;
    private static final int MAX_LEFT_OUT = 1_000;

    private final Services services;
    private final Waiting waiting;

    ReplayRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("replay")
                .on("GET", "replay/moment", Role.VIEWER, this::moment)
                .on("GET", "replay/agents", Role.VIEWER, this::agents)
                .on("GET", "replay/agents/*", Role.VIEWER, this::agent)
                .on("GET", "replay/graphs", Role.VIEWER, this::graphs)
                .on("GET", "replay/metrics", Role.VIEWER, this::metrics)
                .on("GET", "replay/state", Role.VIEWER, this::state)
                .on("GET", "replay/steps", Role.VIEWER, this::steps)
                .on("GET", "replay/diff", Role.VIEWER, this::diff)
                .on("GET", "replay/without", Role.VIEWER, this::without)
                .on("POST", "replay/redecide", Role.OPERATOR, this::redecide);
    }

    private Replays replays() {
        return Services.need(services.replays(), "replays");
    }

    /** The moment of a parameter; that of now where there is none. */
    private Moment at(Request request, String name) {
        return replays()
                .moment(request.text(name)
                        .orElseGet(() -> services.clock().instant().toString()));
    }

    private Reply moment(Request request) {
        request.only("at");
        return Reply.ok(ReplayShapes.moment(at(request, "at")));
    }

    private Reply agents(Request request) {
        request.only("at", "selector");
        Moment moment = at(request, "at");
        List<AgentStatus> all = replays().view(moment).agents();
        Optional<String> selector = request.text("selector");
        List<AgentStatus> chosen = all.stream()
                .filter(agent ->
                        selector.map(name -> AgentRoutes.selects(name, agent)).orElse(true))
                .toList();
        if (chosen.isEmpty() && selector.isPresent()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "no agent, node or graph was named '" + selector.get() + "' then; there were "
                            + (all.isEmpty() ? "none" : all.size() + " agents"));
        }
        ObjectNode answer = Json.object();
        answer.set("agents", Json.array(chosen, Shapes::agent));
        answer.set("at", ReplayShapes.moment(moment));
        return Reply.ok(answer);
    }

    private Reply agent(Request request) {
        request.only("at");
        Moment moment = at(request, "at");
        PastGraphs.View view = replays().view(moment);
        AgentStatus agent = view.agents().stream()
                .filter(each -> each.id().equals(request.rest()))
                .findFirst()
                .orElseThrow(() ->
                        new StratoswarmException(Kind.NOT_FOUND, "there was no agent '" + request.rest() + "' then"));
        ObjectNode answer = Shapes.agent(agent);
        view.spec(agent.id()).ifPresent(spec -> answer.set("spec", SpecShape.spec(spec)));
        answer.set("at", ReplayShapes.moment(moment));
        return Reply.ok(answer);
    }

    private Reply graphs(Request request) {
        request.only("at");
        Moment moment = at(request, "at");
        ObjectNode answer = Json.object();
        answer.set("graphs", Json.array(replays().view(moment).graphs(), Shapes::graph));
        answer.set("at", ReplayShapes.moment(moment));
        return Reply.ok(answer);
    }

    /** The newest sample of each series that was not older than two minutes then, as the latest ones of now are. */
    private Reply metrics(Request request) {
        request.only("at", "subject");
        long millis = at(request, "at").timeNanos() / 1_000_000;
        MetricQuery query = new MetricQuery(
                request.text("subject").orElse("*"),
                "*",
                Collections.emptySortedMap(),
                Math.max(0, millis - LATEST_MILLIS),
                Math.max(0, millis + 1),
                0,
                MetricQuery.Aggregate.LAST);
        List<Sample> found = new ArrayList<>();
        for (Points points : Services.need(services.metrics(), "metrics").query(query)) {
            int last = points.timesMillis().length - 1;
            if (last >= 0) {
                found.add(new Sample(points.series(), points.timesMillis()[last], points.values()[last]));
            }
        }
        return MetricRoutes.samples(found);
    }

    private Reply state(Request request) {
        request.only("at", "path");
        Moment moment = at(request, "at");
        ObjectNode answer = Json.object();
        answer.set(
                "state",
                Json.parsed(replays().state(moment, request.text("path").orElse(""))));
        answer.set("at", ReplayShapes.moment(moment));
        return Reply.ok(answer);
    }

    private Reply steps(Request request) {
        request.only("from", "next", "to", "type", "subject", "until", "limit");
        Moment to = at(request, "to");
        long from = request.text("next").isPresent()
                ? request.number("next", 0, 0, Long.MAX_VALUE)
                : replays().moment(request.need("from")).events();
        StepQuery query = new StepQuery(
                from, to.events(), request.text("type"), request.text("subject"), request.text("until"), (int)
                        request.number("limit", 100, 1, MAX_STEPS));
        return Reply.ok(ReplayShapes.steps(replays().steps(query), to));
    }

    private Reply diff(Request request) {
        request.only("from", "to", "graph");
        Moment from = replays().moment(request.need("from"));
        Moment to = at(request, "to");
        ObjectNode answer = Json.object();
        answer.set("from", ReplayShapes.moment(from));
        answer.set("to", ReplayShapes.moment(to));
        answer.set(
                "differences",
                Json.array(replays().differences(from, to, request.text("graph")), ReplayShapes::difference));
        return Reply.ok(answer);
    }

    private Reply without(Request request) {
        request.only("events", "to");
        Set<Long> sequences = new TreeSet<>();
        for (String text : request.need("events").split(",", -1)) {
            if (!text.matches("[0-9]{1,18}")) {
                throw Request.invalid("'events' must be sequences with commas between them, for example 12,15, not '"
                        + Gate.shown(text) + "'");
            }
            sequences.add(Long.parseLong(text));
        }
        if (sequences.size() > MAX_LEFT_OUT) {
            throw Request.invalid("at most " + MAX_LEFT_OUT + " events can be left out at once");
        }
        return Reply.ok(ReplayShapes.branch(replays().without(sequences, at(request, "to"))));
    }

    private Reply redecide(Request request) throws InterruptedException {
        request.only();
        ObjectNode body = request.bodyObject(List.of("from", "to"));
        Moment from = replays().moment(AgentRoutes.text(body, "from", "\"2026-01-31T12:00:00Z\""));
        Moment to = replays().moment(AgentRoutes.text(body, "to", "\"2026-01-31T13:00:00Z\""));
        return Reply.ok(ReplayShapes.redecisions(waiting.on(replays().redecide(from, to))));
    }
}
