package io.stratoswarm.api.journal;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A pure fold of events into state. The same events must give the same {@link #encode} bytes within one {@link #version}; a
 * new version is refolded from the start. Register it as an OSGi service to have it kept up to date and snapshotted.
 *
 * @param <S> the state; immutable, or owned by the fold alone
 */
@ConsumerType
public interface Projection<S> {
    /** Stable name, for example {@code agents}. */
    String id();

    /** From 1; raise it whenever the same events would give other bytes. */
    int version();

    S initial();

    /** The state after this event; events of unknown type leave it as it is. No clock, no randomness, no I/O. */
    S apply(S state, Event event);

    /** Canonical bytes. */
    byte[] encode(S state);

    S decode(byte[] bytes);

    /**
     * Whether {@link #decode} also takes the bytes of this older version. Where the journal was pruned, a new version cannot be folded
     * from the first event; it begins with the state that was stored at the cut if it can read that, and is unavailable if not.
     */
    default boolean reads(int olderVersion) {
        return olderVersion == version();
    }
}
