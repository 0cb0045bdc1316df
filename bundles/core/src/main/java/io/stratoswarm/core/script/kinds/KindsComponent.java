package io.stratoswarm.core.script.kinds;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.journal.ReactorCursors;
import io.stratoswarm.core.script.ScriptLedger;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

/** Offers the kinds of scripts that core brings. What they act on and measure into may come later, hence fields. */
@Component(
        immediate = true,
        service = {})
public final class KindsComponent {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    private final TimerAlarms alarms = new TimerAlarms();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    @Activate
    public KindsComponent(
            BundleContext context,
            @Reference Journal journal,
            @Reference Decisions decisions,
            @Reference BlobStore blobs,
            @Reference TableStore tables) {
        KindParts parts = new KindParts(
                journal,
                new ScriptLedger(journal),
                decisions,
                blobs,
                new Cursors(tables),
                () -> Optional.ofNullable(agents),
                () -> Optional.ofNullable(metrics),
                alarms,
                InstantSource.system(),
                ZoneId.systemDefault());
        registrations.add(context.registerService(ScriptKind.class, new ReactionKind(parts), null));
        registrations.add(context.registerService(ScriptKind.class, new ProbeKind(parts), null));
        registrations.add(context.registerService(ScriptTriggers.class, new Triggers(parts), null));
    }

    /** The table is opened when the first reaction runs. */
    private static final class Cursors implements KindParts.Cursors {
        private final TableStore tables;
        private @Nullable ReactorCursors opened;

        Cursors(TableStore tables) {
            this.tables = tables;
        }

        private synchronized ReactorCursors opened() {
            ReactorCursors there = opened;
            if (there == null) {
                there = new ReactorCursors(tables);
                opened = there;
            }
            return there;
        }

        @Override
        public OptionalLong get(String id) {
            return opened().get(id);
        }

        @Override
        public void put(String id, long sequence) {
            opened().put(id, sequence);
        }
    }

    @Deactivate
    void close() {
        registrations.forEach(ServiceRegistration::unregister);
        alarms.close();
    }
}
