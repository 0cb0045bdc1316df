package io.stratoswarm.core.decision;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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

/** Offers the log of decisions. Whoever judges, and the agents, may come later. */
@Component(
        immediate = true,
        service = {})
public final class DecisionsComponent {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Graphs graphs;

    private final List<DecisionGate> gates = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> registrations;

    @Activate
    public DecisionsComponent(BundleContext context, @Reference Journal journal, @Reference Projections projections) {
        gates.add(new PolicyGate(() -> Optional.ofNullable(graphs), () -> Optional.ofNullable(agents)));
        // The fold before those who ask it.
        registrations = List.of(
                context.registerService(Projection.class, DecisionBook.projection(), null),
                context.registerService(
                        Decisions.class,
                        new DecisionBook(
                                journal,
                                projections,
                                () -> Optional.ofNullable(agents),
                                () -> gates,
                                InstantSource.system()),
                        null));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindGate(DecisionGate gate) {
        gates.add(gate);
    }

    void unbindGate(DecisionGate gate) {
        gates.remove(gate);
    }

    @Deactivate
    void close() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
    }
}
