package io.stratoswarm.audit;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.publish.LogSettings;
import io.stratoswarm.audit.publish.PublishedLog;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs the journal's tree while it grows, and offers it to be published. */
@Component(
        immediate = true,
        service = {TransparencyLog.class, HostProbe.class},
        configurationPid = "stratoswarm.audit")
public final class TransparencyLogComponent implements TransparencyLog, HostProbe {
    private static final Logger LOG = LoggerFactory.getLogger(TransparencyLogComponent.class);

    private final PublishedLog log;
    private final ScheduledExecutorService signer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("audit-log-signer").daemon().factory());

    @Activate
    public TransparencyLogComponent(
            Map<String, Object> properties,
            @Reference Daemon daemon,
            @Reference Journal journal,
            @Reference JournalTiles tiles) {
        LogSettings settings = settings(properties);
        this.log = new PublishedLog(
                Path.of(daemon.data()), journal, tiles, settings, InstantSource.system(), new SecureRandom());
        long millis = settings.interval().toMillis();
        signer.scheduleWithFixedDelay(this::step, 0, millis, TimeUnit.MILLISECONDS);
    }

    /** What is wrong in a configuration must not end the signing of the log. */
    private static LogSettings settings(Map<String, Object> properties) {
        try {
            return LogSettings.parse(properties);
        } catch (StratoswarmException e) {
            LOG.error("stratoswarm.audit.cfg is not used for the log: {}", e.getMessage());
            return LogSettings.DEFAULT;
        }
    }

    private void step() {
        try {
            log.step();
        } catch (RuntimeException e) {
            // A boundary: the schedule would end without a word.
            LOG.error("signing the log failed", e);
        }
    }

    @Override
    public Optional<Resource> get(String path) {
        return log.get(path);
    }

    @Override
    public String sign() {
        return log.sign();
    }

    @Override
    public Status status() {
        return log.status();
    }

    @Override
    public Key rotate(boolean lost, String actor) {
        return log.rotate(lost, actor);
    }

    @Override
    public List<String> cosign(String note, String actor) {
        return log.cosign(note, actor);
    }

    @Override
    public List<Capability> probe() {
        return List.of(log.capability());
    }

    /** Signs what came since the last time, so that a stopped journal can be published as a whole. */
    @Deactivate
    void close() {
        signer.shutdown();
        try {
            if (!signer.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a checkpoint is still being signed; it is left behind");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        step();
    }
}
