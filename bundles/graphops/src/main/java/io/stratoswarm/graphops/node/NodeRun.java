package io.stratoswarm.graphops.node;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeRunner.Listener;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.graphops.node.NodeState.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One incarnation of a node, as it sees itself: its channels, its state, and whether it is asked to end. */
final class NodeRun implements NodeContext, Outbox.Ledger, Inbox.Ledger, AutoCloseable {
    private static final int LONGEST_POSITION = 256;

    private final NodeParts parts;
    private final String agent;
    private final AgentSpec spec;
    private final AgentSpec.Builtin builtin;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<PipeWaits.Wait> waits = ConcurrentHashMap.newKeySet();
    private final Map<String, Inbox> inputs = new ConcurrentHashMap<>();
    private final Map<String, Outbox> outputs = new ConcurrentHashMap<>();
    private final List<Runnable> whenStopping = new ArrayList<>();
    private final Set<String> endedInputs = ConcurrentHashMap.newKeySet();
    private @Nullable NodeState state;
    private Optional<Graphs.Declaration> graph = Optional.empty();
    private @Nullable String nextPosition;
    private volatile boolean stopping;
    private boolean saidReady;
    private String saidWaiting = "";

    NodeRun(NodeParts parts, String agent, AgentSpec spec, AgentSpec.Builtin builtin, Listener listener) {
        this.parts = parts;
        this.agent = agent;
        this.spec = spec;
        this.builtin = builtin;
        this.listener = listener;
    }

    /** Takes up what an earlier incarnation left. */
    void open(long incarnation) throws IOException, InterruptedException {
        Path folder = parts.folder(agent);
        Files.createDirectories(folder, NodeParts.PRIVATE);
        graph = parts.graph(End.graph(agent));
        NodeState opened = NodeState.open(folder.resolve("state"));
        state = opened;
        boolean boot = !opened.values().boot().equals(parts.boot());
        boolean again = spec.wires().stream().anyMatch(wire -> !wire.out() && wire.fresh());
        for (AgentSpec.Wire wire : spec.wires()) {
            OptionalLong of = wire.fresh() ? OptionalLong.of(incarnation) : OptionalLong.empty();
            Pipe channel = parts.pipes().open(agent, wire.channel(), of);
            Pipe own = parts.pipes().kept(parts.keptName(agent) + wire.channel());
            End end = end(wire.channel(), wire.out());
            if (wire.out()) {
                Outbox outbox =
                        new Outbox(this, wire.channel(), end, folder.resolve(wire.channel() + ".out"), own, channel);
                outputs.put(wire.channel(), outbox);
            } else {
                Inbox inbox =
                        new Inbox(this, wire.channel(), end, folder.resolve(wire.channel() + ".in"), own, channel);
                inputs.put(wire.channel(), inbox);
            }
        }
        lock.lockInterruptibly();
        try {
            // Records whose delivery begins anew come again, and what was made of them with them.
            if (boot || again) {
                outputs.values().forEach(Outbox::forget);
                inputs.values().forEach(Inbox::forget);
                commitDone();
            }
            for (Outbox outbox : outputs.values()) {
                outbox.push();
            }
        } finally {
            lock.unlock();
        }
        endedInputs.forEach(this::endOpened);
    }

    private End end(String channel, boolean out) {
        return End.of(graph, agent, channel, out);
    }

    private NodeState state() {
        return java.util.Objects.requireNonNull(state);
    }

    /** It has done all there was to do, or was asked to end. */
    void finish() throws InterruptedException {
        locked(() -> {
            // Where it was asked to end it may have ended in the middle of what it was given last.
            if (!stopping) {
                commitDone();
            }
            for (Outbox outbox : outputs.values()) {
                outbox.push();
            }
        });
    }

    void stop() {
        List<Runnable> actions;
        synchronized (whenStopping) {
            if (stopping) {
                return;
            }
            stopping = true;
            actions = List.copyOf(whenStopping);
        }
        waits.forEach(PipeWaits.Wait::end);
        actions.forEach(parts.background()::execute);
    }

    void endInput(String channel) {
        endedInputs.add(channel);
        endOpened(channel);
    }

    private void endOpened(String channel) {
        Inbox inbox = inputs.get(channel);
        if (inbox != null) {
            inbox.end();
            waits.forEach(PipeWaits.Wait::end);
        }
    }

    @Override
    public String agent() {
        return agent;
    }

    @Override
    public String settings() {
        return builtin.settings();
    }

    @Override
    public RecordInput input(String channel) {
        Inbox inbox = inputs.get(channel);
        return inbox == null ? new Unconnected(end(channel, false)) : inbox;
    }

    @Override
    public RecordOutput output(String channel) {
        Outbox outbox = outputs.get(channel);
        return outbox == null ? new Dropping(end(channel, true)) : outbox;
    }

    @Override
    public void ready() {
        synchronized (listener) {
            if (!saidReady) {
                saidReady = true;
                listener.ready();
            }
        }
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    @Override
    public void whenStopping(Runnable action) {
        synchronized (whenStopping) {
            if (!stopping) {
                whenStopping.add(action);
                return;
            }
        }
        parts.background().execute(action);
    }

    @Override
    public void waiting(String reason) {
        synchronized (listener) {
            if (!saidWaiting.equals(reason)) {
                saidWaiting = reason;
                listener.waiting(reason);
            }
        }
    }

    @Override
    public void log(String line) {
        listener.log(line.replace('\n', ' ').replace('\r', ' '));
    }

    @Override
    public void keepPosition(String position) {
        if (position.length() > LONGEST_POSITION) {
            throw new IllegalArgumentException(
                    "a position has at most " + LONGEST_POSITION + " characters, not " + position.length());
        }
        lock.lock();
        try {
            nextPosition = position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String position() {
        lock.lock();
        try {
            return nextPosition == null ? state().values().position() : nextPosition;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Batch batch(String channel) {
        return state().values().batches().getOrDefault(channel, Batch.NONE);
    }

    @Override
    public void commit(String channel, long bytes) {
        NodeState.Values now = state().values();
        Map<String, Batch> batches = new HashMap<>(now.batches());
        batches.put(channel, new Batch(now.number() + 1, bytes));
        commit(position(), takeDone(), batches);
    }

    private Map<String, Long> takeDone() {
        Map<String, Long> done = new HashMap<>();
        for (Inbox inbox : inputs.values()) {
            if (inbox.takeDoneNext()) {
                done.put(inbox.channel(), inbox.given());
            }
        }
        return done;
    }

    @Override
    public void commitDone() {
        Map<String, Long> done = new HashMap<>();
        inputs.values().forEach(inbox -> done.put(inbox.channel(), inbox.given()));
        commit(position(), done);
    }

    private void commit(String position, Map<String, Long> done) {
        commit(position, done, state().values().batches());
    }

    private void commit(String position, Map<String, Long> done, Map<String, Batch> batches) {
        Map<String, Long> all = new HashMap<>(state().values().done());
        all.putAll(done);
        state().commit(parts.boot(), position, all, batches);
        nextPosition = null;
    }

    @Override
    public long done(String channel) {
        return state().values().done().getOrDefault(channel, 0L);
    }

    @Override
    public boolean awaitRoom(Pipe pipe) throws InterruptedException {
        if (stopping) {
            return false;
        }
        await(pipe, false, () -> false);
        return !stopping;
    }

    @Override
    public void awaitBytes(Pipe pipe, BooleanSupplier ended) throws InterruptedException {
        lock.unlock();
        try {
            await(pipe, true, ended);
        } finally {
            lock.lock();
        }
    }

    private void await(Pipe pipe, boolean readable, BooleanSupplier over) throws InterruptedException {
        PipeWaits.Wait wait = parts.waits().new Wait(pipe, readable);
        waits.add(wait);
        try {
            if (!stopping && !over.getAsBoolean()) {
                wait.await();
            }
        } finally {
            waits.remove(wait);
        }
    }

    @Override
    public void locked(Outbox.Action action) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        inputs.values().forEach(Inbox::close);
        outputs.values().forEach(Outbox::close);
    }

    /** An output that no flow leads from; what the node keeps together with its records is kept all the same. */
    private final class Dropping implements RecordOutput {
        private final End end;

        Dropping(End end) {
            this.end = end;
        }

        @Override
        public boolean connected() {
            return false;
        }

        @Override
        public FlowSpec.Framing framing() {
            return end.framing();
        }

        @Override
        public DataType data() {
            return end.data();
        }

        @Override
        public long maxRecordBytes() {
            return end.maxRecordBytes();
        }

        @Override
        public void write(List<byte[]> records) throws InterruptedException {
            locked(() -> commit(position(), takeDone()));
        }
    }

    /** An input that no flow leads to. */
    private record Unconnected(End end) implements RecordInput {
        @Override
        public boolean connected() {
            return false;
        }

        @Override
        public FlowSpec.Framing framing() {
            return end.framing();
        }

        @Override
        public DataType data() {
            return end.data();
        }

        @Override
        public long maxRecordBytes() {
            return end.maxRecordBytes();
        }

        @Override
        public List<byte[]> read(int most) {
            return List.of();
        }

        @Override
        public void doneWithNextWrite() {}
    }

    /** Why it ended, in one line. */
    static String reason(Throwable failure) {
        String message = failure.getMessage();
        String text = failure instanceof StratoswarmException && message != null
                ? message
                : failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return text.replace('\n', ' ').replace('\r', ' ');
    }
}
