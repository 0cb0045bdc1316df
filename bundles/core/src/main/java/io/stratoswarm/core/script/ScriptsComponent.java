package io.stratoswarm.core.script;

import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.deploy.FolderGuard;
import io.stratoswarm.core.worker.WorkerPool;
import io.stratoswarm.core.worker.WorkerPools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the folders of scripts and offers what is in them as a service. The workers are asked for when a script is first loaded. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "stratoswarm.scripts")
public final class ScriptsComponent {
    /** Framework property that names another folder than the one in the data folder. */
    static final String PROPERTY = "stratoswarm.scripts";

    private static final Logger LOG = LoggerFactory.getLogger(ScriptsComponent.class);

    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final ScriptHost host;
    private final FolderWatch watch;
    private final List<ServiceRegistration<?>> registrations;
    private final Path home;
    private final DataFolder data;
    private @Nullable WorkerPool workers;

    @Activate
    public ScriptsComponent(
            BundleContext context,
            Map<String, Object> properties,
            @Reference Journal journal,
            @Reference BlobStore blobs,
            @Reference DataFolder data)
            throws IOException {
        @Nullable String configured = context.getProperty(PROPERTY);
        Path own = configured == null ? data.scripts() : Path.of(configured);
        if (configured == null) {
            Folders.createPrivate(own);
        }
        @Nullable String distribution = context.getProperty("stratoswarm.home");
        this.home = Path.of(distribution == null ? "." : distribution).toAbsolutePath();
        this.data = data;
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        host = new ScriptHost(
                new ScriptHost.Surroundings(
                        home.resolve("scripts"),
                        own.toAbsolutePath(),
                        new FolderGuard(user),
                        new ScriptLedger(journal),
                        blobs,
                        this::workers,
                        InstantSource.system(),
                        background),
                rules(properties));
        watch = new FolderWatch(host);
        registrations = List.of(
                context.registerService(Scripts.class, host, null),
                context.registerService(HostProbe.class, () -> workers().capabilities(), null));
    }

    /** Nothing runs yet: a process is started at the first load. */
    private synchronized WorkerPool workers() {
        WorkerPool there = workers;
        if (there == null) {
            there = WorkerPools.open(home, data.workers(), Path.of(System.getProperty("java.home")), System::nanoTime);
            workers = there;
        }
        return there;
    }

    @Modified
    void configure(Map<String, Object> properties) {
        host.rules(rules(properties));
    }

    private static BreachCount.Rules rules(Map<String, Object> properties) {
        BreachCount.Rules standard = BreachCount.Rules.DEFAULT;
        return new BreachCount.Rules(
                (int) number(properties, "quarantine.breaches", standard.breaches(), 1_000),
                Duration.ofMinutes(number(
                        properties, "quarantine.minutes", standard.window().toMinutes(), 10_000)));
    }

    private static long number(Map<String, Object> properties, String key, long otherwise, long most) {
        Object value = properties.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(String.valueOf(value).strip());
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            LOG.debug("not a number: {}", value, e);
        }
        LOG.warn(
                "stratoswarm.scripts.cfg: '{}' must be a whole number from 1 to {}, not '{}'; {} is used",
                key,
                most,
                value,
                otherwise);
        return otherwise;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindKind(ScriptKind kind) {
        host.add(kind);
    }

    void unbindKind(ScriptKind kind) {
        host.remove(kind);
    }

    @Deactivate
    void close() throws InterruptedException {
        registrations.forEach(ServiceRegistration::unregister);
        watch.close();
        host.close();
        synchronized (this) {
            if (workers != null) {
                workers.close();
            }
        }
        background.close();
    }
}
