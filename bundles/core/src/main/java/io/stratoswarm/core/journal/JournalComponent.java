package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.EventType;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Persons;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.QueueStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.core.data.DataFolder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the data folder and offers what lies in it as services. Where it cannot be opened no service is registered, the reason
 * goes to the system property {@value #FATAL} for the launcher, and the framework is stopped.
 */
@Component(
        immediate = true,
        service = {})
public final class JournalComponent {
    static final String FATAL = "stratoswarm.fatal";
    /** Exit status for the launcher; those of sysexits.h, as 'stratoswarm daemon --help' lists them. */
    static final String FATAL_CODE = "stratoswarm.fatal.code";

    private static final Logger LOG = LoggerFactory.getLogger(JournalComponent.class);

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
            journal =
                    new OpenJournal(Path.of(data), JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom());
        } catch (RuntimeException e) {
            fail(context, e);
        }
        opened = journal;
        if (journal != null) {
            register(context, DataFolder.class, journal.folder());
            register(context, BlobStore.class, journal.blobs());
            register(context, TableStore.class, journal.tables());
            register(context, QueueStore.class, journal.queues());
            register(context, Persons.class, journal.persons());
            register(context, Projections.class, journal.projections());
            register(context, Journal.class, journal.journal());
        }
    }

    private <T> void register(BundleContext context, Class<T> type, T service) {
        registrations.add(context.registerService(type, service, null));
    }

    private static void fail(BundleContext context, RuntimeException cause) {
        String message = cause instanceof StratoswarmException ? cause.getMessage() : cause.toString();
        LOG.error("cannot open the data folder: {}", message, cause);
        System.setProperty(FATAL, String.valueOf(message));
        System.setProperty(FATAL_CODE, Integer.toString(exitCode(cause)));
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            LOG.error("cannot stop the framework: {}", e.toString(), e);
        }
    }

    private static int exitCode(RuntimeException cause) {
        if (!(cause instanceof StratoswarmException known)) {
            return 1;
        }
        return switch (known.kind()) {
            case CONFLICT -> 75;
            case DAMAGED -> 65;
            case FULL, SYSTEM, FORBIDDEN -> 73;
            case INVALID, NOT_FOUND -> 78;
            case UNAVAILABLE, TIMEOUT -> 69;
        };
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
