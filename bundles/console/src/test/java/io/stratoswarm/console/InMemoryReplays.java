package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.replay.Replays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A past that is as the daemon in memory is now, with one of each thing that can be told of it. */
final class InMemoryReplays implements Replays {
    private static final StateChange CHANGE = new StateChange("agents[shop/web].phase", "\"READY\"", "\"BACKOFF\"");

    private final InMemoryServices services;

    InMemoryReplays(InMemoryServices services) {
        this.services = services;
    }

    @Override
    public Moment moment(String text) {
        if (!text.startsWith("#") && !text.contains("T")) {
            throw new StratoswarmException(Kind.INVALID, "'" + text + "' is no moment");
        }
        return text.startsWith("#") ? new Moment(Long.parseLong(text.substring(1)) + 1, 1_000) : new Moment(7, 2_000);
    }

    @Override
    public PastGraphs.View view(Moment moment) {
        return new PastGraphs.View() {
            @Override
            public List<AgentStatus> agents() {
                return services.agents.list();
            }

            @Override
            public Optional<AgentSpec> spec(String agent) {
                return services.agents.spec(agent);
            }

            @Override
            public List<Graphs.Summary> graphs() {
                return List.of(new Graphs.Summary("shop", 3, "", agents()));
            }

            @Override
            public Optional<Graphs.Declaration> declaration(String graph) {
                return Optional.empty();
            }
        };
    }

    @Override
    public String state(Moment moment, String path) {
        return "{\"path\": \"" + path + "\"}";
    }

    @Override
    public Steps steps(StepQuery query) {
        return new Steps(
                List.of(new Step(services.journal.get(3).orElseThrow(), List.of(CHANGE))),
                4,
                query.until().isPresent());
    }

    @Override
    public List<Difference> differences(Moment from, Moment to, Optional<String> graph) {
        return List.of(
                new Difference("agent", "shop/web", "stopped", List.of(CHANGE)),
                new Difference("node", "shop/job", "added", List.of(new StateChange("spec", "", "{}"))));
    }

    @Override
    public Branch without(Set<Long> sequences, Moment to) {
        return new Branch(
                to,
                sequences.stream()
                        .map(sequence -> new LeftOut(sequence, "AgentExited", "agent/shop/web", "asked for"))
                        .toList(),
                List.of(new ChangedRuling(9, "shop/web", "quarantine", "restart at once")),
                differences(to, to, Optional.empty()),
                List.of(new Note(true, "the fold"), new Note(false, "the rest")));
    }

    @Override
    public CompletableFuture<List<Redecision>> redecide(Moment from, Moment to) {
        return CompletableFuture.completedFuture(List.of(
                new Redecision(5, "heal", "event 4", Agreement.DIFFERENT, "{\"a\":1}", "[]", false, "nothing now"),
                new Redecision(-1, "heal", "event 6", Agreement.NO_INPUT, "[]", "", true, "cut")));
    }
}
