package io.stratoswarm.healing;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.healing.Healing;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.healing.heal.Hands;
import io.stratoswarm.healing.heal.HealingBook;
import io.stratoswarm.healing.heal.HealingParts;
import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.prevent.PredictionBook;
import io.stratoswarm.healing.prevent.PredictionSettings;
import io.stratoswarm.healing.trial.StrategyRoom;
import io.stratoswarm.healing.trial.TrialRules;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Heals, and foresees and prevents failures, while a journal and agents are there. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "stratoswarm.healing")
public final class HealingComponent {
    private static final Logger LOG = LoggerFactory.getLogger(HealingComponent.class);
    private static final long STEP_MILLIS = 500;
    private static final int MOST_ACTS = 8;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Graphs graphs;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Leases leases;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable AgentControls controls;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Captures captures;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Transforms transforms;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Proposals proposals;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable HostPlaces places;

    /** Of other bundles, which compute the model faster. */
    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<SequenceKernels> kernels = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Scripts scripts;

    private volatile Settings settings;
    private volatile PredictionSettings prediction;
    private volatile TrialRules rules;
    private final List<ServiceRegistration<?>> folds;
    private final Agents agents;
    private final StrategyRoom strategies;
    private final ExecutorService trials = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("healing-strategies").daemon().factory());
    private final List<ServiceRegistration<?>> registrations;
    private final ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("healing").daemon().factory());
    private final ExecutorService clones = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("healing-clones").daemon().factory());
    /** Acts wait for agents, and no failure of another agent for them. */
    private final Hands hands = new Hands(Foretelling.threads("healing-act-", MOST_ACTS), MOST_ACTS);

    private final Foretelling foretelling;

    @Activate
    public HealingComponent(
            BundleContext context,
            Map<String, Object> properties,
            @Reference Journal journal,
            @Reference Projections projections,
            @Reference Decisions decisions,
            @Reference Agents agents,
            @Reference TableStore tables,
            @Reference BlobStore blobs) {
        this.agents = agents;
        settings = Configured.settings(properties);
        prediction = Configured.prediction(properties);
        rules = Configured.trials(properties);
        folds = List.of(
                context.registerService(Projection.class, HealingBook.projection(), null),
                context.registerService(Projection.class, PredictionBook.projection(), null),
                context.registerService(Projection.class, StrategyRoom.projection(), null));
        strategies = new StrategyRoom(
                journal, projections, () -> Optional.ofNullable(scripts), () -> rules, this::mayDecide, trials);
        ShippedModel shipped = ShippedModel.load();
        HealingParts parts = new HealingParts(
                journal,
                projections,
                decisions,
                agents,
                () -> Optional.ofNullable(graphs),
                () -> Optional.ofNullable(transforms),
                () -> Optional.ofNullable(metrics),
                () -> Optional.ofNullable(leases),
                () -> Optional.ofNullable(controls),
                () -> Optional.ofNullable(captures),
                Runtime.getRuntime().availableProcessors(),
                InstantSource.system(),
                () -> settings,
                shipped.model(),
                shipped.hash());
        HealingBook book = new HealingBook(parts, strategies, hands, clones);
        foretelling = new Foretelling(
                parts.withoutClones(),
                new Foretelling.Others(
                        () -> Optional.ofNullable(proposals),
                        () -> Optional.ofNullable(places),
                        () -> List.copyOf(kernels)),
                () -> prediction,
                tables,
                blobs,
                new SecureRandom());
        PredictionBook predictions = foretelling.book();
        registrations = List.of(
                context.registerService(DecisionGate.class, book.gate(), null),
                context.registerService(DecisionGate.class, predictions.gate(), null),
                context.registerService(Reactor.class, book.reactor(), null),
                context.registerService(Reactor.class, predictions.reactor(), null),
                context.registerService(Reactor.class, strategies.trials(), null),
                context.registerService(Healing.class, book, null),
                context.registerService(Predictions.class, predictions.service(), null),
                context.registerService(ScriptKind.class, strategies.kind(), null));
        var unused = steps.scheduleWithFixedDelay(() -> step(book), STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
        foretelling.begin();
    }

    private boolean mayDecide(String script, String agent) {
        Graphs there = graphs;
        return there == null
                || agents.get(agent).stream().allMatch(it -> there.mayDecide(script, it.graph(), it.node()));
    }

    private static void step(HealingBook book) {
        try {
            book.step();
        } catch (RuntimeException e) {
            // Such as a journal that takes nothing for a while; what is open is looked at again.
            LOG.warn("what has come of healings could not be looked at, which is tried again", e);
        }
    }

    @Modified
    void configure(Map<String, Object> properties) {
        settings = Configured.settings(properties);
        prediction = Configured.prediction(properties);
        rules = Configured.trials(properties);
    }

    @Deactivate
    void close() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
        steps.shutdownNow();
        clones.shutdownNow();
        hands.close();
        foretelling.close();
        trials.shutdownNow();
        strategies.close();
        folds.reversed().forEach(ServiceRegistration::unregister);
    }
}
