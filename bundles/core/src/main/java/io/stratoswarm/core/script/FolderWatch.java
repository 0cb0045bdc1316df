package io.stratoswarm.core.script;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the folders of scripts again and again, on a virtual thread: where there are none it owns no thread of the system. */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final long SOON_MILLIS = 50;
    private static final long OFTEN_MILLIS = 300;
    /** Where there is no script: the first one has to wait for its worker for seconds in any case. */
    private static final long SELDOM_MILLIS = 1_000;

    private static final long AFTER_FAILURE_MILLIS = 2_000;

    private final ScriptHost host;
    private final Thread thread;
    private volatile boolean closed;

    FolderWatch(ScriptHost host) {
        this.host = host;
        this.thread = Thread.ofVirtual().name("scripts-watch").start(this::run);
    }

    private void run() {
        while (!closed) {
            long pause;
            try {
                pause = switch (host.step()) {
                    case SOON -> SOON_MILLIS;
                    case OFTEN -> OFTEN_MILLIS;
                    case SELDOM -> SELDOM_MILLIS;
                };
            } catch (IOException | RuntimeException e) {
                LOG.error("the folders of scripts could not be worked through; going on", e);
                pause = AFTER_FAILURE_MILLIS;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
    }
}
