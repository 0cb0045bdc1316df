package io.stratoswarm.core.place;

import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.place.Site;
import org.osgi.service.component.annotations.Component;

/** Offers the places of the host that the daemon runs on. */
@Component(service = HostPlaces.class)
public final class HostPlacesComponent implements HostPlaces {
    private final SysPlaces places = SysPlaces.real();

    @Override
    public Site places() {
        return places.places();
    }
}
