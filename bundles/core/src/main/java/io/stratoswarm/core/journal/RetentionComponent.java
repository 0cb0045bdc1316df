package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.decision.Decisions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the journal pruned as {@code stratoswarm.journal.cfg} says. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "stratoswarm.journal")
public final class RetentionComponent {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionComponent.class);

    /** Judges a cut; comes after the journal. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Decisions decisions;

    private final Retention retention;
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("journal-retention").daemon().factory());

    @Activate
    public RetentionComponent(@Reference Retention retention, Map<String, Object> properties) {
        this.retention = retention;
        RetentionSettings settings = RetentionSettings.DEFAULT;
        try {
            settings = RetentionSettings.parse(properties);
            retention.configure(settings);
        } catch (StratoswarmException e) {
            String why = "stratoswarm.journal.cfg is not used, and everything is kept: " + e.getMessage();
            LOG.error("{}", why);
            retention.misconfigured(why);
        }
        retention.judgedBy(() -> Optional.ofNullable(decisions));
        // Not at once: who reads the journal has to be there first, to say what it needs.
        long minutes = settings.every().toMinutes();
        schedule.scheduleWithFixedDelay(this::step, minutes, minutes, TimeUnit.MINUTES);
    }

    private void step() {
        try {
            retention.step();
        } catch (RuntimeException e) {
            // A boundary: the schedule would end without a word.
            LOG.error("pruning the journal failed", e);
        }
    }

    @Deactivate
    void close() {
        schedule.shutdown();
        try {
            if (!schedule.awaitTermination(30, TimeUnit.SECONDS)) {
                LOG.warn("the journal is still being pruned; the next start brings it to an end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        retention.judgedBy(Optional::empty);
    }
}
