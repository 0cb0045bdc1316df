package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The agents of this host but for clones, which are ill on purpose, and must neither be healed nor count among those that are ill. */
record WithoutClones(Agents all) implements Agents {
    @Override
    public List<AgentStatus> list() {
        return all.list().stream().filter(agent -> !Clone.is(agent.id())).toList();
    }

    @Override
    public Optional<AgentStatus> get(String id) {
        return Clone.is(id) ? Optional.empty() : all.get(id);
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        return Clone.is(id) ? Optional.empty() : all.spec(id);
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        return all.start(selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        return all.stop(selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        return all.restart(selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        return all.kill(selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        return all.signal(selector, signal, actor);
    }

    @Override
    public CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor) {
        return all.endInput(id, incarnation, channel, actor);
    }

    @Override
    public List<LogLine> log(String id, int lines) {
        return all.log(id, lines);
    }

    @Override
    public AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
        return all.followLog(id, lines, consumer);
    }

    @Override
    public CompletableFuture<List<String>> stopAll(String actor) {
        return all.stopAll(actor);
    }
}
