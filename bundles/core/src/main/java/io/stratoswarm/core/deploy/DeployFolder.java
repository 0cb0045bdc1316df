package io.stratoswarm.core.deploy;

import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.plugin.PluginStatus;
import io.stratoswarm.api.plugin.Plugins;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.deploy.BundleHealth.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the folder of bundles, and answers what is loaded, what was refused, and why. */
@Component(immediate = true)
public final class DeployFolder implements Plugins {
    /** Framework property that names another folder than the one in the data folder. */
    static final String PROPERTY = "stratoswarm.deploy";

    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);
    /** Between two looks at what is changing. */
    private static final long POLL_MILLIS = 200;
    /** Between two looks where nothing is changing and the kernel tells of the first change; it does not tell of all. */
    private static final long IDLE_MILLIS = 2_000;

    private final FrameworkBundles bundles;
    private final BundleHealth healthOf;
    private final DeployScan scan;
    private final PluginWatch watch;
    private final ShippedHashes hashes = new ShippedHashes();
    private final Path folder;
    private final Thread poller;
    private volatile boolean closed;

    @Activate
    public DeployFolder(
            BundleContext context,
            @Reference Journal journal,
            @Reference BlobStore blobs,
            @Reference ServiceComponentRuntime components)
            throws IOException {
        DataFolder data = new DataFolder(
                Path.of(Objects.requireNonNull(context.getProperty(DataFolder.PROPERTY), DataFolder.PROPERTY)));
        @Nullable String configured = context.getProperty(PROPERTY);
        folder = configured == null ? data.deploy() : Path.of(configured);
        if (!Files.exists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        JournalLedger ledger = new JournalLedger(journal);
        bundles = new FrameworkBundles(context);
        healthOf = new BundleHealth(context, components);
        scan = new DeployScan(folder, data.root().resolve("staging"), new FolderGuard(user), blobs, ledger, bundles);
        watch = new PluginWatch(scan, bundles, healthOf, ledger);
        poller = Thread.ofPlatform().name("deploy-folder").daemon().start(this::poll);
    }

    @Deactivate
    public void close() throws InterruptedException {
        closed = true;
        poller.interrupt();
        poller.join();
    }

    private void poll() {
        try (FolderChanges changes = new FolderChanges(folder, POLL_MILLIS)) {
            while (!closed) {
                step(changes);
            }
        } catch (InterruptedException e) {
            LOG.debug("the watch of {} has ended", folder);
        } catch (IOException e) {
            LOG.warn("the watch of {} could not be closed: {}", folder, e.toString());
        }
    }

    private void step(FolderChanges changes) throws InterruptedException {
        try {
            scan.step();
            watch.step();
            if (scan.settled() && watch.settled()) {
                changes.await(IDLE_MILLIS);
            } else {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.error("the watched folder {} could not be worked through; going on", folder, e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(POLL_MILLIS * 10);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public List<PluginStatus> list() {
        List<PluginStatus> all = new ArrayList<>();
        List<DeployedFile> files = scan.files();
        for (Bundle bundle : bundles.all()) {
            boolean replaced = files.stream()
                    .flatMap(file -> file.loaded().stream())
                    .anyMatch(it -> it.shipped() && it.symbolicName().equals(bundle.getSymbolicName()));
            if (!replaced) {
                Health health = healthOf.of(bundle);
                all.add(new PluginStatus(
                        "",
                        bundle.getSymbolicName(),
                        bundle.getVersion().toString(),
                        health.state(),
                        health.reason(),
                        hashes.of(bundle)));
            }
        }
        scan.folderProblem()
                .ifPresent(problem -> all.add(new PluginStatus(
                        folder.toString(), "", "", "refused", "nothing is loaded from here: " + problem, "")));
        files.forEach(file -> all.add(status(file)));
        return List.copyOf(all);
    }

    private PluginStatus status(DeployedFile file) {
        String name = file.loaded().map(DeployedFile.Loaded::symbolicName).orElse("");
        String version = file.loaded().map(DeployedFile.Loaded::version).orElse("");
        if (file.refusal().isPresent()) {
            return new PluginStatus(
                    file.file(), name, version, "refused", file.refusal().get(), file.sha256());
        }
        Health health = watch.health(file.file(), file.loaded().orElseThrow());
        return new PluginStatus(file.file(), name, version, health.state(), health.reason(), file.sha256());
    }
}
