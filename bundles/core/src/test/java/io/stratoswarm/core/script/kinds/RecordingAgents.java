package io.stratoswarm.core.script.kinds;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Agents in memory: a command becomes an event, as with the real ones, and is done at once, unless the test holds it. */
final class RecordingAgents implements Agents {
    final List<String> commands = new CopyOnWriteArrayList<>();
    final List<AgentStatus> all = new ArrayList<>();
    private final Journal journal;
    /** Commands are taken, and never end. */
    volatile boolean hangs;
    /** Commands do not even become events. */
    volatile boolean deaf;

    RecordingAgents(Journal journal) {
        this.journal = journal;
    }

    void add(String id, AgentPhase phase) {
        String graph = id.substring(0, id.indexOf('/'));
        all.add(new AgentStatus(
                id,
                graph,
                id.substring(graph.length() + 1),
                0,
                phase,
                "for the test",
                0,
                OptionalInt.of(7),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "sleep 60"));
    }

    private CompletableFuture<List<String>> command(String type, String selector, String actor) {
        if (get(selector).isEmpty()) {
            throw new StratoswarmException(StratoswarmException.Kind.NOT_FOUND, "no agent is named " + selector);
        }
        commands.add(type + " " + selector + " by " + actor);
        if (!deaf) {
            journal.append(Append.of(EventDraft.json(type, "core.agent", "agent/" + selector, actor, List.of(), "{}")))
                    .join();
        }
        return hangs || deaf ? new CompletableFuture<>() : CompletableFuture.completedFuture(List.of(selector));
    }

    @Override
    public List<AgentStatus> list() {
        return List.copyOf(all);
    }

    @Override
    public Optional<AgentStatus> get(String id) {
        return all.stream().filter(agent -> agent.id().equals(id)).findFirst();
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        return command("AgentReleased", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        return command("AgentStopRequested", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        return command("AgentStopRequested", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        return command("AgentKillRequested", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        return command("AgentSignalRequested", selector, actor);
    }

    @Override
    public List<LogLine> log(String id, int lines) {
        return List.of(new LogLine(id, 0, "err", "ERROR it is broken"));
    }

    @Override
    public AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
        return () -> {};
    }

    @Override
    public CompletableFuture<List<String>> stopAll(String actor) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public java.util.concurrent.CompletableFuture<Void> endInput(
            String id, long incarnation, String channel, String actor) {
        throw new io.stratoswarm.api.StratoswarmException(
                io.stratoswarm.api.StratoswarmException.Kind.UNAVAILABLE, "not here yet");
    }
}
