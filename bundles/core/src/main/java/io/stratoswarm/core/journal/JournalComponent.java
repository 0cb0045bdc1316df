package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.EventType;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.journal.Persons;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.daemon.FatalFailure;
import io.stratoswarm.core.data.DataFolder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Opens the data folder and offers what lies in it as services. Where it cannot be opened no service is registered, the reason
 * is left for the launcher, and the framework is stopped.
 */
@Component(
        immediate = true,
        service = {})
public final class JournalComponent {
    /** Framework property: a new segment begins after so many events. */
    static final String SEGMENT_EVENTS = "stratoswarm.journal.segmentEvents";

    private final @Nullable OpenJournal opened;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    @Activate
    public JournalComponent(BundleContext context) {
        OpenJournal journal = null;
        try {
            String data = context.getProperty(DataFolder.PROPERTY);
            if (data == null) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "the framework property " + DataFolder.PROPERTY + " is not set; it names the data folder");
            }
            journal = new OpenJournal(Path.of(data), options(context), InstantSource.system(), new SecureRandom());
        } catch (RuntimeException e) {
            FatalFailure.stop(context, "cannot open the data folder", e);
        }
        opened = journal;
        if (journal != null) {
            register(context, DataFolder.class, journal.folder());
            register(context, BlobStore.class, journal.blobs());
            register(context, TableStore.class, journal.tables());
            register(context, QueueStore.class, journal.queues());
            register(context, Persons.class, journal.persons());
            register(context, Projections.class, journal.projections());
            register(context, JournalTiles.class, journal.journal());
            register(context, PastStates.class, journal.past());
            register(context, LegalHolds.class, journal.retention().holds());
            register(context, JournalRetention.class, journal.retention());
            register(context, Retention.class, journal.retention());
            register(context, Journal.class, journal.journal());
        }
    }

    private static JournalOptions options(BundleContext context) {
        String events = context.getProperty(SEGMENT_EVENTS);
        if (events == null || events.isBlank()) {
            return JournalOptions.DEFAULT;
        }
        if (!events.strip().matches("[1-9][0-9]{2,8}")) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    SEGMENT_EVENTS + " in framework.properties must be a whole number from 100 to 999999999, not '"
                            + events + "'");
        }
        return JournalOptions.DEFAULT.withSegmentEvents(Integer.parseInt(events.strip()));
    }

    private <T> void register(BundleContext context, Class<T> type, T service) {
        registrations.add(context.registerService(type, service, null));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindEventType(EventType type) {
        if (opened != null) {
            opened.types().add(type);
        }
    }

    void unbindEventType(EventType type) {
        if (opened != null) {
            opened.types().remove(type);
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindProjection(Projection<?> projection) {
        if (opened != null) {
            opened.projections().add(projection);
        }
    }

    void unbindProjection(Projection<?> projection) {
        if (opened != null) {
            opened.projections().remove(projection);
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindReactor(Reactor reactor) {
        if (opened != null) {
            opened.reactors().add(reactor);
        }
    }

    void unbindReactor(Reactor reactor) {
        if (opened != null) {
            opened.reactors().remove(reactor);
        }
    }

    @Deactivate
    void close() {
        registrations.forEach(ServiceRegistration::unregister);
        if (opened != null) {
            opened.close();
        }
    }
}
