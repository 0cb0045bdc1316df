package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Proposal;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Transforms that scripts have asked for, and the word of an operator on those that wait for it. */
final class ProposalRoutes {
    private static final String APPROVE = "/approve";
    private static final String REJECT = "/reject";
    private static final int MAX_LISTED = 1_000;

    private final Services services;
    private final Waiting waiting;

    ProposalRoutes(Services services, Waiting waiting) {
        this.services = services;
        this.waiting = waiting;
    }

    void add(Routes routes) {
        routes.describedBy("proposals")
                .on("GET", "proposals", Role.VIEWER, this::list)
                .on("GET", "proposals/*", Role.VIEWER, this::get)
                .on("POST", "proposals/*", Role.OPERATOR, this::command);
    }

    private Proposals proposals() {
        return Services.need(services.proposals(), "proposals");
    }

    private Reply list(Request request) {
        request.only("graph", "limit");
        int limit = (int) request.number("limit", 20, 1, MAX_LISTED);
        String own = request.caller().graph();
        Optional<String> graph = request.text("graph").or(() -> Optional.of(own).filter(name -> !name.isEmpty()));
        ObjectNode answer = Json.object();
        answer.set("proposals", Json.array(proposals().list(graph, limit), ProposalRoutes::shape));
        return Reply.ok(answer);
    }

    private Reply get(Request request) {
        request.only();
        return Reply.ok(shape(find(request, request.rest())));
    }

    private Reply command(Request request) throws InterruptedException {
        request.only();
        String rest = request.rest();
        boolean approve = rest.endsWith(APPROVE);
        if (!approve && !rest.endsWith(REJECT)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no POST " + request.path() + "; a proposal takes /approve and /reject after its number");
        }
        request.bodyObject(List.of("(none)"));
        long number = find(request, rest.substring(0, rest.lastIndexOf('/'))).number();
        CompletableFuture<Proposal> decided = approve
                ? proposals().approve(number, request.actor())
                : proposals().reject(number, request.actor());
        return Reply.ok(shape(waiting.on(decided)));
    }

    /** One that this caller may see. */
    private Proposal find(Request request, String number) {
        if (!number.matches("[1-9][0-9]{0,17}")) {
            throw Request.invalid("a proposal is named by its number, from 1, not '" + Gate.shown(number)
                    + "'; GET /api/v1/proposals lists them");
        }
        Proposal found = proposals().get(Long.parseLong(number));
        if (!request.caller().sees(found.request().graph())) {
            throw GraphLimit.refusal(request.caller());
        }
        return found;
    }

    private static ObjectNode shape(Proposal proposal) {
        ObjectNode node = Json.object()
                .put("number", proposal.number())
                .put("state", Shapes.word(proposal.state()).replace('_', '-'))
                .put("detail", proposal.detail())
                .put("script", proposal.script());
        if (!proposal.hash().isEmpty()) {
            node.put("sha256", proposal.hash());
        }
        node.put("graph", proposal.request().graph())
                .put("generation", proposal.generation())
                .put("kind", proposal.request().kind());
        ObjectNode arguments = node.putObject("arguments");
        new TreeMap<>(proposal.request().arguments()).forEach(arguments::put);
        proposal.request().fragment().map(GraphSource::text).ifPresent(text -> node.put("fragment", text));
        node.put("reason", proposal.reason());
        node.set("effect", Json.texts(proposal.effect()));
        node.put("made", Shapes.time(proposal.madeNanos()));
        if (proposal.decidedNanos() != 0) {
            node.put("decided", Shapes.time(proposal.decidedNanos())).put("by", proposal.by());
        }
        if (proposal.expiresNanos() != 0) {
            node.put("expires", Shapes.time(proposal.expiresNanos()));
        }
        proposal.transform().ifPresent(number -> node.put("transform", number));
        return node;
    }
}
