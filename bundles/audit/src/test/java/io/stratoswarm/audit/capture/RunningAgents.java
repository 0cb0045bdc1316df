package io.stratoswarm.audit.capture;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Agents whose processes are given; they take no commands. */
final class RunningAgents implements Agents {
    private final List<AgentStatus> all = new ArrayList<>();

    RunningAgents with(String id, int pid) {
        String[] words = id.split("/", 2);
        all.add(new AgentStatus(
                id,
                words[0],
                words[1],
                0,
                pid == 0 ? AgentPhase.STOPPED : AgentPhase.READY,
                "",
                0,
                pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "test"));
        return this;
    }

    @Override
    public List<AgentStatus> list() {
        return List.copyOf(all);
    }

    @Override
    public Optional<AgentStatus> get(String id) {
        return all.stream().filter(it -> it.id().equals(id)).findFirst();
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        return Optional.empty();
    }

    private static CompletableFuture<List<String>> refused() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        return refused();
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        return refused();
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        return refused();
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        return refused();
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        return refused();
    }

    @Override
    public CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public List<LogLine> log(String id, int lines) {
        return List.of();
    }

    @Override
    public AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<String>> stopAll(String actor) {
        return refused();
    }
}
