package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.List;

/**
 * What a caller whose token is limited to one graph may ask: what names that graph, and what tells nothing of others. Every route that
 * is not listed here is refused, so that a new one is closed until somebody has thought about it.
 */
final class GraphLimit {
    private static final String API = Routes.BASE;

    private GraphLimit() {}

    /**
     * Refuses what goes beyond the graph. Lists of agents and graphs are made shorter by their routes, and what is applied is looked at
     * once its name is known.
     */
    static void check(Routes.Match.Found found, Request request) {
        String graph = request.caller().graph();
        if (graph.isEmpty() || found.role() == Role.ANYONE || allowed(found.name(), request, graph)) {
            return;
        }
        throw refusal(request.caller());
    }

    static StratoswarmException refusal(Caller caller) {
        return new StratoswarmException(
                Kind.FORBIDDEN,
                "the token of " + caller.actor() + " is limited to the graph " + caller.graph()
                        + ", and this goes beyond it");
    }

    private static boolean allowed(String route, Request request, String graph) {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1);
        if (!path.startsWith(API)) {
            return false;
        }
        return switch (method + " " + path.substring(API.length())) {
            case "GET session", "DELETE session", "GET graphs", "POST graphs", "POST graphs/validate" -> true;
            // Only its number names a transform or a proposal, so their routes look themselves.
            case "GET transforms/*", "POST transforms/*", "GET proposals/*", "POST proposals/*" -> true;
            case "GET transforms", "GET proposals" ->
                within(request.text("graph").orElse(graph), graph);
            case "GET agents" -> within(request.text("selector").orElse(graph), graph);
            case "GET logs", "GET logs/templates" ->
                within(request.text("agent").orElse(""), graph);
            case "GET agents/*", "GET graphs/*", "POST graphs/*", "DELETE graphs/*" -> within(request.rest(), graph);
            case "POST agents/start",
                    "POST agents/stop",
                    "POST agents/restart",
                    "POST agents/kill",
                    "POST agents/signal",
                    "POST agents/lease",
                    "POST agents/release",
                    "POST agents/control" ->
                within(request.bodyObject(List.of()).path("selector").asText(), graph);
            default -> false;
        };
    }

    /** Whether a graph, a node, an agent, or a part of the graph's description is of this graph. */
    private static boolean within(String named, String graph) {
        return named.equals(graph) || named.startsWith(graph + "/");
    }
}
