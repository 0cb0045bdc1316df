package io.stratoswarm.api.log;

import org.osgi.annotation.versioning.ProviderType;

/** Makes what the journal keeps of a person unreadable. */
@ProviderType
public interface Erasure {
    /**
     * Destroys the key of a person and records that, without the person's name. No hash changes, so every proof still holds.
     *
     * @return false where there was no key
     * @throws io.stratoswarm.api.StratoswarmException of kind CONFLICT where a legal hold forbids it
     */
    boolean erase(String person, String actor);
}
