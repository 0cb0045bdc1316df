package io.stratoswarm.api.place;

import org.osgi.annotation.versioning.ProviderType;

/** The places of this host: {@code host}, {@code numa0}, {@code cpu3}, {@code gpu0}. */
@ProviderType
public interface HostPlaces {
    /** As they are now; temperatures change. */
    Site places();
}
