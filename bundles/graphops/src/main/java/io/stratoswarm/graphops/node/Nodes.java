package io.stratoswarm.graphops.node;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs nodes by their types, each on a virtual thread of its own. */
public final class Nodes implements NodeRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    private static final long PATIENCE_MILLIS = 2_000;
    private static final int FAILED = 1;
    private static final int KILLED = 137;
    private static final int RUNNER_GONE = 143;

    private final NodeParts parts;
    private final PipeWaits waits;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, NodeType> types = new ConcurrentHashMap<>();
    private final Map<String, Started> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** An incarnation and its thread. */
    private static final class Started {
        final long incarnation;
        final String type;
        final NodeRun run;
        final Listener listener;
        final Thread thread;
        volatile String killed = "";
        volatile int killedStatus;

        Started(long incarnation, String type, NodeRun run, Listener listener, Function<Started, Runnable> body) {
            this.incarnation = incarnation;
            this.type = type;
            this.run = run;
            this.listener = listener;
            this.thread = Thread.ofVirtual().name("node").unstarted(body.apply(this));
        }

        void kill(String why, int status) {
            if (killed.isEmpty()) {
                killedStatus = status;
                killed = why;
            }
            thread.interrupt();
        }
    }

    /**
     * Takes up what earlier runners left.
     *
     * @param root of what nodes keep; made where it is not there
     * @param boot tells this boot of the host from all others
     * @param graphs what a graph declares, by its name
     */
    public Nodes(Path root, String boot, Pipes pipes, Function<String, Optional<Graphs.Declaration>> graphs)
            throws IOException {
        Files.createDirectories(root, NodeParts.PRIVATE);
        waits = new PipeWaits(pipes.poller());
        parts = new NodeParts(root, boot, pipes, waits, graphs, background);
        waits.start();
    }

    public void add(NodeType type) {
        NodeType other = types.putIfAbsent(type.id(), type);
        if (other != null && other != type) {
            LOG.warn("two bundles offer the type of node '{}'; the first one is used", type.id());
        }
    }

    /** Nodes of this type end, and fail until there is such a type again. */
    public void remove(NodeType type) {
        if (types.remove(type.id(), type)) {
            running.values().stream()
                    .filter(it -> it.type.equals(type.id()))
                    .forEach(it ->
                            it.kill("the bundle that offers the type '" + type.id() + "' was stopped", RUNNER_GONE));
        }
    }

    @Override
    public void start(String agent, long incarnation, AgentSpec spec, Listener listener) {
        AgentSpec.Builtin builtin = spec.builtin()
                .orElseThrow(() -> new IllegalArgumentException(agent + " is a program; it runs as a process"));
        NodeRun run = new NodeRun(parts, agent, spec, builtin, listener);
        Started started = new Started(
                incarnation, builtin.type(), run, listener, self -> () -> live(agent, self, types.get(builtin.type())));
        Started before = running.putIfAbsent(agent, started);
        if (before != null) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "start " + before.incarnation + " of " + agent + " has not ended yet; start " + incarnation
                            + " must wait");
        }
        if (closed) {
            started.kill("the daemon or the bundle graphops is stopping", RUNNER_GONE);
        }
        started.thread.start();
    }

    private void live(String agent, Started self, @Nullable NodeType type) {
        Outcome outcome;
        self.listener.started();
        try (self.run) {
            outcome = run(self, type);
        } catch (RuntimeException e) {
            outcome = failed(agent, e);
        }
        running.remove(agent, self);
        self.listener.ended(outcome.status(), outcome.message());
    }

    private record Outcome(int status, String message) {}

    private static Outcome failed(String agent, Throwable failure) {
        if (!(failure instanceof StratoswarmException)) {
            LOG.warn("the node {} failed", agent, failure);
        }
        return new Outcome(FAILED, NodeRun.reason(failure));
    }

    private static Outcome run(Started self, @Nullable NodeType type) {
        try {
            if (type == null) {
                return new Outcome(
                        FAILED,
                        "no bundle here offers the type of node '" + self.type
                                + "'; 'stratoswarm plugins' tells which bundles are there");
            }
            self.run.open(self.incarnation);
            type.run(self.run);
            self.run.finish();
            return self.killed.isEmpty() ? new Outcome(0, "") : new Outcome(self.killedStatus, self.killed);
        } catch (InterruptedException e) {
            return ended(self, e);
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            return self.killed.isEmpty() ? failed(self.run.agent(), e) : ended(self, e);
        }
    }

    /** An interrupt that nobody asked for comes from the node itself. */
    private static Outcome ended(Started self, Throwable how) {
        return self.killed.isEmpty() ? failed(self.run.agent(), how) : new Outcome(self.killedStatus, self.killed);
    }

    private Optional<Started> find(String agent, long incarnation) {
        return Optional.ofNullable(running.get(agent)).filter(it -> it.incarnation == incarnation);
    }

    @Override
    public void stop(String agent, long incarnation) {
        find(agent, incarnation).ifPresent(it -> it.run.stop());
    }

    @Override
    public void kill(String agent, long incarnation) {
        find(agent, incarnation).ifPresent(it -> {
            // Marked first: a node that is asked to stop may end at once, and has not ended by itself then.
            it.kill("killed", KILLED);
            it.run.stop();
        });
    }

    @Override
    public void endInput(String agent, long incarnation, String channel) {
        find(agent, incarnation).ifPresent(it -> it.run.endInput(channel));
    }

    /** A graph has changed: what nodes kept that are no more is removed. */
    public void changed(String graph) {
        Path folder = parts.root().resolve(graph);
        if (!Files.isDirectory(folder)) {
            return;
        }
        Set<String> nodes = new HashSet<>();
        Optional<Graphs.Declaration> declared = parts.graph(graph);
        declared.ifPresent(it -> it.nodes().forEach(node -> nodes.add(node.id())));
        try (Stream<Path> list = Files.list(folder)) {
            for (Path each : list.toList()) {
                String agent = graph + "/" + each.getFileName();
                if (!nodes.contains(End.node(agent)) && !running.containsKey(agent)) {
                    remove(each);
                    parts.pipes().removeKept(parts.keptName(agent));
                }
            }
            if (declared.isEmpty()) {
                Files.deleteIfExists(folder);
            }
        } catch (java.nio.file.DirectoryNotEmptyException e) {
            LOG.debug("nodes of the graph {} still run", graph, e);
        } catch (IOException | StratoswarmException e) {
            LOG.warn("what nodes of the graph {} kept could not be removed: {}", graph, e.getMessage());
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    List<String> running() {
        return List.copyOf(running.keySet());
    }

    /** Asks all nodes to end, and ends those that take too long. */
    @Override
    public void close() {
        closed = true;
        List<Started> all = List.copyOf(running.values());
        all.forEach(it -> it.run.stop());
        try {
            for (Started each : all) {
                if (!each.thread.join(java.time.Duration.ofMillis(PATIENCE_MILLIS))) {
                    each.kill("the daemon or the bundle graphops was stopped", RUNNER_GONE);
                }
            }
            for (Started each : all) {
                if (!each.thread.join(java.time.Duration.ofMillis(PATIENCE_MILLIS))) {
                    LOG.warn("the node {} does not end", each.run.agent());
                }
            }
            background.shutdown();
            var unused = background.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        waits.close();
    }
}
