package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.agent.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Agents that change phase at once and print what a test gives them. */
public final class InMemoryAgents implements Agents {
    static final long NOON = 1_767_268_800_000_000_000L;

    private final Map<String, AgentStatus> agents = new TreeMap<>();
    private final Map<String, List<LogLine>> logs = new TreeMap<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    private record Follower(String agent, Consumer<LogLine> consumer) {}

    public synchronized void add(String graph, String node, AgentPhase phase, String reason) {
        String id = graph + "/" + node;
        boolean runs = phase.running();
        agents.put(
                id,
                new AgentStatus(
                        id,
                        graph,
                        node,
                        0,
                        phase,
                        reason,
                        NOON,
                        runs ? OptionalInt.of(4711) : OptionalInt.empty(),
                        runs ? OptionalLong.of(NOON) : OptionalLong.empty(),
                        1,
                        3,
                        Optional.of("exit 1"),
                        "sleep 60"));
    }

    /** Leases that show in the status of their agent. */
    public Leases leases() {
        return new Leases() {
            @Override
            public CompletableFuture<Lease> lease(String id, String holder, long millis, String reason) {
                calls.add("lease " + id + " " + holder + " " + millis + " " + reason);
                Lease lease = new Lease(id, holder, NOON + millis * 1_000_000, reason);
                held(id, Optional.of(lease));
                return CompletableFuture.completedFuture(lease);
            }

            @Override
            public CompletableFuture<Void> release(String id, String holder) {
                calls.add("release " + id + " " + holder);
                held(id, Optional.empty());
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    private synchronized void held(String id, Optional<Lease> lease) {
        agents.computeIfPresent(
                id,
                (key, a) -> new AgentStatus(
                        a.id(),
                        a.graph(),
                        a.node(),
                        a.replica(),
                        a.phase(),
                        a.reason(),
                        a.sinceNanos(),
                        a.pid(),
                        a.startedNanos(),
                        a.incarnation(),
                        a.restarts(),
                        a.lastExit(),
                        a.command(),
                        lease));
    }

    /** Everything can be done but a reclaim. */
    public AgentControls controls() {
        return (id, control, actor) -> {
            calls.add("control " + id + " " + control + " " + actor);
            return CompletableFuture.completedFuture(
                    control instanceof Control.Reclaim
                            ? AgentControls.Outcome.unavailable("no swap")
                            : new AgentControls.Outcome(true, "done", "0", "1"));
        };
    }

    public synchronized void print(String agent, String text) {
        LogLine line = new LogLine(agent, NOON / 1_000_000, "out", text);
        logs.computeIfAbsent(agent, id -> new ArrayList<>()).add(line);
        for (Follower follower : followers) {
            if (follower.agent().equals(agent)) {
                follower.consumer().accept(line);
            }
        }
    }

    /** Every command that came, as {@code verb selector actor}. */
    public List<String> calls() {
        return calls;
    }

    public int followers() {
        return followers.size();
    }

    @Override
    public synchronized List<AgentStatus> list() {
        return List.copyOf(agents.values());
    }

    @Override
    public synchronized Optional<AgentStatus> get(String id) {
        return Optional.ofNullable(agents.get(id));
    }

    @Override
    public Optional<AgentSpec> spec(String id) {
        return get(id).map(agent -> AgentSpec.of(List.of("sleep", "60")));
    }

    private CompletableFuture<List<String>> command(String verb, String selector, String actor) {
        calls.add(verb + " " + selector + " " + actor);
        List<String> touched = list().stream()
                .filter(agent -> agent.id().equals(selector) || agent.graph().equals(selector))
                .map(AgentStatus::id)
                .toList();
        if (touched.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new StratoswarmException(Kind.NOT_FOUND, "no agent is named '" + selector + "'"));
        }
        if (verb.equals("start") && selector.equals("shop/web")) {
            return CompletableFuture.failedFuture(new StratoswarmException(Kind.CONFLICT, "shop/web runs already"));
        }
        if (selector.equals("shop/broken")) {
            return CompletableFuture.failedFuture(new IllegalStateException("a fault with a secret in it"));
        }
        return selector.equals("shop/slow") ? new CompletableFuture<>() : CompletableFuture.completedFuture(touched);
    }

    @Override
    public CompletableFuture<List<String>> start(String selector, String actor) {
        return command("start", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> stop(String selector, String actor) {
        return command("stop", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> restart(String selector, String actor) {
        return command("restart", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> kill(String selector, String actor) {
        return command("kill", selector, actor);
    }

    @Override
    public CompletableFuture<List<String>> signal(String selector, String signal, String actor) {
        return command("signal-" + signal, selector, actor);
    }

    @Override
    public synchronized List<LogLine> log(String id, int lines) {
        List<LogLine> all = logs.getOrDefault(id, List.of());
        return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    @Override
    public synchronized AutoCloseable followLog(String id, int lines, Consumer<LogLine> consumer) {
        log(id, lines).forEach(consumer);
        Follower follower = new Follower(id, consumer);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    @Override
    public CompletableFuture<List<String>> stopAll(String actor) {
        return command("stopAll", "shop", actor);
    }

    @Override
    public java.util.concurrent.CompletableFuture<Void> endInput(
            String id, long incarnation, String channel, String actor) {
        throw new io.stratoswarm.api.StratoswarmException(
                io.stratoswarm.api.StratoswarmException.Kind.UNAVAILABLE, "not here yet");
    }
}
