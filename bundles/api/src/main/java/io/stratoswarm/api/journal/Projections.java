package io.stratoswarm.api.journal;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Runs the projections that are registered as services. */
@ProviderType
public interface Projections {
    /**
     * The state of a projection and how far it has come.
     *
     * @param folded number of events folded into it
     * @param stateHash SHA-256 of its encoded state, lower-case hexadecimal
     */
    record Status(String id, int version, long folded, String stateHash) {}

    List<Status> list();

    /** Encoded state after all events durable at the time of the call. Kind NOT_FOUND for an unknown id. */
    byte[] state(String id);

    /** Folds from zero and returns the encoded state; for proof that it equals {@link #state}. */
    byte[] refold(String id, long events);

    /** Stores a snapshot of every projection now and records each hash as an event. */
    void snapshot();
}
