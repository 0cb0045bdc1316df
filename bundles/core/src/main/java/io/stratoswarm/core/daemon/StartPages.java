package io.stratoswarm.core.daemon;

import io.stratoswarm.core.linux.MappedFile;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Lets go, once the daemon has started, of the pages of the Java machine's program and of its archive of classes. All of them are resident
 * after a start, and many were needed for it alone; what is needed again comes back from the page cache.
 */
@Component(
        immediate = true,
        service = {})
public final class StartPages {
    /** By then everything runs, and the compilers are done with most of what a start asks of them. */
    private static final long DELAY_SECONDS = 30;

    private final Future<?> once;

    @Activate
    public StartPages() {
        once = CompletableFuture.runAsync(
                StartPages::release, CompletableFuture.delayedExecutor(DELAY_SECONDS, TimeUnit.SECONDS));
    }

    static void release() {
        MappedFile.releaseReadOnly(
                file -> file.endsWith(".aot") || file.endsWith(".jsa") || file.endsWith("/libjvm.so"));
    }

    @Deactivate
    void close() {
        once.cancel(false);
    }
}
