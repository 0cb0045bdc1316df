package io.stratoswarm.graphops;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.graphops.flow.FlowControl;
import io.stratoswarm.graphops.flow.ScriptTransforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Runs the flows of all graphs while it is there. What is in flight when it goes stays in pipes for the one that comes. */
@Component(immediate = true, service = Flows.class)
public final class FlowsComponent implements Flows {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private final FlowControl control;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ScriptTransforms scripts;

    @Activate
    public FlowsComponent(
            @Reference Daemon daemon,
            @Reference Pipes pipes,
            @Reference QueueStore queues,
            @Reference Graphs graphs,
            @Reference Agents agents,
            @Reference Journal journal)
            throws IOException {
        control = new FlowControl(new FlowControl.Surroundings(
                pipes,
                queues,
                graphs,
                agents,
                journal,
                () -> Optional.ofNullable(metrics),
                () -> scripts,
                Path.of(daemon.data()).resolve("flows"),
                Files.readString(BOOT).strip(),
                InstantSource.system(),
                System::nanoTime));
    }

    @Override
    public List<FlowStatus> status(String graph) {
        return control.status(graph);
    }

    @Override
    public List<Waiting> waiting(String graph) {
        return control.waiting(graph);
    }

    @Override
    public Optional<String> drain(String graph, Drain asked) {
        return control.drain(graph, asked);
    }

    @Deactivate
    void close() {
        control.close();
    }
}
