package io.stratoswarm.api.agent;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Leases on agents: who holds one repairs the agent and is not crossed by its restart policy meanwhile. Leases are events, outlive
 * the daemon and end by the clock.
 *
 * <p>While an agent is leased its restart policy does not act: an exit leaves it down in phase BACKOFF, a restart that was waiting
 * goes on waiting, and a failed liveness probe or watchdog makes it UNHEALTHY without stopping it. What has run to its good end
 * completes all the same. Starts that the graph asks for (the first one, a dependency that came, a schedule, a changed declaration)
 * are not held. When the lease ends the policy goes on as if the end, or the failed probe, had come just then.
 *
 * <p>Order of authority: a command of an operator (actor {@code uid:}, {@code user:}, {@code token:} or {@code cert:}) to start, stop,
 * restart or kill the agent is carried out at once and ends the lease of another holder; those commands of any other actor are
 * refused with CONFLICT while somebody else holds the lease. Signals are for everyone.
 */
@ProviderType
public interface Leases {
    /** The longest time that one lease is given for; the holder may extend it as often as it likes. */
    long LONGEST_MILLIS = 86_400_000;

    /**
     * Leases an agent from now on; completes once that is durable. Of the present holder it is an extension, and the new end and
     * reason replace the old ones.
     *
     * <p>Kinds of failure: NOT_FOUND for an unknown agent, INVALID for a time, a holder or a reason that cannot be, CONFLICT where
     * another one holds it or where the graph is being deleted.
     *
     * @param holder the actor of the holder's commands, without the address that follows an {@code @}
     */
    CompletableFuture<Lease> lease(String id, String holder, long millis, String reason);

    /** Gives the agent back to its restart policy. NOT_FOUND for an unknown agent, CONFLICT where the holder has no lease on it. */
    CompletableFuture<Void> release(String id, String holder);
}
