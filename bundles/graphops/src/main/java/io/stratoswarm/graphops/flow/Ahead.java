package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.flow.Flows.Drain;
import io.stratoswarm.api.graph.Graphs.Declaration;
import io.stratoswarm.api.graph.Graphs.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Held flows of a graph that have come to rest and go on before what is next is declared, since that takes longer than they should
 * stand still. It is known in memory alone: after a crash they are held again, are at rest, and go on again.
 */
final class Ahead {
    private final List<Drain> grants = new ArrayList<>();

    void add(Drain grant) {
        grants.add(grant);
    }

    boolean has(Drain asked) {
        return grants.stream().anyMatch(it -> it.by().equals(asked.by()));
    }

    /** Takes back what others were granted for the flows that are to be held now; whether there was anything. */
    boolean revoke(Drain asked) {
        return grants.removeIf(
                it -> !it.by().equals(asked.by()) && it.then().keySet().stream().anyMatch(asked.held()::contains));
    }

    /** Forgets what is not declared as held any more; whether anything is left. */
    boolean look(Declaration declared) {
        grants.removeIf(it -> Collections.disjoint(it.then().keySet(), declared.held()));
        return !grants.isEmpty();
    }

    /** What is declared, but for these flows. */
    GraphNow over(Declaration declared, GraphNow now, Function<String, Optional<AgentStatus>> agents) {
        GraphNow then = now;
        for (Drain grant : grants) {
            then = over(grant, declared, then, agents);
        }
        return then;
    }

    static GraphNow over(
            Drain grant, Declaration declared, GraphNow now, Function<String, Optional<AgentStatus>> agents) {
        if (grant.then().isEmpty()) {
            return now;
        }
        Map<String, List<Member>> all = new HashMap<>(declared.members());
        grant.members()
                .forEach((node, its) ->
                        all.put(node, named(its, declared.members().getOrDefault(node, List.of()))));
        Map<String, Wired> next = new HashMap<>();
        Declared.now(
                        new Declaration(
                                declared.name(),
                                declared.generation(),
                                declared.deleting(),
                                declared.nodes(),
                                List.copyOf(grant.then().values()),
                                declared.constraints(),
                                declared.objectives(),
                                all,
                                Set.of()),
                        agents)
                .flows()
                .forEach(it -> next.put(it.spec().id(), it));
        List<Wired> wired = new ArrayList<>();
        for (Wired each : now.flows()) {
            String id = each.spec().id();
            Wired then = each.held() && grant.then().containsKey(id) ? next.get(id) : null;
            wired.add(then == null ? each : then);
        }
        return new GraphNow(now.graph(), wired, now.agents());
    }

    private static List<Member> named(List<Member> members, List<Member> declared) {
        Map<Integer, String> ids = new HashMap<>();
        declared.forEach(it -> ids.put(it.number(), it.agent()));
        return members.stream()
                .map(it -> new Member(
                        it.number(),
                        ids.getOrDefault(it.number(), ""),
                        it.slot(),
                        it.previous(),
                        it.share(),
                        it.draining()))
                .toList();
    }
}
