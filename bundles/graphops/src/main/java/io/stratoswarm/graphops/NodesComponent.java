package io.stratoswarm.graphops;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.graphops.endpoint.SinkType;
import io.stratoswarm.graphops.endpoint.SourceType;
import io.stratoswarm.graphops.flow.ScriptTransforms;
import io.stratoswarm.graphops.node.Nodes;
import io.stratoswarm.graphops.script.FlowScripts;
import io.stratoswarm.graphops.script.ScriptType;
import io.stratoswarm.graphops.script.TransformKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
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
@Component(
        immediate = true,
        service = {})
public final class NodesComponent {
    private static final Logger LOG = LoggerFactory.getLogger(NodesComponent.class);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long PATIENCE_SECONDS = 30;

    /** Of the server of the JDK, which has none by itself and takes them from here alone: peers that begin a request and do not go on. */
    private static final Map<String, String> LIMITS_OF_HTTP =
            Map.of("sun.net.httpserver.maxReqTime", "60", "jdk.httpserver.maxConnections", "256");

    private final Nodes nodes;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ServiceRegistration<?>> registrations;

    /** Only for telling why a script cannot run. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Scripts scripts;

    /** Guarded by this. The runner is needed before there are graphs: core asks for nodes while it takes up what ran before. */
    private @Nullable Graphs graphs;

    private @Nullable AutoCloseable watch;

    @Activate
    public NodesComponent(BundleContext context, @Reference Daemon daemon, @Reference Pipes pipes) throws IOException {
        LIMITS_OF_HTTP.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        Path root = Path.of(daemon.data()).resolve("nodes");
        nodes = new Nodes(root, Files.readString(BOOT).strip(), pipes, this::declaration);
        TransformKind transforms =
                new TransformKind(name -> Optional.ofNullable(scripts).flatMap(it -> it.get(name)), background);
        nodes.add(new SourceType(System::nanoTime));
        nodes.add(new SinkType(System::nanoTime));
        nodes.add(new ScriptType(transforms, root::resolve, InstantSource.system()));
        registrations = List.of(
                context.registerService(ScriptKind.class, transforms, null),
                context.registerService(ScriptTransforms.class, new FlowScripts(transforms), null),
                context.registerService(NodeRunner.class, nodes, null));
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
        @Nullable AutoCloseable before;
        synchronized (this) {
            graphs = there;
            notifyAll();
            before = watch;
            watch = there.watch(nodes::changed);
        }
        end(before);
    }

    void unbindGraphs(Graphs gone) {
        @Nullable AutoCloseable before;
        synchronized (this) {
            if (graphs != gone) {
                return;
            }
            graphs = null;
            before = watch;
            watch = null;
        }
        end(before);
    }

    /** Not under the lock: it may wait for a call that asks what is declared. */
    private static void end(@Nullable AutoCloseable watch) {
        if (watch != null) {
            try {
                watch.close();
            } catch (Exception e) {
                LOG.warn("the watch of graphs could not be ended", e);
            }
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindType(NodeType type) {
        nodes.add(type);
    }

    void unbindType(NodeType type) {
        nodes.remove(type);
    }

    @Deactivate
    void close() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
        nodes.close();
        background.close();
    }
}
