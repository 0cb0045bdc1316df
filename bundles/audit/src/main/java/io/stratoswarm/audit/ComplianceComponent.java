package io.stratoswarm.audit;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.audit.compliance.RuleBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

/** Keeps the rules while a journal is there. The files are read before the first decision can be judged. */
@Component(
        immediate = true,
        service = {})
public final class ComplianceComponent {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Scripts scripts;

    private volatile @Nullable Graphs graphs;
    private @Nullable AutoCloseable watch;

    private final RuleBook book;
    private final ServiceRegistration<?> fold;
    private final List<ServiceRegistration<?>> registrations;
    private final ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("compliance").daemon().factory());

    @Activate
    public ComplianceComponent(
            BundleContext context,
            @Reference Journal journal,
            @Reference Projections projections,
            @Reference BlobStore blobs,
            @Reference Decisions decisions)
            throws IOException {
        Path own = Path.of(property(context, "stratoswarm.data"), "compliance");
        if (!Files.exists(own)) {
            Files.createDirectories(
                    own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        fold = context.registerService(Projection.class, RuleBook.projection(), null);
        book = new RuleBook(
                Path.of(property(context, "stratoswarm.home"), "scripts", "compliance"),
                own,
                (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                new RuleBook.Parts(
                        journal,
                        projections,
                        blobs,
                        decisions,
                        () -> Optional.ofNullable(agents),
                        () -> Optional.ofNullable(graphs),
                        () -> Optional.ofNullable(scripts),
                        InstantSource.system(),
                        System::nanoTime));
        book.step();
        registrations = List.of(
                context.registerService(DecisionGate.class, book.gate(), null),
                context.registerService(Reactor.class, book.reactor(), null),
                context.registerService(Compliance.class, book, null),
                context.registerService(ScriptKind.class, book.kind(), null));
        var unused = steps.scheduleWithFixedDelay(book::step, 1, 1, TimeUnit.SECONDS);
    }

    private static String property(BundleContext context, String name) {
        String value = context.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("the framework property " + name + " is not set; the launcher sets it");
        }
        return value;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindGraphs(Graphs there) throws Exception {
        unwatch();
        graphs = there;
        watch = there.watch(graph -> book.changed());
    }

    synchronized void unbindGraphs(Graphs gone) throws Exception {
        if (graphs == gone) {
            graphs = null;
            unwatch();
        }
    }

    private void unwatch() throws Exception {
        AutoCloseable before = watch;
        watch = null;
        if (before != null) {
            before.close();
        }
    }

    @Deactivate
    void close() {
        registrations.reversed().forEach(ServiceRegistration::unregister);
        steps.shutdownNow();
        fold.unregister();
    }
}
