package io.stratoswarm.core.deploy;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.core.deploy.BundleHealth.Health;
import io.stratoswarm.core.deploy.DeployedFile.Loaded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what becomes of accepted bundles after File Install has been handed them, and says once what goes wrong. */
final class PluginWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PluginWatch.class);
    /** File Install starts what it installed within the same pass; a bundle that rests longer than this does not start. */
    private static final int STEPS_BEFORE_ASKING = 3;

    private final DeployScan scan;
    private final FrameworkBundles bundles;
    private final BundleHealth healthOf;
    private final DeployLedger ledger;
    private final Map<String, Seen> seen = new HashMap<>();

    /** What was last seen of a file's bundle, for how many steps, and what a start of it said. */
    private static final class Seen {
        private String sha256 = "";
        private int state;
        private long lastModified;
        private int steps;
        private @Nullable String startFailure;
        private String reported = "";
    }

    PluginWatch(DeployScan scan, FrameworkBundles bundles, BundleHealth healthOf, DeployLedger ledger) {
        this.scan = scan;
        this.bundles = bundles;
        this.healthOf = healthOf;
        this.ledger = ledger;
    }

    synchronized void step() {
        List<DeployedFile> files = scan.files();
        seen.keySet().retainAll(files.stream().map(DeployedFile::file).toList());
        for (DeployedFile file : files) {
            file.loaded().ifPresent(loaded -> watch(file.file(), loaded));
        }
    }

    /** Whether each accepted bundle is there and has stayed as it is for long enough. */
    synchronized boolean settled() {
        return scan.files().stream()
                .filter(file -> file.loaded().isPresent())
                .map(file -> seen.get(file.file()))
                .allMatch(last -> last != null && last.steps >= STEPS_BEFORE_ASKING);
    }

    private void watch(String file, Loaded loaded) {
        @Nullable Bundle bundle = bundleOf(file, loaded);
        if (bundle == null) {
            return;
        }
        Seen last = seen.computeIfAbsent(file, it -> new Seen());
        if (!last.sha256.equals(loaded.sha256())
                || last.state != bundle.getState()
                || last.lastModified != bundle.getLastModified()) {
            if (!last.sha256.equals(loaded.sha256())) {
                last.reported = "";
            }
            if (last.lastModified != bundle.getLastModified()) {
                last.startFailure = null;
            }
            last.sha256 = loaded.sha256();
            last.state = bundle.getState();
            last.lastModified = bundle.getLastModified();
            last.steps = 0;
            return;
        }
        last.steps++;
        if (last.steps == STEPS_BEFORE_ASKING) {
            if (resting(bundle)
                    && last.startFailure == null
                    && !healthOf.of(bundle).failed()) {
                last.startFailure = startFailure(bundle);
            }
            report(file, loaded, health(file, loaded), last);
        }
    }

    private static boolean resting(Bundle bundle) {
        return (bundle.getState() == Bundle.INSTALLED || bundle.getState() == Bundle.RESOLVED)
                && !BundleHealth.isFragment(bundle);
    }

    /** File Install tells only the log why a start failed; asking the framework again is how to learn it. */
    private static @Nullable String startFailure(Bundle bundle) {
        try {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
            return null;
        } catch (BundleException | IllegalStateException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            return e.getCause() == null
                    ? "cannot start: " + e.getMessage()
                    : "cannot start: its activator failed with " + cause;
        }
    }

    private void report(String file, Loaded loaded, Health health, Seen last) {
        String now = health.failed() ? health.reason() : "";
        if (now.equals(last.reported)) {
            return;
        }
        last.reported = now;
        if (now.isEmpty()) {
            LOG.info("{} ({} {}) works now", file, loaded.symbolicName(), loaded.version());
            return;
        }
        LOG.warn("{} ({} {}) {}", file, loaded.symbolicName(), loaded.version(), now);
        try {
            ledger.failed(file, loaded.symbolicName(), loaded.version(), loaded.sha256(), now);
        } catch (StratoswarmException e) {
            LOG.error("the failure of {} could not be recorded: {}", file, e.getMessage(), e);
        }
    }

    @Nullable
    Bundle bundleOf(String file, Loaded loaded) {
        return loaded.shipped() ? bundles.shipped(loaded.symbolicName()) : bundles.installed(scan.staged(file));
    }

    /** How a file's bundle is at this moment. */
    synchronized Health health(String file, Loaded loaded) {
        @Nullable Bundle bundle = bundleOf(file, loaded);
        if (bundle == null) {
            return new Health("installing", "accepted; File Install has not installed it yet");
        }
        Health health = healthOf.of(bundle);
        @Nullable Seen last = seen.get(file);
        if (last != null && last.startFailure != null && resting(bundle) && !health.failed()) {
            return new Health("failed", last.startFailure);
        }
        return health;
    }
}
