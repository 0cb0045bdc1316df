package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Agents in memory, which write the events that the supervisor writes. */
final class TwinAgents implements Agents {
    final List<String> restarted = new ArrayList<>();
    final Map<String, AgentSpec.Rlimit> rlimits = new TreeMap<>();
    private final Rig rig;
    private final Map<String, AgentStatus> all = new TreeMap<>();
    private final List<String> numbers = new ArrayList<>();

    TwinAgents(Rig rig) {
        this.rig = rig;
    }

    void add(String id) {
        numbers.add(id);
        put(id, AgentPhase.READY, 1);
    }

    void remove(String id) {
        all.remove(id);
    }

    double number(String id) {
        return numbers.indexOf(id) + 1.0;
    }

    String byNumber(double number) {
        return number < 1 ? "" : numbers.get((int) number - 1);
    }

    private void put(String id, AgentPhase phase, long incarnation) {
        String graph = id.substring(0, id.indexOf('/'));
        long nanos = rig.now * 1_000_000;
        OptionalLong started = Optional.ofNullable(all.get(id))
                .filter(before -> before.incarnation() == incarnation)
                .map(AgentStatus::startedNanos)
                .orElse(OptionalLong.of(nanos));
        all.put(
                id,
                new AgentStatus(
                        id,
                        graph,
                        id.substring(graph.length() + 1),
                        0,
                        phase,
                        "",
                        nanos,
                        OptionalInt.of(7),
                        started,
                        incarnation,
                        0,
                        Optional.empty(),
                        "x"));
    }

    /** It crashes, and its policy starts it again at once. */
    void crash(String id) {
        rig.write("AgentExited", "agent/" + id, "{\"code\":1,\"signal\":0,\"exit\":\"exit 1\"}");
        down(id, AgentPhase.BACKOFF);
        up(id);
    }

    void down(String id, AgentPhase phase) {
        put(id, phase, get(id).orElseThrow().incarnation());
    }

    void up(String id) {
        put(id, AgentPhase.READY, get(id).orElseThrow().incarnation() + 1);
    }

    @Override
    public List<AgentStatus> list() {
        return List.copyOf(all.values());
    }

    List<AgentStatus> all() {
        return list();
    }

    @Override
    public Optional<AgentStatus> get(String id) {
        return Optional.ofNullable(all.get(id));
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        AgentSpec plain = AgentSpec.of(List.of("x"));
        return get(id).map(agent -> plain.withLimits(rlimits, plain.resources()));
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        String id = selector.endsWith(".0") ? selector.substring(0, selector.length() - 2) : selector;
        restarted.add(id + " by " + actor);
        Receipt asked = rig.journal
                .journal()
                .append(Append.of(
                        EventDraft.json("AgentStopRequested", "core.agent", "agent/" + id, actor, List.of(), "{}")))
                .join();
        rig.journal
                .journal()
                .append(Append.of(EventDraft.json(
                        "AgentExited",
                        "core.agent",
                        "agent/" + id,
                        "system",
                        List.of(new Cause.OfEvent(rig.journal.journal().id(), asked.firstSequence())),
                        "{\"code\":0,\"signal\":15,\"exit\":\"signal TERM\"}")))
                .join();
        up(id);
        return CompletableFuture.completedFuture(List.of(selector));
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> endInput(String id, long incarnation, String channel, String actor) {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }
}
