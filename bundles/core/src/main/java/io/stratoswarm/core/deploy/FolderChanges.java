package io.stratoswarm.core.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a change in a folder by the kernel's word (inotify), so that an idle daemon need not look often. Where there is none,
 * as on network file systems or where the host's watches are used up, the wait is short instead.
 */
final class FolderChanges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderChanges.class);

    private final Path folder;
    private final long blindMillis;
    private @Nullable WatchService service;
    private @Nullable WatchKey key;

    /** @param blindMillis the longest wait where the kernel tells nothing */
    FolderChanges(Path folder, long blindMillis) {
        this.folder = folder;
        this.blindMillis = blindMillis;
        try {
            service = folder.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            LOG.info(
                    "the folder {} is looked at often, since changes in it cannot be watched: {}",
                    folder,
                    e.toString());
        }
    }

    /** Returns after this time, or sooner where something in the folder has changed since the last call. */
    void await(long millis) throws InterruptedException {
        WatchService watching = service;
        if (watching == null || !watched(watching)) {
            Thread.sleep(Math.min(millis, blindMillis));
            return;
        }
        WatchKey changed = watching.poll(millis, TimeUnit.MILLISECONDS);
        if (changed != null) {
            changed.pollEvents();
            if (!changed.reset()) {
                // The folder itself is gone; one of the same name may come.
                key = null;
            }
        }
    }

    private boolean watched(WatchService watching) {
        if (key == null) {
            try {
                key = folder.register(
                        watching,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException e) {
                LOG.debug("the folder {} cannot be watched now", folder, e);
            }
        }
        return key != null;
    }

    @Override
    public void close() throws IOException {
        if (service != null) {
            service.close();
        }
    }
}
