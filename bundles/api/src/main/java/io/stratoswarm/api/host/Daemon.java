package io.stratoswarm.api.host;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** The running daemon itself: what it is, and how it ends or is replaced. */
@ProviderType
public interface Daemon {
    /** Version of the distribution, for example {@code 0.1.0}. */
    String version();

    /** When this process became the daemon, since 1970-01-01T00:00Z. */
    long startedNanos();

    /** Absolute path of the distribution that runs. */
    String home();

    /** Absolute path of the data folder. */
    String data();

    /**
     * Ends the daemon. Agents stop first where {@code stopAgents} says so; else they keep running and the next start adopts
     * them. Completes once the request is durable and, where asked for, the agents are down; the daemon then ends a moment later,
     * so that an answer can still be sent.
     */
    CompletableFuture<Void> shutdown(boolean stopAgents, String actor);

    /**
     * Restarts the daemon in place, under the same process id, on the distribution in {@code newHome}, or on the present one's
     * folder where it is empty. Agents keep running and are adopted. Completes once the request is durable; the daemon then
     * restarts a moment later.
     *
     * @return completes exceptionally with kind INVALID where the folder is no distribution, and kind FORBIDDEN where others than
     *     the daemon's user and root can write to it
     */
    CompletableFuture<Void> upgrade(Optional<String> newHome, String actor);
}
