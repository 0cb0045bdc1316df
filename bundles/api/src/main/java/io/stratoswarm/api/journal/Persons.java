package io.stratoswarm.api.journal;

import org.osgi.annotation.versioning.ProviderType;

/** The persons whose fields the journal keeps encrypted; see {@link EventType#personalFields}. */
@ProviderType
public interface Persons {
    /**
     * Deletes the key of a person: their personal fields become unreadable for good, in every event; the journal's hashes stay
     * as they are.
     *
     * @return false where no key was there
     */
    boolean forget(String person);
}
