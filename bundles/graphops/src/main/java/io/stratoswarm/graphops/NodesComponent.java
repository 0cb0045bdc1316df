package io.stratoswarm.graphops;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.graphops.endpoint.SinkType;
import io.stratoswarm.graphops.endpoint.SourceType;
import io.stratoswarm.graphops.node.Nodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the runner of nodes, and watches graphs so that what nodes kept goes with them. */
@Component(service = NodeRunner.class)
public final class NodesComponent implements NodeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(NodesComponent.class);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long PATIENCE_SECONDS = 30;

    private final Nodes nodes;
    /** Guarded by this. The runner is needed before there are graphs: core asks for nodes while it takes up what ran before. */
    private @Nullable Graphs graphs;

    private @Nullable AutoCloseable watch;

    @Activate
    public NodesComponent(@Reference Daemon daemon, @Reference Pipes pipes) throws IOException {
        nodes = new Nodes(
                Path.of(daemon.data()).resolve("nodes"), Files.readString(BOOT).strip(), pipes, this::declaration);
        nodes.add(new SourceType());
        nodes.add(new SinkType(System::nanoTime));
    }

    /** On the thread of a node, which may wait. */
    private Optional<Graphs.Declaration> declaration(String graph) {
        Graphs there;
        synchronized (this) {
            try {
                for (long waited = 0; graphs == null && waited < PATIENCE_SECONDS; waited++) {
                    TimeUnit.SECONDS.timedWait(this, 1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            there = graphs;
        }
        if (there == null) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE,
                    "what the graph '" + graph + "' declares is not known, for the supervisor of agents is not there");
        }
        return there.declaration(graph);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindGraphs(Graphs there) {
        synchronized (this) {
            endWatch();
            graphs = there;
            notifyAll();
            watch = there.watch(nodes::changed);
        }
    }

    void unbindGraphs(Graphs gone) {
        synchronized (this) {
            if (graphs == gone) {
                endWatch();
                graphs = null;
            }
        }
    }

    private synchronized void endWatch() {
        if (watch != null) {
            try {
                watch.close();
            } catch (Exception e) {
                LOG.warn("the watch of graphs could not be ended", e);
            }
            watch = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindType(NodeType type) {
        nodes.add(type);
    }

    void unbindType(NodeType type) {
        nodes.remove(type);
    }

    @Override
    public void start(String agent, long incarnation, AgentSpec spec, Listener listener) {
        nodes.start(agent, incarnation, spec, listener);
    }

    @Override
    public void stop(String agent, long incarnation) {
        nodes.stop(agent, incarnation);
    }

    @Override
    public void kill(String agent, long incarnation) {
        nodes.kill(agent, incarnation);
    }

    @Override
    public void endInput(String agent, long incarnation, String channel) {
        nodes.endInput(agent, incarnation, channel);
    }

    @Deactivate
    void close() {
        nodes.close();
    }
}
